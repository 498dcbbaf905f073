"""Numerals keep the digits of every way to write a number, and refuse what is none."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic import exact
from backproof.arithmetic.numeral import LARGEST_EXPONENT, MOST_DIGITS, Numeral
from backproof.errors import BadNumber


def value(digits):
    return Fraction(*Numeral(digits).ratio())


@given(st.fractions())
def test_fractions_mean_themselves(number):
    assert value(number) == number
    assert value(f"{number.numerator}/{number.denominator}") == number


@given(st.integers())
def test_whole_numbers_mean_themselves(number):
    assert value(number) == value(str(number)) == value(f"{number:+_}") == number


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_mean_their_digits(number):
    assert value(number) == value(f"{number:e}") == Fraction(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_mean_the_digits_that_python_prints(number):
    assert value(number) == Fraction(repr(number))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.decimals("0.001", 10**6, places=3))
def test_a_quotient_of_decimals(above, below):
    for sign in (1, -1):
        assert value(f"{above}/{sign * below}") == Fraction(above) / Fraction(sign * below)


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        (".5", "1/2"),
        ("5.", "5"),
        (" 2 ", "2"),
        ("+1e-3", "1/1000"),
        ("−1.5E+2", "-150"),
        ("1_000.000_1", "10000001/10000"),
        ("0.1/0.3", "1/3"),
        ("007", "7"),
    ],
)
def test_forms(digits, number):
    assert value(digits) == Fraction(number)


def test_digits_stay_as_they_were_written():
    assert [str(Numeral(digits)) for digits in ("0.10", "1/3", "2e3", 0.1)] == ["0.10", "1/3", "2e3", "0.1"]
    assert Numeral(once := Numeral("0.10")) is once


@pytest.mark.parametrize(
    "digits",
    ["", " ", ".", "-", "e5", "1e", "1.2.3", "1,5", "0x10", "a lot", "1 2", "1__0", "_1", "1_", "--1", "1/2/3", "1/",
     "/2", "1/0", "1/0.0", "1/0e5", "1/nan", "nan/2", "1e5.5", "²", True, False, None, [1], {}, 1j],
)  # fmt: skip
def test_what_is_no_number_is_refused(digits):
    with pytest.raises(BadNumber, match="not a number; write digits such as"):
        Numeral(digits)


def test_sizes_are_bounded():
    assert Numeral(f"1e{LARGEST_EXPONENT}").ratio() == (10**LARGEST_EXPONENT, 1)
    assert Numeral("9" * MOST_DIGITS).ratio() == (10**MOST_DIGITS - 1, 1)
    for digits in (f"1e{LARGEST_EXPONENT + 1}", f"1e-{LARGEST_EXPONENT + 1}", "1e999999999", "9" * (MOST_DIGITS + 1)):
        with pytest.raises(BadNumber) as caught:
            Numeral(digits)
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("digits", "special"),
    [("nan", "nan"), ("-NaN", "nan"), ("inf", "inf"), ("+Infinity", "inf"), ("-inf", "-inf"), ("pi", "pi"),
     ("-0.0", "-0.0"), ("0.0", None), ("-0", None), ("-0.1", None), ("12", None), ("1/3", None), (Decimal("-inf"), "-inf")],
)  # fmt: skip
def test_special_words(digits, special):
    assert Numeral(digits).special == special


def test_pi_has_a_sign():
    assert Numeral("-pi").special == "-pi"
    with pytest.raises(exact.NotExact):
        exact.number("-pi")
