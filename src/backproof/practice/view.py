"""What a page shows of a state, as plain values for the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod

from markupsafe import Markup

from backproof.arithmetic.array import Index
from backproof.marking.reports.report import SIGNS, findings
from backproof.notation.styles import pretty
from backproof.notation.text import TEXT
from backproof.practice.checking import Checked, check
from backproof.practice.hints import Hint, hints, since, stated
from backproof.practice.mathematics import mathematics
from backproof.practice.picture import picture
from backproof.practice.questions import MOST_BOXES, original, parts_of
from backproof.practice.state import LAST_HINT, State
from backproof.practice.worked import Worked, kept
from backproof.record.address import address, anchor
from backproof.record.digits import text_of
from backproof.worksheet.sheet import PHASES
from backproof.worksheet.steps import Step

SCOPE = "1"
MOST_ALTOGETHER = 1_500
"""Boxes on a page."""


@dataclass(frozen=True)
class Box:
    """One number: shown, to be changed, or to be filled in."""

    address: str
    label: str
    """`∂L/∂U row 0 column 1`."""
    id: str
    text: str
    """What stands in it."""
    verdict: str = ""
    sign: str = ""
    says: str = ""
    """The verdict and its reason as a sentence; or what is wrong with a number that was to be changed."""
    hints: tuple[Hint, ...] = ()
    level: int = 0
    more: bool = False
    """Whether there is another hint to be had."""


@dataclass(frozen=True)
class Grid:
    """A matrix of boxes; of an array of more axes, one of them."""

    title: str
    rows: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True)
class Numbers:
    """A quantity with its numbers."""

    name: str
    pretty: str
    id: str
    shape: tuple[int, ...]
    grids: tuple[Grid, ...] = ()
    """None where there are too many numbers."""
    boxes: bool = False
    """Whether they are to be filled in, or may be changed."""

    @property
    def cells(self) -> Iterator[Box]:
        return (box for grid in self.grids for row in grid.rows for box in row)

    @property
    def size(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True)
class Working:
    """How one number came about."""

    id: str
    address: str
    formula: Markup
    since: str


@dataclass(frozen=True)
class Reasoning:
    """One step."""

    number: int
    title: str
    phase: str
    """The heading before it, where a phase begins."""
    formulas: tuple[Markup, ...]
    why: str
    convention: str
    rest: str
    numbers: Numbers
    workings: tuple[Working, ...]
    current: bool
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
    steps: tuple[Reasoning, ...]
    """Those that are shown; none while the answers are covered."""
    asked: tuple[Reasoning, ...]
    """Those that are to be filled in, without anything that tells their numbers."""
    at: int
    of: int
    summary: str
    findings: tuple[str, ...]
    hidden: Mapping[str, str]
    """Fields that are sent along though the page does not show them."""


def view(worked: Worked, state: State) -> View:
    """The page of a state."""
    practise = state.mode == "practise"
    of = len(worked.steps)
    at = of if state.at is None else min(state.at, of)
    checked = check(worked, state.answers) if practise else None
    shown = worked.steps if practise else worked.steps[:at]
    left = MOST_ALTOGETHER
    given: list[Numbers] = []
    for name in (n for n in worked.record.names if n not in worked.record.made):
        numbers = given_numbers(worked, state, name)
        left -= numbers.size if numbers.boxes else 0
        given.append(numbers)
    steps: list[Reasoning] = []
    phase = ""
    for step in shown:
        numbers = asked_numbers(worked, state, checked, step, left) if checked else made_numbers(worked, step)
        left -= numbers.size if numbers.boxes else 0
        steps.append(reasoning(step, numbers, "" if step.phase == phase else step.phase, practise, step.number == at))
        phase = step.phase
    return View(
        state, worked.whole.title, worked.whole.text.strip(),
        tuple(part.title or "the question itself" for part in parts_of(worked.whole)),
        drawn(worked, covered(worked, checked, at)), tuple(given), () if practise else tuple(steps),
        tuple(steps) if practise else (), at, of, summary(checked),
        tuple(found(checked)), hidden(state),
    )  # fmt: skip


def drawn(worked: Worked, covered: frozenset[str]) -> Markup:
    return kept(worked.pictures, covered, lambda: picture(worked.record, covered, SCOPE))


def covered(worked: Worked, checked: Checked | None, at: int) -> frozenset[str]:
    """The quantities whose numbers the drawing does not tell: those not yet stepped to, or not yet answered rightly."""
    if checked is None:
        return frozenset(step.quantity for step in worked.steps[at:])
    wanting = {c for c, cell in checked.cells.items() if cell.verdict not in ("right", "rounded")}
    return frozenset(name for name in worked.boxed if any(place.partition("[")[0] == name for place in wanting))


def grids(worked: Worked, name: str, box: Callable[[str, Index], Box]) -> tuple[Grid, ...]:
    """The numbers of a quantity as matrices of boxes; a vector is one row."""
    shape = worked.shapes[name]
    if prod(shape) > MOST_BOXES:
        return ()
    columns = range(shape[-1]) if shape else range(1)
    rows = range(shape[-2]) if len(shape) > 1 else range(1)

    def cell(first: Index, i: int, j: int) -> Box:
        index = (*first, i, j)[-len(shape) :] if shape else ()
        return box(address(name, index), index)

    firsts = indices(shape[:-2])
    return tuple(
        Grid(TEXT.name(name, (*first, "·", "·")) if first else "", tuple(tuple(cell(first, i, j) for j in columns) for i in rows))
        for first in firsts
    )  # fmt: skip


def indices(shape: Index) -> list[Index]:
    found: list[Index] = [()]
    for n in shape:
        found = [(*index, i) for index in found for i in range(n)]
    return found


def label(name: str, index: Index) -> str:
    """What a box is called for somebody who listens.

    >>> label("dL/dU", (0, 1)), label("z", (2,)), label("K", (1, 0, 2, 3))
    ('∂L/∂U row 0 column 1', 'z number 2', 'K part 1, 0 row 2 column 3')
    """
    if len(index) < 2:
        return pretty(name) + (f" number {index[0]}" if index else "")
    *first, row, column = index
    part = f" part {', '.join(map(str, first))}" if first else ""
    return f"{pretty(name)}{part} row {row} column {column}"


def numbers_of(worked: Worked, name: str, box: Callable[[str, Index], Box], boxes: bool) -> Numbers:
    shape = worked.shapes[name]
    return Numbers(name, pretty(name), anchor(SCOPE, name), shape, grids(worked, name, box), boxes)


def made_numbers(worked: Worked, step: Step) -> Numbers:
    """What a step makes, to be read."""
    array = step.array

    def box(place: str, index: Index) -> Box:
        text = text_of(array[index], worked.record.digits)[0].replace("-", "−")
        return Box(place, label(step.quantity, index), anchor(SCOPE, place), text)

    return numbers_of(worked, step.quantity, box, False)


def given_numbers(worked: Worked, state: State, name: str) -> Numbers:
    """What is given: in boxes as far as it may be changed, with what was typed where that could not be taken."""
    array = worked.record.array(name)
    change = name in worked.editable and prod(worked.shapes[name]) <= MOST_BOXES

    def box(place: str, index: Index) -> Box:
        fault = worked.faults.get(place, "")
        typed = state.given.get(place, "").strip()
        text = typed if change and typed else original(array, index)
        instead = "what stood there is used instead"
        says = f"{TEXT.name(name, index)} could not be taken: {fault}; {instead}." if fault else ""
        return Box(place, label(name, index), anchor(SCOPE, place), text, "unread" if fault else "", says=says)

    return numbers_of(worked, name, box, change)


def asked_numbers(worked: Worked, state: State, checked: Checked, step: Step, left: int) -> Numbers:
    """What is to be filled in, with verdicts and hints."""
    name = step.quantity

    def box(place: str, index: Index) -> Box:
        cell = checked.cells[place]
        level = state.hints.get(place, 0)
        found = tuple(hints(worked, name, index, cell, level))
        verdict = "" if cell.verdict == "blank" else cell.verdict
        fine = cell.verdict in ("right", "rounded")
        return Box(
            place, label(name, index), anchor(SCOPE, place), state.answers.get(place, ""), verdict,
            SIGNS[cell.verdict] if verdict else "", said(TEXT.name(name, index), verdict, cell.doubt if verdict == "unread" else cell.reason),
            found, level, not fine and level < LAST_HINT,
        )  # fmt: skip

    boxes = name in worked.boxed and prod(worked.shapes[name]) <= left
    if not boxes:
        return Numbers(name, pretty(name), anchor(SCOPE, name), worked.shapes[name])
    return numbers_of(worked, name, box, True)


def said(cell: str, verdict: str, reason: str) -> str:
    """A verdict as a sentence: `U[0,1] is wrong: you took the mean of each window`."""
    if verdict in ("", "right"):
        return ""
    what = {"unread": "could not be read", "wrong": "is wrong", "rounded": "is right, rounded"}.get(verdict)
    if what is None:
        return f"{cell} {reason or 'follows from a slip'}."
    return f"{cell} {what}{f': {reason}' if reason and verdict != 'rounded' else ''}."


def reasoning(step: Step, numbers: Numbers, phase: str, blank: bool, current: bool) -> Reasoning:
    workings = () if blank else tuple(working_of(step))
    return Reasoning(
        step.number, step.title, PHASES.get(phase, ""), () if blank else stated(step), "" if blank else step.why,
        "" if blank else step.convention, "" if blank else step.rest, numbers, workings, current and not blank,
    )  # fmt: skip


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
