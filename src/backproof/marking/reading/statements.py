"""What an equation says, with all the sides that it has: a number, a table, formulas; of which quantity, or of which cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME, Shown
from backproof.derivations.language import BRACKET, DERIVATIVE
from backproof.marking.claims import Side, Written
from backproof.marking.reading.cells import Table, cell_of, table_of
from backproof.marking.reading.grammar import Unreadable, expression, literal
from backproof.marking.reading.names import Names
from backproof.marking.reading.page import Page
from backproof.marking.reading.piecewise import piecewise
from backproof.marking.reading.tokens import Part

DAMAGED = frozenset("NUMBER GARBLED MINUS PLUS OPEN CLOSE STOP COMMA BAR BLANK".split())
"""What a number may be made of that is none any more; where more stands, it is a formula that cannot be read."""


@dataclass
class Said:
    """What was taken from an equation, side by side."""

    name: str = ""
    """The quantity that it is about: the first side that is the name of one."""
    index: Index = ()
    sides: list[Side] = field(default_factory=list[Side])
    """Those that are expressions."""
    numbers: list[Written] = field(default_factory=list[Written])
    table: Table | None = None
    table_at: int = 0
    stray: str = ""
    """What it is about instead, where that is no quantity of the question."""
    lost: Sequence[Part] = ()
    """A side that could not be read."""

    @property
    def chained(self) -> bool:
        """Whether formulas are said to be equal."""
        return sum(not literal(side.expression) for side in self.sides) > 1

    @property
    def number(self) -> Written | None:
        """The last side that is a number, or was one before it was damaged."""
        return self.numbers[-1] if self.numbers else None

    @property
    def letters(self) -> bool:
        """Whether its index is a letter, so that it is about any cell and not about one."""
        return any(not isinstance(i, int) for i in self.index)


def said(sides: Sequence[Sequence[Part]], page: Page, names: Names, part: int, name: str = "") -> Said:
    """What an equation says. `name`: what it goes on about, if it begins with its equals sign."""
    found = Said(name)
    for side in sides:
        if side:
            take(found, side, page, names, part)
    return found


def take(found: Said, side: Sequence[Part], page: Page, names: Names, part: int) -> None:
    """Add what one side says."""
    shown = shown_of(side, names, part)
    if shown is not None and shown.op == BRACKET and not found.name and not found.sides:
        found.lost = side  # a δ that is said to be something is no bracket
        return
    if shown is not None and shown.op == NAME and shown.args[0] in names.all and not found.name:
        found.name, found.index = shown.args
    elif shown is not None and not literal(shown):
        if shown.op in (NAME, DERIVATIVE) and not found.name and not found.stray:
            found.stray = page.raw(side)
    elif tabular(side, shown, found, names, part) and (table := table_of(side, page, names, part)) is not None:
        found.table, found.table_at = table, side[0].start
        return
    if shown is not None:
        found.sides.append(Side(page.raw(side), shown, page.where(side[0].start)))
        if literal(shown):
            found.numbers.append(cell_of(side, page, names, part))
    elif all(p.kind in DAMAGED for p in side):
        found.numbers.append(cell_of(side, page, names, part))
    else:
        found.lost = side


def shown_of(side: Sequence[Part], names: Names, part: int) -> Shown | None:
    """A side as an expression, if it is one."""
    try:
        return expression(side, names, part)
    except Unreadable:
        return piecewise(side, names, part)


def tabular(side: Sequence[Part], shown: Shown | None, found: Said, names: Names, part: int) -> bool:
    """Whether a side may be a table: 2,5 is one number where one is expected, and a list of two elsewhere."""
    single = bool(found.name) and (bool(found.index) or not names.shape(found.name, part))
    if side[0].kind in ("OPEN", "BEGIN", "BAR", "LEFT"):
        return shown is None or not single
    return not single


def close(a: Written, b: Written) -> bool:
    """Whether two numbers are one as far as they were written down; where one is illegible nobody knows."""
    if a.value is None or b.value is None:
        return True
    off = abs(a.value - b.value)
    return off == 0 or any(unit is not None and off * 2 <= unit and unit < 1 for unit in (a.unit, b.unit))
