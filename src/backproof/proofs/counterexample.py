"""Numbers that refute a claim: certified by rationals and enclosures, and seen again in float64."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from flint import fmpq

from backproof.algebra.normal import normal
from backproof.algebra.numbers import BITS, evaluate
from backproof.arithmetic.array import Array, Index, Places, Shape
from backproof.arithmetic.ball import Ball, precision
from backproof.arithmetic.symbol import Expr, inner, letter
from backproof.proofs.proof import CounterExample
from backproof.proofs.setting import Arrays, Setting, with_options
from backproof.record.digits import text_of

STEP = 2.0**-17
"""The step of a difference quotient: about the cube root of a float64's precision, where its error is least."""

Point = Mapping[Expr, Any]


def of_gradient(setting: Setting, at: Point, name: str, index: Index, given: Expr, true: Expr) -> CounterExample:
    """A gradient's cell that is not the derivative: what backward gives, the derivative, and both again in floats.

    name: the array by which is derived, one of a list numbered (`xs0`). given, true: the two as expressions.
    """
    at = with_ones(setting, at)
    floats = (
        cell(in_floats(setting, at, "forward", "backward"), f"d{name}", index),
        quotient(setting, at, name, index),
    )
    return CounterExample(shown(setting, at), str(letter(f"d{name}", index)), value(given, at), value(true, at), floats)


def of_output(setting: Setting, read: Arrays, at: Point, cell: str, given: Expr, true: Expr) -> CounterExample:
    """An output's cell that is not what the textbook's form gives. read: what both were handed, as symbols."""
    at = with_ones(setting, at)
    inputs = shown(setting, at)
    for name, array in read.items():
        if isinstance(array, Array) and name in inputs and not isinstance(array.shape, Places):
            inputs[name] = array.map(lambda v: value(inner(v), at)).nested()
    return CounterExample(inputs, cell, value(given, at), value(true, at))


def with_ones(setting: Setting, at: Point) -> Point:
    """A value for everything that is read, small numbers for what does not matter; options as they are written."""
    everything: dict[Expr, Any] = {}
    free = (fmpq(n) for n in count(1) if fmpq(n) not in at.values())  # no two alike: a tie has no derivative

    def fresh(name: str, shape: Shape) -> Array:
        for index in Array(shape).indices():
            everything[letter(name, index)] = next(free)
        return Array(shape)

    setting.given(fresh)

    def option(name: str, index: Index) -> Any:
        written = getattr(setting.rule, name)
        everything[letter(name, index)] = fmpq(*(written[index[0]] if index else written).ratio())

    with_options(setting.rule, lambda numeral: numeral, option)
    by_name = {str(symbol): number for symbol, number in at.items()}
    return {**{symbol: by_name.get(str(symbol), one) for symbol, one in everything.items()}, **at}


def value(e: Expr, at: Point) -> str:
    with precision(BITS):
        known = {**dict.fromkeys(e.free_symbols, fmpq(1)), **at}
        result = evaluate(e, known).value
        if text_of(result, 6)[0].startswith("±"):  # it may be 0, which only algebra can tell
            result = evaluate(normal(e), known).value
    return text_of(result, 6)[0]


def shown(setting: Setting, at: Point) -> dict[str, Any]:
    """What was read, by name, the classes of a target and the options that are numbers among it."""
    inputs: dict[str, Any] = {}

    def fresh(name: str, shape: Shape) -> Array:
        array = Array(shape, {i: text_of(Ball(at[letter(name, i)]).value, 6)[0] for i in Array(shape).indices()})
        inputs[name] = array.nested()
        return array

    for name, array in setting.given(fresh).items():
        if isinstance(array, Array) and isinstance(array.shape, Places):
            inputs[name] = array.nested()
    known = {str(letter(name, i)) for name in inputs for i in indices_of(inputs[name])}
    return inputs | {str(s): str(v) for s, v in at.items() if s.is_Symbol and str(s) not in known}


def indices_of(nested: Any, start: Index = ()) -> list[Index]:
    if not isinstance(nested, list):
        return [start]
    return [i for k, part in enumerate(nested) for i in indices_of(part, (*start, k))]  # pyright: ignore


def in_floats(setting: Setting, at: Point, *functions: str) -> Arrays:
    """The rule's functions run in float64, one after the other."""
    import numpy as np

    from backproof.arithmetic.floats import float64

    by_name = {str(symbol): number for symbol, number in at.items()}

    def number(name: str, index: Index) -> Any:
        return float64.lift(by_name[str(letter(name, index))])

    rule = with_options(setting.rule, float64.number, number)
    arrays = setting.given(lambda name, shape: Array(shape, {i: number(name, i) for i in Array(shape).indices()}))
    with np.errstate(all="ignore"):
        for function in functions:
            arrays = setting.run(rule, function, arrays, lambda name, shape: Array.filled(shape, np.float64(0)))
    return arrays


def cell(arrays: Arrays, name: str, index: Index) -> float:
    array = arrays.get(name)
    if array is None:
        stem = name.rstrip("0123456789")
        several = arrays[stem]
        assert isinstance(several, list)
        array = several[int(name[len(stem) :])]
    assert isinstance(array, Array)
    return float(array[index])


def quotient(setting: Setting, at: Point, name: str, index: Index) -> float:
    """The difference quotient of Σ dy · y in float64."""

    def objective(shift: float) -> float:
        moved = {s: v + fmpq(*float(shift).as_integer_ratio()) if str(s) == str(letter(name, index)) else v
                 for s, v in at.items()}  # fmt: skip
        arrays = in_floats(setting, moved, "forward")
        result = 0.0
        for output in setting.upstream:
            y, dy = arrays[output], arrays[f"d{output}"]
            assert isinstance(y, Array)
            assert isinstance(dy, Array)
            result += sum(float(dy[i]) * float(y[i]) for i in y.indices())
        return result

    return (objective(STEP) - objective(-STEP)) / (2 * STEP)
