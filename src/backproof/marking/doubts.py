"""Doubts about numbers in a text that a machine has read: is it the person's slip, or a misread character?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flint import fmpq

from backproof.marking.accepting import middle
from backproof.marking.marking import Answer, Cell
from backproof.marking.slips import digits_of


def doubted(answers: Sequence[Answer]) -> list[Answer]:
    """The answers, with a doubt at each wrong number that one misread character would explain."""
    return [replace(a, cells={i: with_doubt(c) for i, c in a.cells.items()}) for a in answers]


def with_doubt(cell: Cell) -> Cell:
    if cell.verdict != "wrong" or cell.written.value is None:
        return cell
    for number in (cell.expected, cell.own):
        if number is None:
            continue
        value, _ = middle(number)
        text = ("-" if value < 0 else "") + digits_of(value, cell.written.unit or fmpq(1, 1000))
        if near(cell.written.text.replace("−", "-").replace(",", "."), text):
            what = "which would be right" if number is cell.expected else "which would follow from the earlier numbers"
            return replace(cell, doubt=f"one misread character away from {text}, {what}: look at the sheet")
    return cell


def near(a: str, b: str) -> bool:
    """Whether one text comes from the other by changing, dropping or adding one character, or two in a long one."""
    a, b = (t.strip().removeprefix("+") for t in (a, b))
    return distance(a, b) <= (1 if max(len(a), len(b)) < 6 else 2)


def distance(a: str, b: str) -> int:
    """Levenshtein's distance."""
    if abs(len(a) - len(b)) > 2 or len(a) > 40:
        return 3
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
