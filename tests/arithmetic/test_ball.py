"""Balls contain the truth, stay rational until a function is applied, and compare only where they can."""

from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from backproof.arithmetic import ball, functions
from backproof.arithmetic.ball import Ball, precision
from backproof.errors import NotExact, Undecided
from backproof.record.digits import bounds

MODERATE = st.fractions(-30, 30, max_denominator=10**6)
ratios = st.fractions()
DIGITS = 120


def q(number):
    return Ball(fmpq(number.numerator, number.denominator))


def fraction(number):
    return Fraction(int(number.p), int(number.q))


def ends(enclosure):
    """The bounds of a ball, exactly."""
    value = enclosure.value
    return (fraction(value),) * 2 if isinstance(value, fmpq) else tuple(map(fraction, bounds(value)))


def precisely(function, x):
    """mpmath's value, exactly, and a bound of its error."""
    with mpmath.workdps(DIGITS):
        value = getattr(mpmath, function)(mpmath.mpf(x.numerator) / x.denominator)
        sign, mantissa, exponent, _ = value._mpf_
    value = (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent
    return value, (abs(value) + 1) / 10 ** (DIGITS - 10)


@given(st.sampled_from(["exp", "log", "sqrt", "tanh", "erfc"]), MODERATE, st.sampled_from([53, 80, 200]))
def test_functions_enclose_the_true_value(function, x, bits):
    assume(x > 0 or function not in ("log", "sqrt"))
    with precision(bits):
        got = functions.FUNCTIONS[function](q(x))
    low, high = ends(got)
    value, error = precisely(function, x)
    assert low - error <= value <= high + error
    assert high - low <= (abs(value) + Fraction(1, 2**1000)) / 2 ** (bits - 12)


@given(MODERATE, MODERATE, st.fractions(1, 20, max_denominator=999))
def test_enclosures_of_expressions_contain_the_true_value(a, b, c):
    with precision(64):
        low, high = ends((functions.exp(q(a)) * q(b) - functions.sqrt(q(c))) / functions.log(q(c) + 1))
    with mpmath.workdps(DIGITS):
        a, b, c = (mpmath.mpf(x.numerator) / x.denominator for x in (a, b, c))
        value = (mpmath.exp(a) * b - mpmath.sqrt(c)) / mpmath.log(c + 1)
        assert mpmath.mpf(low.numerator) / low.denominator <= value + mpmath.mpf(10) ** -90 * (1 + abs(value))
        assert mpmath.mpf(high.numerator) / high.denominator >= value - mpmath.mpf(10) ** -90 * (1 + abs(value))


def test_more_bits_make_the_enclosure_of_pi_narrower():
    widths = []
    for bits in (30, 60, 120):
        with precision(bits):
            low, high = ends(ball.number("pi"))
        with mpmath.workdps(DIGITS):
            assert (
                mpmath.mpf(low.numerator) / low.denominator < mpmath.pi < mpmath.mpf(high.numerator) / high.denominator
            )
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2] > 0


@given(ratios, ratios, ratios.filter(bool))
def test_rational_until_a_function_is_applied(a, b, c):
    x, y, z = q(a), q(b), q(c)
    got = ball.simplified((x + 1) * y - (2 - x) / z + (-y) ** 2)
    assert isinstance(got, fmpq)
    assert fraction(got) == (a + 1) * b - (2 - a) / c + b**2
    assert isinstance(functions.exp(q(Fraction(1, 3))).value, arb)


@given(ratios, ratios)
def test_rationals_compare_exactly(a, b):
    x, y = q(a), q(b)
    assert (x < y, x > y, x <= y, x >= y, x == y, x != y) == (a < b, a > b, a <= b, a >= b, a == b, a != b)
    assert x == q(a)
    assert not x > q(a)


@given(MODERATE, MODERATE)
def test_separate_enclosures_compare_and_overlapping_ones_do_not(a, b):
    x, y = functions.exp(q(a)), functions.exp(q(b))
    if a == b and a != 0:
        for compare in (Ball.__lt__, Ball.__gt__, Ball.__le__, Ball.__ge__, Ball.__eq__, Ball.__ne__):
            with pytest.raises(Undecided, match="overlap"):
                compare(x, y)
    elif abs(a - b) > Fraction(1, 10**5):
        assert (x < y, x > y, x == y, x != y) == (a < b, a > b, False, True)
        assert (x <= y, x >= y) == (a < b, a > b)


def test_a_ball_equals_itself():
    x = same = functions.exp(ball.number("0.5"))
    assert x == same
    assert (x != same) is False


def test_nought_times_an_enclosure_is_nought():
    assert ball.simplified(functions.exp(ball.number(1)) * 0) == 0
    assert ball.simplified(0 * functions.exp(ball.number(1))) == 0


def test_a_divisor_that_may_be_nought_is_undecided():
    x = functions.exp(ball.number(1))
    with pytest.raises(Undecided, match="cannot be told from 0"):
        1 / (x - functions.exp(ball.number(1)))


def test_the_logarithm_of_a_negative_number_is_refused():
    with pytest.raises(NotExact, match="not positive"):
        functions.log(ball.number(-2))


def test_the_logarithm_of_what_may_be_nought_is_undecided():
    x = functions.exp(ball.number(1))
    with pytest.raises(Undecided, match="log"):
        functions.log(x - functions.exp(ball.number(1)))


def test_precision_is_put_back():
    before = ctx.prec
    with precision(999):
        assert ctx.prec == 999
    with pytest.raises(Undecided), precision(77):
        functions.log(functions.exp(ball.number(1)) - functions.exp(ball.number(1)))
    assert ctx.prec == before


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_a_power_of_an_enclosure_about_0_encloses_the_powers_of_what_is_in_it(n):
    about = Ball(arb(0, "1e-5")) ** n
    assert isinstance(about.value, arb)
    assert about.value.is_finite()
    assert all(about.value.contains(arb(x) ** n) for x in (0, 5e-6, -5e-6))
