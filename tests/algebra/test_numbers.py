"""Enclosures of expressions contain mpmath's value, what is rational stays so, and what has no value is refused."""

from fractions import Fraction
from random import Random

import mpmath
import pytest
import sympy as sp
from flint import fmpq

from algebra.test_normal import NoValue, drawn, i, j, n, p, q, same, total, truth, w, x, y, z
from backproof.algebra.numbers import evaluate, nonzero_at, points
from backproof.arithmetic.ball import precision
from backproof.arithmetic.symbol import Largest, Positive, Wins
from backproof.errors import BackproofError, Undecided
from backproof.record.digits import bounds

RATIONAL = [
    x**2 * y - 3 / p,
    sp.Abs(x) * Positive(y - x) + Positive(x - y) / q,
    Largest(x, y, sp.Integer(1)) - 2 * Largest(z[i], x),
    Wins(1, x, y, x) + 2 * Wins(0, x, y, x) + 4 * Wins(2, x, y, x + 1),
    total(w[j] * z[j], j) / total(w[j], j),
    total(same(i, j) * z[j], j) - total(n * j, j) * same(i, j),
    sp.Sum(i * z[i + 1] * w[n - i + 1], (i, 2, n)),
    total(x * w[i] * total(z[j] * same(i, j) + i, j), i),
    (z[i] - z[j]) ** 3 / (1 + y**2) ** 2,
]  # fmt: skip
OTHERS = [
    sp.pi * sp.exp(x) * sp.log(p) - sp.sqrt(q) / sp.tanh(y),
    sp.erfc(x - y) / (1 + sp.exp(-z[i])),
    p**x + q ** sp.Rational(3, 2) - p ** sp.Rational(-1, 3),
    2**x * Positive(sp.exp(x) - p) - sp.Abs(sp.log(q)) ** 3,
    Largest(sp.exp(x), 1 + x, sp.tanh(y)) * Wins(2, sp.exp(x), y, sp.erfc(y)),
    total(sp.exp(z[j] - x) / total(sp.exp(z[i] - x), i), j),
    sp.log(total(w[j] * sp.exp(z[j]), j)) ** same(i, j) + sp.exp(total(z[j], j)),
]  # fmt: skip
BEYOND = {
    "e": sp.E * x,
    "erf": sp.erf(x) + 1,
    "a sum over two indices": total(total(w[i] * z[j], j), i) + total(total(x, j), i),
    "a root that may be of 0": sp.Abs(x - y) ** sp.Rational(3, 2) + sp.cbrt(p * Positive(x)),
}


def flint(at):
    """The same point in FLINT's rationals."""
    q = lambda v: fmpq(v.numerator, v.denominator)
    family = lambda cells: lambda *places: q(cells(*places))
    return {s: q(v) if isinstance(v, Fraction) else family(v) for s, v in at.items()}


def enclosed(e, at, bits=300):
    """The bounds of an expression's value."""
    with precision(bits):
        value = evaluate(e, flint(at)).value
        return (value, value) if isinstance(value, fmpq) else bounds(value)


def holds(e, at):
    with mpmath.workdps(120):
        value = mpmath.mpmathify(truth(e, at))
        low, high = (mpmath.mpf(int(b.p)) / int(b.q) for b in enclosed(e, at))
        room = mpmath.mpf(10) ** -70 * (1 + abs(value))
        return low - room <= value <= high + room and high - low <= room


@pytest.mark.parametrize("e", RATIONAL + OTHERS, ids=str)
def test_a_narrow_enclosure_contains_the_value(e):
    held = []
    for at in map(drawn, map(Random, range(12))):
        try:
            truth(e, at)
        except NoValue:
            continue
        held.append(holds(e, at))
    assert len(held) > 2
    assert all(held)


@pytest.mark.parametrize("e", RATIONAL, ids=str)
def test_rational_numbers_give_a_rational_number(e):
    for at in map(drawn, map(Random, range(12))):
        value = evaluate(e, flint(at)).value
        assert isinstance(value, fmpq)
        assert Fraction(int(value.p), int(value.q)) == truth(e, at)


@pytest.mark.parametrize("e", BEYOND.values(), ids=BEYOND)
def test_what_expressions_turn_into_has_a_value(e):
    assert all(holds(e, at) for at in map(drawn, map(Random, range(6))))


@pytest.mark.parametrize(
    "e", [sp.log(x), sp.sqrt(x), x ** sp.Rational(-1, 3), 1 / (x + 2), sp.exp(1 / (x + 2)), x**p], ids=str
)
def test_what_has_no_value_is_refused(e):
    with pytest.raises((BackproofError, ArithmeticError, ValueError)):
        evaluate(e, {x: fmpq(-2), p: fmpq(1, 2)})


def test_a_comparison_too_close_to_tell_is_undecided():
    at = {p: fmpq(2), q: fmpq(3)}
    for e in (Positive(sp.log(p) + sp.log(q) - sp.log(p * q)), Largest(sp.exp(p), sp.exp(p - 1) * sp.exp(p / 2))):
        with pytest.raises(Undecided):
            evaluate(e, at)


@pytest.mark.parametrize("e", [z[i], same(i, 3), total(w[j], j).subs(n, i)], ids=str)
def test_a_fraction_is_no_index(e):
    with pytest.raises((BackproofError, ArithmeticError, ValueError)):
        evaluate(e, {i: fmpq(3, 2), z: lambda k: fmpq(k), w: lambda k: fmpq(k)})


def test_points_respect_what_is_known_of_a_symbol_and_what_is_fixed():
    found = list(points([x, y, p], {y: fmpq(1, 7)}))
    assert all(at[p] > 0 and at[y] == fmpq(1, 7) for at in found)
    assert {at[x] > 0 for at in found} == {True, False}
    assert len({at[x] / at[p] for at in found}) > 10


def test_the_first_point_where_a_number_is_certainly_not_nought():
    hidden = sp.log(p**2) - 2 * sp.log(p, evaluate=False)
    e = Positive(x - 1) * (sp.log(x) - 1) + hidden.subs(p, sp.Symbol("r", positive=True)) / (x - 3)
    r = sp.Symbol("r", positive=True)
    tried = [{x: fmpq(k), r: fmpq(2)} for k in (-1, 1, 3, 5, 4)]
    assert nonzero_at(e, tried) == {x: fmpq(5), r: fmpq(2)}
    assert nonzero_at(e, tried[:3]) is None
