"""Slips with a single number: a sign, a decimal point, a digit, a place, a rounding too early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flint import fmpq

from backproof.arithmetic.array import Array, Index
from backproof.arithmetic.rounding import decimal
from backproof.marking.claims import Written
from backproof.marking.judging.accepting import accepted, middle

SAYS = {
    "sign": "lost a sign",
    "point": "moved the decimal point",
    "digits": "swapped two digits",
    "cells": "swapped two cells",
    "cell": "copied the number of another cell",
    "copied": "miscopied a digit",
    "rounding": "rounded too early",
    "cut": "cut digits off instead of rounding",
}
"""What each slip is called, to be read after "You"."""

TEN = fmpq(10)
MOST_SLIPS = 3
"""Slips with single numbers in one quantity, each in one cell or in two."""
MOST_CELLS = 64
"""Of a larger quantity nobody can tell from which cell a number was copied."""


class NumberSlip(NamedTuple):
    """One slip with a number, or with two that changed places."""

    kind: str
    cells: tuple[Index, ...]


def number_slips(
    cells: Mapping[Index, Written], own: Array, off: Sequence[Index], digits: int
) -> dict[Index, list[NumberSlip]]:
    """For each cell that is off the slips that turn the person's own number into what was written.

    None where more cells are off than so few slips can reach.
    """
    if len(off) > 2 * MOST_SLIPS:
        return {}
    found: dict[Index, list[NumberSlip]] = {}
    for i in off:
        kinds = slips(cells[i], *middle(own[i])) + other_cell(cells[i], own, i, digits)
        found[i] = [NumberSlip(kind, (i,)) for kind in kinds]
        for j in off:
            if i != j and is_number(cells[i], own[j], digits) and is_number(cells[j], own[i], digits):
                found[i].insert(0, NumberSlip("cells", (min(i, j), max(i, j))))
    return {i: each for i, each in found.items() if each}


def is_number(written: Written, number: Any, digits: int) -> bool:
    return bool(accepted(written, *middle(number), digits))


def slips(written: Written, number: fmpq, exact: bool) -> list[str]:
    """The kinds of slip that make what was written out of a number.

    >>> slips(Written("-2", fmpq(-2), fmpq(1), 1), fmpq(2), True)
    ['sign']
    """
    value = written.value
    if value is None or number == 0:
        return []
    found: list[str] = []
    if accepted(written, -number, exact, 1):
        found.append("sign")
    if any(accepted(written, number * TEN**places, exact, 1) for places in (1, -1, 2, -2, 3, -3)):
        found.append("point")
    if written.unit is None:
        return found
    if abs(value - number) <= coarseness(value, written.unit) / 2:
        found.append("rounding")
    elif abs(value - number) < written.unit and abs(value) < abs(number) and written.digits > 1:
        found.append("cut")
    if (value < 0) == (number < 0):
        found += misspelt(digits_of(value, written.unit), digits_of(number, written.unit))
    return found


def coarseness(value: fmpq, unit: fmpq) -> fmpq:
    """What one in the last digit that is not 0 is worth: 10 in 120."""
    while value != 0 and (value / (10 * unit)).q == 1:
        unit *= 10
    return unit


def digits_of(number: fmpq, unit: fmpq) -> str:
    """The digits of a number down to that unit, or all of them where they end."""
    text = decimal(abs(int(number.p)), int(number.q))
    if text is None or len(text) > 12:
        whole = (abs(number) / unit + fmpq(1, 2)).floor()
        text = decimal(int((unit * whole).p), int((unit * whole).q)) or ""
    return text


def misspelt(a: str, b: str) -> list[str]:
    """`digits` where two neighbours changed places, `copied` where one digit is another, missing or too many."""
    said = min(len(a.strip("0.")), len(b.strip("0.")))
    if said == 0:
        return []
    found: list[str] = []
    x, y = aligned(a, b)
    differ = [i for i in range(len(x)) if x[i] != y[i]]
    if (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and x[differ[0]] == y[differ[1]]
        and x[differ[1]] == y[differ[0]]
    ):
        found.append("digits")
    if len(differ) == 1 and said > 1:
        found.append("copied")
    a, b = (text if "." in text else text + "." for text in (a, b))
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    dropped = len(longer) == len(shorter) + 1 and said > 1
    if dropped and any(longer[:i] + longer[i + 1 :] == shorter for i, c in enumerate(longer) if c != "."):
        found.append("copied")
    return list(dict.fromkeys(found))


def aligned(a: str, b: str) -> tuple[str, str]:
    """The digits of two numbers under each other, zeros put where one has fewer."""
    (a, _, p), (b, _, q) = a.partition("."), b.partition(".")
    whole, part = max(len(a), len(b)), max(len(p), len(q))
    return a.rjust(whole, "0") + p.ljust(part, "0"), b.rjust(whole, "0") + q.ljust(part, "0")


def other_cell(written: Written, own: Array, index: Index, digits: int) -> list[str]:
    """Whether it is the number of another cell, one that says something: not 0."""
    if not written.value or len(own) > MOST_CELLS:
        return []
    return ["cell"] if any(i != index and is_number(written, own[i], digits) for i in own.indices()) else []
