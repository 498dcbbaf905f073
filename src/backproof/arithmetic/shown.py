"""Shown arithmetic: a number that remembers how it was made.

It computes with the numbers it wraps (rationals, balls, floats) and keeps the expression beside the value,
so that what is shown is what was computed. Without a value it is a formula: see `formula.py`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from backproof.arithmetic.array import Array, Index, Number, Shape
from backproof.arithmetic.functions import FUNCTIONS, first_largest, register

NAME, NUMBER, TOTAL, CHOOSE, LARGEST, NEGATIVE = "name", "number", "total", "choose", "largest", "neg"
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


class Shown:
    """An expression and its value: `op` joins `args`; the value is None in a formula.

    >>> u = Shown("name", ("U", (0, 1)), 6)
    >>> v = 2 * u + 1
    >>> v.value, v.op, v.args[0].op
    (13, '+', '*')
    """

    __slots__ = ("args", "op", "value")

    def __init__(self, op: str, args: tuple[Any, ...], value: Number) -> None:
        self.op, self.args, self.value = op, args, value

    def __repr__(self) -> str:
        return f"Shown({self.value})"

    def __add__(self, other: Any) -> Shown:
        return self if is_literal(other, 0) else shown(other) if is_literal(self, 0) else joined("+", self, other)

    def __radd__(self, other: Any) -> Shown:
        return self if is_literal(other, 0) else joined("+", other, self)

    def __sub__(self, other: Any) -> Shown:
        return self if is_literal(other, 0) else joined("-", self, other)

    def __rsub__(self, other: Any) -> Shown:
        return joined("-", other, self)

    def __mul__(self, other: Any) -> Shown:
        return self if is_literal(other, 1) else shown(other) if is_literal(self, 1) else joined("*", self, other)

    def __rmul__(self, other: Any) -> Shown:
        return self if is_literal(other, 1) else joined("*", other, self)

    def __truediv__(self, other: Any) -> Shown:
        return self if is_literal(other, 1) else joined("/", self, other)

    def __rtruediv__(self, other: Any) -> Shown:
        return joined("/", other, self)

    def __pow__(self, power: int) -> Shown:
        return joined("^", self, power)

    def __neg__(self) -> Shown:
        return Shown(NEGATIVE, (self,), None if self.value is None else -self.value)

    def __lt__(self, other: Any) -> Any:
        return Comparison("<", self, shown(other))

    def __gt__(self, other: Any) -> Any:
        return Comparison(">", self, shown(other))

    def __le__(self, other: Any) -> Any:
        return Comparison("≤", self, shown(other))

    def __ge__(self, other: Any) -> Any:
        return Comparison("≥", self, shown(other))

    def __eq__(self, other: object) -> Any:
        # A formula is of the general case, in which no divisor is 0.
        return False if self.value is None and is_literal(other, 0) else Comparison("=", self, shown(other))

    def __ne__(self, other: object) -> Any:
        return False if self is other else Comparison("≠", self, shown(other))

    def __total__(self, others: Iterator[Any]) -> Shown:
        terms = (self, *map(shown, others))
        value = None if self.value is None else sum((t.value for t in terms[1:]), self.value)
        return self if len(terms) == 1 else Shown(TOTAL, terms, value)

    def __largest__(self, place: Any, others: Iterator[tuple[Any, Any]]) -> tuple[Shown, Any]:
        candidates = [(self, place), *((shown(c), p) for c, p in others)]
        if len(candidates) == 1:
            return candidates[0]
        values = iter([(c.value, (c, p)) for c, p in candidates])
        value, (winner, place) = first_largest(next(values), values)
        return Shown(LARGEST, (tuple(c for c, _ in candidates), winner), value), place


RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "≤": operator.le,
    "≥": operator.ge,
    "=": operator.eq,
    "≠": operator.ne,
}
OPPOSITE = {"<": "≥", ">": "≤", "≤": ">", "≥": "<", "=": "≠", "≠": "="}


@dataclass(frozen=True)
class Comparison:
    """What was asked of two numbers; true or false where they have values."""

    relation: str
    left: Any
    right: Any

    def __bool__(self) -> bool:
        return bool(RELATIONS[self.relation](self.left.value, self.right.value))

    @property
    def tied(self) -> bool:
        """Whether the two sides are equal, so that a convention decided."""
        return bool(self.left.value == self.right.value)

    def __choose__(self, a: Any, b: Any) -> Any:
        a, b = shown(a), shown(b)
        if self.left.value is None:
            return Shown(CHOOSE, (self, a, b, None), None)
        held = bool(self)
        return Shown(CHOOSE, (self, a, b, held), (a if held else b).value)


def shown(value: Any) -> Shown:
    if isinstance(value, Shown):
        return value
    special = getattr(value, "__shown__", None)
    if special is not None:
        return special()
    return literal(value, value) if type(value) is int else Shown(NUMBER, (), value)


def literal(n: int, value: Number) -> Shown:
    """A whole number that stands in a rule itself; as 0 in a sum or 1 in a product it is not worth showing."""
    return Shown(NUMBER, (n,), value)


def is_literal(value: Any, n: int) -> bool:
    if isinstance(value, Shown):
        return value.op == NUMBER and value.args[:1] == (n,) and type(value.args[0]) is int
    return type(value) is int and value == n


def joined(op: str, a: Any, b: Any) -> Shown:
    a, b = shown(a), shown(b)
    if op == "*" and (is_literal(a, 0) or is_literal(b, 0)):
        return literal(0, 0)
    known = a.value is not None and b.value is not None
    return Shown(op, (a, b), OPERATORS[op](a.value, b.value) if known else None)


def applied(name: str) -> Callable[[Shown], Shown]:
    function = FUNCTIONS[name]
    return lambda x: Shown(name, (x,), None if x.value is None else function(x.value))


register(Shown, {name: applied(name) for name in FUNCTIONS})


class Named(Array):
    """An array whose cells are shown under a quantity's name; each is made when it is first looked at."""

    __slots__ = ("base", "first", "name")

    def __init__(self, name: str, base: Array, first: Index = ()) -> None:
        super().__init__(base.shape)
        self.name, self.base, self.first = name, base, first

    def __missing__(self, index: Index) -> Number:
        value = self.base[index]
        self[index] = cell = value if is_place(value) else Shown(NAME, (self.name, (*self.first, *index)), value)
        return cell


def is_place(value: Any) -> bool:
    """Whether a cell holds an index, such as a winner's, and not a number."""
    return isinstance(value, tuple)


class Wanted(Array):
    """An array to be written, of which only the wanted cells are asked for; it begins as `base`, or as 0."""

    __slots__ = ("base", "wanted")

    def __init__(self, shape: Shape, wanted: list[Index], base: Array | None = None) -> None:
        super().__init__(shape)
        self.wanted, self.base = wanted, base

    def __missing__(self, index: Index) -> Number:
        return 0 if self.base is None else self.base[index]


class Settled(Wanted):
    """An array to be written whose cells, once written, are shown under its own name."""

    __slots__ = ("first", "name")

    def __init__(
        self, name: str, shape: Shape, wanted: list[Index], base: Array | None = None, first: Index = ()
    ) -> None:
        super().__init__(shape, wanted, base)
        self.name, self.first = name, first

    def __setitem__(self, index: Index, value: Number) -> None:
        super().__setitem__(index, Shown(NAME, (self.name, (*self.first, *index)), shown(value).value))
