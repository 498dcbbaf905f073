"""Doubts about numbers in a text that a machine has read: is it the person's slip, or a misread character?

Nothing is repaired: a number is judged as it stands, and where it is wrong without a misconception behind it, that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flint import fmpq

from backproof.marking.judging.accepting import middle
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.slips import digits_of
from backproof.marking.marking import Answer, Cell, Formula
from backproof.notation.styles import pretty

LOOK = "look at the sheet"


def doubted(answers: Sequence[Answer], paper: Paper, accidental: frozenset[str]) -> list[Answer]:
    """The answers, with a doubt at each number that is wrong and may have been misread.

    accidental: the reasons of numbers that no misconception gives.
    """
    return [with_doubts(answer, paper, accidental) for answer in answers]


def looked_at(formula: Formula) -> Formula:
    """A formula; if it is wrong, with the doubt that it may have been misread."""
    if formula.verdict != "wrong":
        return formula
    return replace(formula, reason=f"{formula.reason}; a misread character would change it: {LOOK}")


def with_doubts(answer: Answer, paper: Paper, accidental: frozenset[str]) -> Answer:
    wrong = [c for c in answer.cells.values() if c.verdict == "wrong"]
    if not wrong:
        return answer
    other = namesake(answer, paper)
    cells = {i: with_doubt(c, other, accidental) if c in wrong else c for i, c in answer.cells.items()}
    return replace(answer, cells=cells)


def namesake(answer: Answer, paper: Paper) -> str:
    """Another quantity that has just the numbers that were written for this one, and more than one of them."""
    record = paper.course.question.parts[answer.part].record
    written = {i: c.written for i, c in answer.cells.items() if c.written.value is not None}
    for name in record.names if len(written) > 1 else ():
        array = record.array(name)
        fits = name != answer.name and tuple(array.shape) == answer.shape
        if fits and all(paper.accepts(w, array[i]) for i, w in written.items()):
            return name
    return ""


def with_doubt(cell: Cell, other: str, accidental: frozenset[str]) -> Cell:
    """A wrong number with what it may have been."""
    if other:
        return replace(cell, doubt=f"these are the numbers of {pretty(other)}; perhaps the name was misread: {LOOK}")
    for number, what in ((cell.expected, "would be right"), (cell.own, "would follow from the earlier numbers")):
        if number is not None and near(cell, number):
            return replace(cell, doubt=f"a misread character away from {in_digits(cell, number)}, which {what}: {LOOK}")
    if not is_numeral(cell.written.text):
        return replace(cell, doubt=f"worked out from what was read; a misread character would change it: {LOOK}")
    if cell.reason in accidental:
        return replace(cell, doubt=f"no misconception gives this number, so it may have been misread: {LOOK}")
    return cell


def is_numeral(text: str) -> bool:
    return all(c.isdigit() or c in "+-−.,/ " for c in text)


def in_digits(cell: Cell, number: Any) -> str:
    """A number to as many places as were written."""
    value, _ = middle(number)
    return ("-" if value < 0 else "") + digits_of(value, cell.written.unit or fmpq(1, 1000))


def near(cell: Cell, number: Any) -> bool:
    """Whether the text comes from this number's by changing, dropping or adding one character, or two in a long one."""
    a, b = cell.written.text.replace("−", "-").replace(",", ".").strip().removeprefix("+"), in_digits(cell, number)
    return distance(a, b) <= (1 if max(len(a), len(b)) < 6 else 2)


def distance(a: str, b: str) -> int:
    """Levenshtein's distance; 3 for all that is farther than 2."""
    if abs(len(a) - len(b)) > 2 or len(a) > 40:
        return 3
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return min(row[-1], 3)
