"""One named quantity of a record: an array of exact, enclosed or float numbers that prints itself well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from backproof.arithmetic.array import Array, Index, Shape, address
from backproof.arithmetic.ball import Ball
from backproof.arithmetic.rounding import Format, significand
from backproof.errors import BadOption, Undecided
from backproof.record.digits import bounds, magnitude, matrix_lines, text_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Quantity:
    """A quantity's name and numbers; `float(q)`, `numpy.asarray(q, dtype)`, `q.exact()`, `q[0, 1]`."""

    name: str
    array: Array
    digits: int = 6
    refine: Callable[[], Quantity] | None = field(default=None, repr=False, compare=False)
    """The same quantity, its enclosures half as wide or less."""

    @property
    def shape(self) -> Shape:
        return self.array.shape

    def __getitem__(self, index: int | Index) -> Any:
        """One number as it is kept, a rational, an enclosure or a float; or what lies under fewer indices, as a quantity."""
        place = index if isinstance(index, tuple) else (index,)
        if not all(isinstance(i, int) for i in place):
            raise TypeError(f"{self.name}[{index}]: expected whole numbers")
        place = tuple(i + n if i < 0 else i for i, n in zip(place, self.shape, strict=False)) + place[len(self.shape) :]
        if len(place) > len(self.shape) or any(not 0 <= i < n for i, n in zip(place, self.shape, strict=False)):
            raise IndexError(f"{self.name} has shape {self.shape}; there is no cell {list(place)} in it")
        if len(place) == len(self.shape):
            return self.array[place]
        part = self.array
        for i in place:
            part = part.at(i)
        return Quantity(f"{self.name}[{','.join(map(str, place))}]", part, self.digits)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError(f"{self.name} is a single number")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        """The numbers of a vector; the rows of a matrix, as quantities."""
        return (self[i] for i in range(len(self)))

    def tolist(self) -> Any:
        """The numbers as nested lists of Python floats."""
        return self.numpy().tolist()

    def exact(self) -> Any:
        """The numbers as nested lists of strings: a ratio of whole numbers, or the certain digits of an enclosure."""
        return self.array.map(lambda v: str(v) if isinstance(v, fmpq) else text_of(v, self.digits)[0]).nested()

    def numpy(self, dtype: Any = "float64") -> np.ndarray[Any, Any]:
        """A NumPy array of float16, float32, float64 or longdouble, each number correctly rounded to it.

        Raises `BadOption` for a type that is no float, `Undecided` for an enclosure of the middle between two floats.
        """
        import numpy as np

        kind = np.dtype(dtype)
        if kind.kind != "f":
            raise BadOption(f"dtype is {kind.name}; expected a float type such as float32")
        info = np.finfo(kind)
        form = Format(int(info.nmant) + 1, int(info.minexp) - int(info.nmant), int(info.maxexp))
        quantity: Quantity = self
        for _ in range(12):
            floats = [nearest(quantity.array[i], form) for i in self.array.indices()]
            if all(f is not None for f in floats):
                return np.array(floats, dtype=kind).reshape(self.shape)
            if quantity.refine is None:
                break
            quantity = quantity.refine()
        raise Undecided(f"{self.name}: an enclosure holds the middle between two {kind.name} numbers")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return self.numpy("float64" if dtype is None else dtype)

    def __float__(self) -> float:
        return float(self.numpy())

    def __repr__(self) -> str:
        return "\n".join(matrix_lines(lambda i: address(self.name, i), self.array, self.digits))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def nearest(value: Any, form: Format) -> Any:
    """The float nearest to a number, of NumPy's widest kind; None where an enclosure does not decide between two."""
    import numpy as np

    value = value.value if isinstance(value, Ball) else value
    if isinstance(value, arb):
        if magnitude(value) < 2 * form.smallest - 64:
            return np.longdouble(0)
        if magnitude(value) > 2 * form.overflow + 64 and not value.contains(0):
            return np.longdouble(-np.inf if value < 0 else np.inf)
        low, high = (nearest(bound, form) for bound in bounds(value))
        return low if low == high else None
    if not isinstance(value, fmpq):
        return np.longdouble(value)
    found = significand(int(value.p), int(value.q), form)
    if found is None:
        size = np.longdouble(np.inf)
    else:
        whole, exponent = found
        high, low = divmod(whole, 1 << 32)
        size = np.ldexp(np.longdouble(high) * np.longdouble(2**32) + np.longdouble(low), exponent)
    return -size if value < 0 and size else size
