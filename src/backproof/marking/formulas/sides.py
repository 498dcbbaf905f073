"""The sides of a chain of equals signs, one after the other: each held against the head, then against the line before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from backproof.algebra.patience import TooLarge
from backproof.arithmetic.shown import Comparison, Shown
from backproof.derivations.meaning import Meaningless
from backproof.errors import BadNumber, shortened
from backproof.marking.claims import Chain, Side
from backproof.marking.formulas.comparing import Comparing, Outcome
from backproof.marking.question import Question

Verdict: TypeAlias = Literal["right", "follows", "wrong", "undecided", "unread"]

T = TypeVar("T")


class Judged(NamedTuple):
    """What was found of one side."""

    side: int
    verdict: Verdict
    reason: str


MOST_PARTS = 600
"""Names, numbers and signs of one side."""
DEEPEST = 100
VERDICTS: dict[str, Verdict] = {"different": "wrong", "open": "undecided", "strange": "unread"}
"""What is said of a side that is not equal to what it should be."""


def judged(chain: Chain, question: Question) -> Iterator[Judged]:
    """What is to be said of the sides of a chain, but of the first where that only names a quantity."""
    comparing = guarded(lambda: Comparing(question.parts[chain.part].record))
    if isinstance(comparing, Outcome):
        yield from (Judged(n, VERDICTS[comparing.status], comparing.text) for n in range(1, len(chain.sides)))
        return
    trouble: dict[int, Outcome] = {}
    sides = list(chain.sides)
    for n, side in enumerate(sides):
        found = admitted(comparing, side)
        if isinstance(found, Outcome):
            trouble[n] = found
        else:
            sides[n] = found
    readable = [side for n, side in enumerate(sides) if n not in trouble]
    head, before = next(iter(readable), None), None
    for n, side in enumerate(sides):
        if n in trouble:
            yield Judged(n, VERDICTS[trouble[n].status], trouble[n].text)
        elif side is head:
            before = head
        elif head and before:
            verdict, reason = verdict_on(comparing, head, before, side)
            yield Judged(n, verdict, reason)
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


def admitted(comparing: Comparing, side: Side) -> Side | Outcome:
    """A side as it is compared, or why it cannot be."""
    if problem := too_much(side.expression):
        return Outcome("strange", problem)
    found = guarded(lambda: comparing.admitted(side.expression))
    return found if isinstance(found, Outcome) else replace(side, expression=found)


def outcome(comparing: Comparing, a: Side, b: Side) -> Outcome:
    return guarded(lambda: comparing.compare(a.expression, b.expression))


def guarded(action: Callable[[], T]) -> T | Outcome:
    """What comes of this; where that goes wrong, why."""
    try:
        return action()
    except (Meaningless, BadNumber) as error:
        return Outcome("strange", str(error))
    except TooLarge:
        return Outcome("open", "it takes too long to be worked out")
    except Exception as error:  # whatever algebra makes of somebody's line, the rest of the sheet is still marked
        return Outcome("open", f"it cannot be worked out: {shortened(str(error))}")


def too_much(expression: Shown) -> str:
    """Why an expression is not looked at: it is too long, or too deep."""
    waiting: list[tuple[Any, int]] = [(expression, 1)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, Comparison):
            waiting += [(part.left, depth + 1), (part.right, depth + 1)]
        elif isinstance(part, Shown):
            waiting += [(inside, depth + 1) for inside in part.args]
            count += 1
        if count > MOST_PARTS:
            return f"it has more than {MOST_PARTS} names, numbers and signs"
        if depth > DEEPEST:
            return f"it is nested more than {DEEPEST} deep"
    return ""
