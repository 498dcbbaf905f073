"""Whether a written number is a number: exactly, or within the digits written.

The rule for rounding: `19.3` stands for everything from 19.25 to 19.35. It is right as a rounded number if the true one
lies there, both ends included, and if enough digits were written: two significant ones, or two behind the point (or as
many as the rubric says). With fewer, it is right only where it differs by less than a millionth.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from flint import arb, fmpq

from backproof.arithmetic.ball import Ball
from backproof.marking.claims import Written

Accepted: TypeAlias = Literal["", "right", "rounded"]

HALF, ZERO = fmpq(1, 2), fmpq(0)
NEAR = fmpq(1, 10**6)
CERTAIN = fmpq(1, 10**12)
"""Enclosures are narrower than this part of their number, so a number that is as near as this is taken for it."""
FLOAT = 15
"""A number of so many digits comes from a program's floats; it is right if it differs by less than a millionth part."""
TINY = arb(2) ** -20_000
"""What is certainly smaller is taken for 0: as a fraction it would fill the memory."""


def accepted(written: Written, number: fmpq, exact: bool, digits: int) -> Accepted:
    """Whether what was written is this number, which is one exactly or the middle of a narrow enclosure.

    >>> accepted(Written("0.67", fmpq(67, 100), fmpq(1, 100), 2), fmpq(2, 3), True, 2)
    'rounded'
    """
    value = written.value
    if value is None:
        return ""
    if value == number:
        return "right"
    distance = abs(value - number)
    if not exact and distance <= CERTAIN * min(abs(number), 1):
        return "right"
    if written.digits >= FLOAT and distance <= max(NEAR * abs(number), CERTAIN):
        return "rounded"
    unit = written.unit
    if unit is None or distance > unit * HALF:
        return ""
    if written.digits >= digits or unit * 10**digits <= 1 or distance <= NEAR:
        return "rounded"
    return ""


def middle(number: Any) -> tuple[fmpq, bool]:
    """A number of a record as a rational, and whether it is that exactly."""
    if isinstance(number, fmpq):
        return number, True
    value = number.value if isinstance(number, Ball) else number
    if isinstance(value, arb):
        mid = value.mid()
        return (ZERO if mid.abs_upper() < TINY else mid.fmpq()), False
    return (value, True) if isinstance(value, fmpq) else (fmpq(int(value)), True)
