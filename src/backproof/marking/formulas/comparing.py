"""Two expressions on a sheet compared: first by numbers, which can refute, then by algebra, which alone can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import count
from math import prod
from typing import Literal

from flint import arb, fmpq

from backproof.algebra.numbers import BITS, evaluate
from backproof.algebra.patience import TooLarge, patience, tick
from backproof.arithmetic.ball import precision
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.shown import NAME, Shown
from backproof.arithmetic.symbol import Expr, sp
from backproof.derivations.meaning import Meaningless, names
from backproof.errors import listed
from backproof.marking.formulas.cellwise import single, summed
from backproof.marking.formulas.classes import shown_for_any
from backproof.marking.formulas.expressions import OTHER, Expressions
from backproof.marking.formulas.letters import told_apart
from backproof.marking.formulas.literals import number_text, put, rounded, short, worked
from backproof.marking.formulas.quantities import Quantities
from backproof.marking.formulas.refuting import Pair, agree, counterexample, nowhere, refuted
from backproof.marking.formulas.showing import Showing
from backproof.network.plan import Slot
from backproof.notation.text import TEXT
from backproof.record.evaluate import Values
from backproof.record.record import Record

MOST_PAIRS = 5_000
TRIED = "equal for all numbers that were tried"


class Misfit(ValueError):
    """Two arrays that cannot be equal, as their shapes differ."""


@dataclass(frozen=True)
class Outcome:
    """equal; different; open, where neither was shown; strange, where something means nothing. `text` goes on: how it was shown, or numbers that refute it."""

    status: Literal["equal", "different", "open", "strange"]
    text: str = ""


class Comparing:
    """The sides of one chain, compared with each other where `record` holds."""

    def __init__(self, record: Record) -> None:
        if record.data is not None:
            raise Meaningless("formulas about several data at once are not judged")
        self.quantities = Quantities(record)
        self.showing = Showing(self.quantities)
        self.sides: list[Shown] = []
        self.sums = count(1)
        self.added = False
        """Whether an array was taken for the sum of its cells, as one number is expected: `y = W·V`."""
        self.expressions = Expressions(self.quantities, ())

    def admitted(self, side: Shown) -> Shown:
        """One more side, with letters of its own in its sums; the others run as far as in the sides before it.

        Raises `Meaningless`, `TooLarge`.
        """
        side = told_apart(side, {}, self.sums)
        expressions = Expressions(self.quantities, [*self.sides, side])
        at = next(expressions.assignments(expressions.free(side)), None)
        if at is None:  # a letter that runs over nothing: what holds of no cell says nothing
            strange = [n.args[0] for n in names(side) if n.args[1] and not self.quantity(n)]
            raise Meaningless(self.quantities.unknown(list(dict.fromkeys(strange))))
        expressions.value(side, at)
        if not self.sides and side.op == NAME and not side.args[1] and side.args[0] in self.quantities.strangers:
            raise Meaningless(self.quantities.unknown([side.args[0]]))
        self.sides.append(side)
        self.expressions = expressions
        return side

    def title(self, e: Shown) -> str:
        """The name of the quantity that an expression names, as it is printed."""
        name = self.quantity(e) or (e.args[0] if e.op == NAME and self.quantities.fraction(e.args[0]) else None)
        return TEXT.name(name, e.args[1]) if name else ""

    def quantity(self, e: Shown) -> str | None:
        """The quantity of which an expression is the name."""
        return self.quantities.find(e.args[0]) if e.op == NAME else None

    def compare(self, a: Shown, b: Shown) -> Outcome:
        """Whether b is equal to a. Raises `Meaningless`, `TooLarge`."""
        if not any(names(b)):
            return self.with_number(a, b)
        a, b = self.aligned(a, b)
        self.added = False
        found = self.cell_by_cell(a, b)
        if not self.added:
            return found
        if found.status == "different":
            with self.expressions.adding_products():
                again = self.cell_by_cell(a, b)
            found = again if again.status == "equal" else found
        return replace(found, text=f", its cells added up{found.text}") if found.status == "equal" else found

    def cell_by_cell(self, a: Shown, b: Shown) -> Outcome:
        try:
            pairs = list(self.pairs(a, b))
            if not pairs:
                return Outcome("strange", "the letters in it run over nothing")
        except Misfit as error:
            return Outcome("different", str(error))
        strange = {s for pair in pairs for s in pair.difference.free_symbols} & {*self.quantities.strangers.values()}
        if strange:
            return self.estranged(a, b, pairs, sorted(strange, key=str))
        if any(nowhere(self.quantities, pair) for pair in pairs):
            return Outcome("different", "with the numbers of this question it has no value")
        wrong = refuted(self.quantities, pairs, self.quantities.numbers)
        apart = self.apart(pairs, wrong)
        if apart:
            pairs = [pair for pair in pairs if pair not in wrong]
            wrong = []
        if wrong:
            only = "; it holds for the right class alone" if self.alone(pairs, wrong) else ""
            return Outcome("different", self.counterexample(a, wrong[0], self.quantities.numbers) + only)
        for values in self.quantities.others:
            if wrong := refuted(self.quantities, pairs, values):
                given = self.given(a, b) or self.taken(a, b, pairs)
                return given or Outcome("different", self.counterexample(a, wrong[0], values))
        where = f" for every {listed(sorted(apart))} other than the right class" if apart else ""
        try:
            return self.shown(a, b, pairs, apart, where)
        except TooLarge:
            return Outcome("open", f"{TRIED}; to show it for every number takes too long")

    def shown(self, a: Shown, b: Shown, pairs: list[Pair], apart: set[str], where: str) -> Outcome:
        try:
            with patience(1):
                if shown_for_any(self.quantities, a, b, apart):
                    return Outcome("equal", f"{where}, shown for any number of classes")
        except TooLarge:
            pass
        tick()
        if all(self.showing.proved(pair.difference) for pair in pairs):
            return Outcome("equal", f"{where}, shown for {self.scope(a)}")
        return Outcome("open", f"{TRIED}, and not shown for every number")

    def scope(self, a: Shown) -> str:
        """For what something was shown: of softmax and cross-entropy for as many classes as there are here."""
        q, loss = self.quantities, self.quantities.record.network.loss
        if loss is None or q.logits is None:
            return "all numbers"
        about = self.quantity(a) in (loss.output, loss.name("p"), q.logits, f"d{loss.output}/d{q.logits}")
        return f"{q.shape(q.logits)[0]} classes" if about else "all numbers"

    # What is compared with what.

    def aligned(self, a: Shown, b: Shown) -> tuple[Shown, Shown]:
        """`V = u_i …`: what has no index on the one side has on the other; then the same letters are meant."""
        letters = [i for name in names(b) for i in name.args[1]]
        free = [i for i in dict.fromkeys(letters) if i in self.expressions.free(b)]
        name = self.quantity(a)
        if name is None or a.args[1] or not free:
            return a, b
        shape, sizes = self.quantities.shape(name), [self.expressions.sizes[i] for i in free]
        if sizes in (list(shape), [prod(shape)]):
            return Shown(NAME, (a.args[0], tuple(free)), None), b
        return a, b

    def pairs(self, a: Shown, b: Shown) -> Iterator[Pair]:
        made = 0
        for at in self.expressions.assignments(self.expressions.free(a) | self.expressions.free(b)):
            left, right = self.expressions.value(a, at), self.expressions.value(b, at)
            name = self.quantity(a)
            if name and a.args[1] and right.shape == self.quantities.shape(name):  # a cell, of which the whole is given
                place = self.expressions.place(name, right.shape, a.args[1], at)
                right = single(right[place])
            if right.shape and not left.shape:  # a sum of products that is written as a product
                right, self.added = summed(right), True
            if left.shape and right.shape and left.shape != right.shape:
                raise Misfit(f"it has shape {right.shape}, where {self.title(a) or 'the first line'} has {left.shape}")
            for i in left.indices():
                made += 1
                if made > MOST_PAIRS:
                    raise TooLarge
                yield Pair(left[i], right[i if right.shape else ()], at, i)

    def apart(self, pairs: list[Pair], wrong: list[Pair]) -> set[str]:
        """Letters that may be taken to be other than the right class, as nothing is wrong then."""
        right, fixed = self.quantities.right_class, self.expressions.fixed
        if right is None or not wrong or len(wrong) == len(pairs):
            return set()
        free = [i for i in wrong[0].at if i not in fixed and i != OTHER]
        return next(({i} for i in free if all((p.at[i] == right) == (p in wrong) for p in pairs)), set[str]())

    def alone(self, pairs: list[Pair], wrong: list[Pair]) -> bool:
        """Whether a formula with a letter for any class holds for the right one, and for no other."""
        right, fixed = self.quantities.right_class, self.expressions.fixed
        free = [i for i in wrong[0].at if i not in fixed]
        return len(free) == 1 and all((p.at[free[0]] != right) == (p in wrong) for p in pairs)

    # Numbers.

    def counterexample(self, a: Shown, pair: Pair, values: Values) -> str:
        return counterexample(self.quantities, self.called(a, pair), pair, values)

    def called(self, a: Shown, pair: Pair) -> str:
        name = self.quantity(a)
        if name is None:
            return "the first line"
        index = [pair.at.get(i, i) for i in a.args[1]] if a.args[1] else pair.cell
        return TEXT.name(name, index)

    def with_number(self, a: Shown, b: Shown) -> Outcome:
        """A side without names: it is held against the number that a has in this question."""
        pairs, values = list(self.pairs(a, b)), self.quantities.numbers
        wrong = refuted(self.quantities, pairs, values)
        if not wrong:
            if not all(agree(self.quantities, pair, values) for pair in pairs):
                return Outcome("open", "it cannot be worked out as a number")
            if self.quantity(a) or not any(pair.left.free_symbols for pair in pairs):
                return Outcome("equal")
            found = self.shown(a, b, pairs, set(), "")
            return found if found.status == "equal" else Outcome("equal", " with the numbers of this question")
        with precision(BITS):
            numbers = [evaluate(pair.left, self.quantities.at(pair.left, values)).value for pair in wrong]
        wide = None if worked(b) and all(map(short, numbers)) else rounded(b, self.expressions)
        if wide is not None and all(wide.overlaps(arb(number)) for number in numbers):
            return Outcome("equal", " within the digits that are written")
        written = number_text(evaluate(wrong[0].right, {}).value)
        return Outcome("different", f"{self.called(a, wrong[0])} is {number_text(numbers[0])}, not {written}")

    def given(self, a: Shown, b: Shown) -> Outcome | None:
        """Whether b is right with a number of this question written for the quantity that has it: `2·W` for `∂L/∂y·W`."""
        job = self.quantities.plan.job(Slot(self.quantity(a) or ""))
        if job is None:
            return None
        for slot in job.read:
            if slot.name in self.quantities.names and not self.quantities.shape(slot.name):
                n = self.quantities.numbers[slot][()]
                for changed in put(b, n, Shown(NAME, (slot.name, ()), None)):
                    pairs = list(self.pairs(*self.aligned(a, changed)))
                    wrong = any(refuted(self.quantities, pairs, values) for values in self.quantities.others)
                    if not wrong and all(self.showing.proved(pair.difference) for pair in pairs):
                        return Outcome("equal", f", {TEXT.name(slot.name, ())} being {number_text(n)} in this question")
        return None

    def taken(self, a: Shown, b: Shown, pairs: list[Pair]) -> Outcome | None:
        """Whether what is said of one cell, by its numbers, holds on the branches that this question's numbers take."""
        of_cells = any(isinstance(i, int) for e in (a, b) for name in names(e) for i in name.args[1])
        if of_cells and len(pairs) == 1 and not pairs[0].at and self.showing.proved_here(pairs[0].difference):
            return Outcome("equal", " on the side of each kink on which this question's numbers are")
        return None

    # Algebra.

    def estranged(self, a: Shown, b: Shown, pairs: list[Pair], strange: Sequence[Expr]) -> Outcome:
        """Where a name means nothing: still equal, if it is whatever that is, or the slope or rate that a rule has."""
        names_of = {s: name for name, s in self.quantities.strangers.items()}
        unknown = [names_of[s] for s in strange]

        def with_numbers(numbers: Sequence[Expr]) -> list[Pair]:
            put = dict(zip(strange, numbers, strict=True))
            return [replace(p, left=p.left.subs(put), right=p.right.subs(put)) for p in pairs]

        any_numbers = [sp.Rational(7 + 4 * n, 3) for n in range(len(strange))]
        wrong = refuted(self.quantities, with_numbers(any_numbers), self.quantities.numbers)
        if not wrong:
            found = self.shown(a, b, pairs, set(), "")
            if found.status == "equal":
                return found
        elif all(pair.left.free_symbols >= {*strange} for pair in pairs):  # what holds for any number holds for these
            text = listed(
                f"{name} = {number_text(fmpq(n.p, n.q))}" for name, n in zip(unknown, any_numbers, strict=True)
            )
            return Outcome("different", f"{self.counterexample(a, wrong[0], self.quantities.numbers)}, if {text}")
        for option in self.options if len(strange) == 1 else ():
            put_in = with_numbers([option])
            if not refuted(self.quantities, put_in, self.quantities.numbers) and all(
                self.showing.proved(p.difference) for p in put_in
            ):
                return Outcome("equal", f" with {unknown[0]} = {number_text(fmpq(option.p, option.q))}")
        return Outcome("strange", self.quantities.unknown(unknown))

    @cached_property
    def options(self) -> list[Expr]:
        """The numbers that the network's rules were given, such as a slope."""
        rules = {job.rule for job in self.quantities.plan.jobs}
        given = [getattr(rule, f.name) for rule in rules for f in fields(rule)]  # pyright: ignore
        ratios = [v.ratio() for v in given if isinstance(v, Numeral) and not v.special]
        return [sp.Rational(*ratio) for ratio in dict.fromkeys(ratios) if ratio[0]]
