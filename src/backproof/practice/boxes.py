"""Numbers on a page: shown, to be changed, or to be filled in, each with what is to be said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from backproof.arithmetic.array import Index, address
from backproof.drawing.numbers import full
from backproof.marking.marking import FINE
from backproof.marking.reports.report import SIGNS
from backproof.notation.anchors import anchor
from backproof.notation.styles import pretty
from backproof.notation.text import TEXT
from backproof.practice.checking import Checked, reason
from backproof.practice.hints import Hint, hints
from backproof.practice.questions import MOST_BOXES, original
from backproof.practice.state import LAST_HINT, State
from backproof.practice.worked import Worked
from backproof.worksheet.steps import Step

SCOPE = "1"
"""What the ids of a page's numbers begin with."""


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
    says: str = ""
    """The verdict and its reason as a sentence; or what is wrong with a number that was to be changed."""
    hints: tuple[Hint, ...] = ()
    level: int = 0
    more: bool = False
    """Whether there is another hint to be had."""
    given: str = ""
    """What stood there before it was changed, where it was."""

    @property
    def sign(self) -> str:
        return SIGNS.get(self.verdict, "")


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

    return tuple(
        Grid(TEXT.name(name, (*first, "·", "·")) if first else "", tuple(tuple(cell(first, i, j) for j in columns) for i in rows))
        for first in product(*map(range, shape[:-2]))
    )  # fmt: skip


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
        return Box(place, label(step.quantity, index), anchor(SCOPE, place), full(array[index], worked.record.digits))

    return numbers_of(worked, step.quantity, box, False)


def given_numbers(worked: Worked, state: State, name: str) -> Numbers:
    """What is given: in boxes as far as it may be changed, with what was typed where that could not be taken."""
    array = worked.record.array(name)
    change = name in worked.editable and prod(worked.shapes[name]) <= MOST_BOXES

    def box(place: str, index: Index) -> Box:
        fault = worked.faults.get(place, "")
        typed = state.given.get(place, "").strip()
        text = typed if change and typed else original(array, index)
        first = worked.originals.get(place, text)
        says = f"{TEXT.name(name, index)} could not be taken: {fault}; {first} is used instead." if fault else ""
        verdict = "unread" if fault else ""
        changed = first if change and text != first else ""
        return Box(place, label(name, index), anchor(SCOPE, place), text, verdict, says, given=changed)

    return numbers_of(worked, name, box, change)


def asked_numbers(worked: Worked, state: State, checked: Checked, step: Step, left: int) -> Numbers:
    """What is to be filled in, with verdicts and hints."""
    name = step.quantity

    def box(place: str, index: Index) -> Box:
        cell = checked.cells[place]
        level = state.hints.get(place, 0)
        found = tuple(hints(worked, name, index, cell, level))
        verdict = "" if cell.verdict == "blank" else cell.verdict
        fine = cell.verdict in FINE
        return Box(
            place, label(name, index), anchor(SCOPE, place), state.answers.get(place, ""), verdict,
            said(TEXT.name(name, index), verdict, reason(cell)),
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
