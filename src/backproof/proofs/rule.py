"""A rule proved: run once on symbols, its backward held against the derivative of its forward, on every branch.

Claims, for every value of what is read, of the parameters, and of the options that are numbers:

- each gradient is the derivative of Σ dy · y, y being what forward gives and dy what comes back;
- at a boundary between branches, where there may be no derivative, the gradient is the limit of gradients along a
  direction in which no branch changes: it lies in Clarke's subdifferential (F. Clarke, Optimization and Nonsmooth
  Analysis, 1983, theorem 2.5.1), for the output is continuous there, which is a claim too;
- the cases cover everything and exclude each other;
- forward equals the textbook's form, where the rule states one; of an update, the published step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from time import perf_counter
from typing import Any, cast

from backproof.algebra.alike import Alike
from backproof.algebra.cases import Block, blocks
from backproof.algebra.patience import TooLarge
from backproof.arithmetic import symbol
from backproof.arithmetic.array import Array, Places, Shape
from backproof.arithmetic.symbol import Expr, Scattered, Symbol, inner, letter, sp, symbols
from backproof.errors import BackproofError, BadOption, BadShape, listed
from backproof.proofs.boundaries import boundary_claims
from backproof.proofs.counterexample import of_gradient, of_output
from backproof.proofs.proof import Claim, Part, Proof
from backproof.proofs.setting import Arrays, Fresh, Setting, Shapes, inputs_of, settings, with_options
from backproof.rules.rule import Rule, Update, arguments

Watch = Callable[[str], None]

COVERED = "the cases cover everything, and no two of them hold together"


def prove_rule(kind: type[Rule], watch: Watch = lambda text: None) -> Proof:
    """A rule of the folder, at each of the examples that it states."""
    parts: list[Part] = []
    for options, inputs in kind.examples:
        watch(kind.__name__)
        parts.append(prove_at(kind(**options), inputs))
    return Proof(kind.__name__, tuple(parts))


def prove_instance(rule: Rule, shapes: Mapping[str, Shapes]) -> Proof:
    """A rule with its options at the given shapes; without any, at those of its examples that fit."""
    if shapes:
        names = inputs_of(rule)
        if set(shapes) != set(names):
            raise BadOption(f"{type(rule).__name__} reads {listed(names)}; the shapes given are of {listed(shapes)}")
        return Proof(rule.summary, (prove_at(rule, {name: shapes[name] for name in names}),))
    fitting = {str(each.shapes): each.shapes for each in type(rule).examples if fits(rule, each.shapes)}
    if not fitting:
        raise BadShape(f"{rule.summary} fits none of the shapes it is usually proved at; give some, such as x=(4, 4)")
    return Proof(rule.summary, tuple(prove_at(rule, inputs) for inputs in fitting.values()))


def fits(rule: Rule, inputs: Mapping[str, Shapes]) -> bool:
    try:
        return bool(Setting(rule, inputs).shapes)
    except BackproofError:
        return False


def prove_at(rule: Rule, inputs: Mapping[str, Shapes]) -> Part:
    """A rule with its options, at these shapes of what it reads; with every target that is classes."""
    start = perf_counter()
    found: dict[str, Claim] = {}
    kept: list[tuple[str, Block]] = []
    count = boundaries = 0
    counted, title = True, ""
    for setting in settings(rule, inputs):
        title = title or str(setting)
        proved, numbers, unknowns = of_update(setting) if isinstance(rule, Update) else of_layer(setting)
        try:
            whole = blocks(numbers) if counted else None
        except TooLarge:
            whole = None
        counted = whole is not None
        if whole is not None:
            proved.append(Claim(COVERED, "proved" if all(block.covered for block in whole) else "undecided"))
            each = prod(len(block.cases) for block in whole)
            inside = prod(sum(not case.on_boundary(unknowns) for case in block.cases) for block in whole)
            count, boundaries = count + each, boundaries + each - inside
            kept += [(f"target {', '.join(map(str, setting.classes))}" if setting.classes else "", b) for b in whole]
        for claim in proved:
            if claim.statement not in found or found[claim.statement].status == "proved":
                found[claim.statement] = claim
    seconds = perf_counter() - start
    claims = tuple(found.values())
    return Part(rule.summary, title, claims, count, boundaries, counted, rule.convention, tuple(kept), seconds=seconds)


def of_layer(setting: Setting) -> tuple[list[Claim], dict[str, Expr], set[Expr]]:
    """The claims about a rule with a forward and a backward; all that it computed; what gradients are taken by."""
    run = Run.of(setting)
    outputs = run.named(*setting.upstream)
    gradients = run.named(*(f"d{name}" for name in setting.learned))
    unknowns = {cell for _, _, cell in run.cells(*setting.learned)}
    proved = [gradient_claim(run, name) for name in setting.learned]
    proved += boundary_claims([*outputs.values()], [*gradients.values()], unknowns)
    if hasattr(run.rule, "textbook"):
        names = [n for n in arguments(run.rule.textbook) if n not in setting.read]
        given = {name: run.arrays[name] for name in setting.read}
        other = Run(setting, run.rule, setting.run(run.rule, "textbook", given, zeros))
        proved.append(equal_claim("forward equals its textbook form", given, run, other, names))
    return proved, outputs | gradients, unknowns


def of_update(setting: Setting) -> tuple[list[Claim], dict[str, Expr], set[Expr]]:
    """The first step, and step n + 1 for every n from the state that n steps have reached."""
    n = Symbol(sp.Symbol("n", integer=True, positive=True))
    first, numbers = step_claim(setting, "the first step", 0, 1, None)
    if first.status != "proved":  # not from every state, then; the state in fact begins as 0
        first, numbers = step_claim(setting, "the first step", 0, 1, zeros)
    later, more = step_claim(setting, "every later step", n, n + 1, None)
    return [first, later], {f"first {name}": e for name, e in numbers.items()} | more, set()


def step_claim(setting: Setting, when: str, done: Any, t: Any, start: Fresh | None) -> tuple[Claim, dict[str, Expr]]:
    """Step t, after `done` others, is the published one; and what it computes."""
    rule = with_options(setting.rule, symbol.number, lambda name, i: Symbol(letter(name, i)))
    assert isinstance(rule, Update)
    given = setting.given(symbols)
    state = [name for name in rule.state if name in given]
    if start:
        given |= {name: start(name, cast("Shape", setting.shapes[name])) for name in state}
    given |= {name: Array((), {(): value}) for name, value in rule.reached(done).items() if name in state}
    ours = Run(setting, rule, setting.run(rule, "forward", copied(given), zeros))
    theirs = Run(setting, rule, setting.run(rule, "textbook", {**copied(given), "t": t}, zeros))
    theirs.arrays.update({name: Array((), {(): v}) for name, v in rule.reached(t).items() if name in state})
    claim = equal_claim(f"{when} is the published one", given, ours, theirs, ["p", *state])
    return claim, ours.named("p", *state)


@dataclass(frozen=True)
class Run:
    """A rule run once, forward and back, on symbols: every array by its name."""

    setting: Setting
    rule: Rule
    arrays: Arrays

    @classmethod
    def of(cls, setting: Setting) -> Run:
        rule = with_options(setting.rule, symbol.number, lambda name, i: Symbol(letter(name, i)))
        arrays = setting.given(symbols)
        arrays = setting.run(rule, "forward", arrays, zeros)
        return cls(setting, rule, setting.run(rule, "backward", arrays, zeros))

    def cells(self, *names: str) -> Iterator[tuple[str, Any, Expr]]:
        """Name, index and expression of each cell; of a list of arrays each is numbered."""
        for name in names:
            value = self.arrays[name]
            several = isinstance(value, list)
            for n, array in enumerate(value if several else [value]):
                if array is not None and not isinstance(array.shape, Places):
                    for index in array.indices():
                        yield f"{name}{n}" if several else name, index, inner(array[index])

    def named(self, *names: str) -> dict[str, Expr]:
        """The expression of each cell by the cell's name, `dx[0,1]`."""
        return {str(letter(name, index)): cell for name, index, cell in self.cells(*names)}

    @cached_property
    def slopes(self) -> dict[Expr, list[Expr]]:
        """The derivative of Σ dy · y by each symbol that is learned, as the terms of a sum."""
        unknowns = {cell for _, _, cell in self.cells(*self.setting.learned)}
        ys = [y for _, _, y in self.cells(*self.setting.upstream)]
        dys = [dy for _, _, dy in self.cells(*(f"d{n}" for n in self.setting.upstream))]
        found: dict[Expr, list[Expr]] = {cell: [] for cell in unknowns}
        for dy, y in zip(dys, ys, strict=True):
            for term in sp.Add.make_args(y):
                for cell in term.free_symbols & unknowns:
                    found[cell].append(dy * slope(term, cell))
        return found

    def derivatives(self, name: str) -> Iterator[tuple[str, Any, Expr, Expr]]:
        """For each cell of what is learned: what backward gives, and the derivative."""
        for (label, index, cell), (_, _, given) in zip(self.cells(name), self.cells(f"d{name}"), strict=True):
            yield label, index, given, sp.Add(*self.slopes[cell])


def slope(term: Expr, cell: Expr) -> Expr:
    """The derivative, SymPy's; of a product in which the cell is one of the factors the rest of them, which is quicker."""
    others = [factor for factor in sp.Mul.make_args(term) if factor != cell]
    if any(cell in factor.free_symbols for factor in others):
        return term.diff(cell)
    return sp.Mul(*others)


def zeros(name: str, shape: Shape) -> Array:
    return Scattered(shape, {i: Symbol(sp.Integer(0)) for i in Array(shape).indices()})


def copied(arrays: Arrays) -> Arrays:
    return {name: Scattered(a.shape, dict(a)) if isinstance(a, Array) else a for name, a in arrays.items()}


def gradient_claim(run: Run, name: str) -> Claim:
    outputs = " + ".join(f"Σ d{y} · {y}" for y in run.setting.upstream)
    statement = f"d{name} is the derivative of {outputs} by {name}"
    alike = Alike(aside=set(run.slopes))
    for label, index, given, true in run.derivatives(name):
        verdict = alike.zero(true - given)
        if verdict.at is not None:
            shown = of_gradient(run.setting, verdict.at, label, index, given, true)
            return Claim(statement, "refuted", str(letter(f"d{label}", index)), shown)
        if not verdict:
            return Claim(statement, verdict.status, f"{letter(f'd{label}', index)}: {verdict.reason}")
    return Claim(statement, "proved")


def equal_claim(statement: str, read: Arrays, ours: Run, theirs: Run, names: list[str]) -> Claim:
    """The two give the same; `read` is what both were handed."""
    alike = Alike()
    for (label, index, given), (_, _, true) in zip(ours.cells(*names), theirs.cells(*names), strict=True):
        verdict = alike.zero(given - true)
        cell = str(letter(label, index))
        if verdict.at is not None:
            shown = of_output(ours.setting, read, verdict.at, cell, given, true)
            return Claim(statement, "refuted", cell, shown)
        if not verdict:
            return Claim(statement, verdict.status, f"{cell}: {verdict.reason}")
    return Claim(statement, "proved")
