"""Slips with a single number: a sign, a decimal point, a digit, a place, a rounding too early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flint import fmpq

from backproof.arithmetic.array import Array, Index
from backproof.arithmetic.rounding import decimal
from backproof.marking.accepting import accepted, middle
from backproof.marking.claims import Written

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


class NumberSlip(NamedTuple):
    """One slip with a number, or with two that changed places."""

    kind: str
    cells: tuple[Index, ...]


def number_slips(
    cells: Mapping[Index, Written], own: Array, off: Sequence[Index], digits: int
) -> dict[Index, NumberSlip]:
    """For each cell that is off the slip that turns the person's own number into what was written, where there is one."""
    found: dict[Index, NumberSlip] = {}
    for i in off:
        for j in off:
            if i < j and is_number(cells[i], own[j], digits) and is_number(cells[j], own[i], digits):
                found[i] = found[j] = NumberSlip("cells", (i, j))
    for i in off:
        if i not in found:
            kind = slip(cells[i], *middle(own[i])) or other_cell(cells[i], own, i, digits)
            if kind:
                found[i] = NumberSlip(kind, (i,))
    return found


def is_number(written: Written, number: Any, digits: int) -> bool:
    return bool(accepted(written, *middle(number), digits))


def slip(written: Written, number: fmpq, exact: bool) -> str:
    """The kind of slip that makes what was written out of a number; empty where none does.

    >>> slip(Written("-2", fmpq(-2), fmpq(1), 1), fmpq(2), True)
    'sign'
    """
    value = written.value
    if value is None or number == 0:
        return ""
    if accepted(written, -number, exact, 1):
        return "sign"
    for places in (1, -1, 2, -2, 3, -3):
        if accepted(written, number * fmpq(10) ** places, exact, 1):
            return "point"
    if written.unit is None:
        return ""
    if abs(value - number) <= written.unit / 2:
        return "rounding"
    if abs(value - number) < written.unit and abs(value) < abs(number) and written.digits > 1:
        return "cut"
    if (value < 0) == (number < 0):
        return misspelt(digits_of(value, written.unit), digits_of(number, written.unit))
    return ""


def digits_of(number: fmpq, unit: fmpq) -> str:
    """The digits of a number down to that unit, or all of them where they end."""
    text = decimal(abs(int(number.p)), int(number.q))
    if text is None or len(text) > 12:
        whole = (abs(number) / unit + fmpq(1, 2)).floor()
        text = decimal(int((unit * whole).p), int((unit * whole).q)) or ""
    return text


def misspelt(a: str, b: str) -> str:
    """`digits` where two neighbours changed places, `copied` where one digit is another, missing or too many."""
    if "." in a + b:
        a, b = (text if "." in text else text + "." for text in (a, b))
    if a == b or a.strip("0.") == "" or b.strip("0.") == "":
        return ""
    if len(a) == len(b):
        differ = [i for i in range(len(a)) if a[i] != b[i]]
        if len(differ) == 1 and len(a.strip("0.")) > 1:
            return "copied"
        if (
            len(differ) == 2
            and (a[differ[0]], a[differ[1]]) == (b[differ[1]], b[differ[0]])
            and "." not in (a[differ[0]], a[differ[1]])
        ):
            return "digits"
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) == len(shorter) + 1 and len(shorter.strip("0.")) > 1:
        return (
            "copied"
            if any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)) if longer[i] != ".")
            else ""
        )
    return ""


def other_cell(written: Written, own: Array, index: Index, digits: int) -> str:
    """Whether it is the number of another cell, one that says something: not 0."""
    if not written.value or len(own) > 64:
        return ""
    return "cell" if any(i != index and is_number(written, own[i], digits) for i in own.indices()) else ""
