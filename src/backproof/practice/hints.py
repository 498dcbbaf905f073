"""Hints for one cell, from a nudge to the full step; all of them come out of the steps and of the marking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import fmpq
from markupsafe import Markup

from backproof.arithmetic.array import Index
from backproof.errors import listed
from backproof.marking.claims import Written
from backproof.marking.judging.accepting import accepted, middle
from backproof.marking.marking import FINE, Cell
from backproof.network.plan import Slot
from backproof.notation.mathml import MATHML
from backproof.notation.spoken import SPOKEN
from backproof.notation.styles import Style, pretty
from backproof.notation.text import TEXT
from backproof.practice.state import LAST_HINT, sentence
from backproof.practice.worked import Worked
from backproof.worksheet.html.mathematics import of_step, spoken
from backproof.worksheet.steps import Line, Step, lines_of

LARGEST_FACTOR = 1_000
NEARLY = fmpq(1, 50)
WHERE, RULE, NUMBERS, WHOLE = "Where to look", "The rule", "The numbers put in", "The full step"


@dataclass(frozen=True)
class Hint:
    """One hint: a sentence, formulas, or both."""

    title: str
    says: str
    formulas: tuple[Markup, ...] = ()
    texts: tuple[str, ...] = ()
    """The formulas as plain text."""


def hints(worked: Worked, name: str, index: Index, cell: Cell, level: int) -> list[Hint]:
    """The hints for a cell up to a level; none where it is right."""
    if cell.verdict in FINE:
        return []
    return [hint(worked, name, index, cell, n) for n in range(1, min(level, LAST_HINT) + 1)]


def hint(worked: Worked, name: str, index: Index, cell: Cell, level: int) -> Hint:
    """1: a nudge. 2: the rule and why. 3: the substitution without its result. 4: the full step."""
    step = worked.step_of[name]
    if level == 1:
        return Hint(WHERE, nudge(worked, name, index, cell))
    if level == 2:
        return Hint(RULE, step.why, tuple(of_step(step)), tuple(step.formulas(TEXT)))
    line = line_of(worked, step, index)
    if level == 3:
        if not line.sides(TEXT)[2:-1]:
            return Hint(NUMBERS, "No term of the rule comes to this cell.")
        return Hint(NUMBERS, "", *written_twice(lambda style: " ".join(line.sides(style)[:-2])))
    said = [since(line), f"Convention: {step.convention}" if line.tied and step.convention else ""]
    return Hint(WHOLE, " ".join(filter(None, said)), *written_twice(lambda style: " ".join(line.sides(style))))


def written_twice(write: Callable[[Style], str]) -> tuple[tuple[Markup], tuple[str]]:
    """A formula as markup and as plain text."""
    return (spoken(write(SPOKEN), write(MATHML)),), (write(TEXT),)


def since(line: Line) -> str:
    """What decided, as a sentence."""
    return f"Since {listed(line.reasons)}." if line.reasons else ""


def line_of(worked: Worked, step: Step, index: Index) -> Line:
    """How one cell of a step's quantity came about."""
    batch = step.slots[0].datum is not None
    slot = Slot(step.quantity, index[0]) if batch else step.slots[0]
    job = worked.record.plan.job(slot)
    assert job is not None
    (line,) = lines_of(worked.record, job, slot, [index[1:] if batch else index])
    return line


def nudge(worked: Worked, name: str, index: Index, cell: Cell) -> str:
    """What can be seen from what was written; with nothing written, where to look."""
    if cell.verdict == "blank":
        return whence(worked, name, index)
    if cell.verdict == "unread":
        return f"{sentence(cell.doubt or 'this is no number')} Write it like 8, -0.5, 1/3 or 2e-3."
    if cell.verdict == "follows":
        return f"This number {cell.reason}. Put that right first, and then this."
    return compared(worked, name, index, cell) or whence(worked, name, index)


def whence(worked: Worked, name: str, index: Index) -> str:
    """Which quantities and which rule a number comes from."""
    step = worked.step_of[name]
    read = [source for source, _ in line_of(worked, step, index).sources if source in worked.record.names]
    job = worked.record.plan.job(step.slots[0])
    read = read or [slot.name for slot in (job.read if job else []) if slot.name in worked.record.names]
    made = f"by {step.rule} " if step.rule else "by adding up "
    sources = [pretty(source) for source in dict.fromkeys(read)]
    return f"Step {step.number}: it is made {made}{'from ' if step.rule else ''}{listed(sources)}."


def compared(worked: Worked, name: str, index: Index, cell: Cell) -> str:
    """How a wrong number differs from the right one, without saying what that is."""
    given, (right, exact) = cell.written.value, middle(cell.expected)
    if given is None:
        return ""

    def fits(number: fmpq) -> bool:
        return bool(accepted(cell.written, number, exact, worked.question.rubric(worked.number).digits))

    if right == 0:
        return "Look again at what reaches this cell."
    if fits(-right):
        return "The size is right. Look at the sign."
    if other := elsewhere(worked, name, index, cell.written):
        return f"This is the right number of {other}."
    if given == 0:
        return "It is not 0. Look again at what reaches this cell."
    sign = "The sign is right" if given * right > 0 else "The sign is not right, nor is the size"
    ratio = abs(given / right)
    if any(ratio == fmpq(10) ** n for n in range(-9, 10)):
        return f"{sign}. Look at the decimal point."
    if given * right > 0 and abs(given - right) <= NEARLY * abs(right):
        return "Nearly. Was something rounded on the way, or the last digit?"
    if (ratio.q == 1 or ratio.p == 1) and max(ratio.p, ratio.q) <= LARGEST_FACTOR:
        return f"{sign}; it is off by a whole factor. Was something left out, or counted twice?"
    return f"{sign}; the number is too {'large' if ratio > 1 else 'small'}."


def elsewhere(worked: Worked, name: str, index: Index, written: Written) -> str:
    """The cell of which this is the right number, of the same quantity or of another; 0 and ±1 are the right number of many."""
    if written.value is None or abs(written.value) in (0, 1):
        return ""
    for other in [name, *(o for o in worked.boxed if o != name)]:
        array: Any = worked.record.array(other)
        for place in array.indices():
            if (other, place) != (name, index) and middle(array[place])[0] == written.value:
                return "another cell of the same quantity" if other == name else f"{pretty(other)}, another quantity"
    return ""
