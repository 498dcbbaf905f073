"""A definition by cases, `{ a if u > 0, b otherwise`, as a sum of its branches, each times the bracket of its condition."""

from __future__ import annotations

from collections.abc import Sequence

from backproof.arithmetic.shown import OPPOSITE, Comparison, Shown
from backproof.derivations.language import BRACKET
from backproof.marking.reading.cells import closing, split
from backproof.marking.reading.grammar import Unreadable, expression
from backproof.marking.reading.names import Names
from backproof.marking.reading.tokens import Part

OTHERWISE = ("otherwise", "else")


def piecewise(parts: Sequence[Part], names: Names, part: int) -> Shown | None:
    """The expression that a `cases` environment of two rows is: `a · [u > 0] + b · [u ≤ 0]`; None for anything else."""
    if not parts or parts[0].kind != "BEGIN" or parts[0].text != "cases" or closing(parts, 0) != len(parts) - 1:
        return None
    rows = [split(row, ("CELL",)) for row in split(parts[1:-1], ("BREAK",)) if row]
    if len(rows) != 2 or any(len(row) != 2 for row in rows):
        return None
    try:
        first, second = (expression(row[0], names, part) for row in rows)
        conditions = [condition(row[1], names, part) for row in rows]
    except Unreadable:
        return None
    held, other = conditions
    if held is None:
        return None
    if other is None:
        if not any(p.text.strip(",. ").lower() in OTHERWISE for p in rows[1][1]):
            return None
        other = Comparison(OPPOSITE[held.relation], held.left, held.right)
    terms = (Shown("*", (e, Shown(BRACKET, (c,), None)), None) for e, c in ((first, held), (second, other)))
    return Shown("+", tuple(terms), None)


def condition(parts: Sequence[Part], names: Names, part: int) -> Comparison | None:
    """`if u > 0`, or None where it says no comparison. Raises `Unreadable`."""
    bare = [p for p in parts if p.kind not in ("PROSE", "COMMA", "STOP", "SPLIT")]
    sides = split(bare, ("RELATION", "EQUALS"))
    if not bare or len(sides) != 2:
        return None
    sign = bare[len(sides[0])]
    relation = "=" if sign.kind == "EQUALS" else sign.text
    return Comparison(relation, expression(sides[0], names, part), expression(sides[1], names, part))
