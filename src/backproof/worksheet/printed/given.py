"""What is given on a question sheet: every number of it, a wide or high matrix in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import ceil, prod

from backproof.arithmetic.array import Array, Index
from backproof.notation.spoken import SPOKEN
from backproof.notation.styles import pretty
from backproof.notation.typst import LONGEST, TYPST, literal
from backproof.record.digits import text_of
from backproof.record.quantity import Quantity
from backproof.worksheet.printed.markup import call, equation

MOST_GIVEN = 600
"""Numbers of one quantity; of more only its shape is printed."""
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 20, 12, 84
"""Of a block: a row of so many characters fits on the paper."""


def in_full(quantities: Sequence[Quantity], file: str) -> Iterator[str]:
    """Quantities as matrices, as many to a row as fit, then which are too large to be printed, and how to have them of `file`."""
    printed = [part for quantity in quantities if prod(quantity.shape) <= MOST_GIVEN for part in whole(quantity)]
    if printed:
        yield call("flow", *printed)
    if large := [quantity for quantity in quantities if prod(quantity.shape) > MOST_GIVEN]:
        yield call("prose", call("broken", literal(left_out(large, file))))


def left_out(quantities: list[Quantity], file: str) -> str:
    """Where the numbers are that are not printed; those that were drawn by chance stand in no other file."""
    names = ", ".join(f"{pretty(q.name)} ({' × '.join(map(str, q.shape))})" for q in quantities)
    total = sum(prod(quantity.shape) for quantity in quantities)
    return f"Not printed: {names}, {total:,} numbers. The worksheet as JSON has them: solve {file} --format json."


def whole(quantity: Quantity) -> Iterator[str]:
    """`W = ` and its matrix, `W[0…11] = ` and its blocks; of more than two axes so for each place in the others."""
    for outer in product(*map(range, quantity.shape[:-2])):
        array = quantity.array
        for i in outer:
            array = array.at(i)
        yield from blocks(quantity, array, outer)


def blocks(quantity: Quantity, array: Array, outer: Index) -> Iterator[str]:
    if not array.shape:
        yield block(quantity, array, outer, [()])
        return
    widest = max(len(text_of(value, quantity.digits)[0]) for value in array.values())
    fitting = min(MOST_COLUMNS, MOST_CHARACTERS // (min(widest, LONGEST) + 2)) or 1
    axes = [cut(n, most) for n, most in zip(array.shape, (MOST_ROWS, fitting)[-len(array.shape) :], strict=True)]
    for ranges in product(*axes):
        yield block(quantity, array, outer, list(product(*ranges)), ranges)


def cut(length: int, most: int) -> list[range]:
    """An axis in pieces of about the same length.

    >>> cut(30, 12), cut(3, 12)
    ([range(0, 10), range(10, 20), range(20, 30)], [range(0, 3)])
    """
    size = ceil(length / ceil(length / most))
    return [range(start, min(start + size, length)) for start in range(0, length, size)]


def block(quantity: Quantity, array: Array, outer: Index, cells: list[Index], ranges: tuple[range, ...] = ()) -> str:
    """One equation: the name with what part of the quantity this is, and its numbers."""
    texts = [text_of(array[cell], quantity.digits) for cell in cells]
    is_part = len(cells) < array.size
    written = [f"{piece[0]} dots {piece[-1]}" if len(piece) > 1 else str(piece[0]) for piece in ranges if is_part]
    spoken = [f"{piece[0]} to {piece[-1]}" if len(piece) > 1 else str(piece[0]) for piece in ranges if is_part]
    sign = "=" if all(exact for _, exact in texts) else "≈"
    sides: list[str] = []
    for style, part in ((TYPST, written), (SPOKEN, spoken)):
        numbers = [style.number(text) for text, _ in texts]
        columns = len(ranges[-1]) if ranges else 1
        rows = [numbers[i : i + columns] for i in range(0, len(numbers), columns)]
        right = style.matrix(rows) if ranges else numbers[0]
        sides.append(f"{style.name(quantity.name, (*outer, *part))} {style.relation(sign)} {right}")
    return equation(*sides)
