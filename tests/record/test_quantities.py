"""Quantities as NumPy arrays and as text: every number rounded once, correctly."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

import backproof as bp
from backproof.arithmetic.array import Array
from backproof.arithmetic.ball import Ball, precision
from backproof.arithmetic.rounding import rounded
from backproof.errors import BadOption, Undecided
from backproof.record.digits import bounds, matrix_lines, text_of
from backproof.record.quantity import Quantity

ratios = st.fractions() | st.builds(
    lambda p, q, e: Fraction(p, q) * Fraction(2) ** e, st.integers(), st.integers(1, 10**30), st.integers(-1100, 1030)
)
narrow = st.sampled_from(["float16", "float32", "float64"])


def q(number):
    return fmpq(number.numerator, number.denominator)


def quantity(*numbers):
    return Quantity("x", Array((len(numbers),), {(i,): q(n) for i, n in enumerate(numbers)}))


def exactly(number):
    """A NumPy float's value, longdouble included."""
    mantissa, exponent = np.frexp(np.longdouble(number))
    high = np.floor(np.ldexp(mantissa, 40))
    low = np.ldexp(np.ldexp(mantissa, 40) - high, 60)
    return (Fraction(int(high)) + Fraction(int(low), 2**60)) * Fraction(2) ** (int(exponent) - 40)


@given(st.lists(ratios, min_size=1, max_size=4), narrow)
def test_arrays_are_correctly_rounded(numbers, dtype):
    array = np.asarray(quantity(*numbers), dtype=dtype)
    assert array.dtype == dtype
    assert [float(v) for v in array] == [rounded(n.numerator, n.denominator, dtype) for n in numbers]


@given(ratios)
def test_long_doubles_are_the_nearest(number):
    (got,) = quantity(number).numpy("longdouble")
    assert got.dtype == np.longdouble
    here = abs(exactly(got) - number)
    for way in (-np.inf, np.inf):
        assert here <= abs(exactly(np.nextafter(got, np.longdouble(way))) - number)


@given(st.fractions(-30, 30, max_denominator=99), narrow)
def test_enclosures_are_correctly_rounded(number, dtype):
    record = bp.Network({"x": ()}, [bp.Layer("y", bp.Sigmoid())]).solve(number)
    with mpmath.workdps(200):
        true = 1 / (1 + mpmath.exp(-mpmath.mpf(number.numerator) / number.denominator))
        scaled = int(mpmath.nint(true * mpmath.mpf(2) ** 500))
    assert float(record["y"].numpy(dtype)) == rounded(scaled, 2**500, dtype)


def test_an_enclosure_that_is_too_wide_is_computed_again():
    with precision(200):
        tight = Ball(arb(1) + arb(2) ** -60)
    with precision(30):
        wide = Ball(arb(1, 1e-9))
    asked = []

    def refine():
        asked.append(1)
        return Quantity("x", Array((), {(): tight}))

    assert Quantity("x", Array((), {(): wide}), refine=refine).numpy("float64") == 1
    assert asked
    with pytest.raises(Undecided, match="x: an enclosure holds the middle between two float64 numbers"):
        Quantity("x", Array((), {(): wide})).numpy()


def test_a_record_refines_its_enclosures():
    """One digit of 1/(1 + e⁻¹) is far too few for a float64, whose value is right all the same."""
    record = bp.Network({"x": ()}, [bp.Layer("y", bp.Sigmoid())]).solve(1, digits=1)
    assert float(record["y"]) == 0.7310585786300049
    assert float(record.refined()["y"]) == 0.7310585786300049


@pytest.mark.parametrize("dtype", ["int64", "complex64", "bool", "U3"])
def test_other_types_are_refused(dtype):
    with pytest.raises(BadOption, match="expected a float type"):
        quantity(Fraction(1)).numpy(dtype)


def test_float_results_stay_what_they_are():
    record = bp.Network({"x": (3,)}, [bp.ReLU()]).solve([1, float("nan"), float("inf")], arithmetic="float32")
    np.testing.assert_array_equal(np.asarray(record["h1"]), [1, np.nan, np.inf])


@given(ratios, st.integers(1, 30))
def test_texts_are_the_number_or_rounded(number, digits):
    text, exact = text_of(q(number), digits)
    if exact:
        assert Fraction(text) == number
    else:
        assert abs(Fraction(text) - number) <= abs(number) * Fraction(5, 10**digits)
        assert text != ""


@given(st.fractions(-9, 9, max_denominator=99), st.integers(1, 25), st.integers(20, 120))
def test_every_digit_of_an_enclosure_is_certain(number, digits, bits):
    with precision(bits):
        value = arb(q(number)).exp()
    text, exact = text_of(Ball(value), digits)
    low, high = (Fraction(int(b.p), int(b.q)) for b in bounds(value))
    assert low <= high
    if text.startswith("±") or number == 0:
        return
    assert not exact
    given_digits = len(text.partition("e")[0].lstrip("0.").replace(".", ""))
    assert given_digits <= digits
    for end in (low, high):
        assert abs(Fraction(text) - end) <= end * Fraction(5, 10**given_digits)


@given(st.lists(st.integers(1, 20), min_size=0, max_size=3).map(tuple), st.integers(3, 12))
def test_matrices_are_even_and_say_what_they_leave_out(shape, most):
    array = Array(shape, {i: fmpq(sum(i) * 7 - 3) for i in Array(shape).indices()})
    lines = matrix_lines(lambda place: "x", array, 6, most)
    if len(shape) == 2:
        assert len({len(line) for line in lines}) == 1
        assert len(lines) == (shape[0] if shape[0] <= most else most // 2 + 2)
    assert ("…" in "".join(lines)) == any(n > most for n in shape)
