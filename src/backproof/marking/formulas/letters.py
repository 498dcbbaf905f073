"""The letters in an expression: those that stand as an index, and those that a sum runs through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backproof.arithmetic.shown import NAME, NUMBER, TOTAL, Comparison, Shown
from backproof.derivations.language import BRACKET


def indices_in(e: Any) -> set[str]:
    """The letters that stand as an index anywhere in an expression, or are compared."""
    if isinstance(e, Comparison):
        return indices_in(e.left) | indices_in(e.right)
    if not isinstance(e, Shown) or e.op == NUMBER:
        return set()
    if e.op == NAME:
        return {i for i in e.args[1] if isinstance(i, str)} | ({e.args[0]} if not e.args[1] else set[str]())
    return set[str]().union(*map(indices_in, e.args))


def compared(e: Any) -> Iterator[tuple[str | None, str | None]]:
    """The two sides of every bracket, where they are names without an index."""
    if isinstance(e, Shown) and e.op == BRACKET:
        yield bare(e.args[0].left), bare(e.args[0].right)
    elif isinstance(e, Shown) and e.op not in (NAME, NUMBER):
        for part in e.args:
            yield from compared(part)


def bare(e: Shown) -> str | None:
    return e.args[0] if e.op == NAME and not e.args[1] else None


def told_apart(e: Any, names: Mapping[str, str], count: Iterator[int]) -> Any:
    """The expression with a letter of its own for each sum: what runs in one is not what runs in another."""
    if isinstance(e, Comparison):
        return Comparison(e.relation, told_apart(e.left, names, count), told_apart(e.right, names, count))
    if not isinstance(e, Shown) or e.op == NUMBER:
        return e
    if e.op == NAME:
        index = tuple(names.get(i, i) if isinstance(i, str) else i for i in e.args[1])
        return Shown(NAME, (e.args[0] if index else names.get(e.args[0], e.args[0]), index), None)
    if e.op == TOTAL:
        body, (letter,) = e.args
        own = letter + str(next(count)).translate(LOWERED)
        return Shown(TOTAL, (told_apart(body, {**names, letter: own}, count), (own,)), None)
    return Shown(e.op, tuple(told_apart(part, names, count) for part in e.args), None)


LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
