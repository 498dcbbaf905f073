"""Rounding against NumPy, `fractions` and `decimal`: once, to nearest, ties to even."""

import decimal
from fractions import Fraction
from math import copysign, inf, isinf

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backproof.arithmetic.rounding import FORMATS, rounded, significant
from backproof.arithmetic.rounding import decimal as ending

TYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
forms = st.sampled_from(sorted(TYPES))
ratios = st.fractions() | st.builds(
    lambda p, q, e: Fraction(p, q) * Fraction(2) ** e, st.integers(), st.integers(1, 10**30), st.integers(-1100, 1100)
)


def exactly(number):
    return Fraction(*float(number).as_integer_ratio())


def gap(number, form):
    """The distance to the next float above |number|."""
    kind = TYPES[form]
    return exactly(np.nextafter(kind(abs(number)), kind(inf))) - exactly(abs(number))


@given(ratios, forms)
def test_nearest_of_all_floats(ratio, form):
    got = rounded(ratio.numerator, ratio.denominator, form)
    kind, largest = TYPES[form], exactly(np.finfo(TYPES[form]).max)
    if isinf(got):
        assert abs(ratio) >= largest + (largest - exactly(np.nextafter(np.finfo(kind).max, kind(0)))) / 2
        assert copysign(1, got) == (1 if ratio > 0 else -1)
        return
    assert float(kind(got)) == got
    here = abs(exactly(got) - ratio)
    for way in (-inf, inf):
        neighbour = np.nextafter(kind(got), kind(way), dtype=kind)
        if np.isfinite(neighbour):
            assert here <= abs(exactly(neighbour) - ratio)


@given(ratios)
def test_float64_is_what_python_gives(ratio):
    try:
        expected = ratio.numerator / ratio.denominator
    except OverflowError:
        expected = inf if ratio > 0 else -inf
    assert rounded(ratio.numerator, ratio.denominator) == expected


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
@example(5e-324)
@example(65520.0)
@example(2.0**-25)
@example(2.0**-150)
def test_narrow_formats_are_what_numpy_gives(number):
    p, q = number.as_integer_ratio()
    with np.errstate(all="ignore"):
        assert rounded(p, q, "float16") == float(np.float16(number))
        assert rounded(p, q, "float32") == float(np.float32(number))
    assert rounded(p, q, "float64") == number


@given(st.data(), forms)
def test_ties_go_to_even(data, form):
    width = {"float16": 16, "float32": 32, "float64": 64}[form]
    low = data.draw(st.floats(min_value=0, max_value=60000, width=width))
    step = gap(low, form)
    odd = int(exactly(low) / step) % 2
    middle = exactly(low) + step / 2
    assert exactly(rounded(middle.numerator, middle.denominator, form)) == exactly(low) + step * odd
    below = middle - step / 10**9
    assert exactly(rounded(below.numerator, below.denominator, form)) == exactly(low)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_edge_of_overflow(form):
    largest = exactly(np.finfo(TYPES[form]).max)
    edge = largest + (largest - exactly(np.nextafter(np.finfo(TYPES[form]).max, TYPES[form](0)))) / 2
    assert rounded(edge.numerator, edge.denominator, form) == inf
    assert rounded(-edge.numerator, edge.denominator, form) == -inf
    assert rounded(edge.numerator - 1, edge.denominator, form) == float(largest)


@given(st.fractions(), st.integers(0, 12))
def test_an_ending_decimal_is_the_number_itself(number, places):
    number = Fraction(number.numerator, 1) / 10**places + Fraction(number.denominator, 2**places)
    text = ending(number.numerator, number.denominator)
    assert text is not None
    assert Fraction(text) == number
    assert "." not in text or not text.endswith("0")
    assert "." in text or number.denominator == 1


@given(st.fractions())
def test_a_decimal_ends_where_only_2_and_5_divide(number):
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    assert (ending(number.numerator, number.denominator) is None) == (rest != 1)


@given(ratios.filter(bool), st.integers(1, 30))
@example(Fraction(5, 10), 1)
@example(Fraction(25, 10), 1)
@example(Fraction(35, 10), 1)
@example(Fraction(-99995, 10**9), 4)
@example(Fraction(999999, 10), 3)
def test_significant_digits_are_those_of_decimal(ratio, digits):
    text = significant(ratio.numerator, ratio.denominator, digits)
    with decimal.localcontext(prec=digits, rounding=decimal.ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6)):
        expected = decimal.Decimal(ratio.numerator) / decimal.Decimal(ratio.denominator)
    assert Fraction(text) == Fraction(expected)
    plain = text.partition("e")[0].lstrip("-").replace(".", "").lstrip("0")
    assert len(plain) == digits


@given(st.integers(-12000, 12000), st.integers(1, 8))
def test_very_large_and_very_small_numbers_have_their_digits(power, digits):
    p, q = (123456789 * 10**power, 1) if power >= 0 else (123456789, 10**-power)
    whole, _, exponent = significant(p, q, digits).partition("e")
    assert abs(Fraction(whole) * Fraction(10) ** int(exponent or 0) / Fraction(p, q) - 1) <= Fraction(5, 10**digits)


def test_nought():
    assert significant(0, 1, 5) == "0"
    assert rounded(0, 7, "float16") == 0
    assert ending(0, 1) == "0"
