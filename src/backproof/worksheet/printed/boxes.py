"""A quantity as a matrix of boxes, empty or filled in."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from backproof.arithmetic.array import Array, Index, Shape
from backproof.notation.spoken import SPOKEN
from backproof.notation.typst import TYPST, Typst
from backproof.record.digits import text_of
from backproof.record.quantity import Quantity
from backproof.worksheet.printed.markup import call, equation

MOST_COLUMNS, MOST_BOXES = 12, 64
WIDEST, ROOM, LOWEST, HIGHEST = 2.2, 14.2, 0.78, 19
"""Centimetres: a box, a row of boxes with its brackets behind its name, a box's height, a matrix of boxes."""
SHORT, WIDEST_OF_LONG = 10, 6.6
"""Digits that fit into a box; how wide one may be for more."""
DIGIT, LINE, EXPONENT = 0.13, 0.32, 8
"""Centimetres that a digit and a row of digits take at the least size that is read with ease; room for a power of ten."""


def fits(shape: Shape) -> bool:
    """Whether a quantity of this shape is asked for number by number."""
    return prod(shape) <= MOST_BOXES and shape[-1:] <= (MOST_COLUMNS,)


def boxes(quantity: Quantity, keyed: bool) -> list[str]:
    """`U = ` and its boxes; of more than two axes a matrix for each place in the others."""
    return list(at(quantity, quantity.array, (), keyed))


def at(quantity: Quantity, array: Array, place: Index, keyed: bool) -> Iterator[str]:
    if len(array.shape) > 2:
        for i in range(array.shape[0]):
            yield from at(quantity, array.at(i), (*place, i), keyed)
        return
    shape = (1,) * (2 - len(array.shape)) + array.shape
    width, height, longest = sized(shape, quantity.digits)
    style = Typst(longest)
    texts = array.map(lambda value: text_of(value, quantity.digits)) if keyed else Array(array.shape)

    def cell(row: int, column: int) -> str:
        number = '""'
        if keyed:
            text, _ = texts[(row, column)[2 - len(array.shape) :]]
            number = equation(style.number(text), SPOKEN.number(text))
        return f"#{call('slot', f'{width:.2f}cm', f'{height:.2f}cm', number)}"

    grid = [[cell(row, column) for column in range(shape[1])] for row in range(shape[0])]
    exact = all(exact for _, exact in texts.values())
    fence = '"["' if array.shape else "#none"
    matrix = f"mat(delim: {fence}, gap: #0pt, {' ; '.join(' , '.join(row) for row in grid)} )"
    left, sign = TYPST.name(quantity.name, place), "=" if exact else "≈"
    yield equation(f"{left} {sign} {matrix}", said(quantity, texts, place, keyed, sign))


def sized(shape: Shape, digits: int) -> tuple[float, float, int]:
    """A box's width and height for so many digits, and how many of them stand in a row.

    They are those of the empty box as well, so that it tells nothing of its number.
    """
    width = min(WIDEST if digits <= SHORT else WIDEST_OF_LONG, ROOM / shape[1])
    longest = max(SHORT, int(width / DIGIT))
    rows = -(-(digits + EXPONENT) // longest)
    height = LOWEST if digits <= SHORT else max(LOWEST, rows * LINE + 0.2)
    return width, max(LOWEST, min(height, HIGHEST / shape[0])), longest


def said(quantity: Quantity, texts: Array, place: Index, keyed: bool, sign: str) -> str:
    """The same in words, of numbers as they are written."""
    name = SPOKEN.name(quantity.name, place)
    if not keyed:
        size = " by ".join(map(str, texts.shape)) + " boxes" if texts.shape else "a box"
        return f"{name} equals {size} to fill in"
    numbers = [SPOKEN.number(text) for text, _ in texts.values()]
    columns = texts.shape[-1] if texts.shape else 1
    matrix = [numbers[i : i + columns] for i in range(0, len(numbers), columns)]
    return f"{name} {SPOKEN.relation(sign)} {SPOKEN.matrix(matrix) if texts.shape else numbers[0]}"
