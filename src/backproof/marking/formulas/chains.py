"""Formulas on a sheet judged: each side of a chain of equals signs held against what the quantity at its head is.

A side is right if it is equal to that quantity whatever the numbers are; if it is not, but equal to the line before, it
follows. Nothing is parsed here: the reader has done that.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from backproof.algebra.patience import patience
from backproof.arithmetic.shown import NAME, Comparison, Shown
from backproof.marking.claims import Chain
from backproof.marking.marking import Formula
from backproof.marking.question import Question

if TYPE_CHECKING:
    from backproof.marking.formulas.sides import Judged

SECONDS = 2.0
"""How long one chain may take."""


def judge_chain(chain: Chain, question: Question) -> tuple[Formula, ...]:
    """What is to be said of each side of a chain, but of the first where that only names a quantity.

    A number in a chain about a quantity is a claim, and no formula. Never raises for what a chain holds.
    """
    sides = [s for n, s in enumerate(chain.sides) if n == 0 or not chain.name or has_names(s.expression)]
    if not sides:
        return ()
    found = judged(Asked(question, Chain(tuple(sides), chain.name, chain.part)))
    return tuple(
        Formula(sides[n].text, verdict, reason, chain.name, chain.part, sides[n].where) for n, verdict, reason in found
    )


class Asked:
    """A chain as it is looked up among those that have been judged: the same question, the same text, meant in the same way."""

    def __init__(self, question: Question, chain: Chain) -> None:
        self.question, self.chain = question, chain
        says = tuple((side.text, cells(side.expression)) for side in chain.sides)
        self.key = (id(question), chain.name, chain.part, says)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asked) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=4096)
def judged(asked: Asked) -> tuple[Judged, ...]:
    """The same formula stands on many sheets; it is worked out once."""
    from backproof.marking.formulas import sides  # SymPy, which takes a while to load and is needed for nothing else

    with patience(SECONDS):
        return tuple(sides.judged(asked.chain, asked.question))


def cells(expression: Shown) -> tuple[object, ...]:
    """The places of the names in an expression: by them `v_1` may be another cell on another sheet."""
    found: list[object] = []
    waiting: list[object] = [expression]
    while waiting:
        part = waiting.pop()
        match part:
            case Comparison():
                waiting += [part.left, part.right]
            case Shown():
                waiting += part.args
            case tuple():
                waiting += cast("tuple[object, ...]", part)
            case _:
                found.append(str(part))
    return tuple(found)


def has_names(expression: object) -> bool:
    """Whether anything but numbers stands in an expression."""
    if isinstance(expression, Comparison):
        return True
    if not isinstance(expression, Shown):
        return False
    return expression.op == NAME or any(map(has_names, expression.args))
