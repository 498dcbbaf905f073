"""From where the subscripts of a sheet count: from 1, as mathematics does, unless one of them says 0.

`p_0`, `U_{0,1}` and `U_{10}` of four cells can only be meant from 0, and then every subscript of the sheet is; `p_3` of three
cells only from 1. Where a sheet holds both, each quantity counts as its own subscripts say, and what neither says is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod
from typing import NamedTuple

from backproof.arithmetic.array import Index, Shape


class Counting(NamedTuple):
    """What the subscripts of a sheet say of each other, by the quantities whose cells they name."""

    zero: frozenset[str] = frozenset()
    """Those of which a subscript can only count from 0."""
    one: frozenset[str] = frozenset()
    """Those of which a subscript can only count from 1."""
    unsure: frozenset[str] = frozenset()
    """Those with a subscript such as 10, which is a row and a column from 0, or the tenth cell."""
    flat: frozenset[str] = frozenset()
    """Those whose subscripts count the cells in reading order: x_9 and x_12 are the 9th and the 12th."""

    @property
    def mixed(self) -> bool:
        return bool(self.zero and self.one)

    def first(self, name: str) -> int | None:
        """What the first cell of a quantity is called, 0 or 1; None where nobody can know."""
        if self.mixed:
            return None if (name in self.zero) == (name in self.one) else int(name in self.one)
        if self.zero:
            return 0
        return None if name in self.unsure and name not in self.one else 1


FROM_ONE = Counting()


def counting(subscripts: Iterable[tuple[str, str, Shape]]) -> Counting:
    """What these say together, each the name of a quantity with several cells, what stands below it, and its shape.

    >>> counting([("p", "0", (3,)), ("p", "1", (3,))]).first("U"), counting([("p", "1", (3,))]).first("p")
    (0, 1)
    >>> counting([("p", "0", (3,)), ("p", "3", (3,))]).first("p") is None
    True
    """
    read = [(name, split(content), shape) for name, content, shape in subscripts]
    read = [(name, parts, shape) for name, parts, shape in read if parts and all(p.isdecimal() for p in parts)]
    flat = frozenset(
        name for name, parts, shape in read if len(parts) == 1 < len(shape) != len(parts[0]) and prod(shape) > 9
    )
    found: dict[str, set[str]] = {"zero": set(), "one": set(), "unsure": set()}
    for name, parts, shape in read:
        if says := evidence(parts, shape, name in flat):
            found[says].add(name)
    return Counting(frozenset(found["zero"]), frozenset(found["one"]), frozenset(found["unsure"]), flat)


def evidence(parts: Sequence[str], shape: Shape, flat: bool) -> str:
    """What one subscript says: that it counts from 0, or from 1; or that it may; or nothing."""
    number = int(parts[0][:9])
    if len(parts) == 1 and not paired(parts[0], shape, flat):
        return "zero" if number == 0 else "one" if number == prod(shape) else ""
    places = [int(p[:9]) for p in (parts if len(parts) > 1 else parts[0])]
    if 0 not in places:
        ends = len(places) == len(shape) and any(i == n for i, n in zip(places, shape, strict=True))
        return "one" if ends and all(i <= n for i, n in zip(places, shape, strict=True)) else ""
    return "unsure" if len(parts) == 1 and places[0] and number <= prod(shape) else "zero"


def split(content: str) -> list[str]:
    return [p for p in re.split(r"[,\s]+", content.strip()) if p]


def paired(part: str, shape: Shape, flat: bool) -> bool:
    """Whether the digits of one number are a place on each axis."""
    return len(part) == len(shape) > 1 and part.isalnum() and (not flat or part[0] == "0")


def subscript(content: str, shape: Shape | None, first: int = 1, flat: bool = False) -> Index:
    """The index that a subscript says, counted from 0; letters stay as they are.

    The row, then the column; one number on a matrix counts its cells in reading order. `first`: what the first is called.
    Where subscripts count from 1 and the digits hold a 0, they are one number.

    >>> subscript("12", (2, 2)), subscript("3", (2, 2)), subscript("y", (3,)), subscript("ij", (2, 2))
    ((0, 1), (1, 0), ('y',), ('i', 'j'))
    >>> subscript("10", (2, 2), 0), subscript("3", (2, 2), 0), subscript("10", (4, 4), 1)
    ((1, 0), (1, 1), (2, 1))
    """
    parts = split(content)
    axes = len(shape) if shape is not None else len(parts)
    if len(parts) == 1 and shape is not None and paired(parts[0], shape, flat) and (first == 0 or "0" not in parts[0]):
        parts = list(parts[0])
    if len(parts) == 1 and parts[0].isdecimal() and shape is not None and axes != 1:
        at = int(parts[0][:9]) - first
        if at < 0 or not shape:
            return () if at == 0 else (at,)
        index: list[int] = []
        for size in reversed(shape):
            at, place = divmod(at, max(size, 1))
            index.insert(0, place)
        index[0] += at * max(shape[0], 1)
        return tuple(index)
    return tuple(int(p[:9]) - first if p.isdecimal() else p for p in parts)
