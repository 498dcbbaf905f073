"""Numbers in rows, as they stand on a sheet, put into the shape of the quantity that they are said to be."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any, TypeAlias, cast

from backproof.arithmetic.array import Index, Shape
from backproof.marking.claims import Written

Nest: TypeAlias = "Written | list[Nest]"
"""A number, or a list of lists of them, as deep as brackets were written."""
DEEPEST = 16


class Misfit(ValueError):
    """Numbers that have another shape than their quantity; the message says both."""


def fitted(nest: Nest, shape: Shape) -> dict[Index, Written]:
    """The numbers by index, in this shape; blanks are left out.

    A row may stand for a column, a flat list for a matrix that it fills in reading order, and an axis of one place may be
    missing or too many. Rows may end early: what is missing is blank. Raises `Misfit` for anything else.

    >>> from backproof.marking.reading.numbers import written
    >>> one, two = written("1"), written("2")
    >>> sorted(fitted([one, two], (2, 1))) == [(0, 0), (1, 0)]
    True
    >>> fitted([[one, two]], (3,))
    Traceback (most recent call last):
      ...
    backproof.marking.reading.shapes.Misfit: 1 × 2 numbers stand here; expected 3
    """
    cells: dict[Index, Written] = {}
    collect(nest, (), cells)
    dims, even = measured(nest)
    if dims != shape:
        slim, wanted = [d for d in dims if d != 1], [d for d in shape if d != 1]
        flat = len(slim) <= 1 and prod(dims) == prod(shape)
        if not even or (slim != wanted and not flat):
            raise Misfit(f"{said(dims)} stand{'s' if not dims else ''} here; expected {said(shape, '')}")
        cells = dict(zip(product(*map(range, shape)), cells.values(), strict=True))
    return {index: cell for index, cell in cells.items() if not cell.blank}


def collect(nest: Nest, index: Index, cells: dict[Index, Written]) -> None:
    if isinstance(nest, list):
        for i, part in enumerate(nest):
            collect(part, (*index, i), cells)
    else:
        cells[index] = nest


def measured(nest: Nest) -> tuple[Shape, bool]:
    """How many places each axis has at most, and whether all rows are of one length."""
    if not isinstance(nest, list):
        return (), True
    parts = [measured(part) for part in nest]
    deepest = max((dims for dims, _ in parts), key=len, default=())
    if any(len(dims) != len(deepest) for dims, _ in parts):
        return (len(nest), *deepest), False
    longest = tuple(max(at) for at in zip(*(dims for dims, _ in parts), strict=True))
    return (len(nest), *longest), all(even and dims == longest for dims, even in parts)


def said(shape: Shape, numbers: str = " numbers") -> str:
    """`2 × 3 numbers`, `one number`."""
    return "one number" if not shape else " × ".join(map(str, shape)) + numbers


def mapped(values: Any, to: Callable[[Any], Written], most: int) -> Nest:
    """Nested lists with each number put through a function. Raises `Misfit` if they are nested too deeply, or too many."""
    room = most

    def walk(value: Any, depth: int) -> Nest:
        nonlocal room
        if isinstance(value, list | tuple):
            if depth > DEEPEST:
                raise Misfit(f"lists are nested more than {DEEPEST} deep")
            return [walk(v, depth + 1) for v in cast("list[Any]", value)]
        room -= 1
        if room < 0:
            raise Misfit(f"more than {most:,} numbers stand here")
        return to(value)

    return walk(values, 0)
