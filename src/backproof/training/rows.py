"""One quantity of all data, read as the numbers that the compiled program takes.

Arrays may be larger than memory: a mapped file is read in blocks, each converted by itself, and the pages that a
block touched are given back.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any, TypeAlias

import numpy as np

from backproof.arithmetic.array import Shape
from backproof.errors import BadData

Numbers: TypeAlias = np.ndarray[Any, Any]

BLOCK = 32 * 2**20
"""Bytes that are read and converted at a time."""
SCATTERED = 64
"""Data here and there in a mapped file that are read before its pages are given back. Looking at one number may map two
megabytes around it."""


Where: TypeAlias = Callable[[int, tuple[int, ...], Shape], str]
"""Names a cell in an error, from its row, its place in the datum, and the datum's shape."""


def by_index(name: str) -> Where:
    """Names a cell as this project does, `x[6,3]`, with its row as people count."""
    return lambda row, cell, shape: f"{name}[{','.join(map(str, (row, *cell)))}] (row {row + 1:,})"


@dataclass(frozen=True)
class Rows:
    """The numbers of one input or target, the first axis the datum.

    array: (N, …), any real numbers. shape: of one datum, as the network has it. dtype: what the program computes in.
    classes: how many there are, where the numbers are classes; ignored: the class that does not count.
    """

    name: str
    array: Numbers
    shape: Shape
    dtype: np.dtype[Any]
    where: Where = field(repr=False)
    classes: int = 0
    ignored: int = -1

    def __len__(self) -> int:
        return self.array.shape[0]

    @property
    def bytes(self) -> int:
        """How much memory the numbers take once they are converted."""
        return len(self) * prod(self.shape) * self.dtype.itemsize

    @property
    def at_once(self) -> int:
        """How many data make a block."""
        size = max(prod(self.shape) * self.dtype.itemsize, self.array.strides[0] if self.array.ndim else 1)
        return max(1, BLOCK // max(1, abs(size)))

    @property
    def mapped(self) -> mmap.mmap | None:
        """The mapped file behind the numbers, if there is one."""
        base: Any = self.array
        while base is not None:
            if isinstance(base, mmap.mmap):
                return base
            base = getattr(base, "base", None)
        return None

    @property
    def ready(self) -> bool:
        """Whether the program can take the array as it is."""
        return self.array.dtype == self.dtype and self.array.flags.c_contiguous and not self.mapped

    def take(self, places: Numbers | slice) -> Numbers:
        """Some data, converted: (n, *shape), a copy unless nothing had to be done."""
        if not isinstance(places, slice) and self.mapped:
            return self.gathered(places)
        return np.ascontiguousarray(np.asarray(self.array)[places], dtype=self.dtype).reshape(-1, *self.shape)

    def gathered(self, places: Numbers) -> Numbers:
        """Data that lie here and there in a mapped file, a few at a time."""
        made = np.empty((len(places), *self.shape), self.dtype)
        for start in range(0, len(places), SCATTERED):
            some = places[start : start + SCATTERED]
            made[start : start + len(some)] = np.asarray(self.array)[some].reshape(-1, *self.shape)
            self.release()
        return made

    def release(self) -> None:
        """Give the pages of a mapped file back; they are read again when they are looked at again."""
        if (held := self.mapped) is not None and hasattr(held, "madvise"):
            held.madvise(mmap.MADV_DONTNEED)

    def whole(self) -> Numbers:
        """All of it, converted; block by block, so that a mapped file is never in memory twice."""
        if self.ready:
            return self.array.reshape(-1, *self.shape)
        made = np.empty((len(self), *self.shape), self.dtype)
        for start, stop in self.blocks():
            made[start:stop] = self.take(slice(start, stop))
            self.release()
        return made

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Where each block of neighbours begins and ends."""
        for start in range(0, len(self), self.at_once):
            yield start, min(start + self.at_once, len(self))

    def check(self) -> None:
        """Look at every number once.

        Raises `BadData` for the first that is not finite or too large for the dtype, or is none of the classes.
        """
        for start, stop in self.blocks():
            raw = np.asarray(self.array)[start:stop].reshape(-1, *self.shape)
            fault = self.faults(raw)
            self.release()
            if fault is not None and fault.any():
                row, *cell = (int(i) for i in np.unravel_index(int(fault.argmax()), fault.shape))
                raise BadData(self.told(raw[(row, *cell)], start + row, tuple(cell)))

    def faults(self, raw: Numbers) -> Numbers | None:
        """Which numbers of a block cannot be taken; None where none can be wrong."""
        if self.classes:
            known = (raw >= 0) & (raw < self.classes) | (raw == self.ignored)
            return ~(known & (raw == np.floor(raw))) if raw.dtype.kind == "f" else ~known
        if raw.dtype.kind != "f":
            return None
        with np.errstate(over="ignore"):
            return ~np.isfinite(raw.astype(self.dtype, copy=False))

    def told(self, value: Any, row: int, cell: tuple[int, ...]) -> str:
        """What is wrong with one number."""
        place, number = self.where(row, cell, self.shape), value.item()
        if self.classes and np.isfinite(value):
            given = int(number) if number == int(number) else number
            ignored = f", or {self.ignored} to ignore it" if self.ignored < 0 else ""
            return (
                f"{place} is {given}, but the network tells {self.classes} classes apart; "
                f"expected a whole number from 0 to {self.classes - 1}{ignored}"
            )
        if np.isfinite(value):
            return f"{place} is {number}, which {self.dtype} cannot hold; use dtype float64, or scale the data"
        kind = "nan" if np.isnan(value) else "inf" if number > 0 else "-inf"
        return f"{place} is {kind}; expected a finite number. Fill such places in, or leave those rows out"
