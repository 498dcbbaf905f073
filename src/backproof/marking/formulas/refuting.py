"""Numbers that show two expressions to be different: those of the question, and others in their place."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from flint import fmpq

from backproof.algebra.numbers import BITS, certainly_not_zero, evaluate
from backproof.algebra.patience import tick
from backproof.arithmetic.array import Index
from backproof.arithmetic.ball import precision
from backproof.arithmetic.symbol import Expr, Positive, Wins, sp
from backproof.errors import BackproofError, NotExact, listed
from backproof.marking.formulas.literals import number_text
from backproof.marking.formulas.quantities import Quantities
from backproof.notation.text import TEXT
from backproof.record.evaluate import Values

MOST_NAMED = 4
"""Numbers that a counter-example lists."""
CLOSE = fmpq(1, 10**20)


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


def refuted(q: Quantities, pairs: list[Pair], values: Values) -> list[Pair]:
    """The pairs that these numbers show to be different."""
    return [pair for pair in pairs if differ(q, pair.difference, values)]


def differ(q: Quantities, difference: Expr, values: Values) -> bool:
    at = q.at(difference, values)
    tick()
    try:
        with precision(BITS):
            return certainly_not_zero(evaluate(difference, at)) and not on_boundary(difference, at)
    except (BackproofError, ArithmeticError, ValueError, KeyError):
        return False


def agree(q: Quantities, pair: Pair, values: Values) -> bool:
    """Whether the two are certain to be the same number, but for what is far behind the digits that are printed."""
    try:
        with precision(BITS):
            value = evaluate(pair.difference, q.at(pair.difference, values)).value
    except (BackproofError, ArithmeticError, ValueError, KeyError):
        return False
    return value == 0 if isinstance(value, fmpq) else bool(abs(value) < CLOSE)


def nowhere(q: Quantities, pair: Pair) -> bool:
    """Whether the right side has no value with this question's numbers: a logarithm of what is negative, a division by 0."""
    at = q.at(pair.right, q.numbers)
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


def counterexample(q: Quantities, called: str, pair: Pair, values: Values) -> str:
    """`with the numbers of this question it is 4, where ∂L/∂V[0,1] is 2`."""
    with precision(BITS):
        left, right = (number_text(evaluate(e, q.at(e, values)).value) for e in (pair.left, pair.right))
    named = sorted((pair.left - pair.right).free_symbols - {pair.left}, key=str)
    at = [f"{TEXT.name(str(s), ())} = {number_text(q.at(s, values)[s])}" for s in named]
    given = listed(at[:MOST_NAMED]) + (" …" if len(at) > MOST_NAMED else "")
    numbers = "with the numbers of this question" if values is q.numbers else f"for {given}"
    return f"{numbers} it is {right}, where {called} is {left}"


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
