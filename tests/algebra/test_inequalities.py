"""Points satisfy their conditions exactly, and none is missed: against witnesses, certificates and a search."""

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.algebra.inequalities import point

UNKNOWNS = sp.symbols("a b c d", real=True)
NUMBERS = st.integers(-3, 3)
ROWS = st.tuples(st.tuples(*[NUMBERS] * len(UNKNOWNS)), st.fractions(-3, 3, max_denominator=2))
SIGNS = st.sampled_from([1, -1, 0])


def expression(row):
    coefficients, constant = row
    return sp.Add(*(c * s for c, s in zip(coefficients, UNKNOWNS, strict=True)), sp.Rational(constant))


def read(text):
    return sp.sympify(text, locals=dict(zip("abcd", UNKNOWNS, strict=True)))


NOT_LINEAR = [read(e) for e in ("a*b", "exp(a)*b - c", "a**2 - b", "(a - b)/exp(c)", "a/b", "a*b/(c - d) + 1")]


def value(row, numbers):
    return sum((c * v for c, v in zip(row[0], numbers, strict=True)), row[1])


def sign(number):
    return (number > 0) - (number < 0)


def fractions(found):
    """The point's numbers, 0 for what it leaves free."""
    zero = Fraction(0)
    return [Fraction(int(found[s].p), int(found[s].q)) if s in found else zero for s in UNKNOWNS]


def satisfied(conditions, found):
    return all(sign(value(row, fractions(found))) == wanted for row, wanted in conditions)


def solved(conditions):
    return point([(expression(row), wanted) for row, wanted in conditions])


@given(st.lists(ROWS, max_size=8), st.tuples(*[st.fractions(-4, 4, max_denominator=5)] * len(UNKNOWNS)))
def test_conditions_that_hold_somewhere_get_a_point_where_they_hold(rows, witness):
    conditions = [(row, sign(value(row, witness))) for row in rows]
    found = solved(conditions)
    assert found is not None
    assert satisfied(conditions, found)


@given(st.lists(st.tuples(ROWS, st.integers(0, 3)), min_size=1, max_size=5), st.fractions(0, 2, max_denominator=3))
def test_positive_numbers_whose_sum_would_not_be_have_no_point(weighted, less):
    """Several expressions are positive, and so is minus their weighted sum, less something."""
    columns = zip(*(row[0] for row, _ in weighted), strict=True)
    opposite = tuple(-sum(k * c for (_, k), c in zip(weighted, column, strict=True)) for column in columns)
    constant = -sum((k * row[1] for row, k in weighted), less)
    assert solved([*((row, 1) for row, _ in weighted), ((opposite, constant), 1)]) is None


PLANE = st.tuples(st.tuples(NUMBERS, NUMBERS, st.just(0), st.just(0)), st.integers(-2, 2).map(Fraction))


def spread(values):
    """Each value, a number between every two neighbours, and one on either side of all."""
    found = sorted({*values, Fraction(0)})
    return [found[0] - 1, *found, *((a + b) / 2 for a, b in pairwise(found)), found[-1] + 1]


def everywhere(rows):
    """A point in every piece into which lines cut the plane: in each area, on each edge, at each corner."""
    lines = [(a, b, c) for (a, b, *_), c in rows if a or b]
    corners = [(b * f - c * e) / (a * e - b * d) for a, b, c in lines for d, e, f in lines if a * e != b * d]
    for u in spread([*corners, *(-c / a for a, b, c in lines if b == 0)]):
        for v in spread([-(a * u + c) / b for a, b, c in lines if b]):
            yield u, v, 0, 0


@given(st.lists(st.tuples(PLANE, SIGNS), min_size=2, max_size=5))
def test_there_is_no_point_only_where_no_piece_of_the_plane_has_one(conditions):
    points = everywhere([row for row, _ in conditions])
    possible = any(all(sign(value(row, at)) == wanted for row, wanted in conditions) for at in points)
    found = solved(conditions)
    assert (found is not None) == possible
    assert found is None or satisfied(conditions, found)


@given(st.permutations([1, 1, 1, 0, 0, -1]))
def test_numbers_compared_in_a_row_stand_in_that_order(signs):
    """And where none rises, the last is not the first, nor above it."""
    cells = sp.symbols("x:7", real=True)
    conditions = [(a - b, s) for (a, b), s in zip(pairwise(cells), signs, strict=True)]
    found = point(conditions)
    values = [found[c] for c in cells]
    assert [sign(a - b) for a, b in pairwise(values)] == signs
    falling = [(e, abs(s)) for e, s in conditions]
    assert point([*falling, (cells[-1] - cells[0], 1)]) is None
    assert point([*falling, (cells[-1] - cells[0], 0)]) is None


def test_a_symbol_known_to_be_positive_is_positive_at_the_point():
    p, x = sp.Symbol("p", positive=True), UNKNOWNS[0]
    found = point([(x - p, -1), (x + 2, 1), (p - 5, -1)])
    assert 0 < found[p] < 5
    assert -2 < found[x] < found[p]
    assert point([(p, -1)]) is None
    assert point([(x - p, 1), (x, -1)]) is None


@settings(max_examples=20)
@given(ROWS, ROWS, st.sampled_from(["1 + exp(d)", "2 + exp(c - d)", "exp(-a)", "1 + b**2"]))
def test_a_positive_denominator_changes_no_sign(row, other, below):
    e, f, below = expression(row), expression(other), read(below)
    assert (point([(e / below, 1), (f, 1)]) is None) == (point([(e, 1), (f, 1)]) is None)


def test_a_denominator_that_may_be_negative_may_turn_the_sign():
    a, b, *_ = UNKNOWNS
    assert all(point([(a / b, s), (a, t)]) is not None for s in (1, -1) for t in (1, -1))


@pytest.mark.parametrize("e", NOT_LINEAR)
def test_an_expression_that_is_not_linear_has_one_sign_at_a_time(e):
    assert all(point([(e, s)]) is not None for s in (1, 0, -1))
    assert not any(point([(e, s), (e, t)]) for s in (1, 0, -1) for t in (1, 0, -1) if s != t)


@pytest.mark.parametrize("e", NOT_LINEAR)
def test_a_multiple_has_the_sign_that_it_must_have(e):
    assert all((point([(e, s), (k * e, t)]) is None) == (t != s * k // abs(k)) for s in (1, 0, -1) for t in (1, 0, -1)
               for k in (-1, 2))  # fmt: skip


def test_what_is_always_positive_is_never_nought_or_less():
    a, b, *_ = UNKNOWNS
    for e in (sp.exp(a), sp.exp(a) * 2 / sp.exp(b), sp.erfc(a), 1 + sp.exp(a - b)):
        assert [point([(e, s)]) is None for s in (1, 0, -1)] == [False, True, True]
