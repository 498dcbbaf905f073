"""What a page shows of a state, as plain values for the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from backproof.marking.reports.report import findings
from backproof.notation.text import TEXT
from backproof.practice.boxes import SCOPE, Numbers, asked_numbers, given_numbers, made_numbers
from backproof.practice.checking import Checked, check
from backproof.practice.hints import since, stated
from backproof.practice.mathematics import mathematics
from backproof.practice.picture import picture
from backproof.practice.questions import parts_of
from backproof.practice.state import State
from backproof.practice.worked import MOST_PICTURES, Worked, kept
from backproof.record.address import address, anchor
from backproof.worksheet.sheet import PHASES
from backproof.worksheet.steps import Step

MOST_ALTOGETHER = 1_500
"""Boxes on a page."""


@dataclass(frozen=True)
class Working:
    """How one number came about."""

    id: str
    address: str
    formula: Markup
    since: str


@dataclass(frozen=True)
class Asked:
    """One step, of which nothing is told but what it is."""

    number: int
    title: str
    phase: str
    """The heading before it, where a phase begins."""
    numbers: Numbers


@dataclass(frozen=True)
class Told(Asked):
    """One step with its reasoning."""

    formulas: tuple[Markup, ...]
    why: str
    convention: str
    rest: str
    workings: tuple[Working, ...]
    current: bool = False
    """Whether it is the one that was stepped to."""


@dataclass(frozen=True)
class View:
    """A page."""

    state: State
    title: str
    text: str
    parts: tuple[str, ...]
    picture: Markup
    given: tuple[Numbers, ...]
    steps: tuple[Told, ...]
    """None while the answers are covered."""
    asked: tuple[Asked, ...]
    """None while they are not."""
    at: int
    of: int
    summary: str
    findings: tuple[str, ...]
    hidden: Mapping[str, str]
    """Fields that are sent along though the page does not show them."""


def view(worked: Worked, state: State) -> View:
    """The page of a state."""
    of = len(worked.steps)
    at = of if state.at is None else min(state.at, of)
    checked = check(worked, state.answers) if state.mode == "practise" else None
    given = [given_numbers(worked, state, n) for n in worked.record.names if n not in worked.record.made]
    left = MOST_ALTOGETHER - sum(numbers.size for numbers in given if numbers.boxes)
    return View(
        state, worked.whole.title, worked.whole.text.strip(),
        tuple(part.title or "the question itself" for part in parts_of(worked.whole)),
        drawn(worked, covered(worked, checked, at)), tuple(given),
        () if checked else tuple(told(worked, at)), tuple(asked(worked, state, checked, left)) if checked else (),
        at, of, summary(checked), tuple(found(checked)), hidden(state),
    )  # fmt: skip


def drawn(worked: Worked, covered: frozenset[str]) -> Markup:
    return kept(worked.pictures, covered, MOST_PICTURES, lambda: picture(worked.record, covered, SCOPE))


def covered(worked: Worked, checked: Checked | None, at: int) -> frozenset[str]:
    """The quantities whose numbers the drawing does not tell: those not yet stepped to, or not yet answered rightly."""
    if checked is None:
        return frozenset(step.quantity for step in worked.steps[at:])
    wanting = {c for c, cell in checked.cells.items() if cell.verdict not in ("right", "rounded")}
    return frozenset(name for name in worked.boxed if any(place.partition("[")[0] == name for place in wanting))


def asked(worked: Worked, state: State, checked: Checked, left: int) -> Iterator[Asked]:
    """Every step, to be filled in as long as there is room for boxes."""
    for step in worked.steps:
        numbers = asked_numbers(worked, state, checked, step, left)
        left -= numbers.size if numbers.boxes else 0
        yield Asked(step.number, step.title, phase_of(worked, step), numbers)


def told(worked: Worked, at: int) -> Iterator[Told]:
    """The steps up to one; what is to be told of each is kept, and only which is the last of them changes."""
    for step in worked.steps[:at]:
        if step.number not in worked.told:
            worked.told[step.number] = Told(
                step.number, step.title, phase_of(worked, step), made_numbers(worked, step), stated(step), step.why,
                step.convention, step.rest, tuple(working_of(step)),
            )  # fmt: skip
        yield replace(worked.told[step.number], current=step.number == at)


def phase_of(worked: Worked, step: Step) -> str:
    """The heading before a step, where a phase begins with it."""
    before = worked.steps[step.number - 2].phase if step.number > 1 else ""
    return "" if step.phase == before else PHASES[step.phase]


def working_of(step: Step) -> Iterator[Working]:
    for line in step.lines:
        place = address(*line.cell.args)
        formula = mathematics(lambda style, line=line: " ".join(line.sides(style)))
        yield Working(f"working.{anchor(SCOPE, place)}", TEXT.name(*line.cell.args), formula, since(line))


def summary(checked: Checked | None) -> str:
    """How the answers stand, in one sentence."""
    if checked is None or not any(cell.verdict != "blank" for cell in checked.cells.values()):
        return ""
    count = Counter(cell.verdict for cell in checked.cells.values())
    fine = count["right"] + count["rounded"]
    parts = [f"{fine} of {len(checked.cells)} numbers right"]
    parts += (
        [f"{count['follows']} follow{'s' if count['follows'] == 1 else ''} from a slip"] if count["follows"] else []
    )
    parts += [f"{count['wrong']} wrong"] if count["wrong"] else []
    parts += [f"{count['unread']} not read"] if count["unread"] else []
    parts += [f"{count['blank']} to be filled in"] if count["blank"] else []
    return ", ".join(parts) + "."


def found(checked: Checked | None) -> Iterator[str]:
    """Where it went wrong, and what explains it."""
    if checked is None or all(cell.verdict in ("blank", "unread") for cell in checked.cells.values()):
        return
    for finding in findings(checked.marking):
        if finding.mood != "aside":
            yield finding.text


def hidden(state: State) -> dict[str, str]:
    """What the page does not show of a state, and must not lose."""
    fields = {"example": state.example, "problem": state.problem, "part": str(state.part), "mode": state.mode}
    fields["at"] = "" if state.at is None else str(state.at)
    fields |= {f"hint:{place}": str(level) for place, level in state.hints.items()}
    if state.mode == "read":
        fields |= {f"answer:{place}": text for place, text in state.answers.items() if text.strip()}
    return {name: value for name, value in fields.items() if value}
