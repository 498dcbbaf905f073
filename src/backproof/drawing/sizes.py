"""How large a number is beside the largest of its array, as the class that shades it."""

from __future__ import annotations

from collections.abc import Iterable
from math import frexp, inf, isnan, log2
from typing import Any, NamedTuple

from flint import arb, fmpq

from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.ball import Ball
from backproof.record.digits import magnitude

STEPS = tuple(log2(ratio) for ratio in (0.04, 0.16, 0.36, 0.64))
"""Where one shade ends and the next begins: squares, as small numbers are easier told apart by eye."""

FARTHEST = 10**300
"""A power of two that stands for all that no float holds."""


class Size(NamedTuple):
    """A number's sign, 0 where it is not known, and the power of two that it is; NaN for what is no number."""

    sign: int
    power: float


ZERO = Size(0, -inf)


def inner(value: Any) -> Any:
    return value.value if isinstance(value, Ball) else value


def is_zero(value: Any) -> bool:
    """Whether a number is 0 for certain.

    >>> is_zero(fmpq(0)), is_zero(arb(0, 1)), is_zero(-0.0)
    (True, False, True)
    """
    return bool(inner(value) == 0)


def size(value: Any) -> Size:
    """A number's size, cheaply and whatever its length.

    >>> size(fmpq(-(10**400))).sign, round(size(fmpq(-(10**400))).power), size(fmpq(1, 4))
    (-1, 1329, Size(sign=1, power=-2.0))
    """
    value = inner(value)
    if isinstance(value, fmpq):
        p, q = int(value.p), int(value.q)
        return Size(1 if p > 0 else -1, log2(abs(p)) - log2(q)) if p else ZERO
    if isinstance(value, arb):
        return size_of_ball(value)
    near = float(value)
    if isnan(near) or near in (inf, -inf):
        return Size(0, float("nan"))
    return Size((near > 0) - (near < 0), log2(abs(near))) if near else ZERO


def size_of_ball(value: arb) -> Size:
    if not value.is_finite():
        return Size(0, float("nan"))
    if value.contains(0):
        return ZERO
    mantissa, exponent = value.mid().man_exp()
    if abs(int(exponent)) > 1 << 60:
        return Size(1 if value > 0 else -1, float(max(-FARTHEST, min(magnitude(value), FARTHEST))))
    whole = int(mantissa)
    shift = max(0, abs(whole).bit_length() - 60)
    fraction, power = frexp(abs(whole) >> shift)
    return Size(1 if whole > 0 else -1, log2(fraction) + power + shift + int(exponent))


def sizes(array: Array) -> dict[Any, Size]:
    """The size of every number of an array."""
    return {index: size(value) for index, value in array.items()}


def largest(found: Iterable[Size]) -> float:
    """The power of the largest, not counting what is no number."""
    return max((each.power for each in found if not isnan(each.power)), default=-inf)


def shade(found: Size, top: float) -> str:
    """The class of a number: pos0 to pos4, neg0 to neg4, zero, or odd for NaN and infinities.

    >>> shade(size(fmpq(1)), 3.0), shade(size(fmpq(-8)), 3.0), shade(ZERO, 3.0)
    ('pos1', 'neg4', 'zero')
    """
    if isnan(found.power):
        return "odd"
    if found.sign == 0:
        return "zero"
    return f"{'pos' if found.sign > 0 else 'neg'}{sum(found.power - top >= step for step in STEPS)}"


def counts(array: Array) -> bool:
    """Whether an array holds numbers to compute with, not classes, which have no size."""
    return not isinstance(array.shape, Places)
