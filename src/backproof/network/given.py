"""Numbers that somebody gave, in any of the forms they come in, as exact numbers.

A rational stays one; what no rational can say (nan, ±inf, −0.0) stays a Python float, which only float
arithmetic takes. Numbers in Python lists are read as the digits that Python prints for them, so that 0.1 is
one tenth; numbers in arrays (NumPy, PyTorch) are taken for exactly what they hold.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

from flint import fmpq

from backproof.arithmetic import exact
from backproof.arithmetic.array import Array, Places, Shape, address
from backproof.arithmetic.numeral import MOST_DIGITS, Numeral
from backproof.errors import BadNumber, BadShape, shortened

TOO_LARGE = 10**MOST_DIGITS
"""A whole number may be written in other figures than decimal ones, and has the same limit."""


def read(name: str, value: Any) -> Array:
    """Nested lists, a number, or anything with `tolist` and `shape`, as an array of exact numbers.

    Raises `BadShape` for rows of different lengths, `BadNumber` for what is no number; both say where.

    >>> read("W", [[1, 0.5], ["1/3", 2]])[1, 0]
    1/3
    """
    if isinstance(value, Array):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    if hasattr(value, "tolist") and hasattr(value, "shape"):
        shape = tuple(int(n) for n in value.shape)
        kind = getattr(getattr(value, "dtype", None), "kind", "f")
        if kind not in "fiub":
            raise BadNumber(f"an array of {value.dtype}", name, "an array of real numbers")
        numbers = flattened(value.tolist(), len(shape))
        return Array(shape, dict(zip(product(*map(range, shape)), map(stored, numbers), strict=True)))
    shape = shape_of(name, value)
    numbers = flattened(value, len(shape))
    cells: dict[Any, Any] = {}
    for index, number in zip(product(*map(range, shape)), numbers, strict=True):
        try:
            cells[index] = digits(number)
        except BadNumber as error:
            raise BadNumber(number, address(name, index), too_large=error.too_large) from error
    return Array(shape, cells)


def places(name: str, array: Array) -> Array:
    """The same array as whole numbers: classes, places."""
    if isinstance(array.shape, Places):
        return array
    for index, value in array.items():
        if not isinstance(value, fmpq) or value.q != 1:
            raise BadNumber(str(value), address(name, index), "a whole number")
    return Array(Places(array.shape), {i: int(v.p) for i, v in array.items()})


def shape_of(name: str, value: Any) -> Shape:
    """The shape of nested lists; refused where they are ragged or empty."""
    if not isinstance(value, (list, tuple)):
        return ()
    if not value:
        raise BadShape(f"{name} is empty; expected at least one number")
    shapes = [shape_of(f"{name}[{i}]", part) for i, part in enumerate(value)]  # pyright: ignore
    for i, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise BadShape(f"{name} is ragged: {name}[{i}] has {counted(shape)}, {name}[0] has {counted(shapes[0])}")
    return (len(shapes), *shapes[0])


def counted(shape: Shape) -> str:
    if not shape:
        return "a single number"
    if len(shape) == 1:
        return f"{shape[0]} number{'s' if shape[0] != 1 else ''}"
    return f"shape {shape}"


def flattened(value: Any, depth: int) -> list[Any]:
    for _ in range(depth - 1):
        value = [x for part in value for x in part]
    return list(value) if depth else [value]


def stored(number: float | int) -> Any:
    """A number out of an array: exactly what it holds."""
    if isinstance(number, int):
        return fmpq(int(number))
    if not math.isfinite(number) or (not number and math.copysign(1, number) < 0):
        return float(number)
    return fmpq(*number.as_integer_ratio())


def digits(number: Any) -> Any:
    """A number that somebody wrote: the digits that stand there."""
    if type(number) is int:
        if abs(number) >= TOO_LARGE:
            raise BadNumber(number, too_large=True)
        return fmpq(number)
    if isinstance(number, fmpq):
        return number
    if isinstance(number, Fraction):
        return fmpq(number.numerator, number.denominator)
    if hasattr(number, "item"):
        return stored(number.item())
    if isinstance(number, (bool, list, tuple, dict)) or number is None:
        raise BadNumber(shortened(number))  # pyright: ignore[reportUnknownArgumentType]
    numeral = Numeral(number)
    if numeral.special and numeral.special != "pi":
        return float(numeral.special)
    return exact.number(numeral)
