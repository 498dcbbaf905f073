"""Elementary functions run on balls, with what rounding adds; `certificates.py` makes a proof of it.

A `Value` stands for what a program has at one place, for all arguments of an interval at once. It holds

- what the program would have if nothing were rounded, as a function of the argument: Taylor's series at the middle, and
  the series over the whole interval, whose last coefficient bounds the remainder (Lagrange);
- what rounding adds: Σ cᵢ·εᵢ and a rest, with a symbol εᵢ for each rounding before, |εᵢ| at most half a unit in the last
  place. Symbols let the error of a sum cancel against the same error as `two_sum` finds it;
- a power of two of which the computed number is a whole multiple: this is how a rounding is seen to be exact.

What differs from the true function is then bounded by the series of the difference, plus the errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from flint import arb, arb_series

from backproof.compiled.operations import ROOT_HALF, Format, Operations

ZERO = arb(0)
NARROW = 2.0**-7


class Undecided(Exception):
    """The interval has to be smaller."""


@cache
def power(n: int) -> arb:
    return arb(2) ** n


def ceiling(x: arb) -> int:
    """The smallest n, or one more, with |x| ≤ 2ⁿ, for x ≠ 0."""
    mantissa, exponent = x.abs_upper().man_exp()
    m = int(mantissa)
    return int(exponent) + (m - 1).bit_length()


def floor(x: arb) -> int:
    """The largest n, or one less, with 2ⁿ ≤ |x|, for an x that is not near 0."""
    mantissa, exponent = x.abs_lower().man_exp()
    return int(exponent) + int(mantissa).bit_length() - 1


@dataclass(slots=True)
class Value:
    at: Any
    over: Any
    range: arb
    errors: dict[int, arb] = field(default_factory=dict)
    rest: arb = ZERO
    grid: int | None = None
    before: arb | None = None
    """The error without that of the last rounding."""


class Balls(Operations):
    """The operations on values over one interval; `outcomes` tells how each undecidable rounding or split goes."""

    def __init__(self, format: Format, order: int, radius: arb, outcomes: list[int]) -> None:
        self.format, self.order, self.radius = format, order, radius
        self.bounds: list[arb] = []
        self.outcomes, self.taken = outcomes, 0
        self.open: list[list[int]] = []
        self.smallest = 2 - format.bias - format.precision
        self.memory: dict[float, Value] = {}

    # What a value is known to be

    def span(self, at: Any, over: Any) -> arb:
        """All values of a function of the argument."""
        if isinstance(over, arb):
            return over
        t = arb(0, self.radius)
        result = over[self.order]
        for k in range(self.order - 1, -1, -1):
            result = result * t + at[k]
        return result.intersection(over[0]) if result.overlaps(over[0]) else result

    def error(self, v: Value) -> arb:
        total = v.rest
        for i, c in v.errors.items():
            total = total + c.abs_upper() * self.bounds[i]
        return total.abs_upper()

    def computed(self, v: Value) -> arb:
        return v.range + arb(0, self.error(v))

    def outcome(self, candidates: list[int]) -> int:
        """One of them; the harness runs the program again with each of the others."""
        if len(candidates) == 1:
            return candidates[0]
        if self.taken == len(self.outcomes):
            self.open = [[*self.outcomes, c] for c in candidates[1:]]
            self.outcomes = [*self.outcomes, candidates[0]]
        self.taken += 1
        return self.outcomes[self.taken - 1]

    # Rounding

    def rounded(self, v: Value) -> Value:
        """With one symbol more, unless the result is a float for sure."""
        error = self.error(v)
        z = v.range + arb(0, error)
        if z.is_zero():
            return Value(v.at, v.over, v.range, v.errors, v.rest, 10_000, error)
        p, top = self.format.precision, ceiling(z)
        if top > self.format.bias + 1:
            raise Undecided
        if v.grid is not None and v.grid >= self.smallest and top <= v.grid + p:
            v.before = error
            return v
        half = power(max(top - p - 1, self.smallest - 1))
        beyond = (z.abs_upper() - power(top - 1)).abs_upper()
        if bool(beyond < half):
            if z.abs_lower() >= power(top - 1):
                half = beyond
            elif top - p - 1 >= self.smallest:
                half = max(half / 2, beyond, key=float)
        half = min(half, (power(top) - z.abs_lower()).abs_upper(), key=float)
        if bool(z.abs_upper() < half):
            half = z.abs_upper()
        lowest = self.smallest if z.contains(0) else max(floor(z) - p + 1, self.smallest)
        grid = lowest if v.grid is None else max(lowest, v.grid)
        for n in (top - 1, top):
            if n >= self.smallest and bool((abs(z) - power(n)).abs_upper() < power(n - p - 1)):
                grid = max(grid, n)  # so close to this power of two that it is the result
        errors = {**v.errors, len(self.bounds): arb(1)}
        self.bounds.append(half)
        return Value(v.at, v.over, v.range, errors, v.rest, grid, error)

    def sum(self, a: Value, b: Value, sign: int = 1) -> Value:
        errors = dict(a.errors)
        for i, c in b.errors.items():
            c = c if sign == 1 else -c
            errors[i] = errors[i] + c if i in errors else c
        at, over = (a.at + b.at, a.over + b.over) if sign == 1 else (a.at - b.at, a.over - b.over)
        grid = None if a.grid is None or b.grid is None else min(a.grid, b.grid)
        return Value(at, over, self.span(at, over), errors, a.rest + b.rest, grid)

    def product(self, a: Value, b: Value) -> Value:
        errors = {i: c * b.range for i, c in a.errors.items()}
        for i, c in b.errors.items():
            c = c * a.range
            errors[i] = errors[i] + c if i in errors else c
        rest = abs(a.range) * b.rest + abs(b.range) * a.rest
        if (a.errors or not a.rest.is_zero()) and (b.errors or not b.rest.is_zero()):
            rest = rest + self.error(a) * self.error(b)
        at, over = a.at * b.at, a.over * b.over
        grid = None if a.grid is None or b.grid is None else a.grid + b.grid
        return Value(at, over, self.span(at, over), errors, rest.abs_upper(), grid)

    # The operations

    def constant(self, number: float) -> Value:
        if number not in self.memory:
            ratio = Fraction(number if math.isfinite(number) else 0.0)
            grid = 10_000
            if ratio:
                lowest = (ratio.numerator & -ratio.numerator).bit_length() - ratio.denominator.bit_length()
                grid = lowest
            x = arb(number)
            self.memory[number] = Value(x, x, x, grid=grid, before=ZERO)
        return self.memory[number]

    def add(self, a: Value, b: Value) -> Value:
        if a is b:
            errors = {i: 2 * c for i, c in a.errors.items()}
            grid = None if a.grid is None else a.grid + 1
            return Value(a.at + a.at, a.over + a.over, 2 * a.range, errors, 2 * a.rest, grid, a.before and 2 * a.before)
        if nothing(a) or nothing(b):
            return b if nothing(a) else a
        return self.rounded(self.sum(a, b))

    def sub(self, a: Value, b: Value) -> Value:
        return self.rounded(self.sum(a, b, -1))

    def mul(self, a: Value, b: Value) -> Value:
        for factor, other in ((a, b), (b, a)):
            if isinstance(factor.at, arb) and factor.at > 0 and not factor.errors:
                mantissa, exponent = factor.at.man_exp()
                if mantissa == 1:
                    return self.scaled(other, int(exponent))
        return self.rounded(self.product(a, b))

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        return c if nothing(a) or nothing(b) else self.rounded(self.sum(self.product(a, b), c))

    def div(self, a: Value, b: Value) -> Value:
        at, over = a.at / b.at, a.over / b.over
        q = self.span(at, over)
        errors = {i: c / b.range for i, c in a.errors.items()}
        for i, c in b.errors.items():
            c = -(q * c / b.range)
            errors[i] = errors[i] + c if i in errors else c
        low, lost = b.range.abs_lower(), self.error(b)
        assert bool(low > 2 * lost)
        second = (self.error(a) + abs(q) * lost) * lost / (low * (low - lost))
        rest = (a.rest + abs(q) * b.rest) / low + second
        return self.rounded(Value(at, over, q, errors, rest.abs_upper()))

    def neg(self, a: Value) -> Value:
        errors = {i: -c for i, c in a.errors.items()}
        return Value(-a.at, -a.over, -a.range, errors, a.rest, a.grid, a.before)

    def abs(self, a: Value) -> Value:
        z = self.computed(a)
        if z.contains(0) and not z.is_zero() and not isinstance(a.at, arb):
            hull = z.abs_upper().union(ZERO)  # good for comparisons; as a function of the argument it is unknown
            unknown = arb_series([hull] + [arb("nan")] * self.order)
            return Value(unknown, unknown, hull)
        return a if self.positive(a, a.errors == {}) else self.neg(a)

    def copysign(self, a: Value, sign: Value) -> Value:
        return self.abs(a) if self.positive(sign, False) else self.neg(self.abs(a))

    def positive(self, a: Value, zero: bool) -> bool:
        z = self.computed(a)
        if bool(z > 0) or (zero and z.is_zero()):
            return True
        if bool(z < 0):
            return False
        if isinstance(a.at, arb) and a.at.is_zero():
            return True  # an error term: only its size is asked for, and its bound is the same on both sides
        raise Undecided

    def sqrt(self, a: Value) -> Value:  # no elementary function asks for it
        raise NotImplementedError

    def round(self, a: Value) -> Value:
        z = self.computed(a)
        low, high = (int((e + arb("0.5")).floor().unique_fmpz()) for e in (z.lower(), z.upper()))
        if high > low and bool(z.rad() > NARROW):
            raise Undecided
        return self.constant(float(self.outcome(list(range(low, high + 1)))))

    def lt(self, a: Value, b: Value) -> bool:
        x, y = self.computed(a), self.computed(b)
        if bool(x < y):
            return True
        if bool(x >= y):
            return False
        raise Undecided

    def gt(self, a: Value, b: Value) -> bool:
        return self.lt(b, a)

    def eq(self, a: Value, b: Value) -> bool:
        x, y = self.computed(a), self.computed(b)
        if x.overlaps(y) and not (x.is_exact() and y.is_exact()):
            raise Undecided
        return bool(x.overlaps(y))

    def isnan(self, a: Value) -> bool:
        return False

    def select(self, mask: bool, a: Value, b: Value) -> Value:
        return a if mask else b

    # Sums and products with their errors, which are exact: theorems, whose conditions are checked

    def two_sum(self, a: Value, b: Value) -> tuple[Value, Value]:
        return self.with_error(b if nothing(a) else a if nothing(b) else self.sum(a, b))

    def fast_two_sum(self, a: Value, b: Value) -> tuple[Value, Value]:
        x, y = self.computed(a), self.computed(b)
        if not (x.is_zero() or y.is_zero() or bool(x.abs_lower() >= y.abs_upper())):
            last = ceiling(y) - self.format.precision
            assert a.grid is not None, "Dekker's condition"
            if a.grid < last:
                raise Undecided
        return self.with_error(b if nothing(a) else a if nothing(b) else self.sum(a, b))

    def two_product(self, a: Value, b: Value) -> tuple[Value, Value]:
        exact = self.product(a, b)
        assert (-10_000 if exact.grid is None else exact.grid) >= self.smallest, "nothing may underflow"
        return self.with_error(exact)

    def with_error(self, exact: Value) -> tuple[Value, Value]:
        count = len(self.bounds)
        s = exact if exact.before is not None else self.rounded(exact)
        errors = {count: arb(-1)} if len(self.bounds) > count else {}
        return s, Value(ZERO, ZERO, ZERO, errors, ZERO, exact.grid if errors else 10_000, ZERO)

    def scale(self, x: Value, n: Value) -> Value:
        assert not n.errors
        return self.scaled(x, int(n.range.unique_fmpz()))

    def scaled(self, x: Value, k: int) -> Value:
        two = power(k)
        errors = {i: c * two for i, c in x.errors.items()}
        grid = None if x.grid is None else x.grid + k
        v = Value(x.at * two, x.over * two, x.range * two, errors, x.rest * two, grid)
        if grid is not None and grid >= self.smallest:
            v.before = None if x.before is None else x.before * two
            return v
        v.grid = None
        result = self.rounded(v)
        if x.before is not None and ceiling(self.computed(v)) <= 2 - self.format.bias:
            # Above the subnormal numbers nothing is rounded anew; below them x was rounded as finely as this
            finer = x.before * two + power(self.smallest - 2)
            result.before = min(result.before or finer, finer, key=float)
        return result

    def split(self, x: Value) -> tuple[Value, Value]:
        z = self.computed(x)
        if not bool(z > 0):
            raise Undecided
        root = arb(root_half(self.format))
        low, high = (floor(e / root) for e in (z.lower(), z.upper()))
        if high > low and bool(z.rad() > NARROW * abs(z.mid())):
            raise Undecided
        k = self.outcome(list(range(low, high + 1)))
        two = power(-k)
        errors = {i: c * two for i, c in x.errors.items()}
        grid = None if x.grid is None else x.grid - k
        s = Value(x.at * two, x.over * two, x.range * two, errors, x.rest * two, grid)
        return self.constant(float(k)), s

    def integer(self, number: int) -> Any:  # `scale` and `split`, which alone need bits, are taken as primitives
        raise NotImplementedError

    as_int = as_float = iadd = isub = iand = ior = shl = shr = integer  # type: ignore[assignment]


def nothing(v: Value) -> bool:
    """Exactly 0."""
    return v.range.is_zero() and not v.errors and v.rest.is_zero()


def root_half(format: Format) -> float:
    """The float whose bits `split` takes for its threshold."""
    bits, fraction = ROOT_HALF[format.bits], format.precision - 1
    exponent = (bits >> fraction) - format.bias
    return math.ldexp((bits & ((1 << fraction) - 1)) | (1 << fraction), exponent - fraction)
