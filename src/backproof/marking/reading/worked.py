"""What an expression of numbers alone comes to: exactly, or enclosed where it takes exp, log and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, ctx, fmpq

from backproof.arithmetic.shown import Shown
from backproof.marking.reading.numbers import written

MOST_BITS = 4_000
MOST_POWER = 400
BITS = 128
UNIT = fmpq(1, 10**20)
"""What the last digit of a value is said to be worth that was enclosed and not written."""


class Unworkable(ValueError):
    """An expression that has no value: a division by 0, the logarithm of −1; or that is too large to be worked out."""


def worked(e: Shown) -> tuple[fmpq, fmpq | None]:
    """The value of an expression of numbers, and the unit of its last digit where it is not exact. Raises `Unworkable`."""
    precision = ctx.prec
    try:
        ctx.prec = BITS
        value = value_of(e)
        if isinstance(value, fmpq):
            return value, None
        if not value.is_finite() or not value.rad() < arb(10) ** -22:
            raise Unworkable("this has no value that could be enclosed")
        mantissa, exponent = value.mid().man_exp()
        return fmpq(int(mantissa)) * fmpq(2) ** int(exponent), UNIT
    finally:
        ctx.prec = precision


def value_of(e: Shown) -> Any:
    match e.op:
        case "number":
            return number(str(e.args[0]))
        case "neg":
            return -value_of(e.args[0])
        case "+" | "-" | "*" | "/" | "^":
            a, b = value_of(e.args[0]), value_of(e.args[1])
            return power(a, b) if e.op == "^" else small(ARITHMETIC[e.op](a, b))
        case "max":
            return largest([value_of(a) for a in e.args])
        case "exp" | "log" | "sqrt" | "tanh" | "abs":
            return function(e.op, value_of(e.args[0]))
        case _:
            raise Unworkable("this is not made of numbers alone")


def number(text: str) -> fmpq:
    value = written(text).value
    if value is None:
        raise Unworkable(f"{text} is no number")
    return value


def divided(a: Any, b: Any) -> Any:
    if isinstance(b, fmpq) and b == 0:
        raise Unworkable("nothing can be divided by 0")
    return a / b


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divided,
}


def small(value: Any) -> Any:
    if isinstance(value, fmpq) and value.p.bit_length() + value.q.bit_length() > MOST_BITS:
        raise Unworkable("this number is too large")
    return value


def power(a: Any, b: Any) -> Any:
    if isinstance(a, fmpq) and isinstance(b, fmpq) and b.q == 1:
        if abs(b) > MOST_POWER or (a == 0 and b < 0):
            raise Unworkable("this power has no value, or one that is too large")
        return small(a ** int(b.p))
    return arb(a) ** arb(b)


def function(name: str, x: Any) -> Any:
    if name == "abs":
        return abs(x)
    if isinstance(x, fmpq) and abs(x) > 10**6:
        raise Unworkable(f"{name} is taken of a number that is too large")
    if isinstance(x, fmpq) and ((name == "exp" and x == 0) or (name == "log" and x == 1)):
        return fmpq(int(name == "exp"))
    return getattr(arb(x), name)()


def largest(values: list[Any]) -> Any:
    if not all(isinstance(v, fmpq) for v in values):
        raise Unworkable("the largest of numbers that are not exact")
    return max(values)
