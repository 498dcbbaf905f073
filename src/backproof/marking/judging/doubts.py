"""Doubts about numbers in a text that a machine has read: is it the person's slip, or a misread character?

Nothing is repaired: a number is judged as it stands, and where it is wrong without a misconception behind it, that is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flint import fmpq

from backproof.marking.judging.accepting import middle
from backproof.marking.judging.course import Course, Key
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.slips import digits_of
from backproof.marking.marking import Answer, Cell, Formula, Slip
from backproof.notation.styles import pretty

LOOK = "look at the sheet"


def doubted(answers: Sequence[Answer], paper: Paper, slips: Sequence[Slip], remarked: bool) -> list[Answer]:
    """The answers, with a doubt at each number that is wrong and may have been misread, or rests on such a number.

    remarked: whether there are lines that were not read.
    """
    known = certain(answers, slips, remarked)
    found = [with_doubts(answer, paper, known) for answer in answers]
    doubtful = remarked or any(c.doubt for answer in found for c in answer.cells.values())
    unsure = shaky(found, paper) if doubtful else frozenset[Key]()
    return [resting(answer, paper, unsure) for answer in found] if unsure else found


def certain(answers: Sequence[Answer], slips: Sequence[Slip], remarked: bool) -> frozenset[str]:
    """What is said of numbers that were hardly misread: a misconception gives two of one answer, or, where every line was
    read, others follow from them.
    """
    each = [Counter(c.reason for c in answer.cells.values() if c.verdict == "wrong") for answer in answers]
    followed = {n for answer in answers for n in answer.after} if not remarked else set[int]()
    return frozenset(
        reason
        for n, slip in enumerate(slips)
        for said in each
        for reason, times in said.items()
        if reason.startswith(f"you {slip.says}") and not slip.key.startswith("number.") and (times > 1 or n in followed)
    )


def shaky(answers: Sequence[Answer], paper: Paper) -> frozenset[Key]:
    """The quantities of which not every number was read without a doubt."""
    course = paper.course
    return frozenset(
        course.place(answer.part, answer.name, index)[0]
        for answer in answers
        for index, cell in answer.cells.items()
        if cell.doubt or (cell.written.value is None and answer.name in course.question.parts[answer.part].own)
    )


def resting(answer: Answer, paper: Paper, unsure: frozenset[Key]) -> Answer:
    """A doubt where a wrong number has none, but what it was worked out from has, or was not read whole."""
    cells = dict(answer.cells)
    rests: dict[Key, bool] = {}
    for index, cell in answer.cells.items():
        if cell.verdict != "wrong" or cell.doubt:
            continue
        key, _ = paper.course.place(answer.part, answer.name, index)
        if key not in rests:
            rests[key] = not unsure.isdisjoint(inputs(paper.course, key))
        if rests[key]:
            cells[index] = replace(
                cell, doubt=f"what it was worked out from was not read whole, or with a doubt: {LOOK}"
            )
    return replace(answer, cells=cells)


def inputs(course: Course, key: Key) -> set[Key]:
    """What a quantity was worked out from, and what that was, where it is none that is asked for."""
    found: set[Key] = set()
    waiting = [key]
    while waiting:
        task = course.makers.get(waiting.pop())
        new = [read for read in task.reads if read not in found] if task else []
        found.update(new)
        waiting += [read for read in new if read.slot.name not in course.question.parts[read.part].own]
    return found


def looked_at(formula: Formula) -> Formula:
    """A formula; if it is wrong, with the doubt that it may have been misread."""
    if formula.verdict != "wrong":
        return formula
    return replace(formula, reason=f"{formula.reason}; unless it was misread")


def with_doubts(answer: Answer, paper: Paper, known: frozenset[str]) -> Answer:
    """An answer with what its wrong numbers may have been."""
    wrong = {i: c for i, c in answer.cells.items() if c.verdict == "wrong"}
    other = namesake(answer, paper) if wrong else ""
    found = {i: with_doubt(c, other) for i, c in wrong.items() if other or c.reason not in known}
    return replace(answer, cells={**answer.cells, **found}) if found else answer


def namesake(answer: Answer, paper: Paper) -> str:
    """Another quantity, not written itself, that has just the numbers that were written for this one, and several of them."""
    written = {i: c.written for i, c in answer.cells.items() if c.written.value is not None}
    told = {name for _, name in paper.where}
    for part in paper.course.question.parts if len(written) > 1 else ():
        for name, shape in part.shapes.items():
            array = part.record.array(name) if name not in told and shape == answer.shape else None
            if array is not None and all(paper.accepts(w, array[i]) for i, w in written.items()):
                return pretty(name) + (f" ({part.title})" if part.title else "")
    return ""


def with_doubt(cell: Cell, other: str) -> Cell:
    """A wrong number with what it may have been."""
    if other:
        return replace(cell, doubt=f"these are the numbers of {other}; perhaps a name was misread: {LOOK}")
    for number, what in ((cell.expected, "would be right"), (cell.own, "would follow from the earlier numbers")):
        if number is not None and near(cell, number):
            return replace(cell, doubt=f"a misread character away from {in_digits(cell, number)}, which {what}: {LOOK}")
    if not is_numeral(cell.written.text):
        return replace(cell, doubt=f"worked out from what was read; a misread character would change it: {LOOK}")
    return replace(cell, doubt=f"it may have been misread: {LOOK}")


def is_numeral(text: str) -> bool:
    return all(c.isdigit() or c in "+-−.,/ " for c in text)


def in_digits(cell: Cell, number: Any) -> str:
    """A number to as many places as were written, or over what was written below the line."""
    value, _ = middle(number)
    below = cell.written.text.rpartition("/")[2]
    if cell.written.unit is None and below.isdecimal() and (value * int(below)).q == 1:
        return f"{value * int(below)}/{below}"
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
