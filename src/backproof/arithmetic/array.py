"""An array of numbers of any kind: a shape, and a number at each index.

It is a dictionary from index to number, because that is the quickest lookup plain Python has, and because
an array that makes its cells when they are first asked for (`__missing__`) costs nothing for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import product
from math import prod
from typing import Any, TypeAlias


class Places(tuple[int, ...]):
    """The shape of an array that holds places, whole numbers or indices of another array, not numbers to compute with."""


Shape: TypeAlias = tuple[int, ...]
Index: TypeAlias = tuple[Any, ...]
Number: TypeAlias = Any
"""A number of whichever arithmetic is at work; nothing more is known of it in a rule."""


class Array(dict[Index, Number]):
    """Numbers by index: `x[0, 1]`, `x[0,]` of a vector, `x[()]` for a single number; and `x.shape`.

    >>> Array.of([[1, 2], [3, 4]])[1, 0]
    3
    """

    __slots__ = ("shape",)

    def __init__(self, shape: Shape, cells: dict[Index, Number] | None = None) -> None:
        super().__init__(cells or {})
        self.shape = shape

    @classmethod
    def of(cls, nested: Any) -> Array:
        """An array out of nested lists that are known to be even."""
        shape: list[int] = []
        level = nested
        while isinstance(level, (list, tuple)):
            shape.append(len(level))  # pyright: ignore[reportUnknownArgumentType]
            if not level:
                break
            level = level[0]  # pyright: ignore[reportUnknownVariableType]
        result = cls(tuple(shape))
        for index in result.indices():
            cell = nested
            for i in index:
                cell = cell[i]
            result[index] = cell
        return result

    @classmethod
    def filled(cls, shape: Shape, value: Number) -> Array:
        return cls(shape, dict.fromkeys(product(*map(range, shape)), value))

    def indices(self) -> Iterator[Index]:
        """Every index, the last axis running fastest."""
        return product(*map(range, self.shape))

    def map(self, function: Callable[[Number], Number]) -> Array:
        return Array(self.shape, {i: function(v) for i, v in self.items()})

    def at(self, first: int) -> Array:
        """The part whose index begins with `first`: (N, ...) -> (...)."""
        shape = self.shape[1:]
        return Array(shape, {i: self[(first, *i)] for i in product(*map(range, shape))})

    def nested(self) -> Any:
        """The numbers as nested lists; a single number as itself."""

        def level(start: Index) -> Any:
            if len(start) == len(self.shape):
                return self[start]
            return [level((*start, i)) for i in range(self.shape[len(start)])]

        return level(())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The numbers as NumPy's, float64 where nothing else is asked for."""
        numpy: Any = import_module("numpy")
        result = numpy.zeros(self.shape, dtype or float)
        for index, value in self.items():
            result[index] = int(value.p) / int(value.q) if hasattr(value, "q") else value
        return result

    @property
    def size(self) -> int:
        return prod(self.shape)


def stacked(parts: Sequence[Array]) -> Array:
    """Arrays of one shape under a new first axis: N times (...) -> (N, ...)."""
    cells = {(n, *i): v for n, part in enumerate(parts) for i, v in part.items()}
    return Array((len(parts), *parts[0].shape), cells)


def address(name: str, index: Sequence[int] = ()) -> str:
    """What a number is known by: its quantity's name, and where in it.

    >>> address("dL/dU", (1, 0)), address("L")
    ('dL/dU[1,0]', 'L')
    """
    return f"{name}[{','.join(map(str, index))}]" if index else name
