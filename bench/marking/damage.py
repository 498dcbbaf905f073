"""Texts damaged as handwriting recognition damages them, and what becomes of every number on them.

What must not happen: a number that is wrong only because of the damage and has no doubt; a number that is lost without a
remark on its lines; an error that is raised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from backproof.marking.claims import Sheet, Written
from backproof.marking.judging.judge import judge
from backproof.marking.judging.person import answers, beliefs_of
from backproof.marking.marking import Cell, Marking
from backproof.marking.question import Question
from backproof.marking.reading.text import read_text
from bench.marking.right import right_sheet
from bench.marking.writing import Block, Place, blocks, joined, told

ALIKE = {
    "0": "OoQD6", "1": "lI|7i", "2": "Zz7", "3": "8E", "4": "A9", "5": "Ss6", "6": "bG0", "7": "1T", "8": "B36", "9": "gq4",
    "-": ["", "~", "=", "."], "−": ["", "~", "=", "-"], ".": [",", "", "·", ":"], ",": [".", "", ";", "'"], "/": "1l|",
    "l": "1I", "O": "0", "S": "5", "B": "8", "Z": "2", "v": "uVr", "V": "vUN", "u": "vU", "U": "VuL0", "W": "wM", "w": "W",
    "X": "x*K", "x": "X×", "y": "vg4", "L": "l1C", "p": "ρP", "z": "Z2", "a": "αo", "α": "aQ2", "d": "∂a", "∂": "d6a2",
    "\\": ["", "/", "|", "1"], "{": ["(", "[", ""], "}": [")", "]", ""], "[": "(1{", "]": ")1}", "=": ["-", "", ":"],
    "|": "1lI/", "&": "8%", "$": ["", "S", "8"], "_": ["-", "", "."], "^": ["", "'"], "+": "t4",
}  # fmt: skip
"""What a character is taken for; nothing where it is overlooked."""


class Spot(NamedTuple):
    """A number in a damaged text: whether it was touched, or what stands right beside it, and the lines of its block."""

    place: Place
    touched: bool
    lines: range


@dataclass
class Damage:
    """What became of the numbers."""

    rate: float
    sheets: int = 0
    touched: Counter[str] = field(default_factory=Counter[str])
    """Of numbers that were damaged."""
    spared: Counter[str] = field(default_factory=Counter[str])
    """Of the others, which a damaged name or table may have taken along."""
    accused: int = 0
    """Sheets on which a misconception is named that is none of that person's."""
    violations: list[str] = field(default_factory=list[str])

    @property
    def numbers(self) -> int:
        return sum(self.touched.values()) + sum(self.spared.values())


def damage(found: list[Block], rate: float, random: Random) -> tuple[str, list[Spot]]:
    """A text with so large a share of its characters damaged."""
    out: list[str] = []
    numbers: list[tuple[Place, int, int, int]] = []
    bounds: list[tuple[int, int]] = []
    line = 1
    for n, block in enumerate(found):
        first = line
        for piece in block:
            begin = len(out)
            for char in piece.text:
                out.append(misread(char, random) if random.random() < rate else char)
            if piece.place is not None:
                numbers.append((piece.place, begin, len(out), n))
        line = 1 + sum(c.count("\n") for c in out)
        bounds.append((first, line))
        out += "\n\n" if n < len(found) - 1 else "\n"
        line = 1 + sum(c.count("\n") for c in out)
    whole = joined(found)
    changed = [a != b for a, b in zip(whole, out, strict=True)]
    spots = [
        Spot(p, any(changed[max(0, a - 1) : b + 1]), range(bounds[n][0], bounds[n][1] + 1)) for p, a, b, n in numbers
    ]
    return "".join(out), spots


def misread(char: str, random: Random) -> str:
    """One character taken for another, dropped or doubled."""
    chance = random.random()
    if chance < 0.7 and char in ALIKE:
        return random.choice(ALIKE[char])
    return "" if chance < 0.85 else char * 2


def sheets(questions: list[Question], count: int, random: Random) -> Iterator[tuple[Question, Sheet, str]]:
    """Right sheets and sheets of one misconception by turns, each with the misconception's key."""
    beliefs = {id(q): list(beliefs_of(q)) for q in questions}
    for n in range(count):
        question = questions[n // 2 % len(questions)]
        if n % 2:
            belief = random.choice(beliefs[id(question)])
            yield question, answers(question, frozenset({belief})), belief.wrong.key()
        else:
            sheet = right_sheet(question, random)
            if sheet.claims:
                yield question, sheet, ""


def damaged(questions: list[Question], count: int, rate: float, seed: int = 0) -> Damage:
    """So many sheets written out, damaged, read and judged."""
    found, random = Damage(rate), Random(seed)
    for question, sheet, key in sheets(questions, count, random):
        text, spots = damage(blocks(question, sheet, random), rate, random)
        try:
            marking = judge(question, read_text(text, question))
        except Exception as error:
            found.violations.append(f"{type(error).__name__}: {error}\n{text}")
            continue
        found.sheets += 1
        clean = judge(question, Sheet(sheet.claims, recognised=True))
        keys = {s.key for e in clean.explanations for s in e.slips} | {key}
        first = marking.explanations[:1]
        found.accused += any(not s.key.startswith("number.") and s.key not in keys for e in first for s in e.slips)
        count_numbers(found, marking, clean, spots, told(sheet), text)
    return found


def count_numbers(
    found: Damage, marking: Marking, clean: Marking, spots: list[Spot], said: dict[Place, object], text: str
) -> None:
    before, after = cells_of(clean), cells_of(marking)
    read = {(c.part, c.name, i): w for c in marking.sheet.claims for i, w in c.cells.items()}
    lines = {r.where.line for r in marking.remarks}
    claimed = {w.where.line or c.where.line for c in marking.sheet.claims for w in c.cells.values()}
    claimed |= {c.where.line for c in marking.sheet.claims}
    done = {s.says for e in clean.explanations for s in e.slips}
    formulas = {side.where.line for chain in marking.sheet.chains for side in chain.sides}
    for spot in spots:
        written, cell = read.get(spot.place), after.get(spot.place)
        what = outcome(written, cell, before.get(spot.place), said[spot.place], done)
        if what == "gone":
            found_in = {"listed": lines, "taken for another": claimed, "taken for a formula": formulas}
            what = next((what for what, at in found_in.items() if at & set(spot.lines)), "LOST")
        (found.touched if spot.touched else found.spared)[what] += 1
        if what.isupper():
            found.violations.append(f"{what} {spot} {written and written.text} {cell and cell.reason}\n{text}")
    of = {spot.place for spot in spots}
    for place, cell in after.items():
        if place not in of and cell.verdict == "wrong" and not cell.doubt:
            found.violations.append(f"WRONG ELSEWHERE {place} {cell.written.text} {cell.reason}\n{text}")


def cells_of(marking: Marking) -> dict[Place, Cell]:
    return {(a.part, a.name, i): c for a in marking.answers for i, c in a.cells.items()}


def outcome(written: Written | None, cell: Cell | None, before: Cell | None, said: object, done: set[str]) -> str:
    """What became of one number: how it was read, and how it was judged; `done` is what the person did wrong indeed."""
    if written is None or cell is None or written.blank:
        return "gone"
    if written.illegible:
        return "unread"
    same = written.value == said
    judged = cell.verdict if cell.verdict != "wrong" else "doubted" if cell.doubt else "WRONG"
    if same:
        true = any(says in cell.reason for says in done)
        fine = before is not None and (before.verdict == cell.verdict or cell.verdict != "wrong" or true)
        return "as it was" if fine else f"as it was, {judged}" if judged != "WRONG" else "AS IT WAS, WRONG"
    if judged == "WRONG" and before is not None and before.reason == cell.reason:
        return "otherwise, wrong as before"
    return f"otherwise, {judged}" if judged != "WRONG" else "OTHERWISE, WRONG"
