"""Symbols: numbers that are SymPy expressions, so that a rule run once gives its result for every input.

A comparison that the assumptions leave open becomes a `Condition`, and `choose` takes both branches at once:
choose(u > 0, a, b) is [u > 0] · a + (1 − [u > 0]) · b, where the bracket (`Positive`) is 1 if its condition holds
and 0 if not. The largest of several numbers is a `Largest`, and the place where it stands a `Chosen`: for each place
that it may be, a number that is 1 if it is that one and 0 if not (`Wins`). `proofs/cases.py` takes such numbers apart
into cases.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from importlib import import_module
from typing import Any, TypeAlias

from backproof.arithmetic.array import Array, Index, Shape, address
from backproof.arithmetic.functions import register
from backproof.arithmetic.numeral import Numeral

sp: Any = import_module("sympy")
"""SymPy, which has no types that a strict checker could use."""

Expr: TypeAlias = Any
"""A SymPy expression."""


class Positive(sp.Function):
    """[u > 0]: 1 where u is positive, 0 elsewhere. Its derivative is 0 wherever it has one.

    >>> x = sp.Symbol("x", real=True)
    >>> Positive(x).subs(x, 3), Positive(sp.exp(x)), Positive(x).diff(x)
    (1, 1, 0)
    """

    nargs = 1
    is_real = True
    is_nonnegative = True

    @classmethod
    def eval(cls, u: Expr) -> Expr | None:
        if u.is_nonpositive:
            return sp.Integer(0)
        known = sign(u)
        return None if known is None else sp.Integer(known > 0)

    def fdiff(self, argindex: int = 1) -> Expr:
        return sp.Integer(0)


class Largest(sp.Function):
    """The largest of its arguments. Its derivative by one of them is 1 where that one wins, 0 where another does."""

    is_real = True

    def fdiff(self, argindex: int = 1) -> Expr:
        return Wins(sp.Integer(argindex - 1), *self.args)


class Wins(sp.Function):
    """Wins(i, *numbers): 1 where number i is the largest, the first of equals, and 0 where another is."""

    is_real = True
    is_nonnegative = True

    def fdiff(self, argindex: int = 1) -> Expr:
        return sp.Integer(0)


def sign(u: Expr) -> int | None:
    """1, 0 or −1 where the assumptions tell the sign of a real expression; else None."""
    if u.has(sp.erfc):  # between 0 and 2 everywhere, which SymPy does not say
        between = {e: 2 / (1 + sp.Dummy(positive=True)) for e in u.atoms(sp.erfc)}
        u = sp.together(u.xreplace(between))
    return 1 if u.is_positive else -1 if u.is_negative else 0 if u.is_zero else None


class Symbol:
    """A number of which nothing is known but its expression.

    >>> x = Symbol(sp.Symbol("x", real=True))
    >>> (1 + x) ** 2 / 3
    Symbol((x + 1)**2/3)
    """

    __slots__ = ("expr",)

    def __init__(self, expr: Expr) -> None:
        self.expr: Expr = expr

    def __repr__(self) -> str:
        return f"Symbol({self.expr})"

    def __add__(self, other: Any) -> Symbol:
        return Symbol(self.expr + inner(other))

    def __sub__(self, other: Any) -> Symbol:
        return Symbol(self.expr - inner(other))

    def __rsub__(self, other: Any) -> Symbol:
        return Symbol(inner(other) - self.expr)

    def __mul__(self, other: Any) -> Symbol:
        return Symbol(self.expr * inner(other))

    def __truediv__(self, other: Any) -> Symbol:
        return Symbol(self.expr / inner(other))

    def __rtruediv__(self, other: Any) -> Symbol:
        return Symbol(inner(other) / self.expr)

    def __pow__(self, power: Any) -> Symbol:
        return Symbol(self.expr ** inner(power))

    def __neg__(self) -> Symbol:
        return Symbol(-self.expr)

    def __gt__(self, other: Any) -> Condition | bool:
        return condition(Positive(self.expr - inner(other)))

    def __lt__(self, other: Any) -> Condition | bool:
        return condition(Positive(inner(other) - self.expr))

    def __le__(self, other: Any) -> Condition | bool:
        return condition(1 - Positive(self.expr - inner(other)))

    def __ge__(self, other: Any) -> Condition | bool:
        return condition(1 - Positive(inner(other) - self.expr))

    def __eq__(self, other: object) -> Any:
        return condition(1 - Positive(self.expr - inner(other)) - Positive(inner(other) - self.expr))

    def __ne__(self, other: object) -> Any:
        return condition(Positive(self.expr - inner(other)) + Positive(inner(other) - self.expr))

    __radd__, __rmul__ = __add__, __mul__
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __total__(self, others: Iterator[Any]) -> Symbol:
        return Symbol(sp.Add(self.expr, *map(inner, others)))

    def __largest__(self, place: Any, others: Iterator[tuple[Any, Any]]) -> tuple[Symbol, Any]:
        """The first of equals wins."""
        candidates = [(self.expr, place), *((inner(candidate), there) for candidate, there in others)]
        if len(candidates) == 1:
            return self, place
        numbers = [number for number, _ in candidates]
        ones: dict[Any, Expr] = {}
        for i, (_, there) in enumerate(candidates):
            ones[there] = ones.get(there, 0) + Wins(sp.Integer(i), *numbers)
        return Symbol(Largest(*numbers)), Chosen(ones)


class Condition:
    """What was asked of two numbers: an expression that is 1 where it holds and 0 where it does not."""

    __slots__ = ("holds",)

    def __init__(self, holds: Expr) -> None:
        self.holds = holds

    def __choose__(self, a: Any, b: Any) -> Symbol:
        return Symbol(self.holds * inner(a) + (1 - self.holds) * inner(b))

    def __bool__(self) -> bool:
        raise TypeError("a comparison of symbols is neither true nor false; a rule branches on data with `choose`")


def condition(holds: Expr) -> Condition | bool:
    return bool(holds) if holds.is_Integer else Condition(holds)


def inner(value: Any) -> Expr:
    """The expression of a symbol, or of a whole number that stands in a rule."""
    return value.expr if isinstance(value, Symbol) else sp.Integer(operator.index(value))


def number(numeral: Numeral) -> Symbol:
    """The rational that these digits stand for, or π.

    >>> number(Numeral("0.25"))
    Symbol(1/4)
    """
    return Symbol(sp.pi if numeral.special == "pi" else sp.Rational(*numeral.ratio()))


def symbols(name: str, shape: Shape, **assumptions: bool) -> Array:
    """An array of symbols, one for each cell: `x[0,1]`, or `x` itself where there is but one.

    >>> symbols("x", (2,))
    {(0,): Symbol(x[0]), (1,): Symbol(x[1])}
    """
    return Scattered(shape, {i: Symbol(letter(name, i, **assumptions)) for i in Array(shape).indices()})


def letter(name: str, index: Index, **assumptions: bool) -> Expr:
    return sp.Symbol(address(name, index), **{"real": True, **assumptions})


register(Symbol, {
    "exp": lambda x: Symbol(sp.exp(x.expr)), "log": lambda x: Symbol(sp.log(x.expr)),
    "log1p": lambda x: Symbol(sp.log(1 + x.expr)), "sqrt": lambda x: Symbol(sp.sqrt(x.expr)),
    "tanh": lambda x: Symbol(sp.tanh(x.expr)), "erfc": lambda x: Symbol(sp.erfc(x.expr)),
})  # fmt: skip


class Chosen(dict[Any, Expr]):
    """A place that the data choose: for each place that it may be, 1 if it is that one and 0 if not."""

    __slots__ = ()
    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType]


class Gathered(Symbol):
    """What an array holds at a chosen place, and what has been added to it since it was read."""

    __slots__ = ("added", "cells", "place")

    def __init__(self, place: Chosen, cells: list[Any], added: Expr) -> None:
        self.place, self.cells, self.added = place, cells, added
        super().__init__(sp.Add(*(one * inner(c) for one, c in zip(place.values(), cells, strict=True))) + added)

    def __add__(self, other: Any) -> Gathered:
        return Gathered(self.place, self.cells, self.added + inner(other))


class Scattered(Array):
    """An array that can be read and written at a chosen place: in every cell that the place may be."""

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, Chosen):
            return super().__getitem__(place)
        return Gathered(place, [self[p] for p in place], sp.Integer(0))

    def __setitem__(self, place: Any, value: Any) -> None:
        if not isinstance(place, Chosen):
            super().__setitem__(place, value)
        elif isinstance(value, Gathered) and value.place is place and self.holds(value):
            for p, one in place.items():
                self[p] = self[p] + Symbol(one * value.added)
        else:
            for p, one in place.items():
                self[p] = Symbol(one * inner(value) + (1 - one) * inner(self[p]))

    def holds(self, gathered: Gathered) -> bool:
        """Whether these very cells were read, and none has changed since: what is written is then a sum in each."""
        return all(self[p] is cell for p, cell in zip(gathered.place, gathered.cells, strict=True))
