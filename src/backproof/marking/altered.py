"""What a misconception does to a right rule: other arrays to read, other options, a quotient that always exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.rule import Array, Index, Number, Rule


def changed(array: Array, function: Callable[[Number], Number]) -> Array:
    """The same array with a function of each number in its place."""
    return Array(array.shape, {i: function(array[i]) for i in cells(array)})


def moved(array: Array, place: Callable[[Index], Index]) -> Array:
    """The array whose number at i stands at `place(i)` of this one."""
    return Array(array.shape, {i: array[place(i)] for i in cells(array)})


def having(wrong: Wrong, rule: type[Rule] | None = None, **options: Any) -> Any:
    """The right rule, or another, with the options of a wrong one but for these; they are numbers as it has read them."""
    right = object.__new__(rule or wrong.rule)
    for name, value in {**vars(wrong), **options}.items():
        object.__setattr__(right, name, value)
    return right


def over(a: Number, b: Number) -> Number:
    """a / b; 0 where b is 0, so that a wrong rule runs on whatever the right one does."""
    return choose(b == 0, 0, a / choose(b == 0, 1, b))
