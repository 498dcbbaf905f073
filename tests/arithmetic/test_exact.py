"""Exact arithmetic: rationals stay rational, and what leaves them is refused."""

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic import exact, functions
from backproof.errors import NotExact

ratios = st.fractions()
ELEMENTARY = sorted(functions.FUNCTIONS)


def q(number):
    return fmpq(number.numerator, number.denominator)


def fraction(number):
    return Fraction(int(number.p), int(number.q))


@given(ratios, ratios, ratios.filter(bool))
def test_it_is_the_arithmetic_of_fractions(a, b, c):
    assert fraction(exact.number(f"{a}") * q(b) - q(a) / q(c)) == a * b - a / c


@pytest.mark.parametrize(("function", "at", "value"), [("exp", 0, 1), ("log", 1, 0), ("tanh", 0, 0), ("erfc", 0, 1)])
def test_where_functions_are_rational(function, at, value):
    assert functions.FUNCTIONS[function](fmpq(at)) == value


@given(ratios.filter(lambda r: r > 0))
def test_the_root_of_a_square_is_exact_and_no_other_is(a):
    assert functions.sqrt(q(a * a)) == q(a)
    with pytest.raises(NotExact, match="sqrt"):
        functions.sqrt(q(2 * a * a))


@given(ratios.filter(lambda r: r > 0 and r != 1), st.sampled_from([f for f in ELEMENTARY if f != "sqrt"]))
def test_functions_that_leave_the_rationals_are_refused(a, function):
    with pytest.raises(NotExact, match=function):
        functions.FUNCTIONS[function](q(a))


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "pi"])
def test_what_is_no_ratio_is_refused(word):
    with pytest.raises(NotExact, match="not a ratio"):
        exact.number(word)


def test_lifting():
    assert exact.lift(-0.0) == 0
    assert exact.lift(3) == fmpq(3)
    with pytest.raises(NotExact):
        exact.lift(float("inf"))
