"""Formulas on a sheet judged: each side of a chain of equals signs held against what the quantity at its head is.

A side is right if it is equal to that quantity whatever the numbers are; if it is not, but equal to the line before, it
follows. Nothing is parsed here: the reader has done that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from backproof.algebra.patience import patience
from backproof.arithmetic.shown import NAME, Comparison, Shown
from backproof.marking.claims import Chain
from backproof.marking.marking import Formula
from backproof.marking.question import Question

if TYPE_CHECKING:
    from backproof.marking.formulas.sides import Judged

SECONDS = 2.0
"""How long one chain may take."""
MOST_KNOWN = 4_096
KNOWN: WeakKeyDictionary[Question, dict[tuple[object, ...], tuple[Judged, ...]]] = WeakKeyDictionary()
"""What has been found of the formulas of each question."""


def judge_chain(chain: Chain, question: Question) -> tuple[Formula, ...]:
    """What is to be said of each side of a chain, but of the first where that only names a quantity.

    A number in a chain about a quantity is a claim, and no formula. Never raises for what a chain holds.
    """
    sides = [s for n, s in enumerate(chain.sides) if n == 0 or not chain.name or has_names(s.expression)]
    if not sides:
        return ()
    found = judged(question, Chain(tuple(sides), chain.name, chain.part))
    return tuple(
        Formula(sides[n].text, verdict, reason, chain.name, chain.part, sides[n].where) for n, verdict, reason in found
    )


def judged(question: Question, chain: Chain) -> tuple[Judged, ...]:
    """The same formula stands on many sheets; it is worked out once, unless that took too long."""
    known = KNOWN.setdefault(question, {})
    key = chain.name, chain.part, *((side.text, cells(side.expression)) for side in chain.sides)
    if key in known:
        return known[key]
    from backproof.marking.formulas import sides  # SymPy, which takes a while to load and is needed for nothing else

    with patience(SECONDS):
        found = tuple(sides.judged(chain, question))
    if len(known) < MOST_KNOWN and all(each.verdict != "undecided" for each in found):
        known[key] = found
    return found


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
