"""One job run on a person's numbers: rational for as long as they can be, then enclosed; and numbers compared."""

from __future__ import annotations

from functools import cache
from typing import Any

from flint import arb, fmpq

from backproof.arithmetic import ball, exact
from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.ball import precision, remembering
from backproof.errors import NotExact, Undecided
from backproof.network.plan import Job
from backproof.record.evaluate import Lifted, Values, is_exact, outcome
from backproof.rules.rule import Rule

BITS = 160
LARGEST, NARROW = arb(2) ** 20_000, arb(2) ** -80
"""Enclosures of larger numbers, and wider ones for their size, are not held against anything."""


class DoesNotRun(ArithmeticError):
    """A job cannot be run on these numbers: a division by 0, a shape that a wrong version does not take."""


@cache
def exactly(rule: Rule) -> Rule:
    """A rule with its numerals read as rationals."""
    return rule.read(exact.number)


@cache
def enclosed(rule: Rule) -> Rule:
    """A rule with its numerals read as enclosures."""
    with precision(BITS):
        return rule.read(ball.number)


def computed(job: Job, values: Values) -> Values:
    """A job's outcome: rational where it can be, enclosed elsewhere. Raises `DoesNotRun`."""
    try:
        with precision(BITS), remembering():
            if all(is_exact(array) for array in values.values()):
                try:
                    return outcome(job, exactly(job.rule), values.__getitem__, exact)
                except NotExact:
                    pass
            found = outcome(job, enclosed(job.rule), lambda s: lifted(values[s]), ball)
    except (NotExact, Undecided, ArithmeticError, LookupError, ValueError, TypeError) as error:
        raise DoesNotRun(str(error)) from error
    if not all(known(n) for a in found.values() if not isinstance(a.shape, Places) for n in a.values()):
        raise DoesNotRun("a number is too large, or not known to enough digits")
    return found


def known(number: Any) -> bool:
    """Whether a number can be held against others: an enclosure must be narrow, and not too large for a fraction."""
    value = getattr(number, "value", number)
    if not isinstance(value, arb):
        return True
    return value.is_finite() and value.abs_upper() < LARGEST and value.rad() <= NARROW * (1 + value.abs_upper())


def lifted(array: Array) -> Array:
    return array if isinstance(array.shape, Places) else Lifted(array, ball.lift)


def equal(a: Array, b: Array) -> bool:
    """Whether two arrays hold the same numbers, enclosures being taken for the same where they overlap."""
    if a.shape != b.shape:
        return False
    if isinstance(a.shape, Places):
        return dict(a) == dict(b)
    return all(a[i] is b[i] or alike(a[i], b[i]) for i in b.indices())


def alike(a: Any, b: Any) -> bool:
    a, b = getattr(a, "value", a), getattr(b, "value", b)
    if isinstance(a, arb) or isinstance(b, arb):
        return (
            bool(arb(a).overlaps(arb(b)))
            if isinstance(a, (arb, fmpq, int)) and isinstance(b, (arb, fmpq, int))
            else False
        )
    return bool(a == b)
