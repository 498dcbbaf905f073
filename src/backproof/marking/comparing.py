"""Two expressions on a sheet compared: first by numbers, which can refute, then by algebra, which alone can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import count
from math import prod
from random import Random
from typing import Any, Literal

from flint import arb, fmpq

from backproof.algebra.equality import zero
from backproof.algebra.normal import is_zero
from backproof.algebra.numbers import BITS, certainly_not_zero, evaluate
from backproof.algebra.patience import TooLarge, patience, tick
from backproof.arithmetic.array import Index
from backproof.arithmetic.ball import precision
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.shown import NAME, Shown
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins, sp
from backproof.derivations.meaning import Meaningless, names
from backproof.errors import BackproofError, NotExact, listed
from backproof.marking.classes import shown_for_any
from backproof.marking.expressions import OTHER, Expressions, told_apart
from backproof.marking.literals import number_text, put, rounded, short, worked
from backproof.marking.quantities import Quantities
from backproof.network.plan import Slot
from backproof.notation.styles import TEXT
from backproof.record.evaluate import Values
from backproof.record.record import Record

MOST_PAIRS = 5_000
MOST_NAMED = 4
"""Numbers that a counter-example lists."""
CLOSE = fmpq(1, 10**20)
TRIED = "equal for all numbers that were tried"


class Misfit(ValueError):
    """Two arrays that cannot be equal, as their shapes differ."""


@dataclass(frozen=True)
class Outcome:
    """equal; different; open, where neither was shown; strange, where something means nothing. `text` goes on: how it was shown, or numbers that refute it."""

    status: Literal["equal", "different", "open", "strange"]
    text: str = ""


@dataclass(frozen=True)
class Pair:
    """A cell of the one side and the same cell of the other; the letters of indices that it is for."""

    left: Expr
    right: Expr
    at: dict[str, int]
    cell: Index

    @property
    def difference(self) -> Expr:
        return self.left - self.right


class Comparing:
    """The sides of one chain, compared with each other where `record` holds."""

    def __init__(self, record: Record) -> None:
        if record.data is not None:
            raise Meaningless("formulas about several data at once are not judged")
        self.quantities = Quantities(record)
        self.sides: list[Shown] = []
        self.sums = count(1)
        self.expressions = Expressions(self.quantities, ())

    def admitted(self, side: Shown) -> Shown:
        """One more side, with letters of its own in its sums; the others run as far as in the sides before it.

        Raises `Meaningless`, `TooLarge`.
        """
        side = told_apart(side, {}, self.sums)
        expressions = Expressions(self.quantities, [*self.sides, side])
        for at in expressions.assignments(expressions.free(side)):
            expressions.value(side, at)
            break
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
        try:
            pairs = list(self.pairs(*self.aligned(a, b)))
        except Misfit as error:
            return Outcome("different", str(error))
        strange = {s for pair in pairs for s in pair.difference.free_symbols} & {*self.quantities.strangers.values()}
        if strange:
            return self.estranged(a, b, pairs, sorted(strange, key=str))
        if any(map(self.nowhere, pairs)):
            return Outcome("different", "with the numbers of this question it has no value")
        wrong = self.refuted(pairs, self.quantities.numbers)
        apart = self.apart(pairs, wrong)
        if apart:
            pairs = [pair for pair in pairs if pair not in wrong]
            wrong = []
        if wrong:
            only = "; it holds for the right class alone" if self.alone(pairs, wrong) else ""
            return Outcome("different", self.counterexample(a, wrong[0], self.quantities.numbers, True) + only)
        for values in self.quantities.others:
            if wrong := self.refuted(pairs, values):
                given = self.given(a, b)
                return given or Outcome("different", self.counterexample(a, wrong[0], values, False))
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
        if all(self.proved(pair.difference) for pair in pairs):
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
                right = type(right)((), {(): right[place]})
            if right.shape and not left.shape:  # a sum of products that is written as a product
                right = type(right)((), {(): sp.Add(*right.values())})
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

    def refuted(self, pairs: list[Pair], values: Values) -> list[Pair]:
        """The pairs that these numbers show to be different."""
        return [pair for pair in pairs if self.differ(pair.difference, values)]

    def differ(self, difference: Expr, values: Values) -> bool:
        at = self.quantities.at(difference, values)
        tick()
        try:
            with precision(BITS):
                return certainly_not_zero(evaluate(difference, at)) and not on_boundary(difference, at)
        except (BackproofError, ArithmeticError, ValueError, KeyError):
            return False

    def agree(self, pair: Pair, values: Values) -> bool:
        """Whether the two are certain to be the same number, but for what is far behind the digits that are printed."""
        try:
            with precision(BITS):
                value = evaluate(pair.difference, self.quantities.at(pair.difference, values)).value
        except (BackproofError, ArithmeticError, ValueError, KeyError):
            return False
        return value == 0 if isinstance(value, fmpq) else bool(abs(value) < CLOSE)

    def nowhere(self, pair: Pair) -> bool:
        """Whether the right side has no value with this question's numbers: a logarithm of what is negative, a division by 0."""
        at = self.quantities.at(pair.right, self.quantities.numbers)
        try:
            with precision(BITS):
                if any(evaluate(e.args[0], at) < 0 for e in pair.right.atoms(sp.log)):
                    return True
                evaluate(pair.right, at)
        except (NotExact, ZeroDivisionError):
            return True
        except (BackproofError, ArithmeticError, ValueError, KeyError):
            return False
        return False

    def counterexample(self, a: Shown, pair: Pair, values: Values, own: bool) -> str:
        """`with the numbers of this question it is 4, where ∂L/∂V[0,1] is 2`."""
        with precision(BITS):
            left, right = (
                number_text(evaluate(e, self.quantities.at(e, values)).value) for e in (pair.left, pair.right)
            )
        named = sorted((pair.left - pair.right).free_symbols - {pair.left}, key=str)
        at = [f"{TEXT.name(str(s), ())} = {number_text(self.quantities.at(s, values)[s])}" for s in named]
        given = listed(at[:MOST_NAMED]) + (" …" if len(at) > MOST_NAMED else "")
        numbers = "with the numbers of this question" if own else f"for {given}"
        return f"{numbers} it is {right}, where {self.called(a, pair)} is {left}"

    def called(self, a: Shown, pair: Pair) -> str:
        name = self.quantity(a)
        if name is None:
            return "the first line"
        index = [pair.at.get(i, i) for i in a.args[1]] if a.args[1] else pair.cell
        return TEXT.name(name, index)

    def with_number(self, a: Shown, b: Shown) -> Outcome:
        """A side without names: it is held against the number that a has in this question."""
        pairs, values = list(self.pairs(a, b)), self.quantities.numbers
        wrong = self.refuted(pairs, values)
        if not wrong:
            if not all(self.agree(pair, values) for pair in pairs):
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
                    refuted = any(self.refuted(pairs, values) for values in self.quantities.others)
                    if not refuted and all(self.proved(pair.difference) for pair in pairs):
                        return Outcome("equal", f", {TEXT.name(slot.name, ())} being {number_text(n)} in this question")
        return None

    # Algebra.

    def proved(self, difference: Expr) -> bool:
        """Whether it is 0 whatever the givens are: in the quantities that it names, or in those that they are made of."""
        level: Expr | None = difference
        while level is not None:
            tick()
            settled = self.quantities.settled(level)
            if plausible(settled) and (is_zero(settled) or (settled.has(Positive, Largest, Wins) and zero(settled))):
                return True
            level = self.quantities.opened(level)
        return False

    def estranged(self, a: Shown, b: Shown, pairs: list[Pair], strange: Sequence[Expr]) -> Outcome:
        """Where a name means nothing: still equal, if it is whatever that is, or the slope or rate that a rule has."""
        names_of = {s: name for name, s in self.quantities.strangers.items()}
        unknown = [names_of[s] for s in strange]

        def with_numbers(numbers: Sequence[Expr]) -> list[Pair]:
            put = dict(zip(strange, numbers, strict=True))
            return [replace(p, left=p.left.subs(put), right=p.right.subs(put)) for p in pairs]

        any_numbers = [sp.Rational(7 + 4 * n, 3) for n in range(len(strange))]
        wrong = self.refuted(with_numbers(any_numbers), self.quantities.numbers)
        if not wrong:
            found = self.shown(a, b, pairs, set(), "")
            if found.status == "equal":
                return found
        elif all(pair.left.free_symbols >= {*strange} for pair in pairs):  # what holds for any number holds for these
            text = listed(
                f"{name} = {number_text(fmpq(n.p, n.q))}" for name, n in zip(unknown, any_numbers, strict=True)
            )
            return Outcome("different", f"{self.counterexample(a, wrong[0], self.quantities.numbers, True)}, if {text}")
        for option in self.options if len(strange) == 1 else ():
            put_in = with_numbers([option])
            if not self.refuted(put_in, self.quantities.numbers) and all(self.proved(p.difference) for p in put_in):
                return Outcome("equal", f" with {unknown[0]} = {number_text(fmpq(option.p, option.q))}")
        return Outcome("strange", self.quantities.unknown(unknown))

    @cached_property
    def options(self) -> list[Expr]:
        """The numbers that the network's rules were given, such as a slope."""
        rules = {job.rule for job in self.quantities.plan.jobs}
        given = [getattr(rule, f.name) for rule in rules for f in fields(rule)]  # pyright: ignore
        ratios = [v.ratio() for v in given if isinstance(v, Numeral) and not v.special]
        return [sp.Rational(*ratio) for ratio in dict.fromkeys(ratios) if ratio[0]]


def plausible(e: Expr) -> bool:
    """Whether an expression may be 0 whatever its symbols are; it costs less to try than to show."""
    random = Random(0)
    for least in (1, -9_999):  # where logarithms and roots have a value, then anywhere
        at = {s: fmpq(random.randint(least, 9_999), 1_000) for s in sorted(e.free_symbols, key=str)}
        try:
            with precision(BITS):
                if certainly_not_zero(evaluate(e, at)):
                    return False
        except (BackproofError, ArithmeticError, ValueError):
            continue
    return True


def on_boundary(e: Expr, at: dict[Expr, Any]) -> bool:
    """Whether a branch changes at just these numbers, so that either side's slope is right."""
    for bracket in e.atoms(Positive):
        if evaluate(bracket.args[0], at).value == 0:
            return True
    for wins in e.atoms(Wins):
        numbers = [evaluate(u, at) for u in wins.args[1:]]
        if any(sum(n == m for n in numbers) > 1 for m in numbers):
            return True
    return False
