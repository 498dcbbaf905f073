"""Whether linear conditions can hold together, exactly, and a point where they do (Fourier and Motzkin's elimination).

A condition says of an expression that it is positive (1), zero (0) or negative (−1). Monomials that are not linear count
as unknowns of their own: where even then no point is found there is none, and the conditions contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from flint import fmpq

from backproof.algebra.normal import always_positive, normal, terms
from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic.symbol import Expr, sp

Point: TypeAlias = dict[Expr, fmpq]
"""A value for each unknown."""

MOST_CONDITIONS = 2_000
ZERO, ONE = fmpq(0), fmpq(1)


class Linear(NamedTuple):
    """Σ coefficient · unknown + constant, compared with 0: `>`, `>=` or `=`."""

    coefficients: Mapping[Expr, fmpq]
    constant: fmpq
    relation: str

    def at(self, point: Mapping[Expr, fmpq]) -> fmpq:
        return sum((c * point[u] for u, c in self.coefficients.items() if u in point), self.constant)

    def without(self, unknown: Expr) -> dict[Expr, fmpq]:
        return {u: c for u, c in self.coefficients.items() if u != unknown}


@cache
def condition(expression: Expr, sign: int) -> list[Linear]:
    """`expression` has this sign. A denominator whose sign is not known makes the whole one unknown."""
    above, below = terms(expression)
    if not always_positive(below) and below != 1:
        first = above[0][0]
        above = [(first, normal(expression / sp.Rational(int(first.p), int(first.q))))]
    unknowns = {monomial: c * (sign or 1) for c, monomial in above if monomial != 1}
    constant = sum((c for c, monomial in above if monomial == 1), ZERO) * (sign or 1)
    positive = [Linear({u: ONE}, ZERO, ">") for u in unknowns if always_positive(u)]
    return [Linear(unknowns, constant, ">" if sign else "="), *positive]


def point(conditions: Iterable[tuple[Expr, int]]) -> Point | None:
    """A point at which every expression has its sign; None where there is none.

    >>> from backproof.arithmetic.symbol import sp
    >>> x, y = sp.symbols("x y", real=True)
    >>> point([(x - y, 1), (y - 1, 1)]) == {x: 3, y: 2}
    True
    >>> point([(x - y, 1), (y - x, 1)]) is None
    True
    """
    return solution([each for expression, sign in conditions for each in condition(expression, sign)])


def solution(system: list[Linear]) -> Point | None:
    """A point that satisfies the system, its numbers whole where that is possible."""
    tick()
    if len(system) > MOST_CONDITIONS:
        raise TooLarge
    system = list({(frozenset(s.coefficients.items()), s.constant, s.relation): s for s in system}.values())
    for s in system:
        if not s.coefficients and not holds(s.constant, s.relation):
            return None
    unknown, equation = next_unknown(system)
    if unknown is None:
        return {}
    if equation is not None:
        return from_equation(system, unknown, equation)
    lower = [s for s in system if s.coefficients.get(unknown, ZERO) > 0]
    upper = [s for s in system if s.coefficients.get(unknown, ZERO) < 0]
    rest = [s for s in system if unknown not in s.coefficients]
    found = solution(rest + [combined(a, b, unknown) for a in lower for b in upper])
    if found is None:
        return None
    values = with_zeros(found, [*lower, *upper], unknown)
    least = [(-s.at(values) / s.coefficients[unknown], s.relation) for s in lower]
    most = [(-s.at(values) / s.coefficients[unknown], s.relation) for s in upper]
    return {**values, unknown: between(least, most)}


def next_unknown(system: list[Linear]) -> tuple[Expr | None, Linear | None]:
    """An unknown with an equation for it, or else the one whose elimination makes the fewest conditions."""
    for s in system:
        if s.relation == "=" and s.coefficients:
            return next(iter(s.coefficients)), s
    counts: dict[Expr, list[int]] = {}
    for s in system:
        for u, c in s.coefficients.items():
            counts.setdefault(u, [0, 0])[c > 0] += 1
    return min(counts, key=lambda u: (counts[u][0] * counts[u][1], str(u)), default=None), None


def from_equation(system: list[Linear], unknown: Expr, equation: Linear) -> Point | None:
    factor = equation.coefficients[unknown]
    others = [plus(s, equation, -s.coefficients.get(unknown, ZERO) / factor) for s in system if s is not equation]
    found = solution(others)
    if found is None:
        return None
    values = with_zeros(found, [equation], unknown)
    return {**values, unknown: -equation.at(values) / factor}


def combined(a: Linear, b: Linear, unknown: Expr) -> Linear:
    """What a lower and an upper bound of the unknown say without it."""
    scaled = Linear(
        {u: c / a.coefficients[unknown] for u, c in a.coefficients.items()},
        a.constant / a.coefficients[unknown],
        ">" if ">" in (a.relation, b.relation) else ">=",
    )
    return plus(scaled, b, -ONE / b.coefficients[unknown])


def plus(a: Linear, b: Linear, times: fmpq) -> Linear:
    """a + times · b, compared as a is."""
    unknowns = [*a.coefficients, *(u for u in b.coefficients if u not in a.coefficients)]
    sums = {u: a.coefficients.get(u, ZERO) + times * b.coefficients.get(u, ZERO) for u in unknowns}
    return Linear({u: c for u, c in sums.items() if c}, a.constant + times * b.constant, a.relation)


def with_zeros(found: Point, system: list[Linear], unknown: Expr) -> Point:
    """The point with 0 for every unknown that nothing restricts."""
    return {**{u: ZERO for s in system for u in s.coefficients if u != unknown}, **found}


def holds(constant: fmpq, relation: str) -> bool:
    return constant > 0 if relation == ">" else constant >= 0 if relation == ">=" else constant == 0


def between(least: list[tuple[fmpq, str]], most: list[tuple[fmpq, str]]) -> fmpq:
    """A number above the one bounds and below the others, a whole one where there is one near."""
    low = max((value for value, _ in least), default=None)
    high = min((value for value, _ in most), default=None)
    if low is None and high is None:
        return ZERO
    if low is None or high is None:
        edge = low if low is not None else high
        assert edge is not None
        return fmpq(edge.floor() + 1) if low is not None else fmpq(edge.ceil() - 1)
    whole = fmpq(low.floor() + 1)
    return whole if whole < high else (low + high) / 2
