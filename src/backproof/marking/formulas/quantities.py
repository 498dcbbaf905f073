"""The quantities of one pass as symbols, each made from the others by its own rule, and numbers to put in their place.

This is what formulas on a sheet are held against: the rules of the network at hand, run on symbols.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from random import Random
from typing import Any

from flint import fmpq

from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic import symbol
from backproof.arithmetic.array import Array, Index, Places, Shape
from backproof.arithmetic.symbol import Expr, Scattered, Symbol, inner, sp
from backproof.errors import BackproofError, listed, nearest
from backproof.network.plan import Job, Slot
from backproof.record.evaluate import Values, bound, evaluate
from backproof.record.record import Record
from backproof.rules.cross_entropy_loss import CrossEntropyLoss
from backproof.rules.rule import arguments

MOST_CELLS = 5_000
"""Numbers in a pass that is worked out again with other givens."""

NEGATIVE = 0.4, 0.8, 0.4, 0.8, 0.9, 0.2
"""How many of the numbers are negative, each time that a pass is worked out again."""
MOST_SYMBOLS = 600
"""Different cells in an expression that is worked out in symbols."""


class Quantities:
    """Every quantity of a record by its name, as an array of symbols."""

    def __init__(self, record: Record) -> None:
        self.record, self.plan = record, record.plan
        self.names = [*record.names]
        self.origin: dict[Expr, tuple[Slot, Index]] = {}
        """Which cell a symbol stands for."""
        self.strangers: dict[str, Expr] = {}
        """Names that are no quantity, and the symbols that stand for them."""
        self.kept: dict[str, Array] = {}
        self.runs: dict[int, Mapping[Slot, Array]] = {}

    def find(self, name: str) -> str | None:
        """The quantity that somebody means by a name; capitals make no difference where there is but one such name."""
        if name in self.names:
            return name
        loss = self.record.network.loss
        if name == "p" and loss is not None and self.logits is not None:
            return loss.name("p")
        alike = [n for n in self.names if n.casefold() == name.casefold()]
        return alike[0] if len(alike) == 1 else None

    def fraction(self, name: str) -> tuple[str, str] | None:
        """The two quantities of a derivative that is no quantity itself: `dV/dU`."""
        above, stroke, below = name.partition("/d")
        pair = self.find(above.removeprefix("d")), self.find(below)
        return (pair[0], pair[1]) if stroke and above[:1] == "d" and pair[0] and pair[1] else None

    def shape(self, name: str) -> Shape:
        return self.record.array(name).shape

    def array(self, name: str) -> Array:
        """Its cells as symbols: (…) of the quantity's own shape."""
        if name not in self.kept:
            slot, shape = Slot(name), self.shape(name)
            cells = {i: symbol.letter(name, i) for i in Array(shape).indices()}
            self.origin |= {cell: (slot, i) for i, cell in cells.items()}
            self.kept[name] = Array(shape, cells)
        return self.kept[name]

    def stranger(self, name: str) -> Expr:
        """A symbol for a name that means nothing here."""
        return self.strangers.setdefault(name, sp.Symbol(f"{name} ?", real=True))

    def unknown(self, names: Sequence[str]) -> str:
        """That these names mean nothing, and which ones may be meant."""
        near = dict.fromkeys(n for n in (nearest(name, self.names) for name in names) if n)
        hint = f"; did you mean {listed(near)}?" if near else ""
        return f"{listed(names)} mean{'s' if len(names) == 1 else ''} nothing in this question{hint}"

    @cached_property
    def classes(self) -> str | None:
        """The target, where it is one class among those of the logits."""
        loss, rule = self.record.network.loss, self.record.network.loss_rule
        if loss is None or not isinstance(rule, CrossEntropyLoss):
            return None
        shape = self.shape(loss.target)
        return loss.target if isinstance(shape, Places) and not shape else None

    @property
    def right_class(self) -> int | None:
        """The class that the target names."""
        return None if self.classes is None else int(self.record.array(self.classes)[()])

    @cached_property
    def logits(self) -> str | None:
        """What a cross-entropy loss reads, where that is one row of logits."""
        loss, rule = self.record.network.loss, self.record.network.loss_rule
        if loss is None or not isinstance(rule, CrossEntropyLoss) or len(self.shape(loss.inputs[0])) != 1:
            return None
        return loss.inputs[0]

    @cached_property
    def distribution(self) -> Array | None:
        """The target, where it is a probability for each class, which add up to 1."""
        loss = self.record.network.loss
        if loss is None or self.logits is None or self.shape(loss.target) != self.shape(self.logits):
            return None
        numbers = self.record.array(loss.target)
        return self.array(loss.target) if sum(numbers.values(), fmpq(0)) == 1 else None

    # From one quantity to those that it was made of.

    @cached_property
    def made(self) -> dict[Slot, int]:
        """When each quantity is made: the number of its job."""
        return {slot: n for n, job in enumerate(self.plan.jobs) for slot in job.written}

    def when(self, cell: Expr) -> int:
        """When what a symbol stands for is made; −1 for what is given."""
        return self.made.get(self.origin[cell][0], -1) if cell in self.origin else -1

    def openings(self, e: Expr) -> set[Slot]:
        """The quantities in an expression in whose place others can be put: those that they were made of."""
        return {self.origin[cell][0] for cell in e.free_symbols if self.when(cell) >= 0}

    def opened(self, e: Expr, slots: Set[Slot]) -> Expr:
        """The expression without these quantities; others stand in their place.

        Raises `TooLarge` for what SymPy would be busy with for long, as nothing interrupts that.
        """
        while here := self.openings(e) & slots:
            tick()
            latest = max(here, key=self.made.__getitem__)
            made = self.run(self.plan.makers[latest])[latest]
            cells = [cell for cell in e.free_symbols if cell in self.origin and self.origin[cell][0] == latest]
            changes = {cell: inner(made.get(self.origin[cell][1], 0)) for cell in cells}
            if len(set[Expr]().union(*(new.free_symbols for new in changes.values()))) > MOST_SYMBOLS:
                raise TooLarge
            e = e.xreplace(changes)
        return e

    def toward(self, e: Expr, name: str) -> Expr:
        """The expression in terms of this quantity and those before it."""
        until = self.made.get(Slot(name), -1)
        return self.opened(e, {slot for slot, n in self.made.items() if n > until})

    def run(self, job: Job) -> Mapping[Slot, Array]:
        """What a job writes, in terms of what it reads; nothing hidden is left in it.

        In the textbook's form, where the rule states one: in that, a loss is one of the probabilities that are named.
        """
        n = self.plan.jobs.index(job)
        if n not in self.runs:
            targets = {slot: self.target(slot, job) for slot in job.shapes}
            for new, old in job.starts.items():
                targets[new].update(self.source(old))
            rule = job.rule.read(symbol.number)
            textbook = job.direction == "forward" and hasattr(rule, "textbook")
            function = rule.textbook if textbook else getattr(rule, job.function)
            arrays = {**bound(job.reads, self.source), **bound(job.writes, targets.__getitem__)}
            function(**{name: arrays[name] for name in arguments(function)})
            self.runs[n] = targets
        return self.runs[n]

    def target(self, slot: Slot, job: Job) -> Ticking:
        """An array to be written; of what a rule keeps for itself under a name, that name is what it reads again."""
        named = slot in job.scratch and slot.name in self.names
        return Named(job.shapes[slot], self.array(slot.name)) if named else Ticking(job.shapes[slot])

    def source(self, slot: Slot) -> Array:
        tick()
        if slot in self.plan.seeds:
            return Array.filled(self.plan.seeds[slot], Symbol(sp.Integer(1)))
        job = self.plan.job(slot)
        if job is not None and (slot in self.plan.hidden or slot.name not in self.names):
            return self.run(job)[slot]
        if isinstance(self.record.shape(slot), Places):
            return self.record.evaluation.values[slot]
        cells = self.array(slot.name)
        return Ticking(cells.shape, {i: Symbol(cell) for i, cell in cells.items()})

    def settled(self, e: Expr) -> Expr:
        """The expression with what is known of the givens: a distribution adds up to 1."""
        if self.distribution is None:
            return e
        *others, last = self.distribution.values()
        return e.subs(last, 1 - sp.Add(*others))

    # Numbers.

    def at(self, e: Expr, values: Values) -> dict[Expr, Any]:
        """The number of each quantity in an expression."""
        places = {cell: self.origin[cell] for cell in e.free_symbols if cell in self.origin}
        return {cell: values[slot][index] for cell, (slot, index) in places.items()}

    @property
    def numbers(self) -> Values:
        return self.record.evaluation.values

    @cached_property
    def others(self) -> list[Values]:
        """The same pass with other numbers for all that is given, but for classes."""
        return [*self.drawn()]

    def drawn(self) -> Iterator[Values]:
        if sum(array.size for array in self.numbers.values()) > MOST_CELLS:
            return
        random, fixed = Random(0), {*self.plan.seeds, *self.plan.chance}
        for attempt in range(len(NEGATIVE)):
            given = {slot: array for slot, array in self.numbers.items() if self.plan.job(slot) is None}
            for slot, array in given.items():
                if slot not in fixed and not isinstance(array.shape, Places):
                    given[slot] = self.fresh(slot, array, random, attempt)
            try:
                tick()
                yield evaluate(self.plan, given, "auto", 6).values
            except (BackproofError, ArithmeticError):
                continue

    def fresh(self, slot: Slot, array: Array, random: Random, attempt: int) -> Array:
        """Numbers for a given array: whole ones at first, then halves and quarters; few of them negative, or most."""
        size = random.choice((3, 9))
        below = [1] if attempt < 2 else [1, 2, 4]
        cells = {i: fmpq(random.randint(1, size), random.choice(below)) for i in array.indices()}
        loss = self.record.network.loss
        if loss is not None and slot.name == loss.target and self.distribution is not None:
            return Array(array.shape, {i: n / sum(cells.values(), fmpq(0)) for i, n in cells.items()})
        return Array(array.shape, {i: -n if random.random() < NEGATIVE[attempt] else n for i, n in cells.items()})


class Ticking(Scattered):
    """An array of symbols, 0 where nothing is written, at which time is looked at whenever a cell is read."""

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        tick()
        return super().__getitem__(place)

    def __missing__(self, index: Index) -> Symbol:
        return Symbol(sp.Integer(0))


class Named(Ticking):
    """An array whose cells read as their own names, and are kept as what was written."""

    __slots__ = ("names",)

    def __init__(self, shape: Shape, names: Array) -> None:
        super().__init__(shape)
        self.names = names

    def __getitem__(self, place: Any) -> Any:
        return Symbol(self.names[place])
