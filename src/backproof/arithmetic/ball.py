"""Balls: numbers enclosed with a rigorous radius (FLINT's arb), rational for as long as they can be.

A ball that no transcendental function has touched is still a ratio of whole numbers, so that ties and
zeros are decided exactly. Two enclosures that overlap cannot be compared: that raises `Undecided`,
and whoever asked tries again with more bits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from flint import arb, ctx, fmpq

from backproof.arithmetic import exact
from backproof.arithmetic.functions import register
from backproof.arithmetic.numeral import Numeral
from backproof.errors import NotExact, Undecided

name = "ball"


class Ball:
    """An enclosure of one real number: a rational, which is exact, or an arb."""

    __slots__ = ("value",)

    def __init__(self, value: fmpq | arb) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Ball({self.value})"

    def __add__(self, other: Any) -> Ball:
        return Ball(self.value + inner(other))

    def __sub__(self, other: Any) -> Ball:
        return Ball(self.value - inner(other))

    def __rsub__(self, other: Any) -> Ball:
        return Ball(inner(other) - self.value)

    def __mul__(self, other: Any) -> Ball:
        other = inner(other)
        if self.value == 0 or other == 0:
            return Ball(exact.ZERO)
        return Ball(self.value * other)

    def __truediv__(self, other: Any) -> Ball:
        return Ball(divided(self.value, inner(other)))

    def __rtruediv__(self, other: Any) -> Ball:
        return Ball(divided(inner(other), self.value))

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Ball:
        return Ball(-self.value)

    def __pow__(self, power: int) -> Ball:
        return Ball(self.value**power)

    def __lt__(self, other: Any) -> bool:
        return decided(self.value, inner(other), lambda a, b: a < b)

    def __gt__(self, other: Any) -> bool:
        return decided(self.value, inner(other), lambda a, b: a > b)

    def __le__(self, other: Any) -> bool:
        return not self > other

    def __ge__(self, other: Any) -> bool:
        return not self < other

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return decided(self.value, inner(other), lambda a, b: a == b)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # pyright: ignore[reportAssignmentType]


def inner(other: Any) -> Any:
    return other.value if isinstance(other, Ball) else other


def divided(a: Any, b: Any) -> fmpq | arb:
    quotient = (fmpq(a) if isinstance(a, int) else a) / b
    if isinstance(quotient, arb) and not quotient.is_finite():
        raise Undecided(f"the divisor {brief(b)} cannot be told from 0")
    return quotient


def decided(a: Any, b: Any, compare: Callable[[Any, Any], bool]) -> bool:
    if isinstance(a, arb) or isinstance(b, arb):
        difference = a - b
        if difference.contains(0) and not difference.is_zero():
            raise Undecided(f"{brief(a)} and {brief(b)} overlap: neither can be called the larger")
        return compare(difference, 0)
    return compare(a, b)


def brief(value: Any) -> str:
    """A number for an error's sentence."""
    return value.str(8) if isinstance(value, arb) else str(value)


@contextmanager
def precision(bits: int) -> Generator[None]:
    """How many bits a new enclosure is computed to."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def number(given: Numeral | str | int) -> Ball:
    """The number that these digits stand for; `pi` is π, enclosed.

    >>> with precision(30): number("pi") / 2
    Ball([1.570796327 +/- 4.58e-10])
    """
    numeral = Numeral(given)
    if numeral.special == "pi":
        return Ball(arb.pi())
    return Ball(exact.number(numeral))


def lift(value: Any) -> Ball:
    """A given or an exact number as a ball; a ball is itself."""
    return value if isinstance(value, Ball) else Ball(exact.lift(value))


def simplified(value: Any) -> Any:
    """A ball that is still a ratio of whole numbers as that ratio, any other number as itself."""
    return value.value if isinstance(value, Ball) and isinstance(value.value, fmpq) else value


def enclosing(function: str) -> Callable[[Ball], Ball]:
    def apply(x: Ball) -> Ball:
        value = x.value
        if isinstance(value, fmpq):
            known = exact.special_value(function, value)
            if known is not None:
                return Ball(known)
            value = arb(value)
        result = getattr(value, function)()
        if not result.is_finite():
            if function == "log" and not value > 0 and not value.contains(0):
                raise NotExact(f"the logarithm of {brief(value)}, which is not positive")
            raise Undecided(f"{function}({brief(value)}) is not certain to be finite")
        return Ball(result)

    return apply


register(Ball, {f: enclosing(f) for f in ("exp", "log", "log1p", "sqrt", "tanh", "erfc")})
