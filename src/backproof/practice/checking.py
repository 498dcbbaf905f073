"""Answers held against a question, as marking does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backproof.arithmetic.array import Index, address
from backproof.errors import BackproofError
from backproof.marking.claims import Claim, Sheet, Written
from backproof.marking.judging.judge import judge
from backproof.marking.marking import Cell, Marking
from backproof.marking.reading.numbers import written
from backproof.practice.worked import MOST_MARKINGS, Worked, kept

EFFORT = 20_000
"""Numbers that are made in the search for slips; it takes a tenth of a second, on large networks a second."""


@dataclass(frozen=True)
class Checked:
    """Every box with its verdict."""

    marking: Marking
    cells: Mapping[str, Cell]
    """By address, blank ones included."""


def check(worked: Worked, answers: Mapping[str, str]) -> Checked:
    """What is to be said of answers by address. Those that are of no box are passed over."""
    found = dict[str, dict[Index, Written]]()
    key: list[tuple[str, str]] = []
    for place, text in sorted(answers.items()):
        try:
            name, index = worked.record.locate(place)
        except BackproofError:
            continue
        if name in worked.boxed and text.strip() and (index is not None or not worked.shapes[name]):
            found.setdefault(name, {})[index or ()] = written(text)
            key.append((address(name, index or ()), text))
    claims = tuple(Claim(name, worked.number, cells) for name, cells in found.items())
    marking = kept(worked.markings, tuple(key), MOST_MARKINGS, lambda: judge(worked.question, Sheet(claims), EFFORT))
    cells = {
        address(answer.name, index): cell
        for answer in marking.answers
        if answer.part == worked.number and answer.name in worked.boxed
        for index, cell in answer.cells.items()
    }
    return Checked(marking, cells)


def reason(cell: Cell) -> str:
    """Why a number has its verdict."""
    return cell.doubt if cell.verdict == "unread" else cell.reason
