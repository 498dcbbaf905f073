"""Where the numbers of a program lie: each array's strides, its room in the arena, and the bytes of it all."""

from __future__ import annotations

from dataclasses import dataclass

from backproof.arithmetic.array import Shape
from backproof.arithmetic.numeral import Numeral

ALIGNMENT = 64
"""Bytes of a cache line, and of the widest vector."""


@dataclass
class Buffer:
    """One array: the cell at `index` of sample s lies at Σ index · strides + s · sample."""

    name: str
    shape: Shape
    strides: tuple[int, ...]
    sample: int = 0
    """Cells from one sample to the next; 0 where all samples share the array."""
    samples: int = 1
    places: bool = False
    numbers: tuple[Numeral, ...] = ()
    """What a table holds, which is part of the program."""
    halo: tuple[tuple[int, int], ...] = ()
    """Cells of 0 around each axis, where windows reach past the ends; the strides leave room for them."""
    before: int = 0
    after: int = 0
    """Cells of room that a vector may read past either end."""

    @property
    def cells(self) -> int:
        """All cells from the first to the last of all samples."""
        steps = zip((*self.shape, self.samples), (*self.strides, self.sample), strict=True)
        return 1 + sum((n - 1) * stride for n, stride in steps)


def aligned(count: int) -> int:
    return -(-count // ALIGNMENT) * ALIGNMENT


def strides_of(shape: Shape, order: tuple[int, ...] | None = None, unit: int = 1) -> tuple[int, ...]:
    """Strides of a dense array whose axes lie in this order, the last running fastest.

    >>> strides_of((2, 3, 4)), strides_of((2, 3, 4), (1, 2, 0))
    ((12, 4, 1), (1, 8, 2))
    """
    result = [0] * len(shape)
    for axis in reversed(order if order is not None else tuple(range(len(shape)))):
        result[axis] = unit
        unit *= shape[axis]
    return tuple(result)
