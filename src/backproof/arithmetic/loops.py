"""How a rule walks over arrays: `cells`, `starts`, `span`, `lines`.

Over Python's own numbers these are plain loops. An arithmetic that writes a loop down once instead of
running it (a formula, a program) puts a `Walker` of its own in place with `walking`.

`cells(y)` says that each cell of `y` is made independently of the others, in any order. That is what lets
a compiler tile the loop, and lets one cell of a large array be explained without computing the rest:
an array that has `wanted` cells is walked over these alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import product
from typing import Any, Protocol

from backproof.arithmetic.array import Array, Index, Number, Shape


class Walker(Protocol):
    """Loops that are written down rather than run; see `formula.py`."""

    def span(self, n: int) -> Iterator[Any]: ...
    def total(self, terms: Iterator[Number]) -> Number: ...
    def largest(self, candidates: Iterator[tuple[Number, Any]]) -> tuple[Number, Any]: ...
    def within(self, index: Any, size: int) -> Iterator[Any]: ...
    def quotient(self, index: Any, divisor: int) -> Iterator[Any]: ...
    def listed(self, table: Mapping[Any, list[tuple[Any, Any]]], key: Any) -> Iterator[tuple[Any, Any]]: ...


WALKER: ContextVar[Walker | None] = ContextVar("walker", default=None)


@contextmanager
def walking(walker: Walker) -> Generator[None]:
    token = WALKER.set(walker)
    try:
        yield
    finally:
        WALKER.reset(token)


def span(n: int) -> Iterator[Any]:
    """`for i in span(n)`: i = 0 … n − 1."""
    walker = WALKER.get()
    return iter(range(n)) if walker is None else walker.span(n)


def overlap(i: Any, start: Any, length: int, low: int, high: int) -> Any:
    """How many of the cells that window `i` begins at `start` lie from `low` up to `high`.

    >>> overlap(0, -1, 3, 0, 4)
    2
    """
    if isinstance(start, int):
        return min(high, start + length) - max(low, start)
    return i.overlap(start, length, low, high)


def cells(array: Array | Line, start: Index = ()) -> Iterator[Index]:
    """`for i in cells(y)`: each index of `y` that begins with `start`, as a tuple.

    >>> list(cells(Array.filled((2, 2), 0)))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    >>> list(cells(Array.filled((2, 2), 0), start=(1,)))
    [(1, 0), (1, 1)]
    """
    wanted = getattr(array, "wanted", None)
    if wanted is not None:
        return iter([i for i in wanted if i[: len(start)] == start])
    rest = every(array.shape[len(start) :])
    return rest if not start else (start + i for i in rest)


def starts(array: Array, axes: int) -> Iterator[Index]:
    """`for k in starts(y, 1)`: each index of the first `axes` axes of `y`, for `cells(y, start=k)` to go on from.

    >>> list(starts(Array.filled((2, 3), 0), 1))
    [(0,), (1,)]
    """
    wanted = getattr(array, "wanted", None)
    return every(array.shape[:axes]) if wanted is None else iter(dict.fromkeys(i[:axes] for i in wanted))


def pairs(array: Array, left: Array) -> Iterator[tuple[Index, Index]]:
    """`for o, i in pairs(dweight, dy)`: each index of `dweight`, cut where an index of `dy` ends."""
    return ((index[: len(left.shape)], index[len(left.shape) :]) for index in cells(array))


def lines(dim: int, *arrays: Array) -> Iterator[tuple[Line, ...]]:
    """`for x, y in lines(dim, x, y)`: the lines of cells along axis `dim` of arrays of one shape."""
    wanted = getattr(arrays[-1], "wanted", None)
    shape = arrays[0].shape
    others = shape[:dim] + shape[dim + 1 :]
    for place in every(others) if wanted is None else dict.fromkeys(i[:dim] + i[dim + 1 :] for i in wanted):
        yield tuple(Line(array, dim, place) for array in arrays)


def line(array: Array, dim: int, place: Index) -> Line:
    """The cells of `array` along axis `dim` at one place of the other axes."""
    return Line(array, dim, place)


def every(shape: Shape) -> Iterator[Index]:
    if WALKER.get() is None:
        return product(*map(range, shape))
    return nest(shape)


def nest(shape: Shape, start: Index = ()) -> Iterator[Index]:
    """The same as loops inside loops, each of which the walker writes."""
    if not shape:
        yield start
        return
    for i in span(shape[0]):
        yield from nest(shape[1:], (*start, i))


class Line:
    """The cells of an array along one axis, as an array of one axis."""

    __slots__ = ("after", "array", "before", "shape", "wanted")

    def __init__(self, array: Array, dim: int, place: Index) -> None:
        self.array, self.before, self.after = array, place[:dim], place[dim:]
        self.shape = (array.shape[dim],)
        wanted = getattr(array, "wanted", None)
        if wanted is None:
            self.wanted = None
        else:
            self.wanted = [(i[dim],) for i in wanted if i[:dim] + i[dim + 1 :] == place]

    def __getitem__(self, index: Index) -> Number:
        return self.array[self.before + index + self.after]

    def __setitem__(self, index: Index, value: Number) -> None:
        self.array[self.before + index + self.after] = value
