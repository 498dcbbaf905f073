"""Wrong versions of a rule, made out of its own code, and what they give in float64, worked out apart from the proofs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from fractions import Fraction
from inspect import getmodule, getsource
from textwrap import dedent

import numpy as np

from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.floats import float64
from backproof.rules import find
from backproof.rules.rule import Numeral, Update, arguments
from rules.referee import each, shapes_of, step, zeros

STEP = 2.0**-16
NEAR = 1e-6
SEEDS = range(3)


# Wrong versions


@dataclass(frozen=True)
class Mutant:
    """A rule with one of its functions changed."""

    kind: type
    source: str

    def __str__(self) -> str:
        return self.source


def function_of(kind) -> str:
    """The function that is proved: an optimiser has no way back, and its step is held against the textbook."""
    return "forward" if issubclass(kind, Update) else "backward"


def mutants(name) -> list[Mutant]:
    kind = find(name)
    function = getattr(kind, function_of(kind))
    tree = ast.parse(dedent(getsource(function)))
    sources = dict.fromkeys(ast.unparse(ast.fix_missing_locations(changed)) for changed in variations(tree))
    made = [Mutant(with_function(kind, function_named(source, function)), source) for source in sources]
    return made + [Mutant(with_function(kind, wrapped(kind, function, by)), f"{by.__name__} {name}") for by in HANDED]


def with_function(kind, function):
    """A rule of the same name and options."""
    constants = {n: value for n, value in vars(kind).items() if isinstance(value, Numeral)}
    return type(kind.__name__, (kind,), {**constants, function.__name__: function})


def function_named(source, function):
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
    """What stands one place further on in reading order, after the last cell the first."""
    if not hasattr(array, "shape"):
        return array[index]
    every = list(np.ndindex(array.shape))
    return array[every[(every.index(index) + 1) % len(every)]]


def wrapped(kind, function, by):
    """The function handed another gradient than the one that came back to it."""
    names = {"function": function, "by": by}
    read = arguments(function)
    handed = ", ".join(f"{n}=by({n})" if n in upstream(kind) else f"{n}={n}" for n in read)
    exec(f"def {function.__name__}(self, {', '.join(read)}):\n    function(self, {handed})", names)
    return names[function.__name__]


def upstream(kind):
    """The gradients that come back to a rule."""
    return ["dp"] if issubclass(kind, Update) else [f"d{n}" for n in kind.outputs if f"d{n}" in arguments(kind.backward)]


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


@dataclass(frozen=True)
class Trial:
    """Float64 numbers for all that a rule reads, its options included."""

    kind: type
    options: dict
    numbers: dict
    """The options that are numbers."""
    given: dict
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
        shapes = shapes_of(rule, given)
        with np.errstate(all="ignore"):
            return {**given, **step(rule, function, {**given, **named}, shapes, floats)}

    def forward(self, given):
        return self.run(self.kind, "forward", given)

    def wrong(self, kind) -> dict:
        """What a wrong version gives: each gradient, or each array that it changes, cell by cell."""
        if issubclass(kind, Update):
            given = copied(self.given)
            self.run(kind, "forward", given)
            return dict(cells(given, self.changed))
        return dict(cells(self.run(kind, "backward", self.forward(self.given)), [f"d{n}" for n in self.learned]))

    @cached_property
    def right(self) -> dict:
        """The same by the difference quotient of the forward pass, or by the textbook."""
        if issubclass(self.kind, Update):
            given = copied(self.given)
            self.run(self.kind, "textbook", given, t=self.done + 1)
            given |= reached(replace(self, done=self.done + 1))
            return dict(cells(given, self.changed))
        return {(f"d{n}", i): self.quotient(n, i) for (n, i), _ in cells(self.given, self.learned)}

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
            array_of(given, name)[index] += by
            found = self.forward(given)
            return sum(found[f"d{y}"][i] * found[y][i] for y in self.kind.outputs if f"d{y}" in found for i in found[y])

        return (objective(STEP) - objective(-STEP)) / (2 * STEP)


def floats(name, shape):
    return Array.filled(shape, np.float64(0))


def copied(given):
    return {n: each(lambda a: Array(a.shape, dict(a)), value) for n, value in given.items()}


def cells(arrays, names):
    """Each number by the name and the index that it goes by in a proof; of a list each array is numbered."""
    for name in names:
        value = arrays[name]
        for n, array in enumerate(value if isinstance(value, list) else [value]):
            for i in [] if array is None else array.indices():
                yield (f"{name}{n}" if isinstance(value, list) else name, i), float(array[i])


def array_of(arrays, name):
    if name in arrays:
        return arrays[name]
    stem = name.rstrip("0123456789")
    return arrays[stem][int(name.removeprefix(stem))]


def drawn(kind, example, seed, done=0) -> Trial:
    """Random numbers for a rule at one of its examples, so that nothing is equal to anything else."""
    options, inputs = example
    rule, rng = kind(**options), np.random.default_rng(seed)
    numbers = {n: number(rng.uniform(0.1, 0.9, len(v)) if isinstance(v, tuple) else rng.uniform(0.1, 0.9))
               for n, v in vars(rule).items() if is_numeric(v)}  # fmt: skip
    given = {n: [array(rng.normal(size=part)) for part in shape] if isinstance(shape, list) else array(rng.normal(size=shape))
             for n, shape in inputs.items()}  # fmt: skip
    shapes = shapes_of(rule, given)
    if isinstance(shapes.get("t"), Places):
        given["t"] = Array(shapes["t"], {i: int(rng.integers(inputs["x"][0])) for i in given["t"]})
    for n in (*rule.parameters, *rule.state, *upstream(kind)):
        if n in shapes or n == "dp":
            given[n] = array(rng.normal(size=shapes["p" if n == "dp" else n]))
    for n in (*rule.state,):
        if n in given:
            given[n] = given[n].map(lambda v: abs(v) if done else v * 0)
    trial = Trial(kind, options, numbers, given, done)
    return replace(trial, given=given | reached(trial)) if issubclass(kind, Update) else trial


def is_numeric(option):
    """An option that is a number other than 0, or a row of numbers: it is proved for every value."""
    several = isinstance(option, tuple) and option and isinstance(option[0], Numeral)
    return several or (isinstance(option, Numeral) and option.ratio()[0] != 0)


def reached(trial):
    known = trial.rule(trial.kind).reached(trial.done)
    return {n: Array((), {(): np.float64(v)}) for n, v in known.items() if n in trial.given}


def array(values) -> Array:
    values = np.asarray(values, dtype=np.float64)
    return Array(values.shape, {i: values[i] for i in np.ndindex(values.shape)})


def number(value):
    return array(value) if np.ndim(value) else np.float64(value)


def differs(one, other):
    return not np.allclose(list(one.values()), [other[k] for k in one], rtol=NEAR, atol=NEAR, equal_nan=True)
