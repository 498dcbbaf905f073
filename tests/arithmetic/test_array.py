"""Arrays of numbers of any kind."""

import numpy as np
from flint import fmpq

from backproof.arithmetic.array import Array


def test_an_array_becomes_numpys():
    array = Array.of([[fmpq(1, 3), fmpq(2)], [fmpq(-1, 2), fmpq(0)]])
    assert np.asarray(array).tolist() == [[1 / 3, 2], [-0.5, 0]]
    assert np.asarray(array, dtype=np.float32).dtype == np.float32
