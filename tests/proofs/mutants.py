"""Wrong versions of a rule, made from its own code, and what they give in float64, worked out beside the proofs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from inspect import getmodule, getsource
from math import prod
from textwrap import dedent
from typing import Any

import numpy as np

from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.floats import float64
from backproof.arithmetic.functions import choose
from backproof.rules import find
from backproof.rules.rule import Example, Numeral, Update, arguments
from rules.referee import each, shapes_of, step

STEP = 2.0**-16
SEEDS = range(2)
MOST = 16
"""Versions of a function with one place changed that are kept, evenly spread over it; `most` keeps more of them."""


# Wrong versions


@dataclass(frozen=True)
class Mutant:
    """A rule with one of its functions changed: the way back, or an optimiser's step."""

    kind: type
    source: str


def mutants(name, most=MOST) -> list[Mutant]:
    kind = find(name)
    function = function_of(kind)
    tree = ast.parse(dedent(getsource(function)))
    sources = list(dict.fromkeys(ast.unparse(ast.fix_missing_locations(changed)) for changed in variations(tree)))
    functions = {source: compiled(source, function) for source in sources[:: -(-len(sources) // most)]}
    functions |= {by.__name__: handing(kind, function, by) for by in HANDED}
    functions |= {f"{n} increased": increased(function, [n]) for n in written(kind)}
    return [Mutant(with_function(kind, changed), source) for source, changed in functions.items()]


def function_of(kind):
    return kind.forward if issubclass(kind, Update) else kind.backward


def with_function(kind, function):
    """A rule of the same name and options; with its constants, which are looked for in the class itself."""
    constants = {n: value for n, value in vars(kind).items() if isinstance(value, Numeral)}
    return type(kind.__name__, (kind,), {**constants, function.__name__: function})


def compiled(source, function):
    names = {**vars(getmodule(function)), "neighbour": neighbour}
    exec(compile(source, "<mutant>", "exec", dont_inherit=True), names)
    return names[function.__name__]


def variations(tree) -> Iterator[ast.AST]:
    """The function with one place in it changed, in every way that is known."""
    for old in [node for statement in tree.body[0].body for node in ast.walk(statement)]:
        for new in changes(old):
            copy, there, instead = deepcopy((tree, old, new))
            yield Replaced(there, instead).visit(copy)


class Replaced(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


OPPOSITE = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


def changes(node) -> Iterator[ast.AST]:
    """A sign, a missing part, a wrong branch, `=` for `+=`, the neighbouring cell."""
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in OPPOSITE:
                yield ast.BinOp(left, OPPOSITE[type(op)](), right)
            yield from (left, right)
        case ast.Compare(left, [op], [right]) if type(op) in OPPOSITE:
            yield ast.Compare(left, [OPPOSITE[type(op)]()], [right])
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.Call(ast.Name("choose"), [condition, a, b]):
            yield ast.Call(node.func, [condition, b, a], [])
        case ast.IfExp(test, a, b):
            yield ast.IfExp(test, b, a)
        case ast.AugAssign(target, ast.Add(), value):
            yield ast.Assign([target], value)
            yield ast.AugAssign(target, ast.Sub(), value)
        case ast.Subscript(array, index, ast.Load()) if not any(isinstance(n, ast.Slice) for n in ast.walk(index)):
            yield ast.Call(ast.Name("neighbour", ast.Load()), [array, index], [])


def neighbour(array, index):
    """What stands one place further on in reading order, after the last cell the first; of a winner the next window's."""
    if not hasattr(array, "shape"):
        return array[index]
    every = list(np.ndindex(array.shape))
    return array[every[(every.index(index) + 1) % len(every)]]


def handing(kind, function, by):
    """The function, but handed another gradient than the one that came back to it."""
    read = arguments(function)
    handed = ", ".join(f"{n}=by({n})" if n in upstream(kind) else f"{n}={n}" for n in read)
    names = {"function": function, "by": by}
    exec(f"def {function.__name__}(self, {', '.join(read)}):\n    function(self, {handed})", names)
    return names[function.__name__]


def increased(function, written, at=None):
    """The function, each cell of what it writes made larger by 1; only where the first cell of `at` is 0, if that is named."""
    read, where = ", ".join(arguments(function)), f"first({at}) == 0" if at else "True"
    body = f"where = {where}; function(self, {read}); increase(where, {', '.join(written)})"
    names = {"function": function, "increase": increase, "first": first}
    exec(f"def {function.__name__}(self, {read}): {body}", names)
    return names[function.__name__]


def increase(where, *written):
    for array in [part for value in written for part in (value if isinstance(value, list) else [value])]:
        for i in [] if array is None else array.indices():
            array[i] = choose(where, array[i] + 1, array[i])


def first(array):
    return next(iter((array[0] if isinstance(array, list) else array).values()))


def written(kind) -> list[str]:
    """What the way back, or an optimiser's step, is held to."""
    if issubclass(kind, Update):
        return ["p", *(n for n in kind.state if n in arguments(kind.forward))]
    return [n for n in arguments(kind.backward) if n[0] == "d" and n not in upstream(kind)]


def upstream(kind) -> list[str]:
    """The gradients that come back to a rule."""
    if issubclass(kind, Update):
        return ["dp"]
    return [f"d{n}" for n in kind.outputs if f"d{n}" in arguments(kind.backward)]


def turned(dy):
    return like(dy, {i: -v for i, v in dy.items()})


def doubled(dy):
    return like(dy, {i: 2 * v for i, v in dy.items()})


def forgotten(dy):
    return like(dy, {i: v**0 for i, v in dy.items()})


def displaced(dy):
    return like(dy, {i: neighbour(dy, i) for i in dy})


HANDED = turned, doubled, forgotten, displaced


def like(array, cells):
    return type(array)(array.shape, cells)


# What they give


def plainest_first(kind):
    """A rule's examples: those of few options and few cells first; an optimiser takes any shape, such as two cells."""
    if issubclass(kind, Update):
        return [Example(options, {"p": (2,)}) for options, _ in kind.examples]
    parts = lambda shape: shape if isinstance(shape, list) else [shape]
    size = lambda shapes: sum(prod(part) for shape in shapes.values() for part in parts(shape))
    return sorted(kind.examples, key=lambda e: (len(e.options), size(e.shapes)))


def exists(kind, example, name) -> bool:
    """Whether a rule has this array of numbers at an example: there may be no bias, and a target may be classes."""
    array = drawn(kind, example, 0).given.get(name)
    return array is not None and not isinstance(getattr(array, "shape", ()), Places)


@dataclass(frozen=True)
class Trial:
    """Float64 numbers for all that a rule reads, its options included."""

    kind: type
    options: dict[str, Any]
    numbers: dict[str, Any]
    """The options that are numbers."""
    given: dict[str, Any]
    done: int = 0
    """How many steps an optimiser has made before."""

    def rule(self, kind):
        rule = kind(**self.options).read(float64.number)
        for option, value in self.numbers.items():
            object.__setattr__(rule, option, value)
        return rule

    def run(self, kind, function, given, **named):
        """Everything, with what one function of a rule has written."""
        rule = self.rule(kind)
        with np.errstate(all="ignore"):
            return {**given, **step(rule, function, {**given, **named}, shapes_of(rule, given), floats)}

    def wrong(self, kind) -> dict:
        """What a wrong version gives: each gradient, or each array that it changes, cell by cell."""
        if issubclass(kind, Update):
            given = copied(self.given)
            self.run(kind, "forward", given)
            return dict(cells(given, self.changed))
        forward = self.run(self.kind, "forward", self.given)
        return dict(cells(self.run(kind, "backward", forward), [f"d{n}" for n in self.learned]))

    @cached_property
    def right(self) -> dict:
        """The same by the textbook, or by the difference quotient of the forward pass."""
        if issubclass(self.kind, Update):
            given = copied(self.given)
            self.run(self.kind, "textbook", given, t=self.done + 1)
            return dict(cells(replace(self, given=given, done=self.done + 1).reached, self.changed))
        return {(f"d{n}", i): self.quotient(n, i) for (n, i), _ in cells(self.given, self.learned)}

    @property
    def reached(self):
        """What is given, with that part of the state which depends on nothing but the number of steps."""
        known = self.rule(self.kind).reached(self.done)
        return {**self.given, **{n: array(v) for n, v in known.items() if n in self.given}}

    @property
    def changed(self):
        return [n for n in ("p", *self.kind.state) if n in self.given]

    @property
    def learned(self):
        return [n for n in self.given if f"d{n}" in arguments(self.kind.backward) and n not in self.kind.outputs]

    def quotient(self, name, index):
        """The slope of Σ dy · y between a little below and a little above."""

        def objective(by):
            given = copied(self.given)
            named(given, name)[index] += by
            found = self.run(self.kind, "forward", given)
            return sum(found[d][i] * found[d[1:]][i] for d in upstream(self.kind) for i in found[d])

        with np.errstate(all="ignore"):
            return (objective(STEP) - objective(-STEP)) / (2 * STEP)


def drawn(kind, example, seed, done=0) -> Trial:
    """Random numbers for a rule at one of its examples, so that nothing is at a boundary."""
    options, inputs = example
    rule, rng = kind(**options), np.random.default_rng(seed)
    numbers = {n: array(rng.uniform(0.1, 0.9, np.shape(own))) for n, own in numeric(rule).items()}
    given = {n: each(lambda s: array(rng.normal(size=s)), shape) for n, shape in inputs.items()}
    shapes = shapes_of(rule, given)
    if isinstance(shapes.get("t"), Places):
        given["t"] = Array(shapes["t"], {i: int(rng.integers(inputs["x"][0])) for i in given["t"]})
    for n in rule.state:
        if n in shapes:
            given[n] = array(done * abs(rng.normal(size=shapes[n])))
    for n in (*rule.parameters, *upstream(kind)):
        if n in shapes:
            given[n] = array(rng.normal(size=shapes[n]))
    given |= {n: array(rng.uniform(size=shapes[n])) for n in rule.chance if n in shapes}
    trial = Trial(kind, options, {n: v if v.shape else v[()] for n, v in numbers.items()}, given, done)
    return replace(trial, given=trial.reached) if issubclass(kind, Update) else trial


def of_claim(kind, options, inputs, claim) -> Trial:
    """The numbers of a claim's counter-example, as they are printed; options that it does not name are the rule's own."""
    rule, printed = kind(**options), dict(claim.counterexample.inputs)
    done = int(printed.pop("n", 1)) if "later" in claim.statement else 0
    numbers, given = {}, {}
    for n, own in numeric(rule).items():
        parts = [printed.pop(f"{n}[{k}]", part) for k, part in enumerate(own)] if isinstance(own, tuple) else None
        numbers[n] = array(values(parts)) if parts else np.float64(values(printed.pop(n, own)))
    for n, nested in printed.items():
        stem = n.rstrip("0123456789")
        if n not in inputs and isinstance(inputs.get(stem), list):
            given.setdefault(stem, []).append(array(values(nested)))
        else:
            given[n] = array(values(nested))
    if isinstance(shapes_of(rule, given).get("t"), Places):
        given["t"] = Array(Places(given["t"].shape), {i: int(v) for i, v in given["t"].items()})
    return Trial(kind, options, numbers, given, done)


def numeric(rule) -> dict:
    """The options for whose every value a rule is proved: numbers other than 0, and rows of numbers."""
    several = {n: v for n, v in vars(rule).items() if isinstance(v, tuple) and v and isinstance(v[0], Numeral)}
    return several | {n: v for n, v in vars(rule).items() if isinstance(v, Numeral) and v.ratio()[0]}


def values(nested):
    """Nested lists of printed numbers as floats; `±1e-60` is a number whose first digit is not known."""
    if isinstance(nested, list):
        return list(map(values, nested))
    return float(Fraction(*nested.ratio()) if isinstance(nested, Numeral) else Fraction(str(nested).replace("±", "")))


def array(numbers) -> Array:
    numbers = np.asarray(numbers, dtype=np.float64)
    return Array(numbers.shape, {i: numbers[i] for i in np.ndindex(numbers.shape)})


def floats(name, shape):
    return Array.filled(shape, np.float64(0))


def copied(given):
    return {n: each(lambda a: Array(a.shape, dict(a)), value) for n, value in given.items()}


def cells(arrays, names) -> Iterator:
    """Each number by the name and the index that it goes by in a proof; of a list each array is numbered."""
    for name in names:
        several = isinstance(arrays[name], list)
        for n, part in enumerate(arrays[name] if several else [arrays[name]]):
            for i in [] if part is None else part.indices():
                yield (f"{name}{n}" if several else name, i), float(part[i])


def named(arrays, name):
    if name in arrays:
        return arrays[name]
    stem = name.rstrip("0123456789")
    return arrays[stem][int(name.removeprefix(stem))]


def cell_of(text):
    """`dx[0,1]` as a name and an index."""
    name, _, index = text.rstrip("]").partition("[")
    return name, tuple(map(int, index.split(","))) if index else ()
