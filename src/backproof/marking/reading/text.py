"""Free text read: Markdown, LaTeX or plain, as people write it and as handwriting recognition returns it.

A number belongs to the quantity of the equation in which it stands; a table without an equation to the one that the words
just before it name, or just after it. Nothing is attributed by its value, and nothing that is damaged is repaired: what could
not be read is listed, line by line.

Brackets count from 0, as everywhere in backproof: `U[0,1]`. Subscripts count from 1, as mathematics does, unless one of the
sheet's is 0: `v_1`, `v_{12}` for row and column; one subscript on a matrix counts its cells in reading order. A small letter
is a cell of the matrix that has the capital. Of a chain of equals signs the last side that is a number is what is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME
from backproof.marking.claims import Chain, Sheet, Where, Written
from backproof.marking.question import Question
from backproof.marking.reading.blocks import Block, blocks
from backproof.marking.reading.cells import Own, nest_of, rows_of, several, split, table_of
from backproof.marking.reading.data import in_order, restated
from backproof.marking.reading.equations import apart, assumed, conditional, equations, supposed
from backproof.marking.reading.labels import Label, heading_of, label_of, part_of, plainly
from backproof.marking.reading.placing import Placing
from backproof.marking.reading.statements import Said, close, said, shown_of
from backproof.marking.reading.struck import without_struck
from backproof.marking.reading.subscripts import counting_of
from backproof.marking.reading.tables import entries, titled
from backproof.marking.reading.tokens import Part

MOST_BLOCKS = 5_000
MOST_TOKENS = 60_000
LONGEST_TABLE = 100_000
"""Characters."""
LABEL_LASTS = 3
"""Lines of words after which a label is forgotten."""
LISTED = re.compile(
    r"\s*(?:>\s*)*(?:#+\s*)?(?:[-*+•]\s+)?(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)](?:\s+|$))?", re.IGNORECASE
)
"""What stands before a line that is one of a list."""
NUMBERED = re.compile(r"\s*#*\s*[^\W\d_]{2,}\s*(?:no\.?|#)?\s*\d+\s*[.:)]?\s*(?:\(?[a-h]\)?)?\s*$", re.IGNORECASE)
"""A heading that is a word and a number: no number of an answer."""
MATHEMATICS = frozenset("NUMBER GARBLED FRACTION EQUALS TOTAL BEGIN TIMES POWER D".split())
SAYING = frozenset("EQUALS NUMBER GARBLED".split())
"""Where a line without words holds any of these, it is more than a name."""
STOP = re.compile(r"[.;]\s")
"""The end of a sentence."""
LINES = frozenset("aligned align gathered split equation gather alignedat".split())


@dataclass
class Statement:
    """An equation that lines beginning with an equals sign may still go on."""

    sides: list[Sequence[Part]]
    start: int
    name: str = ""
    """What it is about, where it begins with its equals sign itself."""
    conditional: bool = False
    """Whether it holds only somewhere, which formulas cannot say."""
    supposed: bool = False
    """Whether it stands behind an "if", or "for y = 3"."""
    label: Label | None = None
    """What the words of its line are about, should it say nothing itself."""


def read_text(text: str, question: Question, path: Path | None = None) -> Sheet:
    """The sheet that a free text is. Bad content is said in the sheet's remarks, never raised."""
    reading = Reading(question, without_struck(text))
    for n, block in enumerate(blocks(text)):
        if n >= MOST_BLOCKS or reading.tokens > MOST_TOKENS:
            where = reading.page.where(block.start)
            reading.remark("refused", "the sheet is too long; what follows was not read", where=where)
            break
        reading.block(block)
    reading.settle()
    reading.place()
    if not reading.named:
        in_order(reading, reading.page.text)
    return reading.sheet(path, path.stem if path else "", True)


class Reading(Placing):
    """A free text on its way into claims."""

    def __init__(self, question: Question, text: str) -> None:
        super().__init__(question, text)
        self.names = self.names.counted(counting_of(self.page, self.names))
        if self.names.counting.mixed:
            self.remark("doubt", "some subscripts count from 0 and some from 1; those that may do either were not read")
        self.open: Statement | None = None
        """An equation that may go on."""
        self.named = False
        """Whether the sheet says which part some of its answers are of."""

    def block(self, block: Block) -> None:
        match block.kind:
            case "gap":
                pass
            case "rows":
                self.rows(block)
            case "long":
                self.place(block)
                self.settle()
                self.unread(block.start, block.start + 80, "this line is too long to be read")
            case "math":
                self.place(block)
                self.mathematics(block)
            case "line" | "heading":
                self.place(block)
                self.line(block)

    def note(self, name: str, part: int, cells: dict[Index, Written], where: Where) -> None:
        """Take up a claim; where it restates what is given with another datum, that datum begins."""
        begun = restated(self, name, cells) if part == self.part else None
        if begun is not None:
            self.part, self.named = begun, True
        super().note(name, part if begun is None else begun, cells, where)

    # Lines of words, with mathematics among them

    def line(self, block: Block) -> None:
        """A line: it may say which part begins, what the numbers below are, or be an equation or several."""
        listed = LISTED.match(self.page.text, block.start, block.end)
        start = listed.end() if listed else block.start
        text = self.page.text[start : block.end]
        part = part_of(text, self.question, self.part)
        if part is None and start > block.start:
            part = part_of(self.page.text[block.start : block.end], self.question, self.part)
        self.named = self.named or part is not None
        if part is not None and (head := heading_of(text)):
            start += head
            text = text[head:]
        if part is not None and part != self.part:
            self.settle()
            self.part, self.label = part, None
        parts = self.read(start, block.end)
        if text.strip() == "=":
            return
        did = self.statements(parts, False)
        words = any(p.kind == "PROSE" for p in parts)
        if parts and not did and not words:
            self.settle()
        label = label_of(parts, text, self.names, self.part)
        if self.open is not None:
            self.open.label, label = label, None
        elif label is not None:
            self.label, self.age = label, 0
        elif not did and words:
            self.age += 1
            titled = block.kind == "heading" or (start > block.start and len(text.split()) < 5)
            if self.age > LABEL_LASTS or titled:
                self.label = None
        counting = block.kind == "heading" and text.strip(" .:)").isdecimal()
        told = label is not None and not listing(parts)
        told = told and all(p.kind not in (["EQUALS"] if words else SAYING) for p in parts)
        if not (did or told or part is not None or (label is None and (NUMBERED.fullmatch(text) or counting))) and any(
            p.kind in MATHEMATICS for p in parts
        ):
            self.unread(start, block.end)

    def mathematics(self, block: Block) -> None:
        """Displayed mathematics: its lines, each an equation or a table."""
        parts = self.read(block.start, block.end, True)
        parts = [p for p in parts if not (p.kind in ("BEGIN", "END") and p.text in LINES)]
        goes_on = self.page.text[max(0, block.start - 40) : block.start].rstrip("$[ \n").endswith("\n=")
        for row in split(parts, ("BREAK",)):
            row = [p for p in row if p.kind != "CELL"] if not any(p.kind == "BEGIN" for p in row) else row
            if row and not self.statements(row, goes_on):
                self.unread(row[0].start, row[-1].end)
            goes_on = False

    # Equations

    def statements(self, parts: Sequence[Part], goes_on: bool) -> bool:
        """Take up every equation of a line; whether it held one, or a table."""
        did, only = False, conditional(parts)
        condition = -1
        for n, equation in enumerate(apart(equations(parts), self.expected)):
            sides, words = equation
            if supposed(equation) and any(self.asked(p) for side in sides for p in side):
                condition = equation.start
            elif STOP.search(self.page.text, max(condition, 0), equation.start):
                condition = -1
            if assumed(equation):
                continue
            if words:
                self.settle()
            if goes_on and n == 0:
                self.more([[], *sides], equation.start)
            elif len(sides) == 1:
                did = self.alone(sides[0], parts) or did
                continue
            elif sides[0]:
                self.settle()
                self.open = Statement(sides, equation.start)
            elif not words:
                self.more(sides, equation.start)
            elif name := plainly(words, self.page, self.names, self.part):
                self.open = Statement(sides, equation.start, name)
            else:
                continue
            did = True
            if self.open is not None:
                self.open.conditional = self.open.conditional or only
                self.open.supposed = self.open.supposed or condition >= 0
        return did

    def asked(self, part: Part) -> bool:
        return part.kind == "NAME" and self.names.found(part.text) in self.parts[self.part].own

    def expected(self, side: Sequence[Part]) -> bool:
        """Whether a side is the name of something that is asked for, and that has no answer yet."""
        name = self.called(side)
        pending = self.called(self.open.sides[0]) if self.open and self.open.sides else ""
        return name in self.parts[self.part].own and name != pending and (self.part, name) not in self.answered

    def called(self, side: Sequence[Part]) -> str:
        """What a side names, if it is a name."""
        shown = shown_of(side, self.names, self.part)
        return shown.args[0] if shown is not None and shown.op == NAME else ""

    def alone(self, side: Sequence[Part], parts: Sequence[Part]) -> bool:
        """A table that stands in a line without an equals sign; whether it is one."""
        if side[0].kind not in ("OPEN", "BEGIN", "BAR", "LEFT") and any(p.kind == "PROSE" for p in parts):
            return False
        table = table_of(side, self.page, self.names, self.part)
        if table is None or not (table.own or several(table.nest)):
            return False
        self.settle()
        label = label_of(parts, self.page.raw(parts), self.names, self.part) or self.label
        if table.own:
            self.owned(table.own)
        else:
            self.wait(table.nest, side[0].start, side[-1].end, label)
        return True

    def more(self, sides: list[Sequence[Part]], start: int) -> None:
        """Sides that begin with an equals sign go on with the statement before them, or with what was just named."""
        if (
            self.open is not None
            and not self.open.name
            and not any(p.kind == "NAME" for s in self.open.sides for p in s)
        ):
            self.settle()
        if self.open is None:
            self.open = Statement([], start, self.label.name if self.label and self.age == 0 else "")
        self.open.sides += sides[1:]

    def settle(self) -> None:
        """Nothing more comes to the statement that is open: take from it what it says."""
        statement, self.open = self.open, None
        if statement is None:
            return
        what = said(statement.sides, self.page, self.names, self.part, statement.name)
        self.label = None if what.name or what.chained else statement.label
        if what.lost:
            self.unread(what.lost[0].start, what.lost[-1].end)
        text = self.page.text[statement.start : statement.start + 200].split("\n")[0]
        if statement.supposed and what.name and (what.table is not None or what.number is not None):
            self.unread(statement.start, statement.start + len(text), "this is supposed, or denied, and no answer")
        elif what.table is not None or what.number is not None:
            before = len(self.claims)
            self.answer(what, statement.start, text)
            if len(self.claims) == before and not what.chained:
                self.further(statement)
        for number in what.numbers if what.table is not None else ():
            message = "this could not be read" if number.illegible else "a number that is said to be equal to several"
            self.remark("unread", message, number.text, number.where)
        if what.chained and statement.conditional:
            self.unread(statement.start, statement.start + len(text), "a formula with a condition, which was not read")
        elif what.chained:
            self.chains.append(Chain(tuple(what.sides), what.name, self.part_of_chain(what)))
        if what.table is not None or what.number is not None:
            return
        if what.name and not what.index:
            self.label, self.age = Label(what.name, 2), 0
        elif not what.chained:
            self.unread(statement.start, statement.start + len(text))

    def further(self, statement: Statement) -> None:
        """Say of the lines of an equation below its first, too, that they were not read."""
        self.unread_lines.add(self.page.where(statement.start).line)
        for side in statement.sides:
            if side:
                self.unread(side[0].start, side[-1].end)

    def part_of_chain(self, what: Said) -> int:
        """The part that formulas belong to: that of the number they end in, else the likeliest."""
        if what.number is not None and self.claims and self.claims[-1].name == what.name:
            return self.claims[-1].part
        return self.candidates(what.name)[0] if what.name else self.part

    def answer(self, what: Said, start: int, text: str) -> None:
        """Note the numbers that an equation ends in."""
        where = self.page.where(start)
        if what.table is not None and what.table.own:
            self.owned(what.table.own)
        elif not what.name and what.stray:
            self.unknown(what.stray, text, where)
        elif not what.name and what.table is not None:
            self.remark("unread", "nothing says which quantity these numbers are", text, where)
        elif what.name and what.letters:
            self.remark("doubt", f"this names no one cell of {what.name}", text, where)
        elif what.name and what.index and what.table is not None:
            self.several(what.name, text, where)
        elif what.name and what.table is not None:
            self.claim(what.name, what.table.nest, self.page.where(what.table_at), text)
        elif what.name and what.number is not None:
            self.number(what, what.number, text)
        elif not what.chained:
            self.unread(start, start + len(text))

    def number(self, what: Said, number: Written, text: str) -> None:
        """Note one number, and say so if the sides before it come to another."""
        off = next((other for other in what.numbers if not close(other, number)), None)
        if off is not None:
            message = f"{what.name} is said to be {off.text} and, behind it, {number.text}; the last is taken"
            self.remark("doubt", message, text, off.where)
        if what.index:
            self.cell(what.name, what.index, number, number.where, text)
        else:
            self.claim(what.name, number, number.where, text)

    def owned(self, cells: Sequence[Own]) -> None:
        """Note cells that say themselves what they are, together; what is said twice counts once if it is the same."""
        together: dict[str, dict[Index, Own]] = {}
        for own in cells:
            if any(not isinstance(i, int) for i in own.place):
                self.remark("doubt", f"this names no one cell of {own.name}", own.text, own.where)
                continue
            first = together.setdefault(own.name, {}).setdefault(own.place, own)
            if first is not own and first.written.value != own.written.value:
                self.remark(
                    "doubt", f"the table says of {first.text} also {own.text}; the first is taken", own.text, own.where
                )
        for name, found in together.items():
            self.cells(name, {index: own.written for index, own in found.items()}, next(iter(found.values())).where)

    def several(self, name: str, text: str, where: Where) -> None:
        """Say that numbers were not read of which only one could be the cell that stands before them."""
        self.remark("unread", f"one cell of {name} is named here, and several numbers follow", text, where)

    # Rows and tables

    def rows(self, block: Block) -> None:
        """Rows of numbers: what goes on below an equation, or a table that names itself, or that words before or after it name."""
        if block.end - block.start > LONGEST_TABLE:
            return self.unread(block.start, block.start + 80, "this table is too long to be read")
        rows = rows_of(self.page, block.start, block.end)
        self.tokens += sum(len(cells) for cells, _ in rows)
        if len(rows) > 1 and (title := titled(rows[0][0], self.names, self.part)):
            self.label, self.age, rows = Label(title, 2), 0, rows[1:]
        told = entries(rows, self.names, self.part) if rows else []
        begun = self.begun(block)
        self.settle()
        self.place(block)
        for entry in told:
            if entry.place and isinstance(entry.nest, Written):
                self.cell(entry.name, entry.place, entry.nest, entry.where)
            elif entry.place:
                self.several(entry.name, self.page.line(entry.where), entry.where)
            else:
                self.claim(entry.name, entry.nest, entry.where)
        nest = nest_of([*begun, *rows], self.names, self.part)
        if nest and not told:
            start = block.start if not begun else self.page.starts[begun[0][1].line - 1]
            self.wait(nest, start, block.end, self.label)
        return None

    def begun(self, block: Block) -> list[tuple[list[str], Where]]:
        """The first row of a table that begins in the equation of the line before: `dL/dV = | 2 4 |`."""
        last: Sequence[Part] = self.open.sides[-1] if self.open and len(self.open.sides) > 1 else ()
        if self.open is None or not last or not adjacent(self.page.text, last[-1].end, block.start):
            return []
        if last[0].kind == "OPEN" or table_of(last, self.page, self.names, self.part) is None:
            return []
        self.open.sides[-1] = []
        return rows_of(self.page, last[0].start, last[-1].end)


def adjacent(text: str, end: int, start: int) -> bool:
    """Whether nothing but the end of a line stands between two places."""
    between = text[end:start]
    return between.count("\n") <= 1 and not between.strip(" |\t$\n")


def listing(parts: Sequence[Part]) -> bool:
    """Whether numbers stand behind the name of a cell, or in brackets: more than the name of what is to follow."""
    return any(
        b.kind == "NUMBER" and ((a.kind == "NAME" and a.place != "") or (a.kind == "OPEN" and a.text == "["))
        for a, b in pairwise(parts)
    )
