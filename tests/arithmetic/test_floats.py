"""Floats: the nearest to the digits, infinite where they overflow, each operation of its own width."""

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic.floats import float32, float64
from backproof.arithmetic.functions import FUNCTIONS
from backproof.arithmetic.rounding import rounded

both = pytest.mark.parametrize("floats", [float32, float64], ids=lambda floats: floats.name)


@both
@given(number=st.fractions() | st.sampled_from([Fraction(10) ** 400, -(Fraction(10) ** 39), Fraction(1, 10**46)]))
def test_numbers_are_rounded_once(floats, number):
    expected = rounded(number.numerator, number.denominator, floats.name)
    for got in (floats.number(f"{number}"), floats.lift(fmpq(number.numerator, number.denominator))):
        assert type(got) is floats.type
        assert got == expected


@both
def test_special_words(floats):
    assert np.isnan(floats.number("nan"))
    assert [floats.number(word) for word in ("inf", "-inf", "pi")] == [np.inf, -np.inf, floats.type(np.pi)]
    assert np.signbit(floats.number("-0.0"))


@both
@given(number=st.floats(0.125, 8, width=32))
def test_functions_keep_their_width(floats, number):
    x = floats.type(number)
    assert all(type(function(x)) is floats.type for function in FUNCTIONS.values())
    assert FUNCTIONS["sqrt"](x) ** 2 == pytest.approx(number, rel=1e-6)
    assert FUNCTIONS["log"](FUNCTIONS["exp"](x)) == pytest.approx(number, rel=1e-5)
