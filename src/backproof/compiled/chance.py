"""The random numbers that a program draws: each the same function of the seed, the step, the datum and the cell.

They do not depend on the order in which they are drawn, nor on how many threads draw them. The mixing is the last part
of SplitMix64: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014, figure 16.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.arithmetic.array import Shape

GOLDEN = 0x9E3779B97F4A7C15
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def mixed(x: Any) -> Any:
    """Each whole number of 64 bits scrambled."""
    with np.errstate(over="ignore"):
        x = np.asarray(x, np.uint64) + np.uint64(GOLDEN)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(FIRST)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(SECOND)
        return x ^ (x >> np.uint64(31))


def drawn(seed: int, step: int, place: int, number: int, shape: Shape, dtype: str) -> Any:
    """What a step draws for one array of the datum at a place of its batch, uniform in [0, 1).

    number: which of the network's arrays of chance it is.

    >>> u = drawn(seed=1, step=0, place=0, number=0, shape=(1000,), dtype="float32")
    >>> bool((0 <= u).all() and (u < 1).all() and 0.45 < u.mean() < 0.55)
    True
    """
    key = mixed(mixed(mixed(mixed(seed) ^ np.uint64(step)) ^ np.uint64(place)) ^ np.uint64(number))
    bits = mixed(key ^ np.arange(int(np.prod(shape)), dtype=np.uint64))
    kept = 24 if dtype == "float32" else 53
    return ((bits >> np.uint64(64 - kept)).astype(dtype) * np.dtype(dtype).type(2.0**-kept)).reshape(shape)
