"""What a picture needs of a record's numbers: a float, a power of ten, whether it is 0."""

from __future__ import annotations

from math import inf, isfinite, log10, nan
from typing import Any

from flint import arb, fmpq

from backproof.arithmetic.rounding import rounded
from backproof.drawing.sizes import inner, is_zero

FARTHEST = 10**6
"""Powers of two beyond which it does not matter how far a number lies beyond."""


def as_float(value: Any) -> float:
    """The float nearest to a number, or to the middle of its enclosure; ±inf beyond what floats hold.

    >>> as_float(fmpq(1, 3)), as_float(fmpq(-(10**400)))
    (0.3333333333333333, -inf)
    """
    value = inner(value)
    return rounded(int(value.p), int(value.q)) if isinstance(value, fmpq) else float(value)


def power(value: Any) -> float:
    """log₁₀ |value|, however far that lies beyond what floats hold; −∞ for 0, NaN for what is not finite.

    >>> power(fmpq(1, 10**400)), power(fmpq(0))
    (-400.0, -inf)
    """
    value = inner(value)
    if value == 0:
        return -inf
    if isinstance(value, fmpq):
        return log10(abs(int(value.p))) - log10(int(value.q))
    if isinstance(value, arb):
        middle = value.mid() if value.mid() != 0 else value.abs_upper()
        whole, exponent = map(int, middle.man_exp()) if middle.is_finite() else (0, 0)
        return log10(abs(whole)) + max(-FARTHEST, min(exponent, FARTHEST)) * log10(2) if whole else nan
    return log10(abs(float(value))) if isfinite(value) else nan


def ratio(above: Any, below: Any) -> float:
    """One number over another that is not 0, as a float.

    >>> round(ratio(fmpq(-1, 10**400), fmpq(1, 2 * 10**400)), 9)
    -2.0
    """
    if is_zero(above):
        return 0.0
    apart = power(above) - power(below)
    size = nan if apart != apart else inf if apart > 308 else 10.0**apart
    return -size if (inner(above) < 0) != (inner(below) < 0) else size
