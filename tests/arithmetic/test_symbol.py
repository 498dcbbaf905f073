"""Symbols: run once, a rule gives what numbers give it, at every point, ties among them."""

import operator
from functools import cache
from random import Random

import mpmath
import pytest
import sympy as sp
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic.array import Array
from backproof.arithmetic.functions import FUNCTIONS, choose, largest, total
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.symbol import Largest, Positive, Scattered, Symbol, Wins, number, sign, symbols
from backproof.rules.max_pool2d import MaxPool2d
from rules.referee import exactly, q

QUARTERS = st.integers(-6, 6).map(lambda n: sp.Rational(n, 4))
x, y = sp.symbols("x y", real=True)
X, Y = Symbol(x), Symbol(y)


def value(e, at):
    """The rational number that an expression is where its symbols have these values."""
    first = lambda numbers: numbers.index(max(numbers))
    e = e.xreplace(at).replace(Largest, lambda *a: max(a))
    return e.replace(Wins, lambda k, *a: sp.Integer(first(a) == k))


def values(array, at):
    return {i: value(sp.sympify(getattr(array[i], "expr", array[i])), at) for i in array.indices()}


@given(QUARTERS, QUARTERS)
def test_sums_products_quotients_and_powers(a, b):
    made = (1 + X) * Y - (2 - X) / 3 + (-Y) ** 2 - X / 4 + 5 / (Y * Y + 1) + total(iter([X, Y, X, 7]))
    expected = (1 + a) * b - (2 - a) / 3 + b**2 - a / 4 + 5 / (b * b + 1) + (a + b + a + 7)
    assert value(made.expr, {x: a, y: b}) == expected


@pytest.mark.parametrize("compare", [operator.gt, operator.lt, operator.ge, operator.le, operator.eq, operator.ne])
@given(QUARTERS, QUARTERS, st.integers(-1, 1))
def test_a_branch_is_the_one_that_numbers_take(compare, a, b, whole):
    at = {x: a, y: b}
    assert value(choose(compare(X, Y), X + 2, Y).expr, at) == (a + 2 if compare(a, b) else b)
    assert value(choose(compare(X, whole), 5, X).expr, at) == (5 if compare(a, whole) else a)
    assert value(choose(compare(whole, X), Y, -1).expr, at) == (b if compare(whole, a) else -1)


def test_a_comparison_that_is_open_is_no_truth_value():
    with pytest.raises(TypeError, match="choose"):
        bool(X > 0)


def test_a_comparison_that_is_certain_is_one():
    p, e, c = Symbol(sp.Symbol("p", positive=True)), Symbol(sp.exp(x)), Symbol(sp.erfc(x))
    assert (p > 0, -p < 0, e + p > 0, X == X, X <= X, c > 0, c < 2, c * e >= 0) == (True,) * 8
    assert (p < 0, e == 0, X != X, X > X, c == 3, c > 2) == (False,) * 6


@pytest.mark.parametrize("seed", range(12))
def test_a_sign_that_is_certain_is_the_sign(seed):
    random = Random(seed)
    parts = [
        x,
        y,
        sp.exp(x),
        sp.erfc(x),
        sp.erfc(y - x),
        sp.Integer(2),
        sp.Integer(-1),
        1 + y**2,
        sp.pi,
        sp.tanh(x) ** 2,
    ]
    part = lambda: random.choice(parts)
    made = [part() * part() + part() * part() for _ in range(20)] + [part() - part() / part() for _ in range(10)]
    for e, known in [(e, sign(e)) for e in made if sign(e) is not None]:
        for _ in range(4):
            number = sp.N(e.subs({s: sp.Rational(random.randint(-9, 9), 4) for s in (x, y)}), 30)
            assert not number.is_finite or bool(number * known > 0) or number == known == 0, e


@pytest.mark.parametrize("name", FUNCTIONS)
@given(st.fractions("1/9", 5, max_denominator=9))
def test_functions_are_the_functions(name, a):
    with mpmath.workdps(30):
        expected = getattr(mpmath, name)(mpmath.mpf(a.numerator) / a.denominator)
        assert abs(mpmath.mpf(sp.N(FUNCTIONS[name](X).expr.subs(x, sp.Rational(a)), 30)) - expected) < 1e-25


@given(st.lists(QUARTERS, min_size=1, max_size=4))
def test_the_largest_number_and_the_first_place_where_it_stands(numbers):
    cells = symbols("x", (len(numbers),))
    top, place = largest((cells[i], i) for i in cells.indices())
    at = {cells[i,].expr: v for i, v in enumerate(numbers)}
    assert value(top.expr, at) == max(numbers)
    if len(numbers) > 1:
        assert [i for i, one in place.items() if value(one, at)] == [(numbers.index(max(numbers)),)]


def test_a_place_named_twice_is_chosen_where_either_wins():
    _, place = largest([(X, "left"), (Y, "right"), (2 * X, "left")])
    for a, b in [(1, 1), (0, 0), (-1, 0), (-1, -3)]:
        at = {x: sp.Integer(a), y: sp.Integer(b)}
        _, won = largest([(a, "left"), (b, "right"), (2 * a, "left")])
        assert [there for there, one in place.items() if value(one, at)] == [won]


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=4, unique=True), QUARTERS)
def test_the_derivative_of_a_largest_number_is_the_winners(lines, a):
    """Of straight lines: their largest rises as a difference quotient that crosses no corner does."""
    top = Largest(*(m * x + c for m, c in lines))
    step = sp.Rational(1, 1000)
    left, here, right = (value(top, {x: a + k * step}) for k in (-1, 0, 1))
    if right - here == here - left:
        assert value(top.diff(x), {x: a}) == (right - here) / step


def test_a_bracket_is_flat():
    assert Positive(x**2 - y).diff(x) == 0
    assert (sp.exp(x) * Positive(x - y)).diff(x) == sp.exp(x) * Positive(x - y)


POOLS = {
    "overlapping": (MaxPool2d((2, 2), stride=1), (2, 3)),
    "padded": (MaxPool2d((2, 3), stride=(1, 2), padding=(0, 1)), (2, 3)),
    "dilated, overhanging": (MaxPool2d(2, stride=2, padding=1, dilation=2, ceil_mode=True), (3, 3)),
    "two channels": (MaxPool2d((1, 2), stride=1), (2, 1, 3)),
}


@cache
def pooled(name):
    """A pool run forward and back on symbols."""
    rule, shape = POOLS[name]
    blank = lambda shape: Scattered(shape, dict.fromkeys(Array(shape).indices(), 0))
    shapes = rule.shapes(shape)
    x, dy = symbols("x", shape), symbols("dy", shapes["y"])
    y, winner, dx = blank(shapes["y"]), blank(shapes["y"]), blank(shape)
    rule.forward(x, y, winner)
    rule.backward(dy, winner, dx)
    return x, y, dy, dx


@pytest.mark.parametrize("name", POOLS)
@given(st.randoms(use_true_random=True), st.sampled_from([1, 3, 50]))
def test_pooling_symbols_is_pooling_numbers(name, random, many):
    """Few different numbers, so that ties are frequent, or many."""
    x, y, dy, dx = pooled(name)
    at = {s.expr: sp.Rational(random.randint(-many, many), 2) for s in [*x.values(), *dy.values()]}
    given = {n: Array(a.shape, {i: fmpq(str(at[s.expr])) for i, s in a.items()}) for n, a in (("x", x), ("dy", dy))}
    expected = exactly(POOLS[name][0], **given)
    assert {i: str(v) for i, v in values(y, at).items()} == {i: str(v) for i, v in expected["y"].items()}
    assert {i: str(v) for i, v in values(dx, at).items()} == {i: str(v) for i, v in expected["dx"].items()}


WRITES = {
    "set": lambda a, i, j, v: a.__setitem__(i, v),
    "add": lambda a, i, j, v: a.__setitem__(i, a[i] + v),
    "subtract": lambda a, i, j, v: a.__setitem__(i, a[i] - v),
    "multiply": lambda a, i, j, v: a.__setitem__(i, v * a[i] + 1),
    "copy": lambda a, i, j, v: a.__setitem__(i, a[j] + v),
    "set where it is known": lambda a, i, j, v: a.__setitem__((1,), a[i] * 2),
}


@given(
    st.lists(st.tuples(st.sampled_from(list(WRITES)), st.booleans(), st.integers(-2, 3)), max_size=5),
    st.tuples(QUARTERS, QUARTERS, QUARTERS),
)
def test_writing_at_chosen_places_is_writing_where_numbers_choose(writes, numbers):
    cells = symbols("x", (3,))
    at = {cells[i,].expr: v for i, v in enumerate(numbers)}
    plain = Array((3,), {(i,): v for i, v in enumerate(numbers)})
    results = []
    for array, source in ((Scattered((3,), dict(cells)), cells), (Array((3,), dict(plain)), plain)):
        _, high = largest((source[i], i) for i in source.indices())
        _, low = largest((-source[i], i) for i in source.indices())
        for write, swap, v in writes:
            WRITES[write](array, *((low, high) if swap else (high, low)), v)
        results.append(values(array, at))
    assert results[0] == results[1]


def test_a_cell_read_before_it_is_written_keeps_what_it_was():
    results = []
    for numbers in (symbols("x", (2,)), Array((2,), {(0,): sp.Integer(3), (1,): sp.Integer(4)})):
        _, place = largest((numbers[i], i) for i in numbers.indices())
        array = Scattered((2,), dict(numbers))
        before = array[place]
        array[place] = 7
        array[place] = before + 1
        results.append(values(array, {sp.Symbol("x[0]", real=True): 3, sp.Symbol("x[1]", real=True): 4}))
    assert results == [{(0,): 3, (1,): 5}] * 2


@given(st.integers(-999, 999), st.integers(1, 99))
def test_digits_are_the_rational_that_they_stand_for(a, b):
    assert number(Numeral(f"{a}/{b}")).expr == sp.Rational(a, b)
    assert number(Numeral(f"{a}e-2")).expr == sp.Rational(a, 100)
    assert number(Numeral("pi")).expr == sp.pi


@pytest.mark.parametrize("wrong", [0.5, q("1/2")[()], sp.Rational(1, 2)], ids=["a float", "a rational", "SymPy's"])
def test_a_number_that_would_be_rounded_is_refused(wrong):
    with pytest.raises((TypeError, ValueError)):
        X * wrong
