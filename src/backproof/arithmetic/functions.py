"""What a rule may ask of a number beyond + − × ÷ and comparison, whatever kind of number it is.

A number that wants a say in `choose`, `total` or `largest` has a method `__choose__`, `__total__`, `__largest__`;
the elementary functions are registered by type with `register`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import singledispatch
from typing import Any

from backproof.arithmetic.array import Number
from backproof.arithmetic.loops import WALKER


def elementary(name: str, meaning: str) -> Any:
    """A function of one number that each arithmetic computes in its own way."""

    def function(x: Number) -> Number:
        raise TypeError(f"{type(x).__name__} numbers have no {name}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = meaning
    return singledispatch(function)


exp = elementary("exp", "e to the power x.")
log = elementary("log", "The natural logarithm; x > 0.")
log1p = elementary("log1p", "The natural logarithm of 1 + x, which keeps its digits near x = 0; x > −1.")
sqrt = elementary("sqrt", "The square root; x ≥ 0.")
tanh = elementary("tanh", "The hyperbolic tangent.")
erfc = elementary("erfc", "2/√π times the integral of e^(−s²) from x to ∞, which is 1 − erf(x).")

FUNCTIONS: dict[str, Any] = {f.__name__: f for f in (exp, log, log1p, sqrt, tanh, erfc)}


def register(number: type, functions: dict[str, Callable[[Any], Any]]) -> None:
    """How numbers of this type compute the elementary functions."""
    for name, function in functions.items():
        FUNCTIONS[name].register(number)(function)


def choose(condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`; both have been computed by then.

    >>> choose(2 > 1, "yes", "no")
    'yes'
    """
    method = getattr(condition, "__choose__", None)
    return (a if condition else b) if method is None else method(a, b)


def total(terms: Iterable[Number]) -> Number:
    """Σ of the terms, from left to right; 0 where there is none.

    >>> total(i * i for i in range(4))
    14
    """
    walker = WALKER.get()
    if walker is not None:
        return walker.total(iter(terms))
    iterator = iter(terms)
    first = next(iterator, None)
    if first is None:
        return 0
    method = getattr(first, "__total__", None)
    if method is not None:
        return method(iterator)
    return sum(iterator, first)


def largest(candidates: Iterable[tuple[Number, Any]]) -> tuple[Number, Any]:
    """The largest number and what stands beside it; the first of equals wins, and NaN wins over all.

    That is PyTorch's convention for a tie. There must be at least one candidate.

    >>> largest([(1, "a"), (3, "b"), (3, "c")])
    (3, 'b')
    """
    walker = WALKER.get()
    if walker is not None:
        return walker.largest(iter(candidates))
    iterator = iter(candidates)
    best = next(iterator)
    method = getattr(best[0], "__largest__", None)
    return first_largest(best, iterator) if method is None else method(best[1], iterator)


def first_largest(best: tuple[Number, Any], others: Iterator[tuple[Number, Any]]) -> tuple[Number, Any]:
    value, place = best
    for candidate, there in others:
        if candidate > value or candidate != candidate:
            value, place = candidate, there
    return value, place
