"""The normal form of an expression: a ratio of polynomials in atoms, by which equality is decided exactly.

An atom is what no rule of algebra takes apart any further: a symbol, a cell z[i], π, e to the power of a monomial, the
logarithm or a root of something irreducible, erfc of something, a bracket [u > 0], a sum Σ_j over an index without
bounds that are numbers, a Kronecker delta. The relations among atoms that are used are

    e^(u + v) = e^u · e^v for polynomials u and v, log(u · v) = log u + log v for positive factors, tanh u = (e^u − e^(−u)) / (e^u + e^(−u)),
    √u · √u = u, √(u²) = |u|, erfc(−u) = 2 − erfc(u), Σ linear, Σ_j f(j) δ_ij = f(i),
    b² = b for what is 0 or 1 (a bracket, a delta, whether a number wins), b · c = 0 for two of which one at most is 1.

All of them are true, so that two expressions with one normal form are equal wherever both are defined. Polynomials
are FLINT's, over the rationals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import lcm
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from backproof.algebra.patience import TooLarge, tick
from backproof.algebra.ratio import Poly, Ratio, Ratios
from backproof.arithmetic.symbol import Expr, Positive, Wins, sp

__all__ = ["always_positive", "is_delta", "is_zero", "normal", "terms"]


class Finer(Exception):
    """e to the power of a monomial is needed in smaller parts: `e^(x/2)` as well as `e^x`."""

    def __init__(self, monomial: Expr, parts: int) -> None:
        self.monomial, self.parts = monomial, parts


@cache
def normal(expression: Expr) -> Expr:
    """The expression's normal form, written as an expression: equal expressions that the relations join become one.

    >>> x, y = sp.symbols("x y", real=True)
    >>> normal(sp.exp(x - y) / (1 + sp.exp(x - y)) - sp.exp(x) / (sp.exp(x) + sp.exp(y)))
    0
    """
    return solved(expression, lambda field, ratio: field.written(ratio))


def is_zero(expression: Expr) -> bool:
    """Whether the normal form is 0. What is not found to be 0 need not be different from it."""
    return expression == 0 or bool(solved(expression, lambda field, ratio: not ratio.above))


def terms(expression: Expr) -> tuple[list[tuple[fmpq, Expr]], Expr]:
    """The numerator as coefficients with their monomials, and the denominator."""
    return solved(expression, lambda field, ratio: (field.terms(ratio.above), field.whole(ratio.below)))


def solved(expression: Expr, answer: Callable[[Field, Ratio], Any]) -> Any:
    parts: dict[Expr, int] = {}
    while True:
        field = Field(parts)
        try:
            return answer(field, field.reduced(field.ratio(expression)))
        except Finer as finer:
            parts[finer.monomial] = lcm(parts.get(finer.monomial, 1), finer.parts)


class Field(Ratios):
    """The translation of expressions into ratios, and the relations between atoms."""

    def __init__(self, parts: dict[Expr, int]) -> None:
        super().__init__()
        self.parts = parts
        self.known: dict[Expr, Ratio] = {}
        self.opposite: dict[Expr, Expr] = {}
        """Of [u > 0] the bracket [−u > 0]."""
        self.translations: dict[Any, Callable[..., Ratio]] = {
            sp.exp: self.exponential,
            sp.log: self.logarithm,
            sp.tanh: self.tangent,
            sp.erf: self.error,
            sp.erfc: self.complement,
            sp.Abs: self.size,
            sp.sign: self.direction,
            sp.Sum: self.sum,
            Positive: self.bracket,
        }

    def ratio(self, e: Expr) -> Ratio:
        found = self.known.get(e)
        if found is None:
            found = self.known[e] = self.translated(e)
        return found

    def translated(self, e: Expr) -> Ratio:
        tick()
        if e.is_Rational:
            return self.constant(fmpq(int(e.p), int(e.q)))
        if e.is_Add:
            return self.folded(self.plus, [self.ratio(part) for part in e.args])
        if e.is_Mul:
            return self.folded(self.times, [self.ratio(part) for part in e.args])
        if e.is_Pow:
            return self.powered(*e.args)
        if e is sp.E:
            return self.exponential(sp.Integer(1))
        translate = self.translations.get(e.func)
        if translate:
            return translate(*e.args)
        if e.args and isinstance(e, sp.Function):
            return self.atom(e.func(*map(self.rewritten, e.args)))
        return self.atom(e)

    def rewritten(self, e: Expr) -> Expr:
        return self.written(self.reduced(self.ratio(e)))

    # Powers, exponentials, logarithms

    def powered(self, base: Expr, exponent: Expr) -> Ratio:
        if exponent.is_Integer:
            return self.power(self.ratio(base), int(exponent))
        if base is sp.E:
            return self.exponential(exponent)
        if exponent.is_Rational:
            return self.power(self.root(base, int(exponent.q)), int(exponent.p))
        # b^(t − 1) is b^t · b^(−1)
        result = self.one
        for coefficient, monomial in self.polynomial(exponent):
            if coefficient.q != 1:
                raise TooLarge
            if monomial == 1:
                part = self.ratio(base)
            else:
                part = self.atom(sp.Pow(self.rewritten(base), monomial, evaluate=False))
            result = self.times(result, self.power(part, int(coefficient.p)))
        return result

    def polynomial(self, e: Expr) -> list[tuple[fmpq, Expr]]:
        """The terms of what is a polynomial; else the whole as one monomial, its first coefficient positive."""
        ratio = self.reduced(self.ratio(e))
        if ratio.below.is_constant():
            return self.terms(ratio.above)
        first = ratio.above.leading_coefficient()
        return [(first, self.written(Ratio(ratio.above / first, ratio.below)))]

    def exponential(self, u: Expr) -> Ratio:
        result = self.one
        for coefficient, monomial in self.polynomial(u):
            n, q = int(coefficient.p), int(coefficient.q)
            if monomial.func is sp.log and q == 1:
                part = self.ratio(monomial.args[0])
            else:
                parts = self.parts.get(monomial, 1)
                if parts % q:
                    raise Finer(monomial, q)
                part, n = self.atom(sp.exp(monomial / parts)), n * parts // q
            result = self.times(result, self.power(part, n))
        return result

    def tangent(self, u: Expr) -> Ratio:
        up, down = self.exponential(u), self.exponential(-u)
        return self.times(self.plus(up, self.times(self.constant(-1), down)), self.power(self.plus(up, down), -1))

    def logarithm(self, u: Expr) -> Ratio:
        """log of a positive number: its factors that are known to be positive stand apart, the rest together."""
        result, rest = self.constant(0), sp.Integer(1)
        ratio = self.reduced(self.ratio(u))
        if not ratio.above:
            raise ZeroDivisionError
        for factor, power in self.factors(ratio):
            exponent = exponent_of(self.atom_of(factor))
            if exponent is not None:
                part = self.ratio(exponent)
            elif self.positive(factor):
                part = self.atom(sp.log(self.whole(factor), evaluate=False))
            else:
                rest *= self.whole(factor) ** power
                continue
            result = self.plus(result, self.times(self.constant(power), part))
        return result if rest == 1 else self.plus(result, self.atom(sp.log(self.rewritten(rest), evaluate=False)))

    def root(self, u: Expr, q: int) -> Ratio:
        """The q-th root: of each factor that is known to be positive by itself, of the rest together."""
        result, rest = self.one, sp.Integer(1)
        ratio = self.reduced(self.ratio(u))
        if not ratio.above:
            return ratio
        for factor, power in self.factors(ratio):
            exponent, whole = exponent_of(self.atom_of(factor)), self.whole(factor)
            if not self.positive(factor):
                outside, inside = divmod(power, 2) if q == 2 else (0, power)
                result = self.times(result, self.power(self.size(whole), outside))
                rest *= whole**inside
            elif exponent is not None:
                result = self.times(result, self.exponential(exponent * sp.Rational(power, q)))
            else:
                result = self.times(result, self.power(self.atom(root_atom(whole, q)), power))
        return result if rest == 1 else self.times(result, self.atom(root_atom(self.rewritten(rest), q)))

    def direction(self, u: Expr) -> Ratio:
        """1, 0 or −1 by the sign of u."""
        return self.ratio(Positive(u) - Positive(-u))

    def size(self, u: Expr) -> Ratio:
        """|u| = u · [u > 0] − u · [−u > 0]."""
        return self.ratio(u * Positive(u) - u * Positive(-u))

    def positive(self, poly: Poly) -> bool:
        """Whether every term is certainly positive."""
        exponents = [i for monomial in poly.monoms() for i, n in enumerate(monomial) if n % 2]
        return all(c > 0 for c in poly.coeffs()) and all(always_positive(self.atoms[i]) for i in set(exponents))

    def error(self, u: Expr) -> Ratio:
        return self.plus(self.one, self.times(self.constant(-1), self.complement(u)))

    def complement(self, u: Expr) -> Ratio:
        """erfc u, of −u as 2 − erfc(−u)."""
        ratio = self.reduced(self.ratio(u))
        if not ratio.above:
            return self.one
        if ratio.above.leading_coefficient() > 0:
            return self.atom(sp.Function.__new__(sp.erfc, self.written(ratio), evaluate=False))
        return self.plus(self.constant(2), self.times(self.constant(-1), self.complement(-self.written(ratio))))

    def bracket(self, u: Expr) -> Ratio:
        ratio = self.reduced(self.ratio(u))
        first = abs(ratio.above.leading_coefficient()) if ratio.above else fmpq(1)
        found, other = (Positive(self.written(Ratio(ratio.above * way / first, ratio.below))) for way in (1, -1))
        self.opposite |= {found: other, other: found}
        return self.constant(int(found)) if found.is_Integer else self.atom(found)

    # Sums over an index

    def sum(self, body: Expr, *limits: tuple[Expr, Expr, Expr]) -> Ratio:
        """Σ over an index: term by term, what does not hold the index before the sum, a delta picking its term out."""
        if len(limits) > 1:  # the first index is the innermost
            return self.sum(sp.Sum(body, *limits[:-1]), limits[-1])
        index, low, high = next(iter(limits))
        ratio = self.reduced(self.ratio(body))
        inner, outer = self.split(ratio.below, index)
        result = self.constant(0)
        for coefficient, monomial in self.terms(ratio.above):
            held, free = self.apart(monomial, index)
            picked = next((d for d in factors_of(held) if is_delta(d) and d.has(index)), None)
            if picked is not None:
                other = next((a for a in picked.args if a != index), None)
                if other is not None and is_index(other) and index in picked.args and not other.has(index):
                    part = self.ratio(((held / picked) * free / (inner * outer)).subs(index, other))
                    result = self.plus(result, self.times(self.constant(coefficient), part))
                    continue
            held = held / inner
            whole = (high - low + 1) if held == 1 else bound(held, index, low, high)
            part = self.times(self.ratio(whole) if held == 1 else self.atom(whole), self.ratio(free / outer))
            result = self.plus(result, self.times(self.constant(coefficient), part))
        return result

    def split(self, poly: Poly, index: Expr) -> tuple[Expr, Expr]:
        """A denominator's factors with the index, and those without it."""
        held, free = sp.Integer(1), sp.Integer(1)
        for factor, power in self.factors(Ratio(poly, self.context.constant(1))):
            written = self.whole(factor) ** power
            held, free = (held * written, free) if written.has(index) else (held, free * written)
        return held, free

    def apart(self, monomial: Expr, index: Expr) -> tuple[Expr, Expr]:
        held = [f for f in factors_of(monomial) if f.has(index)]
        free = [f for f in factors_of(monomial) if not f.has(index)]
        return sp.Mul(*held), sp.Mul(*free)

    def reduced(self, ratio: Ratio) -> Ratio:
        """Brackets and deltas to the first power, roots below their own; [u > 0] · [−u > 0] is 0."""
        ratio = self.fresh(ratio)
        while True:
            above, again = self.lowered(ratio.above)
            below, more = self.lowered(ratio.below)
            if not again and not more:
                return ratio
            ratio = self.times(above, self.power(below, -1))

    def exclude(self, a: Expr, b: Expr) -> bool:
        """Whether two indicators are never 1 together."""
        if isinstance(a, Wins) and isinstance(b, Wins):
            return a.args[1:] == b.args[1:]
        return self.opposite.get(a) == b

    def lowered(self, poly: Poly) -> tuple[Ratio, bool]:
        poly = self.here(poly)
        degrees = poly.degrees() if poly else ()
        special = {i: e for i, e in enumerate(self.atoms[: len(degrees)]) if degrees[i] and is_special(e)}
        opposite = [(i, j) for i in special for j in special if i < j and self.exclude(special[i], special[j])]
        if not special:
            return Ratio(poly, self.context.constant(1)), False
        short = fmpq_mpoly_ctx.get([f"a{i}" for i in range(poly.context().nvars())], Ordering.degrevlex)
        kept: dict[tuple[int, ...], fmpq] = {}
        extra = self.constant(0)
        changed = False
        for exponents, coefficient in poly.to_dict().items():
            powers = list(exponents)
            if any(powers[i] and powers[j] for i, j in opposite):
                changed = True
                continue
            factor = self.one
            for i, e in special.items():
                if is_root(e):
                    q = int(e.args[1].q)
                    if powers[i] >= q:
                        factor = self.times(factor, self.power(self.ratio(e.args[0]), powers[i] // q))
                        powers[i] %= q
                elif powers[i] > 1:
                    powers[i], changed = 1, True
            if factor is self.one:
                key = tuple(powers)
                kept[key] = kept.get(key, fmpq(0)) + coefficient
            else:
                changed = True
                rest = Ratio(short.from_dict({tuple(powers): coefficient}), short.constant(1))
                extra = self.plus(extra, self.times(factor, rest))
        if not changed:
            return Ratio(poly, poly.context().constant(1)), False
        return self.plus(extra, Ratio(short.from_dict(kept), short.constant(1))), True


def is_special(e: Expr) -> bool:
    """Whether there are relations among its powers."""
    return is_indicator(e) or is_root(e)


def exponent_of(atom: Expr | None) -> Expr | None:
    """u, of the atom e^u."""
    return sp.Integer(1) if atom is sp.E else atom.args[0] if atom is not None and atom.func is sp.exp else None


def root_atom(u: Expr, q: int) -> Expr:
    return sp.Pow(u, sp.Rational(1, q), evaluate=False)


def is_root(e: Expr) -> bool:
    return bool(e.is_Pow and e.args[1].is_Rational)


def is_delta(e: Expr) -> bool:
    return isinstance(e, sp.KroneckerDelta)


def is_indicator(e: Expr) -> bool:
    """Whether it is 0 or 1."""
    return isinstance(e, (Positive, Wins)) or is_delta(e)


def is_index(e: Expr) -> bool:
    """A letter or a cell that is an index: it runs as far as the others do, which a whole number need not."""
    return bool(e.is_Symbol or isinstance(e, sp.Indexed))


def factors_of(monomial: Expr) -> tuple[Expr, ...]:
    """The atoms of a monomial, a power of one as one."""
    factors = monomial.args if monomial.is_Mul else (monomial,)
    return tuple(f for f in factors if f != 1)


BOUND = "§"
"""Begins the name of an index that runs through a sum in its normal form."""


def is_bound(symbol: Expr) -> bool:
    return bool(symbol.is_Symbol) and symbol.name.startswith(BOUND)


def bound(body: Expr, index: Expr, low: Expr, high: Expr) -> Expr:
    """A sum whose index has the name that belongs to its height, so that equal sums are one atom."""
    inner = [int(s.name[1:]) for s in body.atoms(sp.Symbol) if is_bound(s) and s != index]
    name = sp.Symbol(f"{BOUND}{max(inner, default=-1) + 1}", integer=True)
    return sp.Sum(body.subs(index, name), (name, low, high))


def always_positive(e: Expr) -> bool:
    if isinstance(e, sp.Sum):
        return always_positive(e.args[0])
    if e.is_Mul:
        return all(map(always_positive, e.args))
    if e.is_Pow and e.args[1].is_Integer:
        return always_positive(e.args[0])
    return bool(e.is_positive or e.func in (sp.erfc, sp.exp) or (is_root(e) and always_positive(e.args[0])))
