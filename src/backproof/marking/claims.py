"""What an answer sheet says: claims, each number as it was written and where it stands.

Reading makes these and repairs nothing: what is not plainly a number stays unread, with a doubt that says what it might be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from flint import fmpq

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import Shown


class Where(NamedTuple):
    """A place in a sheet, both counted from 1; 0 where there is none."""

    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}" if self.line else ""


@dataclass(frozen=True, slots=True)
class Written:
    """One number as somebody wrote it; blank, if nothing stands there; illegible, if what stands there is no number."""

    text: str = ""
    value: fmpq | None = None
    unit: fmpq | None = None
    """What one in the last written digit is worth, 1/100 of `0.25`: the number is known to half of it either way.
    None for what is exact as it stands, such as a fraction."""
    digits: int = 0
    """Significant digits, leading zeros not counted."""
    where: Where = Where()
    doubt: str = ""
    """Why this may not be what was written."""
    readings: tuple[fmpq, ...] = ()
    """What else it may be: guesses, which decide nothing."""

    @property
    def blank(self) -> bool:
        return self.value is None and not self.doubt

    @property
    def illegible(self) -> bool:
        return self.value is None and bool(self.doubt)


@dataclass(frozen=True)
class Claim:
    """Numbers for a quantity, or for one cell of it."""

    name: str
    """The quantity, as the question calls it: `dL/dU`."""
    part: int
    """Which part of the question: an index into `Question.parts`."""
    cells: Mapping[Index, Written]
    """By index; () for a single number. A cell that is not there was not written."""
    where: Where = Where()


@dataclass(frozen=True)
class Side:
    """One expression between equals signs, in the vocabulary of `derivations.language`."""

    text: str
    expression: Shown
    where: Where = Where()


@dataclass(frozen=True)
class Chain:
    """Formulas that are said to be equal: `∂L/∂V = ∂L/∂y · W`, or the lines of a derivation."""

    sides: tuple[Side, ...]
    name: str = ""
    """The quantity of the question that the first side is, if it is one: `dL/dz`."""
    part: int = 0


RemarkKind: TypeAlias = Literal["unread", "doubt", "unknown", "shape", "twice", "question", "refused"]


@dataclass(frozen=True)
class Remark:
    """Something to be said of a place in a sheet beside the marks.

    unread: a line that could not be read. doubt: one read with a doubt. unknown: a quantity that the question has not.
    shape: numbers that do not fit their quantity. twice: a second answer to one quantity. question: the sheet
    seems to answer another question. refused: a sheet, or a part of one, that was not read at all.
    """

    kind: RemarkKind
    message: str
    text: str = ""
    """What stands there."""
    where: Where = Where()


@dataclass(frozen=True)
class Sheet:
    """All that was read of one answer sheet."""

    claims: tuple[Claim, ...] = ()
    chains: tuple[Chain, ...] = ()
    remarks: tuple[Remark, ...] = ()
    path: Path | None = None
    person: str = ""
    """Whose it is, where the sheet says so; else the file's name without its ending."""
    recognised: bool = False
    """Whether it is free text, in which handwriting recognition may have misread a character anywhere."""
