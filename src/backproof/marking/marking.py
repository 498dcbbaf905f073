"""A sheet marked: for each quantity what was said of it, cell by cell; the slips; the marks, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from flint import fmpq

from backproof.arithmetic.array import Index, Shape
from backproof.errors import UnknownName
from backproof.marking.claims import Remark, Sheet, Where, Written
from backproof.marking.question import Question

Verdict: TypeAlias = Literal["right", "rounded", "follows", "wrong", "blank", "unread"]
"""right; rounded: right within the digits written; follows: right given this person's own earlier numbers; wrong;
blank: nothing was written; unread: something was, and could not be read."""
FINE: tuple[Verdict, ...] = ("right", "rounded")
"""Of numbers that are as they should be."""


@dataclass(frozen=True)
class Cell:
    """One number judged."""

    index: Index
    written: Written
    verdict: Verdict
    expected: Any
    """The number that is right: a rational, or an enclosure."""
    own: Any = None
    """What follows from this person's own numbers, where that is another."""
    reason: str = ""
    doubt: str = ""
    """Why the judgement may rest on a misread character."""


@dataclass(frozen=True)
class Answer:
    """One quantity that is asked for, or given, judged."""

    name: str
    part: int
    step: int
    """Its number in the order of the work, the same as a worksheet's; 0 for what is given."""
    shape: Shape
    cells: Mapping[Index, Cell]
    verdict: Verdict
    """The worst of its cells: wrong, else unread, else follows, else blank, else rounded, else right."""
    reason: str
    """Why it has the marks it has."""
    marks: fmpq = fmpq(0)
    of: fmpq = fmpq(0)
    """What it is worth; 0 for what is not asked for."""
    where: Where = Where()
    after: tuple[int, ...] = ()
    """Which slips, by their place in `Explanation.slips`, its numbers follow from."""
    trivial: bool = False
    """Whether a slip has left nothing to be worked out here, so that what follows from it earns nothing."""


@dataclass(frozen=True)
class Slip:
    """One thing that went wrong: a misconception, or a slip with a number."""

    key: str
    """`MaxPool2d.Mean`, or `number.sign`, `number.point`, …"""
    says: str
    """What was done, to be read after "You"."""
    name: str
    """The quantity in which it shows first, or would, were it written down."""
    part: int
    step: int
    index: Index | None = None
    """The cell, of a slip with one number."""
    where: Where = Where()


@dataclass(frozen=True)
class Explanation:
    """A smallest set of slips that gives the numbers on the sheet."""

    slips: tuple[Slip, ...]
    explained: int
    """How many of the numbers that are off it gives."""
    off: int
    """How many numbers on the sheet are not those that are right."""

    @property
    def complete(self) -> bool:
        return self.explained == self.off


@dataclass(frozen=True)
class Formula:
    """One side of a chain of formulas, judged."""

    text: str
    verdict: Literal["right", "follows", "wrong", "undecided", "unread", "blank"]
    """right: equal to what the quantity is; follows: equal to the line before, where that was not right; blank: marks
    were to be had for a formula, and none was written."""
    reason: str
    """With a counter-example, where it is wrong."""
    name: str = ""
    part: int = 0
    where: Where = Where()
    marks: fmpq = fmpq(0)
    of: fmpq = fmpq(0)


@dataclass(frozen=True)
class Marking:
    """A sheet, marked."""

    question: Question
    sheet: Sheet
    answers: tuple[Answer, ...]
    """Every quantity that is asked for, part by part in the order of the work, and what is given where it was written."""
    explanations: tuple[Explanation, ...]
    """Empty where nothing is off; several where they explain the numbers equally well; the first is what marks rest on."""
    formulas: tuple[Formula, ...]
    remarks: tuple[Remark, ...]

    @property
    def marks(self) -> fmpq:
        return sum((a.marks for a in (*self.answers, *self.formulas)), fmpq(0))

    @property
    def of(self) -> fmpq:
        return sum((a.of for a in (*self.answers, *self.formulas)), fmpq(0))

    @property
    def first(self) -> Slip | None:
        """The first slip, if there is any."""
        return self.explanations[0].slips[0] if self.explanations and self.explanations[0].slips else None

    def __getitem__(self, name: str) -> Answer:
        """The first answer of this name: `marking["dL/dU"]`. Raises `UnknownName`."""
        found = next((a for a in self.answers if a.name == name), None)
        if found is None:
            raise UnknownName("answer", name, dict.fromkeys(a.name for a in self.answers))
        return found

    def __str__(self) -> str:
        from backproof.marking.reports.terminal import plain

        return plain(self)

    __repr__ = __str__

    def __rich__(self) -> Any:
        from backproof.marking.reports.terminal import Rendered

        return Rendered(self)

    def _repr_markdown_(self) -> str:
        from backproof.marking.reports.markdown import markdown

        return markdown(self)
