"""Ratios of polynomials in atoms: FLINT's polynomials over the rationals, whose variables are made as they are needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic.symbol import Expr, sp

Poly: TypeAlias = Any
"""FLINT's fmpq_mpoly."""

MOST_TERMS = 20_000
"""A polynomial with more is not worked out: the expression is then undecided."""
MOST_FACTORED = 20_000
"""No common factor is looked for in larger ones: the ratio is right without, only not in lowest terms."""
LARGEST_DEGREE = 10**12
MOST_PRODUCTS = 500_000
"""No two polynomials are multiplied that have more pairs of terms."""
LARGEST_FACTORED = 10**30


class Ratio(NamedTuple):
    """A quotient of polynomials without a common factor."""

    above: Poly
    below: Poly


class Ratios:
    """The atoms that have been met, each a variable of the polynomials; and arithmetic with ratios of these."""

    def __init__(self) -> None:
        self.atoms: list[Expr] = []
        self.places: dict[Expr, int] = {}
        self.grow(8)
        self.one = self.constant(1)

    def grow(self, size: int) -> None:
        self.context: Any = fmpq_mpoly_ctx.get([f"a{i}" for i in range(size)], Ordering.degrevlex)
        self.variables: list[Poly] = list(self.context.gens())

    def constant(self, value: fmpq | int) -> Ratio:
        return Ratio(self.context.constant(value), self.context.constant(1))

    def here(self, p: Poly) -> Poly:
        return p if p.context() is self.context else p.project_to_context(self.context)

    def fresh(self, r: Ratio) -> Ratio:
        return Ratio(self.here(r.above), self.here(r.below))

    def made(self, above: Poly, below: Poly) -> Ratio:
        """The quotient in lowest terms, the denominator's first coefficient 1."""
        if len(above) > MOST_TERMS or len(below) > MOST_TERMS:
            raise TooLarge
        if not below:
            raise ZeroDivisionError
        tick()
        if not below.is_constant() and len(above) * len(below) <= MOST_FACTORED:
            common = above.gcd(below)
            if not common.is_constant():
                above, below = above / common, below / common
        first = below.leading_coefficient()
        return Ratio(above / first, below / first)

    def plus(self, a: Ratio, b: Ratio) -> Ratio:
        a, b = self.fresh(a), self.fresh(b)
        if a.below == b.below:
            return self.made(a.above + b.above, a.below)
        above = product(a.above, b.below) + product(b.above, a.below)
        return self.made(above, product(a.below, b.below))

    def times(self, a: Ratio, b: Ratio) -> Ratio:
        a, b = self.fresh(a), self.fresh(b)
        return self.made(product(a.above, b.above), product(a.below, b.below))

    def power(self, a: Ratio, n: int) -> Ratio:
        a = self.fresh(a)
        if max(degree(a.above), degree(a.below)) * abs(n) > LARGEST_DEGREE:
            raise TooLarge
        if abs(n) > 1 and len(a.above) ** min(abs(n), 64) > MOST_TERMS and len(a.above) > 1:
            raise TooLarge
        return self.made(a.above**n, a.below**n) if n >= 0 else self.made(a.below**-n, a.above**-n)

    def folded(self, join: Callable[[Ratio, Ratio], Ratio], ratios: list[Ratio]) -> Ratio:
        """Joined two and two, so that the parts stay small for as long as they can."""
        while len(ratios) > 1:
            pairs = [join(a, b) for a, b in zip(ratios[::2], ratios[1::2], strict=False)]
            ratios = pairs + ratios[len(ratios) - len(ratios) % 2 :]
        return ratios[0]

    def atom(self, e: Expr) -> Ratio:
        place = self.places.get(e)
        if place is None:
            place = self.places[e] = len(self.atoms)
            self.atoms.append(e)
            if place >= len(self.variables):
                self.grow(2 * len(self.variables))
        return Ratio(self.variables[place], self.context.constant(1))

    def factors(self, ratio: Ratio) -> list[tuple[Poly, int]]:
        """Polynomials, primes among them, with their powers; −1 among them where the sign is so."""
        found: list[tuple[Poly, int]] = []
        content = fmpq(1)
        for poly, side in ((self.here(ratio.above), 1), (self.here(ratio.below), -1)):
            coefficient, parts = poly.factor()
            content *= coefficient**side
            for factor, power in parts:
                first = factor.leading_coefficient()
                found.append((factor / first, int(power) * side))
                content *= first ** (int(power) * side)
        if content < 0:
            found.append((self.context.constant(-1), 1))
        for n, side in ((abs(content).p, 1), (content.q, -1)):
            if n > 10**30:
                raise TooLarge
            found += [(self.context.constant(int(p)), int(k) * side) for p, k in n.factor()]
        return found

    def atom_of(self, poly: Poly) -> Expr | None:
        """The atom that a polynomial is, if it is one alone."""
        if len(poly) != 1 or poly.total_degree() != 1 or poly.leading_coefficient() != 1:
            return None
        return self.atoms[list(poly.monoms()[0]).index(1)]

    def terms(self, poly: Poly) -> list[tuple[fmpq, Expr]]:
        return [(c, self.monomial(e)) for e, c in poly.to_dict().items()]

    def monomial(self, exponents: tuple[int, ...]) -> Expr:
        tick()
        return sp.Mul(*(self.atoms[i] ** int(n) for i, n in enumerate(exponents) if n))

    def written(self, ratio: Ratio) -> Expr:
        def side(poly: Poly) -> Expr:
            if poly == 1:
                return sp.Integer(1)
            return sp.Add(*(sp.Rational(int(c.p), int(c.q)) * m for c, m in self.terms(poly)))

        return side(ratio.above) / side(ratio.below)

    def whole(self, poly: Poly) -> Expr:
        """A polynomial as an expression."""
        return self.written(Ratio(poly, poly.context().constant(1)))


def degree(p: Poly) -> int:
    return int(p.total_degree()) if p else 0


def product(a: Poly, b: Poly) -> Poly:
    if len(a) * len(b) > MOST_PRODUCTS or degree(a) + degree(b) > LARGEST_DEGREE:
        raise TooLarge
    return a * b
