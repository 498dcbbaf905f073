"""Formulas on a sheet judged: each side of a chain of equals signs held against what the quantity is.

A side is right if it is equal to the quantity at the head of the chain, whatever the numbers are; if it is not, but equal
to the line before, it follows. Nothing is parsed here: the reader has done that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from backproof.algebra.patience import TooLarge, patience
from backproof.arithmetic.shown import Comparison, Shown
from backproof.errors import shortened
from backproof.marking.claims import Chain, Side
from backproof.marking.marking import Formula
from backproof.marking.question import Question

if TYPE_CHECKING:
    from backproof.marking.comparing import Comparing, Outcome

Verdict: TypeAlias = Literal["right", "follows", "wrong", "undecided", "unread"]

SECONDS = 2.0
"""How long one chain may take."""
MOST_PARTS = 600
"""Names, numbers and signs of one side."""
DEEPEST = 100
LATE = "it takes too long to be worked out"


def judge_chain(chain: Chain, question: Question) -> tuple[Formula, ...]:
    """What is to be said of each side of a chain, but of the first where that only names a quantity.

    Never raises for what a chain holds.
    """
    if not chain.sides:
        return ()
    with patience(SECONDS):
        return tuple(judged(chain, question))


def judged(chain: Chain, question: Question) -> Iterator[Formula]:
    from backproof.marking.comparing import Comparing  # which imports SymPy, and that takes a while

    record = question.parts[chain.part].record
    comparing, readable, trouble = Comparing(record), list[Side](), dict[int, str]()
    for n, side in enumerate(chain.sides):
        problem = too_much(side.expression) or attempted(lambda e=side.expression: comparing.admit(e))
        if problem:
            trouble[n] = problem
        else:
            readable.append(side)
    head, before = next(iter(readable), None), None
    for n, side in enumerate(chain.sides):
        if n in trouble:
            yield formula(chain, side, "unread", trouble[n])
        elif side is head:
            before = head
        elif head and before:
            verdict, reason = verdict_on(comparing, head, before, side)
            yield formula(chain, side, verdict, reason)
            before = before if verdict == "unread" else side


def verdict_on(comparing: Comparing, head: Side, before: Side, side: Side) -> tuple[Verdict, str]:
    found = outcome(comparing, head, side)
    name = comparing.title(head.expression)
    if found.status == "equal":
        identity = "" if name else "; no quantity of the question stands at the head"
        return "right", f"equal to {name or 'the first line'}{found.text}{identity}"
    if found.status in ("different", "open") and before is not head:
        again = outcome(comparing, before, side)
        if again.status == "equal":
            return "follows", f"equal to the line before{again.text}"
    return VERDICTS[found.status], found.text


VERDICTS: dict[str, Verdict] = {"different": "wrong", "open": "undecided", "strange": "unread", "unread": "unread"}


def outcome(comparing: Comparing, a: Side, b: Side) -> Outcome:
    """What a comparison comes to; of one that goes wrong, why."""
    from backproof.derivations.meaning import Meaningless
    from backproof.marking.comparing import Outcome

    try:
        return comparing.compare(a.expression, b.expression)
    except Meaningless as error:
        return Outcome("unread", str(error))
    except TooLarge:
        return Outcome("open", LATE)
    except Exception as error:  # whatever algebra makes of somebody's line, the rest of the sheet is still marked
        return Outcome("open", f"it cannot be worked out: {shortened(str(error))}")


def attempted(action: Callable[[], object]) -> str:
    """Why something cannot be done; nothing where it can."""
    try:
        action()
    except TooLarge:
        return LATE
    except Exception as error:
        return str(error) if isinstance(error, ValueError) else f"it cannot be worked out: {shortened(str(error))}"
    return ""


def too_much(expression: Shown) -> str:
    """Why an expression is not looked at: it is too long, or too deep."""
    waiting, count = [(expression, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            return f"it has more than {MOST_PARTS} names, numbers and signs"
        if depth > DEEPEST:
            return f"it is nested more than {DEEPEST} deep"
        inside = (
            (part.left, part.right) if isinstance(part, Comparison) else part.args if isinstance(part, Shown) else ()
        )
        waiting += [(p, depth + 1) for p in inside if isinstance(p, (Shown, Comparison))]
    return ""


def formula(chain: Chain, side: Side, verdict: Verdict, reason: str) -> Formula:
    return Formula(side.text, verdict, reason, chain.name, chain.part, side.where)
