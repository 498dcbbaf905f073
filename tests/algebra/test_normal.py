"""A normal form has its expression's value everywhere, by mpmath, and joins all that the relations join."""

from contextlib import suppress
from fractions import Fraction
from math import prod
from random import Random

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.algebra.normal import TooLarge, always_positive, is_zero, normal, terms
from backproof.arithmetic.symbol import Largest, Positive, Wins

x, y = sp.symbols("x y", real=True)
p, q = sp.symbols("p q", positive=True)
i, j, l = sp.symbols("i j l", integer=True)
n = sp.Symbol("n", integer=True, positive=True)
z, w = sp.IndexedBase("z", real=True), sp.IndexedBase("w", positive=True)
same = sp.KroneckerDelta
MOST = 3
DIGITS, NEAR, SAME, FAR = 80, mpmath.mpf(10) ** -30, mpmath.mpf(10) ** -25, 30


def total(body, index):
    return sp.Sum(body, (index, 1, n))


# The referee


class NoValue(ValueError):
    """An expression that has no real value here."""


class TooClose(NoValue):
    """One that mpmath cannot tell from where it jumps or has no value, or that is too large."""


def truth(e, at):
    """The value of an expression: a fraction for as long as it is one, then mpmath's."""
    if e in at:
        return at[e]
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if e is sp.I:
        raise NoValue
    if e.is_NumberSymbol:
        return mpmath.mpf(sp.N(e, mpmath.mp.dps))
    if isinstance(e, sp.Indexed):
        return at[e.base](*(int(truth(k, at)) for k in e.indices))
    if isinstance(e, (sp.Sum, sp.Product)):
        index, low, high = e.args[-1]
        body = e.func(*e.args[:-1]) if len(e.args) > 2 else e.args[0]
        runs = range(int(truth(low, at)), int(truth(high, at)) + 1)
        parts = [truth(body, {**at, index: Fraction(k)}) for k in runs]
        return APPLIED[sp.Add if isinstance(e, sp.Sum) else sp.Mul](*alike(parts))
    return APPLIED[e.func](*alike([truth(part, at) for part in e.args]))


def alike(numbers):
    return numbers if all(isinstance(v, Fraction) for v in numbers) else [mpmath.mpmathify(v) for v in numbers]


def above(u):
    if not isinstance(u, Fraction) and abs(u) < NEAR:
        raise TooClose
    return u > 0


def power(base, exponent):
    if exponent == int(exponent):
        if exponent < 0 and not (above(base) or above(-base)):
            raise NoValue
        return base ** int(exponent)
    if isinstance(base, Fraction) and base == 0 and exponent > 0:
        return base
    return function(mpmath.exp)(exponent * logarithm(base))


def logarithm(u):
    if not above(u):
        raise NoValue
    return mpmath.log(mpmath.mpmathify(u))


def function(f):
    def apply(u):
        if abs(u) > FAR:
            raise TooClose
        return f(mpmath.mpmathify(u))

    return apply


def winner(*numbers):
    best = 0
    for k, u in enumerate(numbers):
        if k and above(u - numbers[best]):
            best = k
    return best


APPLIED = {
    sp.Add: lambda *parts: sum(parts, Fraction(0)) if isinstance(sum(parts), Fraction) else mpmath.fsum(parts),
    sp.Mul: lambda *parts: prod(parts),
    sp.Pow: power,
    sp.exp: function(mpmath.exp),
    sp.log: logarithm,
    sp.tanh: function(mpmath.tanh),
    sp.erfc: function(mpmath.erfc),
    sp.erf: function(mpmath.erf),
    sp.Abs: abs,
    sp.KroneckerDelta: lambda a, b: Fraction(a == b),
    Positive: lambda u: Fraction(above(u)),
    Largest: lambda *numbers: numbers[winner(*numbers)],
    Wins: lambda k, *numbers: Fraction(winner(*numbers) == k),
}


def drawn(random, fine=1):
    """A point: numbers with small denominators, ties and zeros among them where it is not fine."""
    size = random.randint(1, MOST)
    fraction = lambda low, high: Fraction(random.randint(low * fine, high * fine), fine * random.choice((1, 2, 3)))
    reals, sizes = [fraction(-5, 5) for _ in range(MOST + 2)], [fraction(1, 6) for _ in range(MOST + 2)]
    places = {s: Fraction(random.randint(1, size)) for s in (i, j, l)}
    numbers = {x: fraction(-6, 6), y: fraction(-6, 6), p: fraction(1, 6), q: fraction(1, 6), n: Fraction(size)}
    return {**numbers, **places, z: lambda k: reals[k], w: lambda k: sizes[k]}


def read(e, at):
    """The value, or None where there is none."""
    with mpmath.workdps(DIGITS):
        try:
            return mpmath.mpmathify(truth(e, at))
        except TooClose:
            raise
        except NoValue:
            return None


def differ(a, b, at):
    """Whether both have a value here, and not the same."""
    with suppress(TooClose), mpmath.workdps(DIGITS):
        u, v = read(a, at), read(b, at)
        return None not in (u, v) and abs(u - v) > SAME * (1 + abs(u))


def loses(a, b, at):
    """Whether one expression has a value here and the other has none."""
    with suppress(TooClose):
        return read(a, at) is not None and read(b, at) is None


# Random expressions

CELLS = [x, y, p, q, z[i], z[j], w[i], w[j]]
LEAVES = [*CELLS, same(i, j), *map(sp.Rational, (-3, -1, 2, 3, "1/2", "-2/3"))]
FUNCTIONS = [sp.exp, sp.log, sp.tanh, sp.erfc, sp.sqrt, sp.Abs, Positive]
POWERS = [2, 3, -1, *map(sp.Rational, ("1/3", "3/2", "-1/2"))]
GROWTHS = 3 * [
    lambda part, one: part() + part(),
    lambda part, one: part() * part(),
    lambda part, one: one(FUNCTIONS)(part()),
    lambda part, one: one(FUNCTIONS)(part()),
] + [
    lambda part, one: part() / part(),
    lambda part, one: part() ** one(POWERS),
    lambda part, one: summed(part(), one([i, j])),
    lambda part, one: summed(part() / (one([w[i], w[j]]) + one([0, p, sp.exp(z[j])])), j),
    lambda part, one: Positive(part()) * Positive(part()) * part(),
    lambda part, one: Largest(part(), part()) * Wins(one([0, 1]), part(), part()),
    lambda part, one: sp.sqrt(sp.expand((one(CELLS) + one(CELLS)) ** 2 * one(CELLS))),
]  # fmt: skip


def summed(body, index):
    """A sum over one index: a sum straight inside a sum SymPy would write as one over two."""
    return total(body * w[index] if isinstance(body, sp.Sum) else body, index)


def grown(random, depth):
    if depth == 0 or random.random() < 0.1:
        return random.choice(LEAVES)
    return random.choice(GROWTHS)(lambda: grown(random, depth - 1), random.choice)


def is_real(e):
    """Whether SymPy kept what was put in, and found no number in it that is not real."""
    roots = [a.base for a in e.atoms(sp.Pow) if not a.exp.is_integer]
    kept = all(f.func in APPLIED for f in e.atoms(sp.Function))
    return kept and not e.has(sp.nan, sp.zoo, sp.oo, sp.I) and not any(a.is_negative for a in roots)


def expressions(random, many=10):
    found = (grown(random, random.randint(2, 4)) for _ in range(9 * many))
    return [e for e in found if is_real(e)][:many]


@pytest.mark.parametrize("seed", range(16))
def test_the_normal_form_has_the_same_value(seed):
    random = Random(seed)
    for e in expressions(random):
        try:
            form = normal(e)
        except ZeroDivisionError:
            continue
        wrong = [at for at in (drawn(random) for _ in range(6)) if differ(e, form, at)]
        fewer = [at for at in (drawn(random, 101) for _ in range(3)) if loses(e, form, at)]
        assert not wrong + fewer, (e, form)


@pytest.mark.parametrize("f", [sp.log, sp.sqrt, sp.cbrt, lambda u: 1 / sp.sqrt(u), lambda u: sp.sqrt(u) ** 3])
@pytest.mark.parametrize("u", [x * y, x / y, x**2 * p, x**3 * y, z[i] * x - y * x])
def test_a_product_of_negative_numbers_keeps_its_logarithm_and_its_roots(f, u):
    form = normal(f(u))
    points = [at for at in map(drawn, map(Random, range(40))) if truth(x, at) < 0 and read(f(u), at) is not None]
    assert points
    assert not [at for at in points if loses(f(u), form, at) or differ(f(u), form, at)]


HIDDEN = sp.tanh(x) - (sp.exp(x) - sp.exp(-x)) / (sp.exp(x) + sp.exp(-x))


@pytest.mark.parametrize("f", [sp.exp, sp.tanh, sp.erfc, sp.Abs, Positive, sp.sqrt, sp.cbrt], ids=lambda f: f.__name__)
def test_a_function_of_what_turns_out_to_be_nought(f):
    assert is_zero(f(HIDDEN) - f(sp.Integer(0)))


@pytest.mark.parametrize("place", [sp.Integer(0), n + 1])
def test_a_delta_picks_no_term_from_beyond_the_sum(place):
    e = total(same(j, place) * w[j], j)
    form = normal(e)
    assert not [at for at in map(drawn, map(Random, range(9))) if differ(e, form, at)], form


@pytest.mark.parametrize("seed", range(8))
def test_what_is_called_always_positive_is(seed):
    random = Random(seed)
    for e in filter(always_positive, expressions(random)):
        for at in (drawn(random) for _ in range(4)):
            with mpmath.workdps(DIGITS):
                try:
                    assert truth(e, at) > 0, e
                except NoValue:
                    continue


# The relations

PARTS = [
    x, y - 2, x * y, x / 2 + y / 3, x**2 - 3, sp.exp(x), sp.log(p), sp.erfc(x - y), Positive(x), sp.sqrt(p), sp.Abs(y),
    z[i], total(z[j] * w[j], j), sp.pi * x,
]  # fmt: skip
QUOTIENTS = [1 / y, (x - y) / (x + y), x / (1 + y**2), sp.tanh(y), 2 / (1 + sp.exp(-x)), z[i] / total(w[j], j)]
POSITIVE = [
    p, q, p + q, sp.exp(x), 1 + sp.exp(x - y), sp.erfc(x), w[i], total(w[j], j), 1 + x**2 * p, sp.Integer(6), sp.pi * p,
]  # fmt: skip
u, v = sp.symbols("u v", real=True)
P, Q = sp.symbols("P Q", positive=True)
RELATIONS = {
    "e of a sum": sp.exp(u + v) - sp.exp(u) * sp.exp(v),
    "e of a negative": sp.exp(u - v) * sp.exp(v) * sp.exp(-u) - 1,
    "e of halves and thirds": sp.exp(u / 2) * sp.exp(u / 3) - sp.exp(u / 6) ** 5,
    "e of a logarithm": sp.exp(u + 2 * sp.log(P)) - P**2 * sp.exp(u),
    "log of a product": sp.log(P * Q) - sp.log(P) - sp.log(Q),
    "log of a quotient": sp.log(P**3 / Q) - 3 * sp.log(P) + sp.log(Q),
    "log of an exponential": sp.log(P * sp.exp(x * u)) - sp.log(P) - x * u,
    "e of half a logarithm": sp.exp((x * sp.log(P) + x * u) / (2 * x)) - sp.sqrt(P) * sp.exp(u / 2),
    "tanh": sp.tanh(u) * (sp.exp(u) + sp.exp(-u)) - sp.exp(u) + sp.exp(-u),
    "tanh of a sum": sp.tanh(u + v) * (1 + sp.tanh(u) * sp.tanh(v)) - sp.tanh(u) - sp.tanh(v),
    "sigmoid": 1 / (1 + sp.exp(-u)) + 1 / (1 + sp.exp(u)) - 1,
    "root times root": sp.sqrt(P) * sp.sqrt(P * Q) - P * sp.sqrt(Q),
    "root of a square": sp.sqrt(u**2 * P) - sp.Abs(u) * sp.sqrt(P),
    "third root": sp.cbrt(P) ** 2 * sp.cbrt(P * Q) - P * sp.cbrt(Q),
    "one over a root": 1 / sp.sqrt(P) - sp.sqrt(P) / P,
    "root of a square written out": sp.sqrt(x**2 * P - 4 * x * y * P + 4 * y**2 * P) - sp.Abs(x - 2 * y) * sp.sqrt(P),
    "size squared": sp.Abs(u) ** 2 - u**2,
    "erf": sp.erf(u) + sp.erfc(u) - 1,
    "bracket squared": Positive(u) ** 3 - Positive(u),
    "bracket scaled": Positive(2 * u - 2 * v) - Positive(u - v),
    "brackets that exclude": Positive(u - v) * Positive(v - u),
    "winners that exclude": Wins(0, u, v) * Wins(1, u, v) * v,
    "winner squared": Wins(1, u, v) ** 2 - Wins(1, u, v),
    "delta squared": same(i, j) ** 2 * u - same(i, j) * u,
    "sum of sums": total(u * z[j] + v * w[j], j) - u * total(z[j], j) - v * total(w[j], j),
    "sum of what has no index": total(u * P, j) - n * u * P,
    "sum by another letter": total(z[j] * sp.exp(w[j]), j) - total(sp.exp(w[l]) * z[l], l),
    "sum over a divisor": total(z[j] / (P * w[j]), j) - total(z[j] / w[j], j) / P,
    "sum inside a sum": total(w[i] * total(z[j], j), i) - total(w[j], j) * total(z[i], i),
    "delta in a sum": total(same(i, j) * z[j] * u, j) - z[i] * u,
    "delta between two sums": total(w[l] * total(same(l, j) * z[j] ** 2, j), l) - total(w[j] * z[j] ** 2, j),
    "softmax adds up to 1": total(sp.exp(z[j] - u) / total(sp.exp(z[l] - u), l), j) - 1,
    "a power less one": P ** (n - 1) * P - P**n,
    "a power doubled": P ** (2 * n) - (P**n) ** 2,
}  # fmt: skip


def joined(name, a, b, c, d):
    relation = RELATIONS[name].subs({u: a, v: b, P: c, Q: d}, simultaneous=True)
    return relation.has(sp.zoo, sp.nan) or is_zero(relation)


@pytest.mark.parametrize("name", RELATIONS)
@settings(max_examples=10)
@given(st.sampled_from(PARTS), st.sampled_from(PARTS), st.sampled_from(POSITIVE), st.sampled_from(POSITIVE))
def test_relations_join(name, a, b, c, d):
    assert joined(name, a, b, c, d)


OF_POLYNOMIALS = "e of a sum", "e of a negative", "e of half a logarithm", "tanh of a sum"


@pytest.mark.parametrize("name", [name for name, e in RELATIONS.items() if e.has(u) and name not in OF_POLYNOMIALS])
def test_relations_join_quotients(name):
    assert not [(a, b) for a in QUOTIENTS for b in (x, *QUOTIENTS[:2]) if a != b and not joined(name, a, b, p, q)]


def test_a_negative_quotient_in_erfc():
    assert all(is_zero(sp.erfc(a) + sp.erfc(normal(-a)) - 2) for a in QUOTIENTS)


def test_the_logarithm_of_e_is_1():
    assert is_zero(sp.log(sp.E * p) - sp.log(p) - 1)


@pytest.mark.parametrize("seed", range(20))
def test_order_and_brackets_do_not_matter(seed):
    a, b = expressions(Random(seed), 2)
    assert is_zero((a + b) ** 2 - b * (b + 2 * a) - a * a)


@pytest.mark.parametrize("many", range(18))
def test_atoms_may_turn_up_at_any_time(many):
    """A root's square shows what is under it, for which there may be no room yet."""
    letters, under = sp.Add(*sp.symbols(f"s:{many}", real=True)), total(w[j], j)
    assert is_zero(normal(letters + under ** sp.Rational(3, 2)) - letters - under * sp.sqrt(under))


def test_a_sum_over_two_indices():
    cell = sp.IndexedBase("c", real=True)[i, j]
    assert is_zero(total(total(p * cell, j), i) - p * total(total(cell, j), i))


@pytest.mark.parametrize("seed", range(20))
def test_terms_over_their_denominator_are_the_expression(seed):
    for e in expressions(Random(seed), 4):
        above, below = terms(e)
        whole = sp.Add(*(sp.Rational(int(c.p), int(c.q)) * monomial for c, monomial in above)) / below
        assert is_zero(whole - e)


UNEQUAL = [
    Positive(x) * Positive(y), Positive(x - y) * Positive(x), Positive(x) - Positive(-y), Positive(x) * x - x,
    Wins(0, x, y) * Wins(1, x, z[i]), Wins(0, x, y) - Wins(0, x, z[i]), Largest(x, y) - x * Wins(0, x, y),
    sp.sqrt(x**2 + 2 * x * y + y**2) - x - y, sp.sqrt(x**2 * p) - x * sp.sqrt(p), sp.cbrt(p) ** 2 - p,
    sp.erfc(-x) - sp.erfc(x), sp.erf(x) - sp.erfc(x), sp.tanh(x) - sp.tanh(y), sp.exp(x / 2) - sp.exp(x / 3),
    total(w[j] * z[j], j) - total(w[j], j) * total(z[j], j), total(z[j] / w[j], j) - total(z[j], j),
    total(same(i, j) * w[j], j) - w[j], total(w[j], j) - n * w[j], total(1 / w[j], j) - 1 / total(w[j], j),
    same(i, j) * same(j, l) - same(i, l), same(i, j) - 1, 2**x - p**x, p ** (n + 1) - p**n,
]  # fmt: skip


@pytest.mark.parametrize("e", UNEQUAL, ids=str)
def test_what_differs_somewhere_is_not_joined(e):
    assert [at for at in map(drawn, map(Random, range(20))) if differ(e, sp.Integer(0), at)]
    assert not is_zero(e)


def test_different_expressions_keep_different_forms():
    different = {*PARTS, *QUOTIENTS, *POSITIVE}
    assert len({sp.Integer(0), *map(normal, different)}) == len(different) + 1


def test_what_is_too_large_is_not_begun():
    with pytest.raises(TooLarge):
        normal((x + y + p + q + 1) ** 64)


def test_a_denominator_that_turns_out_to_be_nought_is_refused():
    with pytest.raises(ZeroDivisionError):
        normal(x / HIDDEN)
