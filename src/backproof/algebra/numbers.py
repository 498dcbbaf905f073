"""Expressions evaluated at numbers: rationals for as long as they do, then enclosures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

from flint import arb, fmpq

from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic import ball
from backproof.arithmetic.ball import Ball, precision
from backproof.arithmetic.functions import FUNCTIONS
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins, sp
from backproof.errors import BackproofError

BITS = 200
MOST_BITS = 20_000
"""of a rational; a larger one goes on as an enclosure."""
TRIES = 40
CLEAR = fmpq(1, 100)


def evaluate(e: Expr, at: Mapping[Expr, Any], seen: dict[Expr, Ball] | None = None) -> Ball:
    """The value of an expression, every free symbol and cell of it having one.

    at: Balls by symbol; a whole number for the bound of a sum; for a family z[i] a function of the indices.
    Raises `Undecided` where a comparison is too close, ZeroDivisionError and ValueError where it has no value.
    """
    if e in at:
        return lifted(at[e])
    seen = {} if seen is None else seen
    if e not in seen:
        tick()
        seen[e] = evaluated(e, at, seen)
    return seen[e]


def evaluated(e: Expr, at: Mapping[Expr, Any], seen: dict[Expr, Ball]) -> Ball:
    if e.is_Rational:
        return Ball(fmpq(int(e.p), int(e.q)))
    if e is sp.pi:
        return ball.number(Numeral("pi"))
    if e is sp.E:
        return FUNCTIONS["exp"](Ball(fmpq(1)))
    if isinstance(e, sp.Sum):
        index, low, high = e.args[-1]
        body = sp.Sum(*e.args[:-1]) if len(e.args) > 2 else e.args[0]
        terms = [evaluate(body, {**at, index: n}) for n in range(whole(low, at), whole(high, at) + 1)]
        return sum(terms, Ball(fmpq(0)))
    if isinstance(e, sp.Indexed):
        return lifted(at[e.base](*(whole(i, at) for i in e.indices)))
    if isinstance(e, sp.KroneckerDelta):
        return Ball(fmpq(int(whole(e.args[0], at) == whole(e.args[1], at))))
    parts = [evaluate(part, at, seen) for part in e.args]
    if e.is_Add:
        return sum(parts[1:], parts[0])
    if e.is_Mul:
        result = parts[0]
        for part in parts[1:]:
            result = result * part
        return result
    if e.is_Pow:
        return powered(*parts)
    if isinstance(e, Positive):
        return Ball(fmpq(int(parts[0] > 0)))
    if isinstance(e, Largest):
        return parts[winner(parts)]
    if isinstance(e, Wins):
        return Ball(fmpq(int(winner(parts[1:]) == int(e.args[0]))))
    if isinstance(e, sp.Abs):
        return parts[0] if parts[0] >= 0 else -parts[0]
    if isinstance(e, sp.sign):
        return Ball(fmpq(int(parts[0] > 0) - int(parts[0] < 0)))
    if isinstance(e, sp.erf):
        return 1 - FUNCTIONS["erfc"](parts[0])
    if e.func.__name__ not in FUNCTIONS:
        raise ValueError(f"{e} has no value that is a real number")
    return FUNCTIONS[e.func.__name__](*parts)


def lifted(value: Any) -> Ball:
    return value if isinstance(value, Ball) else Ball(fmpq(value))


def whole(e: Expr, at: Mapping[Expr, Any]) -> int:
    value = evaluate(e, at).value
    if not isinstance(value, fmpq) or value.q != 1:
        raise ValueError(f"{e} is not a whole number")
    return int(value.p)


def powered(base: Ball, exponent: Ball) -> Ball:
    n = exponent.value
    if isinstance(n, fmpq) and n.q == 1:
        whole = base.value
        if isinstance(whole, fmpq) and max(whole.p.bit_length(), whole.q.bit_length()) * abs(n) > MOST_BITS:
            base = Ball(arb(whole))
        power = base ** abs(int(n.p))
        return power if n >= 0 else 1 / power
    if n == fmpq(1, 2):
        return FUNCTIONS["sqrt"](base)
    if base.value == 0 and n > 0:
        return base
    return FUNCTIONS["exp"](FUNCTIONS["log"](base) * exponent)


def winner(numbers: list[Ball]) -> int:
    best = 0
    for i, number in enumerate(numbers):
        if i and number > numbers[best]:
            best = i
    return best


def nonzero_at(difference: Expr, points: Iterable[Mapping[Expr, Any]]) -> Mapping[Expr, Any] | None:
    """A point at which the expression is certainly not 0, by a hundredth if there is one; None where none is found."""
    first: Mapping[Expr, Any] | None = None
    for at in points:
        if any(s.is_integer and getattr(v, "q", 1) != 1 for s, v in at.items()):
            continue
        try:
            with precision(BITS):
                value = evaluate(difference, at)
                if certainly_not_zero(value):
                    first = first or at
                    if clearly_not_zero(value):
                        return at
        except TooLarge:
            break
        except (BackproofError, ArithmeticError, ValueError):
            continue
    return first


def clearly_not_zero(value: Ball) -> bool:
    """Whether it is a hundredth or more away from 0, so that a rounded number still shows it."""
    number = value.value
    return bool(abs(number) > CLEAR if isinstance(number, fmpq) else number.abs_lower() > CLEAR)


def points(symbols: Iterable[Expr], fixed: Mapping[Expr, Any]) -> Iterator[Mapping[Expr, Any]]:
    """Points to try: small whole numbers first, then fractions too. fixed: what conditions hold fast."""
    random = Random(0)
    free = sorted(set(symbols) - set(fixed), key=str)
    for attempt in range(TRIES):
        at = dict(fixed)
        for s in free:  # no two alike, so that none lies on a boundary
            at[s] = next(
                v
                for more in range(1000)
                if (v := small(random, attempt + more, bool(s.is_positive))) not in at.values()
            )
        yield at


def small(random: Random, attempt: int, positive: bool = False) -> fmpq:
    """A number that is easy to compute with by hand: −3 … 3 at first, then with halves and quarters."""
    size = 3 + attempt // 4
    n = random.randint(1, size) * (1 if positive or random.random() < 0.6 else -1)
    return fmpq(n, 1 if attempt < TRIES // 2 else random.choice((1, 2, 4)))


def certainly_not_zero(value: Ball) -> bool:
    return value.value != 0 if isinstance(value.value, fmpq) else not value.value.contains(0)
