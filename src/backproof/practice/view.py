"""What a page shows of a state, as plain values for the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from backproof.marking.marking import FINE
from backproof.marking.reports.report import Finding, findings
from backproof.practice.boxes import SCOPE, Numbers, asked_numbers, given_numbers, made_numbers
from backproof.practice.checking import Checked, check
from backproof.practice.picture import marked, picture
from backproof.practice.questions import parts_of
from backproof.practice.rendering import render
from backproof.practice.state import State
from backproof.practice.worked import MOST_PICTURES, Worked, kept
from backproof.worksheet.sheet import PHASES, Sheet
from backproof.worksheet.steps import Step

MOST_ALTOGETHER = 1_500
"""Boxes on a page."""


@dataclass(frozen=True)
class Shown:
    """One step."""

    number: int
    title: str
    phase: str
    """The heading before it, where a phase begins."""
    numbers: Numbers
    told: Markup
    """How its numbers are made; nothing where that is covered."""
    current: bool = False
    """Whether it is the one that was stepped to."""


@dataclass(frozen=True)
class View:
    """A page."""

    state: State
    title: str
    text: str
    note: str
    """What there is to be said of how it is worked out here."""
    parts: tuple[str, ...]
    picture: Markup
    given: tuple[Numbers, ...]
    changed: bool
    """Whether other numbers stand among them than those of the question."""
    steps: tuple[Shown, ...]
    """None while the answers are covered."""
    beside: Sheet | None
    """What stands beside the whole solution."""
    asked: tuple[Shown, ...]
    """None while they are not."""
    at: int
    of: int
    right: int
    boxes: int
    summary: str
    findings: tuple[Finding, ...]
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
        state, worked.source.title, worked.source.text.strip(), worked.note,
        tuple(part.title or "the question itself" for part in parts_of(worked.source)),
        marked(drawn(worked, covered(worked, state, checked, at)), roles(worked, state)), tuple(given),
        any(box.given for numbers in given for box in numbers.cells), () if checked else tuple(steps(worked, state, at)),
        worked.beside if not checked and state.at is None else None,
        tuple(asked(worked, state, checked, left)) if checked else (), at, of, right(checked),
        len(checked.cells) if checked else 0, summary(checked), tuple(findings_of(checked)), hidden(state),
    )  # fmt: skip


def drawn(worked: Worked, covered: frozenset[str]) -> Markup:
    return kept(worked.pictures, covered, MOST_PICTURES, lambda: picture(worked.record, covered, SCOPE))


def covered(worked: Worked, state: State, checked: Checked | None, at: int) -> frozenset[str]:
    """The quantities whose numbers the drawing does not tell: those not yet stepped to, or not yet answered rightly."""
    if checked is None:
        return frozenset(step.quantity for step in worked.steps[at:])
    wanting = {place.partition("[")[0] for place, cell in checked.cells.items() if cell.verdict not in FINE}
    return frozenset(wanting.difference(state.uncovered))


def roles(worked: Worked, state: State) -> dict[str, str]:
    """What stands out in the drawing: what the step that was stepped to makes, and what it reads."""
    if state.mode != "read" or not state.at:
        return {}
    step = worked.steps[min(state.at, len(worked.steps)) - 1]
    read = {name for line in step.lines for name, _ in line.sources}
    return {**dict.fromkeys(sorted(read), "read"), step.quantity: "made"}


def asked(worked: Worked, state: State, checked: Checked, left: int) -> Iterator[Shown]:
    """Every step, to be filled in as long as there is room for boxes; of those that were uncovered the reasoning too."""
    for step in worked.steps:
        numbers = asked_numbers(worked, state, checked, step, left)
        left -= numbers.size if numbers.boxes else 0
        uncovered = numbers.boxes and step.quantity in state.uncovered
        told = shown(worked, step).told if uncovered else Markup("")
        yield Shown(step.number, step.title, phase_of(worked, step), numbers, told)


def steps(worked: Worked, state: State, at: int) -> Iterator[Shown]:
    """The steps up to one."""
    for step in worked.steps[:at]:
        yield replace(shown(worked, step), current=state.at is not None and step.number == at)


def shown(worked: Worked, step: Step) -> Shown:
    """A step with its reasoning, which is kept."""
    if step.number not in worked.told:
        told = Markup(render("told.html", step=step))
        numbers = made_numbers(worked, step)
        worked.told[step.number] = Shown(step.number, step.title, phase_of(worked, step), numbers, told)
    return worked.told[step.number]


def phase_of(worked: Worked, step: Step) -> str:
    """The heading before a step, where a phase begins with it."""
    before = worked.steps[step.number - 2].phase if step.number > 1 else ""
    return "" if step.phase == before else PHASES[step.phase]


def right(checked: Checked | None) -> int:
    """How many numbers are."""
    return sum(cell.verdict in FINE for cell in checked.cells.values()) if checked else 0


def summary(checked: Checked | None) -> str:
    """How the answers stand, in one sentence."""
    if checked is None or not any(cell.verdict != "blank" for cell in checked.cells.values()):
        return ""
    count = Counter(cell.verdict for cell in checked.cells.values())
    parts = [f"{right(checked)} of {len(checked.cells)} numbers right"]
    parts += (
        [f"{count['follows']} follow{'s' if count['follows'] == 1 else ''} from a slip"] if count["follows"] else []
    )
    parts += [f"{count['wrong']} wrong"] if count["wrong"] else []
    parts += [f"{count['unread']} not read"] if count["unread"] else []
    parts += [f"{count['blank']} to be filled in"] if count["blank"] else []
    return ", ".join(parts) + "."


def findings_of(checked: Checked | None) -> Iterator[Finding]:
    """Where it went wrong, and what explains it."""
    if checked is None or all(cell.verdict in ("blank", "unread") for cell in checked.cells.values()):
        return
    for finding in findings(checked.marking):
        if finding.mood != "aside":
            yield finding


def hidden(state: State) -> dict[str, str]:
    """What the page does not show of a state, and must not lose."""
    fields = {"example": state.example, "problem": state.problem, "part": str(state.part), "mode": state.mode}
    fields |= {f"uncovered:{name}": "1" for name in state.uncovered}
    fields["at"] = "" if state.at is None else str(state.at)
    fields |= {f"hint:{place}": str(level) for place, level in state.hints.items()}
    if state.mode == "read":
        fields |= {f"answer:{place}": text for place, text in state.answers.items() if text.strip()}
    return {name: value for name, value in fields.items() if value}
