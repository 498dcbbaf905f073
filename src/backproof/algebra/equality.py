"""Whether two expressions are equal, decided exactly: equal, different (with numbers that show it), or undecided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, TypeAlias

from backproof.algebra.cases import Case, Conditions, TooMany, cases, questions, where_zero
from backproof.algebra.normal import is_bound, is_delta, normal
from backproof.algebra.numbers import evaluate, nonzero_at, points
from backproof.algebra.patience import TooLarge
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins, sp
from backproof.errors import BackproofError, shortened

Status: TypeAlias = Literal["proved", "refuted", "undecided"]


WORST: dict[Status, int] = {"proved": 0, "undecided": 1, "refuted": 2}


@dataclass(frozen=True)
class Verdict:
    """What was found; where the two differ, numbers for the symbols at which they do, and the case they are in."""

    status: Status
    at: Mapping[Expr, Any] | None = None
    case: Case | None = None
    reason: str = ""

    def __bool__(self) -> bool:
        return self.status == "proved"


@dataclass(frozen=True)
class Known:
    """What may be assumed besides the rules of algebra, and points at which it holds."""

    values: Mapping[Expr, Expr] = field(default_factory=dict[Expr, Expr])
    """Atoms of normal forms that have a value: a sum that is 1, a bracket that holds."""
    conditions: Conditions = ()
    """Expressions of which the sign is known."""
    different: frozenset[frozenset[Expr]] = frozenset()
    """Pairs of indices that are not equal."""
    aside: Set[Expr] | None = None
    """Symbols at whose boundaries nothing is asked, because gradients are taken by them; None for all symbols."""
    points: Callable[[Expr], Iterable[Mapping[Expr, Any]]] | None = None
    """Numbers for everything that stands in an expression."""


MOST_DECIDED = 300
"""Cases that are looked at one by one."""
MOST_QUESTIONS = 12
"""Comparisons of which the cases are taken; every one of them triples the cases at worst."""

PROVED = Verdict("proved")
NOTHING = Known()


def zero(difference: Expr, known: Known = NOTHING) -> Verdict:
    """Whether an expression is 0 wherever it is defined, but for the boundaries that `known` leaves aside.

    First all branches at once; if that does not decide, each case by itself.
    """
    if difference == 0:
        return PROVED
    reason = ""
    case: Case | None = None
    try:
        if zero_whatever_is_rooted(difference):
            return PROVED
        value = normal(difference)
        for _ in known.values:  # the value of one may hold another
            value = normal(value.xreplace(dict(known.values)))
        if value == 0:
            return PROVED
        if value.has(sp.zoo, sp.nan):
            raise ZeroDivisionError
        for case in cases_of(value, known):
            rest = within(case, known)
            if rest is not None:
                reason = f"{shortened(rest)} was neither shown to be 0 nor found to be other"
                break
        else:
            return PROVED
    except TooMany:
        reason = "there are too many cases to be looked at one by one"
    except TooLarge:
        reason = "the expression is too large to be worked out"
    except ZeroDivisionError:
        reason = "a denominator is 0"
    fixed = {s: v for s, v in case.point.items() if s.is_Symbol} if case else {}
    within_case = points(difference.free_symbols, fixed) if fixed and not known.points else ()
    anywhere = known.points(difference) if known.points else points(difference.free_symbols, {})
    at = nonzero_at(difference, chain(anywhere, within_case))
    if at is None:
        return Verdict("undecided", case=case, reason=reason)
    return Verdict("refuted", at, case if case and holds(case, at) else None)


def zero_whatever_is_rooted(difference: Expr) -> bool:
    """Whether it is 0 even with any number in the place of each sum that a root is taken of; that is much less to work out."""
    if difference.has(sp.Sum):  # what stands in the root may run with its index, and be no one number
        return False
    rooted = {p.base for p in difference.atoms(sp.Pow) if p.base.is_Add and p.exp.is_Rational and not p.exp.is_Integer}
    if not rooted:
        return False
    try:
        return normal(difference.xreplace({u: sp.Dummy(real=True) for u in rooted})) == 0
    except (TooLarge, ZeroDivisionError):
        return False


def cases_of(value: Expr, known: Known) -> list[Case]:
    """Its cases, if there are few enough to be looked at one by one."""
    if len(questions([value])) > MOST_QUESTIONS:
        raise TooMany
    return cases([value], MOST_DECIDED, known.conditions)


def holds(case: Case, at: Mapping[Expr, Any]) -> bool:
    """Whether the numbers lie in the case."""
    try:
        return all((v > 0) - (v < 0) == sign for u, sign in case.conditions for v in [evaluate(u, at)])
    except (BackproofError, ArithmeticError, ValueError, KeyError):
        return False


def within(case: Case, known: Known) -> Expr | None:
    """What is left of the value in one case; what is 0 there by its conditions is put in."""
    value, ties = case.values[0], case.ties
    if known.aside is None and any(map(thin, ties)):
        return None
    if known.aside is not None and case.on_boundary(known.aside):
        return None
    while ties and normal(value) != 0:
        there = where_zero(ties[0], ties[0].free_symbols)
        if there is None:
            return value
        value, ties = value.subs(there), [tie for t in ties[1:] if (tie := normal(t.subs(there))) != 0]
    return remainder(value, known.different)


def thin(tie: Expr) -> bool:
    """Whether u = 0 is the boundary between two sides, and no region of its own: u is smooth, and not 0 everywhere."""
    if tie.has(Positive, Largest, Wins, sp.KroneckerDelta, sp.Abs):
        return False
    cells = tie.atoms(sp.Indexed)
    if len({cell.base for cell in cells}) < len(cells):  # z[i] − z[j] is 0 wherever i = j
        return False
    tie = tie.xreplace({cell: sp.Dummy(real=True) for cell in cells})
    return nonzero_at(tie, points(tie.free_symbols, {})) is not None


def remainder(value: Expr, distinct: frozenset[frozenset[Expr]]) -> Expr | None:
    """What is left of a value that is not 0, whichever of the indices in its deltas are equal; None where it is 0."""
    value = normal(value)
    if value == 0:
        return None
    delta = next((d for d in sorted(value.atoms(sp.KroneckerDelta), key=str) if is_free(d)), None)
    if delta is None:
        return value
    pair = frozenset(delta.args)
    rest = remainder(value.xreplace({delta: sp.Integer(0)}), distinct | {pair})
    if rest is not None or pair in distinct:
        return rest
    old, new = delta.args if delta.args[0].is_Symbol else reversed(delta.args)
    return remainder(
        value.xreplace({delta: sp.Integer(1)}).subs(old, new),
        frozenset(frozenset(index.subs(old, new) for index in known) for known in distinct),
    )


def is_free(delta: Expr) -> bool:
    """Whether no index of a sum stands in it."""
    return is_delta(delta) and not any(map(is_bound, delta.atoms(sp.Symbol)))


def worst(statuses: list[Status]) -> Status:
    return max(statuses, key=WORST.__getitem__) if statuses else "proved"
