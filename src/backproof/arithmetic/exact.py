"""Exact arithmetic: every number is a ratio of two whole numbers (FLINT's fmpq).

Sums, differences, products and quotients stay exact; exp, log, tanh … leave the rationals and are refused,
but for the few places where they don't (e⁰ = 1).
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from backproof.arithmetic.functions import register
from backproof.arithmetic.numeral import Numeral
from backproof.errors import NotExact

name = "exact"

ZERO = fmpq(0)
ONE = fmpq(1)
RATIONAL_AT = {"exp": (ZERO, ONE), "log": (ONE, ZERO), "log1p": (ZERO, ZERO), "tanh": (ZERO, ZERO), "erfc": (ZERO, ONE)}


def number(given: Numeral | str | int) -> fmpq:
    """The rational that these digits stand for.

    >>> number("0.1") + number("1/3")
    13/30
    """
    numeral = Numeral(given)
    if numeral.special and numeral.special != "-0.0":
        raise NotExact(f"{numeral} is not a ratio of whole numbers")
    return fmpq(*numeral.ratio())


def lift(value: Any) -> fmpq:
    """A given number (`given.py`) as a rational."""
    if isinstance(value, fmpq):
        return value
    if isinstance(value, int):
        return fmpq(value)
    if value == 0:
        return ZERO
    raise NotExact(f"{value} is not a ratio of whole numbers")


def special_value(function: str, x: fmpq) -> fmpq | None:
    """The function's value where it is rational, None where it is not known to be."""
    if function == "sqrt":
        if x < 0:
            raise ValueError("the square root of a negative number")
        p, q = x.p, x.q
        root = fmpq(p.isqrt(), q.isqrt())
        return root if root * root == x else None
    at, value = RATIONAL_AT[function]
    return value if x == at else None


def rational(function: str) -> Any:
    def apply(x: fmpq) -> fmpq:
        value = special_value(function, x)
        if value is None:
            raise NotExact(f"{function}({x}) is not a ratio of whole numbers; balls can enclose it")
        return value

    return apply


register(fmpq, {f: rational(f) for f in ("exp", "log", "log1p", "sqrt", "tanh", "erfc")})
