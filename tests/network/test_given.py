"""Given numbers: read as the digits that stand there, or as exactly what an array holds."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given as varied
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from backproof.arithmetic.array import Places
from backproof.errors import BadNumber
from backproof.network import given


def fractions(array):
    return {i: Fraction(int(v.p), int(v.q)) for i, v in array.items()}


@varied(
    st.lists(
        st.lists(st.fractions() | st.integers() | st.decimals(-(10**9), 10**9), min_size=3, max_size=3), min_size=1
    )
)
def test_lists_are_read_digit_by_digit(rows):
    array = given.read("x", rows)
    assert array.shape == (len(rows), 3)
    assert fractions(array) == {(i, j): Fraction(v) for i, row in enumerate(rows) for j, v in enumerate(row)}


@varied(st.floats(allow_nan=False, allow_infinity=False).filter(bool))
def test_a_python_float_means_its_digits_and_a_numpy_float_what_it_holds(number):
    assert fractions(given.read("x", number))[()] == Fraction(repr(number))
    for held in (np.float64(number), np.array(number)):
        assert fractions(given.read("x", held))[()] == Fraction(number)
    assert fractions(given.read("x", [np.float64(number)]))[0,] == Fraction(number)


@varied(arrays.arrays(st.sampled_from(["f2", "f4", "f8"]), arrays.array_shapes(max_dims=3, max_side=3),
                      elements=st.integers(-4000, 4000).map(lambda n: n / 8)))  # fmt: skip
def test_arrays_are_exact(array):
    read = given.read("x", array)
    assert read.shape == array.shape
    assert fractions(read) == {i: Fraction(float(v)) for i, v in np.ndenumerate(array)}


def test_tensors_are_exact():
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([[0.1, 2.0]], requires_grad=True)
    assert fractions(given.read("x", tensor))[0, 0] == Fraction(float(np.float32(0.1)))


@pytest.mark.parametrize("special", [float("inf"), float("-inf"), float("nan"), -0.0])
def test_what_no_rational_can_say_stays_a_float(special):
    for held in ([special], np.array([special]), [str(special)], [Decimal(str(special))]):
        got = given.read("x", held)[0,]
        assert isinstance(got, float)
        assert repr(got) == repr(special)


def test_whole_numbers_of_any_kind():
    assert given.read("x", np.array([1, 2], dtype=np.uint8)) == {(0,): 1, (1,): 2}
    assert given.read("x", [fmpq(1, 3), Fraction(1, 3), "1/3"])[2,] == fmpq(1, 3)


@pytest.mark.parametrize("wrong", [None, True, {}, "one", "1/0", object()])
def test_refusals_say_where(wrong):
    with pytest.raises(BadNumber, match=r"^W\[1,0\] is "):
        given.read("W", [[1], [wrong]])


@varied(st.lists(st.integers(0, 9), min_size=1))
def test_places(classes):
    places = given.places("t", given.read("t", classes))
    assert isinstance(places.shape, Places)
    assert [places[i,] for i in range(len(classes))] == classes
    assert given.places("t", places) is places
    with pytest.raises(BadNumber, match=r"t\[0\] is '1/2', which is not a whole number"):
        given.places("t", given.read("t", ["1/2", *classes]))
