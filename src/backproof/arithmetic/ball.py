"""Balls: numbers enclosed with a rigorous radius (FLINT's arb), rational for as long as they can be.

A ball that no transcendental function has touched is still a ratio of whole numbers, so that ties and
zeros are decided exactly. Enclosures made in the same way from the same numbers are equal, and known to be
while that is remembered (`remembering`).
Others that overlap cannot be compared: that raises `Undecided`, and whoever asked tries again with more bits.
"""

from __future__ import annotations

import operator
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

    def __reduce__(self) -> tuple[Any, ...]:
        """So that a record can be copied and kept: the middle exactly, the radius no smaller."""
        if isinstance(self.value, fmpq):
            return Ball, (self.value,)
        parts = (*self.value.mid().man_exp(), *self.value.rad().man_exp())
        return remade, tuple(map(int, parts))

    def __add__(self, other: Any) -> Ball:
        return Ball(made(operator.add, self.value, inner(other)))

    def __sub__(self, other: Any) -> Ball:
        return Ball(made(operator.sub, self.value, inner(other)))

    def __rsub__(self, other: Any) -> Ball:
        return Ball(made(operator.sub, inner(other), self.value))

    def __mul__(self, other: Any) -> Ball:
        other = inner(other)
        if self.value == 0 or other == 0:
            return Ball(exact.ZERO)
        return Ball(made(operator.mul, self.value, other))

    def __truediv__(self, other: Any) -> Ball:
        return Ball(made(divided, self.value, inner(other)))

    def __rtruediv__(self, other: Any) -> Ball:
        return Ball(made(divided, inner(other), self.value))

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Ball:
        return Ball(made(operator.sub, 0, self.value))

    def __pow__(self, n: int) -> Ball:
        return Ball(made(power, self.value, n))

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


def remade(middle: int, exponent: int, radius: int, radius_exponent: int) -> Ball:
    """An enclosure out of its middle and its radius, each a whole number times a power of two."""
    before, ctx.prec = ctx.prec, middle.bit_length() + 64
    try:
        return Ball(arb(arb((middle, exponent)), arb((radius, radius_exponent))))
    finally:
        ctx.prec = before


class Memory:
    """Enclosures by the operation and the numbers that they were made of, while somebody wants that remembered."""

    MOST = 500_000

    def __init__(self) -> None:
        self.made: dict[tuple[Any, ...], tuple[Any, Any, Any]] = {}
        self.wanted = False


MEMORY = Memory()


@contextmanager
def remembering() -> Generator[None]:
    """While this lasts, an enclosure made twice in the same way from the same numbers is the same object.

    That is how two enclosures are known to be equal, as tied numbers in a pool must be: nothing else could tell.
    """
    MEMORY.wanted = True
    try:
        yield
    finally:
        MEMORY.wanted = False


def made(operation: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    """The result of an operation, or the one that is remembered."""
    if not MEMORY.wanted or not (isinstance(a, arb) or isinstance(b, arb)):
        return operation(a, b)
    key = (operation, identity(a), identity(b))
    known = MEMORY.made.get(key)
    if known is None:
        known = a, b, operation(a, b)
        if len(MEMORY.made) < Memory.MOST:
            MEMORY.made[key] = known
    return known[2]


def identity(x: Any) -> Any:
    """A rational is known by its value, an enclosure only by being that very object."""
    return (id(x),) if isinstance(x, arb) else x


def power(a: Any, n: Any) -> Any:
    """A whole power; arb's own is NaN where the middle of the enclosure is 0, so there it is multiplied out."""
    if n < 1 or not isinstance(a, arb) or not a.mid().is_zero():
        return a**n
    if n == 1:
        return a
    half = power(a, n // 2)
    return half * half * a if n % 2 else half * half


def inner(other: Any) -> Any:
    return other.value if isinstance(other, Ball) else other


def divided(a: Any, b: Any) -> fmpq | arb:
    quotient = (fmpq(a) if isinstance(a, int) else a) / b
    if isinstance(quotient, arb) and not quotient.is_finite():
        raise Undecided(f"the divisor {brief(b)} cannot be told from 0")
    return quotient


def decided(a: Any, b: Any, compare: Callable[[Any, Any], bool]) -> bool:
    if isinstance(a, arb) or isinstance(b, arb):
        difference = a - b if a is not b else exact.ZERO
        if isinstance(difference, arb) and difference.contains(0) and not difference.is_zero():
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
    MEMORY.made.clear()
    try:
        yield
    finally:
        ctx.prec = before
        MEMORY.made.clear()


def number(given: Numeral | str | int) -> Ball:
    """The number that these digits stand for; `pi` is π, enclosed.

    >>> with precision(30): number("pi") / 2
    Ball([1.5707963 +/- 2.86e-8])
    """
    numeral = Numeral(given)
    if numeral.special == "pi":
        return Ball(arb.pi())
    return Ball(exact.number(numeral))


def lift(value: Any) -> Ball:
    """A given or an exact number as a ball; a ball is itself."""
    return value if isinstance(value, Ball) else Ball(exact.lift(value))


def enclosed(value: Any) -> Ball:
    """A number as an enclosure, even one that could be kept exactly."""
    inner = lift(value).value
    return Ball(arb(inner) if inner != 0 else inner)


def simplified(value: Any) -> Any:
    """A ball that is still a ratio of whole numbers as that ratio, any other number as itself."""
    return value.value if isinstance(value, Ball) and isinstance(value.value, fmpq) else value


NOTHING = arb(0)


def enclosing(function: str) -> Callable[[Ball], Ball]:
    def at(_: arb, x: Any) -> arb:
        return getattr(arb(x), function)()

    def apply(x: Ball) -> Ball:
        value = x.value
        if isinstance(value, fmpq):
            known = exact.special_value(function, value)
            if known is not None:
                return Ball(known)
        result = made(at, NOTHING, value)
        if not result.is_finite():
            if function in ("log", "log1p") and isinstance(value, fmpq):
                raise NotExact(f"the logarithm of {brief(value)}, which is not positive")
            raise Undecided(f"{function}({brief(value)}) is not certain to be finite")
        return Ball(result)

    return apply


register(Ball, {f: enclosing(f) for f in ("exp", "log", "log1p", "sqrt", "tanh", "erfc")})
