"""What an elementary function may ask of a machine: IEEE-754 operations, and a few short programs made of them.

A function written over `Operations` runs on LLVM values (`machine.py`), and in the tests on NumPy arrays and on balls
that bound every rounding error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Format:
    """A binary IEEE-754 format: `Format(32, 24)` has 24 significant bits, the leading one included."""

    bits: int
    precision: int

    @property
    def bias(self) -> int:
        """The exponent of the largest numbers, which is also what is added to an exponent when it is stored."""
        return (1 << (self.bits - self.precision - 1)) - 1


FORMATS = {"float32": Format(32, 24), "float64": Format(64, 53)}


class Operations(ABC):
    """The operations of one float format; each is correctly rounded, to nearest, ties to even."""

    format: Format

    @abstractmethod
    def constant(self, number: float) -> Any:
        """A number that the format holds exactly, or an infinity or NaN."""

    @abstractmethod
    def add(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def sub(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def mul(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def div(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a·b + c, rounded once."""

    @abstractmethod
    def neg(self, a: Any) -> Any: ...

    @abstractmethod
    def abs(self, a: Any) -> Any: ...

    @abstractmethod
    def copysign(self, a: Any, sign: Any) -> Any:
        """|a| with the sign of the other number, be that a zero or NaN."""

    @abstractmethod
    def sqrt(self, a: Any) -> Any: ...

    @abstractmethod
    def round(self, a: Any) -> Any:
        """The nearest whole number, as a float; ties to even."""

    @abstractmethod
    def lt(self, a: Any, b: Any) -> Any:
        """A mask; false where either is NaN, as in `gt` and `eq`."""

    @abstractmethod
    def gt(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def eq(self, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def isnan(self, a: Any) -> Any: ...

    @abstractmethod
    def select(self, mask: Any, a: Any, b: Any) -> Any: ...

    @abstractmethod
    def integer(self, number: int) -> Any:
        """A whole number, as wide as the floats are."""

    @abstractmethod
    def as_int(self, a: Any) -> Any:
        """The bits of a float."""

    @abstractmethod
    def as_float(self, i: Any) -> Any: ...

    @abstractmethod
    def iadd(self, i: Any, j: Any) -> Any: ...

    @abstractmethod
    def isub(self, i: Any, j: Any) -> Any: ...

    @abstractmethod
    def iand(self, i: Any, j: Any) -> Any: ...

    @abstractmethod
    def ior(self, i: Any, j: Any) -> Any: ...

    @abstractmethod
    def shl(self, i: Any, places: int) -> Any: ...

    @abstractmethod
    def shr(self, i: Any, places: int) -> Any:
        """Towards the right, the sign kept."""

    def to_int(self, a: Any) -> Any:
        """A whole float as an integer, below 2ᵖ⁻² for p significant bits; garbage, yet of no consequence, for NaN.

        Its bits are the last ones of the sum with 3·2ᵖ⁻².
        """
        magic = self.constant(3.0 * 2.0 ** (self.format.precision - 2))
        return self.isub(self.as_int(self.add(a, magic)), self.as_int(magic))

    def from_int(self, i: Any) -> Any:
        magic = self.constant(3.0 * 2.0 ** (self.format.precision - 2))
        return self.sub(self.as_float(self.iadd(i, self.as_int(magic))), magic)

    def minimum(self, x: Any, bound: Any) -> Any:
        """The smaller; NaN where x is NaN."""
        return self.select(self.lt(bound, x), bound, x)

    def maximum(self, x: Any, bound: Any) -> Any:
        """The larger; NaN where x is NaN."""
        return self.select(self.gt(bound, x), bound, x)

    def two_sum(self, a: Any, b: Any) -> tuple[Any, Any]:
        """a + b and its rounding error, which is exact (Knuth; Muller et al., Handbook of Floating-Point, 4.3.2)."""
        s = self.add(a, b)
        other = self.sub(s, a)
        return s, self.add(self.sub(a, self.sub(s, other)), self.sub(b, other))

    def fast_two_sum(self, a: Any, b: Any) -> tuple[Any, Any]:
        """The same in three operations, where |a| ≥ |b| or a is a multiple of b's last place (Dekker; Handbook, 4.3.1)."""
        s = self.add(a, b)
        return s, self.sub(b, self.sub(s, a))

    def two_product(self, a: Any, b: Any) -> tuple[Any, Any]:
        """a·b and its rounding error, exact where nothing underflows (Handbook, 4.4.1)."""
        p = self.mul(a, b)
        return p, self.fma(a, b, self.neg(p))

    def scale(self, x: Any, n: Any) -> Any:
        """x·2ⁿ, rounded once, for whole n within ±2·bias if x·2^⌊n/2⌋ is exact; NaN where x is NaN."""
        i, fraction, bias = self.to_int(n), self.format.precision - 1, self.integer(self.format.bias)
        half = self.shr(i, 1)
        first = self.as_float(self.shl(self.iadd(half, bias), fraction))
        second = self.as_float(self.shl(self.iadd(self.isub(i, half), bias), fraction))
        return self.mul(self.mul(x, first), second)

    def split(self, x: Any) -> tuple[Any, Any]:
        """(k, s) with x = s·2ᵏ, k whole and s from √½ to √2, exactly, for 0 < x < ∞; garbage elsewhere."""
        fraction, bias = self.format.precision - 1, self.format.bias
        tiny = self.lt(x, self.constant(2.0 ** (1 - bias)))
        x = self.select(tiny, self.mul(x, self.constant(2.0 ** (fraction + 1))), x)
        lowest = self.integer(ROOT_HALF[self.format.bits])
        k = self.shr(self.isub(self.as_int(x), lowest), fraction)
        s = self.as_float(self.isub(self.as_int(x), self.shl(k, fraction)))
        k = self.from_int(k)
        return self.select(tiny, self.sub(k, self.constant(fraction + 1)), k), s


ROOT_HALF: dict[int, int] = {32: 0x3F3504F3, 64: 0x3FE6A09E667F3BCC}
"""The bits of the float just below √½."""
