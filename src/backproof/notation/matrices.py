"""Arrays of numbers as equations: `W = ` and a matrix; of more than two axes one for each place in the others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import NamedTuple

from backproof.arithmetic.array import Array, Index
from backproof.notation.styles import Style
from backproof.record.digits import picked, text_of
from backproof.record.quantity import Quantity

MOST_CELLS, MOST_MATRICES = 12, 4
"""Of a longer row or column the first few and the last are written; of more matrices the first few."""


class Equation(NamedTuple):
    """A number, a row or a matrix, written in one style."""

    left: str
    sign: str
    right: str


def equations(quantity: Quantity, style: Style) -> Iterator[Equation]:
    """A quantity under its name; at the end how many matrices are left out, where there are too many."""
    name, _, index = quantity.name.partition("[")
    place = tuple(int(i) for i in index.rstrip("]").split(",")) if index else ()
    outer = quantity.shape[:-2]
    for i in islice(product(*map(range, outer)), MOST_MATRICES):
        yield equation(name, quantity.array, i, quantity.digits, style, place)
    if (more := prod(outer) - MOST_MATRICES) > 0:
        yield Equation("", "", f"{style.dots} {style.words(f'({more} more)')}")


def equation(name: str, array: Array, outer: Index, digits: int, style: Style, place: Index) -> Equation:
    for i in outer:
        array = array.at(i)
    place = (*place, *outer)
    exact = all(text_of(array[i], digits)[1] for i in visible(array))
    left = style.name(name, place) if array.shape else style.cell(style.name(name, place), name, place)
    return Equation(left, style.relation("=" if exact else "≈"), body(name, array, digits, style, place))


def visible(array: Array) -> Iterator[Index]:
    """The cells of a number, a row or a matrix that are written."""
    axes = [[i for i in picked(n, MOST_CELLS) if i is not ...] for n in array.shape]
    match axes:
        case [rows, columns]:
            yield from ((i, j) for i in rows for j in columns)
        case [columns]:
            yield from ((j,) for j in columns)
        case _:
            yield ()


def body(name: str, array: Array, digits: int, style: Style, place: Index) -> str:
    def cell(*index: int) -> str:
        return style.cell(style.number(text_of(array[index], digits)[0]), name, (*place, *index))

    if not array.shape:
        return cell()
    columns = picked(array.shape[-1], MOST_CELLS)
    if len(array.shape) == 1:
        return style.matrix([[style.dots if j is ... else cell(j) for j in columns]])
    rows = picked(array.shape[0], MOST_CELLS)
    return style.matrix([[style.dots if ... in (i, j) else cell(i, j) for j in columns] for i in rows])
