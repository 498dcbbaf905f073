"""What holds for every rule in the folder: the same mathematics in every arithmetic, stated and sourced."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import fields
from inspect import getfile
from pathlib import Path

import numpy as np
import pytest
from flint import arb, fmpq

from backproof.arithmetic import ball, exact
from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.floats import float64
from backproof.arithmetic.formula import Changed, Label, Lettered, Stated, Table, Writer, constant
from backproof.arithmetic.loops import walking
from backproof.arithmetic.shown import NUMBER, Named, Shown, Wanted
from backproof.errors import NotExact
from backproof.rules import find, names
from backproof.rules.rule import Loss, Update, arguments
from rules.referee import agree, directions, each, finished, nearest, run, shapes_of, step, to_numpy, zeros

EXAMPLES = {name: find(name).examples for name in names()}
CASES = [pytest.param(name, n, id=f"{name}-{n}") for name, examples in EXAMPLES.items() for n in range(len(examples))]
LOW, HIGH = 40, 300
"""Bits: enclosures far wider than a float's rounding, and far narrower."""


def example(name, n):
    """A rule and rational numbers for all that it reads, the gradient that comes back to it included."""
    options, inputs = EXAMPLES[name][n]
    rule, rng = find(name)(**options), np.random.default_rng([len(name), n])

    def array(what, shape):
        quarters = rng.permutation([k for k in range(-40, 41) if k])[: int(np.prod(shape))]
        cells = (fmpq(int(k), 4) for k in (abs(quarters) if what in positive else quarters))
        return Array(shape, dict(zip(np.ndindex(shape), cells, strict=True)))

    def target(shape):
        return Array(Places(shape), {i: int(rng.integers(inputs["x"][0])) for i in np.ndindex(shape)})

    def chance(shape):
        cells = (fmpq(int(k), 100) for k in rng.permutation(100)[: int(np.prod(shape))])
        return Array(shape, dict(zip(np.ndindex(shape), cells, strict=True)))

    positive = ("t", "shares", *rule.state)
    given = {
        what: [array(what, s) for s in shape] if isinstance(shape, list) else array(what, shape)
        for what, shape in inputs.items()
    }
    shapes = shapes_of(rule, given)
    if isinstance(shapes.get("t"), Places):
        given["t"] = target(inputs["t"])
    for what in (*rule.parameters, *rule.state, "dp" if isinstance(rule, Update) else f"d{rule.outputs[0]}"):
        if what in shapes:
            given[what] = array(what, shapes[what])
    given |= {what: chance(shapes[what]) for what in rule.chance if what in shapes}
    return rule, given, shapes


def plain(rule, given, bits=HIGH):
    """The rule run exactly, in balls where exact numbers do not suffice; and which of the two it was."""
    try:
        return run(rule, exact, given), exact
    except NotExact:
        return in_balls(rule, given, bits), ball


def in_balls(rule, given, bits):
    with ball.precision(bits):
        return run(rule, ball, {what: each(lambda a: finished(a, ball), value) for what, value in given.items()})


def results(rule, given, found):
    """What the rule wrote, each array under its name, those of a list numbered; places left out."""
    read = () if isinstance(rule, Update) else tuple(given)
    for what, value in found.items():
        for i, array in enumerate(value if isinstance(value, list) else [value]):
            if array is not None and what not in read and what != "dp" and not isinstance(array.shape, Places):
                yield (f"{what}{i}" if isinstance(value, list) else what), array


def unwrapped(value):
    """A ball's rational or enclosure; any other number as it is."""
    return value.value if isinstance(value, ball.Ball) else value


def same(a, b):
    """Whether two numbers of one arithmetic are equal, as far as many bits can tell."""
    a, b = unwrapped(a), unwrapped(b)
    return a.overlaps(b) if isinstance(a, arb) and isinstance(b, arb) else a == b


@pytest.mark.parametrize("name", names())
def test_every_option_is_tried(name):
    tried = {option for options, _ in EXAMPLES[name] for option in options}
    assert {field.name for field in fields(find(name))} == tried


@pytest.mark.parametrize("name", names())
def test_it_says_what_it_is_why_and_whence(name):
    rule = find(name)
    assert not (rule.__doc__ or f"{name}(").startswith(f"{name}("), "it has no docstring of its own"
    assert sys.modules[rule.__module__].__doc__
    assert rule.why.endswith(".")
    assert rule.source
    reached = (*rule.parameters, *(read.strip("*") for read in rule.inputs))
    for array in (array for array in reached if hasattr(rule, "backward") and f"d{array}" in arguments(rule.backward)):
        assert rule.why_backward[f"d{array}"].endswith("."), array


def source_of(name):
    return ast.parse(Path(getfile(find(name))).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", names())
def test_its_file_holds_no_float_literal(name):
    floats = [
        n.lineno
        for n in ast.walk(source_of(name))
        if isinstance(n, ast.Constant) and isinstance(n.value, (float, complex))
    ]
    assert not floats, f"a float literal in line {floats}"


@pytest.mark.parametrize("name", names())
def test_its_file_imports_nothing_but_mathematics(name):
    allowed = "backproof.arithmetic", "backproof.errors", "backproof.rules"
    for node in ast.walk(source_of(name)):
        modules = (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for module in modules:
            near = any(module == known or module.startswith(f"{known}.") for known in allowed)
            assert near or module.partition(".")[0] in sys.stdlib_module_names, module


def test_all_rules_load_without_an_array_library():
    libraries = "numpy", "flint", "sympy", "llvmlite", "torch"
    code = f"import sys; from backproof.rules import names; names(); print(*({{*sys.modules}} & {{*{libraries}}}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


@pytest.mark.parametrize(("name", "n"), CASES)
def test_exact_equals_float_within_its_rounding(name, n):
    rule, given, _ = example(name, n)
    found, _ = plain(rule, given)
    with np.errstate(all="ignore"):
        floats = run(
            rule, float64, {what: each(lambda a: finished(a, float64), value) for what, value in given.items()}
        )
    floats = {what: to_numpy(array) for what, array in results(rule, given, floats)}
    truth = {what: to_numpy(array.map(lambda v: nearest(unwrapped(v)))) for what, array in results(rule, given, found)}
    assert truth
    assert floats.keys() == truth.keys()
    agree(floats, truth, 64, {what: max(1, abs(array).max()) for what, array in truth.items()})


@pytest.mark.parametrize(("name", "n"), CASES)
def test_balls_contain_the_float_results_and_the_exact_ones(name, n):
    rule, given, _ = example(name, n)
    low = dict(results(rule, given, in_balls(rule, given, LOW)))
    high = dict(results(rule, given, in_balls(rule, given, HIGH)))
    with np.errstate(all="ignore"):
        floats = run(
            rule, float64, {what: each(lambda a: finished(a, float64), value) for what, value in given.items()}
        )
    floats = dict(results(rule, given, floats))
    exactly, arithmetic = plain(rule, given)
    for what, array in low.items():
        for i, cell in ((i, unwrapped(v)) for i, v in array.items()):
            truth = unwrapped(high[what][i])
            if isinstance(cell, arb):
                assert cell.contains(truth), (what, i)
                assert cell.contains(fmpq(*float(floats[what][i]).as_integer_ratio())), (what, i)
            else:
                assert cell == truth, (what, i)
            if arithmetic is exact:
                whole = dict(results(rule, given, exactly))
                assert truth == whole[what][i], (what, i)


class Explained:
    """One of a rule's two functions run on shown numbers, with the plain results to hold them against."""

    def __init__(self, name, n, direction):
        self.rule, self.given, self.shapes = example(name, n)
        self.direction = direction
        self.found, self.arithmetic = plain(self.rule, self.given)
        self.read = self.rule.read(lambda numeral: Shown(NUMBER, (numeral,), self.arithmetic.number(numeral)))
        self.changed = (*self.rule.state, "p") if isinstance(self.rule, Update) else ()

    @property
    def source(self):
        """What the function reads, as it was before it ran."""
        return {**self.found, **{what: self.given[what] for what in self.changed if what in self.given}}

    def named(self, what, array):
        if isinstance(array.shape, Places):
            return array
        return Named(what, Array(array.shape, {i: self.arithmetic.lift(v) for i, v in array.items()}))

    def run(self, wanted=None):
        """Every written array; of the wanted array (its name and a cell) that one cell alone."""
        known = {}
        written = [
            a for a in arguments(getattr(self.rule, self.direction)) if a not in self.source or self.is_written(a)
        ]
        for what in arguments(getattr(self.rule, self.direction)):
            if what not in written:
                known[what] = each(lambda a, what=what: self.named(what, a), self.source[what])
            elif what in self.changed and what in self.given:
                known[what] = self.fresh(what, self.given[what].shape, wanted, self.named(what, self.given[what]))
        new = step(self.read, self.direction, known, self.shapes, lambda what, shape: self.fresh(what, shape, wanted))
        return {what: value for what, value in {**known, **new}.items() if what in written}

    def is_written(self, what):
        fresh = what not in self.given and (self.direction == "forward" or what[1:] in self.shapes)
        return fresh or what in self.changed

    def fresh(self, what, shape, wanted, base=None):
        if wanted is not None and (what == wanted[0] or self.direction == "backward"):
            return Wanted(shape, [wanted[1]] if what == wanted[0] else [], base)
        return zeros(what, shape) if base is None else Array(shape, {i: base[i] for i in np.ndindex(shape)})

    def hold(self, what, array, index, expected):
        cell = array[index]
        value = cell.value if isinstance(cell, Shown) else cell
        assert same(self.arithmetic.lift(value), expected), (what, index, value, expected)


def ways(name, n):
    return directions(*example(name, n)[:2])


@pytest.mark.parametrize(("name", "n"), CASES)
def test_what_is_shown_is_what_was_computed(name, n):
    for direction in ways(name, n):
        explained = Explained(name, n, direction)
        with ball.precision(HIGH):
            written = dict(results(explained.rule, {}, explained.run()))
        expected = dict(results(explained.rule, {}, {what: explained.found[what] for what in explained.run()}))
        assert written
        assert written.keys() == expected.keys()
        for what, array in written.items():
            for index in expected[what].indices():
                explained.hold(what, array, index, expected[what][index])


@pytest.mark.parametrize(("name", "n"), CASES)
def test_one_cell_can_be_shown_alone(name, n):
    for direction in ways(name, n):
        explained = Explained(name, n, direction)
        for what in explained.run():
            numbers = explained.found[what]
            if numbers is None or isinstance(getattr(numbers, "shape", None), Places):
                continue
            parts = numbers if isinstance(numbers, list) else [numbers]
            for index in parts[0].indices():
                with ball.precision(HIGH):
                    written = explained.run((what, index))[what]
                for array, part in zip(written if isinstance(written, list) else [written], parts, strict=True):
                    if index in part:
                        explained.hold(what, array, index, part[index])


def lettered(what, shape):
    return Lettered(what, shape, leaf=Label if isinstance(shape, Places) else Shown)


@pytest.mark.parametrize(("name", "n"), CASES)
def test_its_formula_can_be_written(name, n):
    rule, given, shapes = example(name, n)
    changed = (*rule.state, "p") if isinstance(rule, Update) else ()
    readable = rule.read(constant, Table)
    read = {what for what in given if what not in changed}

    def fresh(what, shape):
        if what in rule.scratch:
            return Changed(zeros(what, shape), lettered(what, shape))
        return Changed(lettered(what, shape), lettered(f"{what}'", shape)) if what in changed else Stated(shape)

    for direction in directions(rule, given):
        arrays = {what: each(lambda shape, what=what: lettered(what, shape), shapes[what]) for what in read}
        with walking(Writer()):
            written = step(readable, direction, arrays, shapes, fresh)
        read |= {what for what, value in written.items() if value is not None}
        for what, value in written.items():
            for array in value if isinstance(value, list) else [] if value is None else [value]:
                assert array.statements, f"nothing says what {what} is"
                places = isinstance(array.shape, Places)
                assert all(places or isinstance(value, (Shown, int)) for _, value in array.statements), what


def test_losses_say_what_their_share_is():
    """A mean divides by the shares, so every loss writes one beside each of its losses."""
    for rule in (find(name) for name in names()):
        if issubclass(rule, Loss):
            assert rule.outputs == ("loss", "share")
            assert {"loss", "share"} <= set(arguments(rule.forward)), rule
