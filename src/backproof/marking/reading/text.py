"""Free text read: Markdown, LaTeX or plain, as people write it and as handwriting recognition returns it.

A number belongs to the quantity of the equation in which it stands; a table without an equation to the one that the words
just before it name, or just after it. Nothing is attributed by its value, and nothing that is damaged is repaired: what could
not be read is listed, line by line.

Brackets count from 0, as everywhere in backproof: `U[0,1]`. Subscripts count from 1, as mathematics does: `v_1`, `v_{12}`
for row and column; one subscript on a matrix counts its cells in reading order. A small letter is a cell of the matrix that
has the capital. Of a chain of equals signs the last side that is a number is what is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME, Shown
from backproof.errors import shortened
from backproof.marking.claims import Chain, Sheet, Side, Where, Written
from backproof.marking.question import Question
from backproof.marking.reading.blocks import Block, blocks
from backproof.marking.reading.cells import Own, Table, cell_of, nest_of, rows_of, several, split, table_of
from backproof.marking.reading.collecting import Collecting
from backproof.marking.reading.grammar import Unreadable, expression, literal
from backproof.marking.reading.labels import Label, label_of, part_of
from backproof.marking.reading.page import Page
from backproof.marking.reading.piecewise import piecewise
from backproof.marking.reading.shapes import Nest, measured
from backproof.marking.reading.tokens import Part

MOST_BLOCKS = 10_000
MOST_TOKENS = 60_000
LABEL_LASTS = 3
"""Lines of words after which a label is forgotten."""
LISTED = re.compile(
    r"\s*(?:>\s*)*(?:#+\s*)?(?:[-*+•]\s+)?(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)](?:\s+|$))?", re.IGNORECASE
)
NUMBERED = re.compile(r"\s*#*\s*[^\W\d_]+\s*(?:no\.?|#)?\s*\d+\s*[.:)]?\s*(?:\(?[a-h]\)?)?\s*$", re.IGNORECASE)
"""A heading that is a word and a number: no number of an answer."""
IS = frozenset("is are equals becomes gives be".split())
AFTER = (":", "←", "<-", "(", "=", "^", "↑")
MATHEMATICS = frozenset("NUMBER GARBLED FRACTION EQUALS TOTAL BEGIN TIMES POWER D".split())


@dataclass
class Statement:
    """Sides with equals signs between them, and the rows of numbers that go on below the last."""

    sides: list[Sequence[Part]]
    start: int
    named: Label | None = None
    """Of sides that begin with an equals sign: what they go on about."""


class Waiting(NamedTuple):
    """A table that waits for the line after it."""

    nest: Nest
    start: int
    end: int
    label: Label | None


def read_text(text: str, question: Question, path: Path | None = None) -> Sheet:
    """The sheet that a free text is. Bad content is said in the sheet's remarks, never raised."""
    reading = Reading(question, text)
    for n, block in enumerate(blocks(text)):
        if n >= MOST_BLOCKS or reading.tokens > MOST_TOKENS:
            reading.remark(
                "refused", "the sheet is too long; what follows was not read", where=reading.page.where(block.start)
            )
            break
        reading.block(block)
    reading.settle()
    reading.place()
    return reading.sheet(path, path.stem if path else "", True)


class Reading(Collecting):
    """A free text on its way into claims."""

    def __init__(self, question: Question, text: str) -> None:
        super().__init__(question)
        self.question = question
        self.page = Page(text)
        self.tokens = 0
        self.label: Label | None = None
        self.age = 0
        self.open: Statement | None = None
        self.waiting: Waiting | None = None
        self.listed_lines: set[int] = set()
        """Lines that are said to be unread already."""

    def block(self, block: Block) -> None:
        if block.kind == "gap":
            return None
        if block.kind == "rows":
            return self.rows(block)
        self.place(block)
        if block.kind == "long":
            self.settle()
            return self.unread(block.start, block.start + 80, "this line is too long to be read")
        if block.kind == "math":
            return self.mathematics(block)
        return self.line(block)

    # Lines of words, with mathematics among them

    def line(self, block: Block) -> None:
        """A line: it may say which part begins, what the numbers below are, or be an equation or several."""
        listed = LISTED.match(self.page.text, block.start, block.end)
        start = listed.end() if listed else block.start
        text = self.page.text[start : block.end]
        part = part_of(text, self.question, self.part)
        if part is not None and part != self.part:
            self.settle()
            self.part, self.label = part, None
        parts = self.read(start, block.end)
        if text.strip() == "=":
            return
        did = self.statements(parts, start, False)
        if parts and not did:
            self.settle()
        words = any(p.kind == "PROSE" for p in parts)
        label = None if self.open else label_of(parts, text, self.names, self.part)
        if label is not None:
            self.label, self.age = label, 0
        elif words and not did:
            self.age += 1
            titled = block.kind == "heading" or (start > block.start and len(text.split()) < 5)
            if self.age > LABEL_LASTS or titled:
                self.label = None
        named = (
            (label is not None and all(p.kind != "EQUALS" for p in parts))
            or NUMBERED.fullmatch(text)
            or part is not None
        )
        if not did and not named and any(p.kind in MATHEMATICS for p in parts):
            self.unread(start, block.end)

    def mathematics(self, block: Block) -> None:
        """Displayed mathematics: its lines, each an equation or a table."""
        parts = [
            p for p in self.read(block.start, block.end, True) if not (p.kind in ("BEGIN", "END") and p.text in LINES)
        ]
        before = self.page.text[max(0, block.start - 40) : block.start].rstrip("$[ \n").endswith("\n=")
        for n, row in enumerate(split(parts, ("BREAK",))):
            row = [p for p in row if p.kind != "CELL"] if not any(p.kind == "BEGIN" for p in row) else row
            if row:
                start = row[0].start
                if not self.statements(row, start, before and n == 0):
                    self.unread(start, row[-1].end)

    def read(self, start: int, end: int, mathematics: bool = False) -> list[Part]:
        parts = self.page.parts(start, end, self.names, mathematics)
        self.tokens += len(parts)
        return parts

    # Equations

    def statements(self, parts: Sequence[Part], start: int, goes_on: bool) -> bool:
        """Take up every equation of a line; whether it held one."""
        did = False
        for segment in segments(parts):
            sides = [trimmed(s) for s in split(segment, ("EQUALS",))]
            if len(sides) > 1 or goes_on:
                if not sides[0] or goes_on:
                    self.more(sides[0 if goes_on else 1 :], segment[0].start)
                else:
                    self.settle()
                    self.open = Statement(sides, segment[0].start)
                did = True
            elif (table := table_of(sides[0], self.page, self.names, self.part)) and (table.own or several(table.nest)):
                self.settle()
                label = label_of(parts, self.page.raw(parts), self.names, self.part) or self.label
                self.wait(table, segment[0].start, segment[-1].end, label)
                did = True
            elif any(p.kind == "PROSE" for p in parts) and self.open is not None:
                self.settle()
            goes_on = False
        return did

    def more(self, sides: list[Sequence[Part]], start: int) -> None:
        """Sides that begin with an equals sign go on with the statement before them, or with what was named."""
        if self.open is not None and not any(p.kind in ("NAME", "D") for side in self.open.sides for p in side):
            self.settle()
        if self.open is None:
            self.open = Statement([], start, self.label if self.age == 0 else None)
        self.open.sides += sides

    def settle(self) -> None:
        """Judge no more is coming to the statement that is open, and take from it what it says."""
        statement, self.open = self.open, None
        if statement is None:
            return
        known = statement.named.name if statement.named else ""
        index: Index = ()
        where = self.page.where(statement.start)
        text = self.page.text[statement.start : statement.start + 200].split("\n")[0]
        sides: list[Side] = []
        numbers: list[tuple[Written, Shown | None]] = []
        tables: list[tuple[Table, int]] = []
        formulas, stray = 0, ""
        damaged: Written | None = None
        lost: Sequence[Part] = ()
        for side in statement.sides:
            if not side:
                continue
            shown = self.shown(side)
            if shown is not None and shown.op == NAME and shown.args[0] in self.names.all:
                if not known:
                    known, index = shown.args
                    where = self.page.where(side[0].start)
                elif (shown.args[0], shown.args[1]) != (known, index):
                    formulas += 1
            elif shown is None and (shown := piecewise(side, self.names, self.part)) is not None:
                formulas += 1
            elif shown is not None and not literal(shown):
                formulas += 1
                if shown.op in (NAME, "derivative") and not known and not stray:
                    stray = self.page.raw(side)
            elif self.listed(side, shown, known, index):
                table = table_of(side, self.page, self.names, self.part)
                if table is not None:
                    tables.append((table, side[0].start))
                    damaged = None
                    continue
            if shown is not None:
                sides.append(Side(self.page.raw(side), shown, self.page.where(side[0].start)))
                if literal(shown):
                    cell = cell_of(side, self.page, self.names, self.part)
                    numbers.append((cell, shown))
                    damaged = cell if cell.illegible else None
            elif all(p.kind in DAMAGED for p in side):
                damaged = cell_of(side, self.page, self.names, self.part)
            else:
                lost = side
        if lost:
            self.unread(lost[0].start, lost[-1].end)
        chained = len(sides) > 1 and formulas > int(bool(stray))
        if chained:
            part = self.candidates(known)[0] if known else self.part
            self.chains.append(Chain(tuple(sides), known, part))
        if tables:
            for table, at in tables[-1:]:
                if stray and not known and not table.own:
                    self.unknown(stray, text, where)
                else:
                    self.table(table, known, self.page.where(at), text)
        elif damaged is not None or numbers:
            self.number(known, index, damaged or numbers[-1][0], numbers, where, text, stray, chained, statement)
        elif not chained:
            if known and statement.sides and not statement.sides[-1]:
                self.label, self.age = Label(known, 2), 0
                return
            self.unread(statement.start, statement.start + len(text))
        if known and not tables and not numbers and damaged is None and not index:
            self.label, self.age = Label(known, 2), 0
        else:
            self.label = None

    def number(
        self, known: str, index: Index, cell: Written, numbers: list[tuple[Written, Shown | None]], where: Where, text: str,
        stray: str, chained: bool, statement: Statement,
    ) -> None:  # fmt: skip
        """Note the number that a chain of equals signs ends in."""
        if not known:
            if stray:
                self.unknown(stray, text, where)
            elif not chained or cell.illegible:
                self.unread(statement.start, statement.start + len(text))
            return
        if any(not isinstance(i, int) for i in index):
            self.remark("doubt", f"{text.strip()}: this names no one cell of {known}", text, where)
            return
        for other, _ in numbers:
            if cell.value is not None and other.value is not None and not close(other, cell):
                message = f"{known} is said to be {other.text} and, behind it, {cell.text}; the last is taken"
                self.remark("doubt", message, text, other.where)
                break
        if index:
            self.cell(known, index, cell, cell.where, text)
        else:
            self.claim(known, cell, cell.where, text)

    def table(self, table: Table, known: str, where: Where, text: str) -> None:
        """Note a table: what its cells say that they are, or the quantity that the equation names."""
        if table.own:
            return self.owned(table.own)
        if known:
            self.claim(known, table.nest, where, text)
        else:
            self.remark("unread", "nothing says which quantity these numbers are", text, where)
        return None

    def owned(self, cells: Sequence[Own]) -> None:
        """Note cells that say themselves what they are, together; what is said twice counts once if it is the same."""
        together: dict[str, dict[Index, Own]] = {}
        for own in cells:
            if any(not isinstance(i, int) for i in own.index):
                self.remark("doubt", f"this names no one cell of {own.name}", own.text, own.where)
                continue
            first = together.setdefault(own.name, {}).setdefault(own.index, own)
            if first is not own and first.written.value != own.written.value:
                self.remark(
                    "doubt", f"the table says of {first.text} also {own.text}; the first is taken", own.text, own.where
                )
        for name, found in together.items():
            self.cells(name, {index: own.written for index, own in found.items()}, next(iter(found.values())).where)

    def shown(self, side: Sequence[Part]) -> Shown | None:
        try:
            return expression(side, self.names, self.part)
        except Unreadable:
            return None

    def listed(self, side: Sequence[Part], shown: Shown | None, known: str, index: Index) -> bool:
        """Whether a side may be a table: 2,5 is one number where one is expected, and a list of two elsewhere."""
        if side[0].kind in ("OPEN", "BEGIN", "BAR", "LEFT"):
            return shown is None or bool(known and not index and self.names.shape(known, self.part))
        return not known or (not index and bool(self.names.shape(known, self.part)))

    # Rows and tables

    def rows(self, block: Block) -> None:
        """Rows of numbers: what goes on below an equation, or a table that words before or after it name."""
        rows = rows_of(self.page, block.start, block.end, self.names, self.part)
        self.tokens += sum(len(cells) for cells, _ in rows)
        if rows and self.told(rows):
            return self.settle()
        last = self.open.sides[-1] if self.open and self.open.sides else None
        if self.open is not None and last is not None and not last:
            self.settle()
        elif (
            self.open is not None
            and last
            and table_of(last, self.page, self.names, self.part)
            and adjacent(self.page.text, last[-1].end, block.start)
        ):
            first = rows_of(self.page, last[0].start, last[-1].end, self.names, self.part)
            known = self.open
            self.open = None
            left = self.shown(known.sides[0])
            if left is not None and left.op == NAME and left.args[0] in self.names.all:
                self.claim(left.args[0], nest_of([*first, *rows], self.page, self.names, self.part), first[0][1])
                return None
            return self.unread(known.start, block.end)
        self.settle()
        self.place(block)
        nest = nest_of(rows, self.page, self.names, self.part)
        if nest:
            self.wait(Table(nest), block.start, block.end, self.label)
        return None

    def told(self, rows: list[tuple[list[str], Where]]) -> bool:
        """A table that has names in it: of each row in its first cell, or of each column in its head."""
        head, where = rows[0]
        if len(rows) == 2 and len(head) > 1 and all(self.names.found(c) for c in head):
            for name, cell in zip(head, rows[1][0], strict=False):
                self.claim(
                    self.names.found(name), nest_of([([cell], where)], self.page, self.names, self.part), rows[1][1]
                )
            return True
        named = [(self.spelt(cells[0]), cells[1:], where) for cells, where in rows if len(cells) > 1]
        if not any(name for (name, _), _, _ in named):
            return False
        for (name, index), cells, where in named:
            nest = nest_of([(cells, where)], self.page, self.names, self.part)
            single = (
                nest[0][0]
                if isinstance(nest, list) and nest and isinstance(nest[0], list) and len(nest[0]) == 1
                else None
            )
            if name and index and isinstance(single, Written):
                self.cell(name, index, single, where)
            elif name and nest:
                self.claim(name, nest if single is None else single, where)
        return True

    def spelt(self, cell: str) -> tuple[str, Index]:
        """The quantity, and the cell of it, that a cell of a table names."""
        page = Page(cell)
        parts = [p for p in page.parts(0, len(cell), self.names) if p.kind != "SPLIT"]
        e = self.shown(parts)
        return (e.args[0], e.args[1]) if e is not None and e.op == NAME and e.args[0] in self.names.all else ("", ())

    def wait(self, table: Table, start: int, end: int, label: Label | None) -> None:
        """Keep a table until the next line is known, which may say what it is."""
        if table.own:
            return self.table(table, "", self.page.where(start), "")
        self.waiting = Waiting(table.nest, start, end, label)
        self.label = None
        return None

    def place(self, following: Block | None = None) -> None:
        """Give the table that waits its name: from the line behind it, if that is written as one, else from the words before."""
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return
        label = waiting.label
        if following is not None and following.kind in ("line", "heading") and (label is None or label.strength < 2):
            text = self.page.text[following.start : following.end].strip()
            behind = label_of(self.read(following.start, following.end), text, self.names, self.part)
            backwards = (text.startswith(AFTER) and not text.startswith("= ")) or "above" in text.lower()
            if behind and (backwards or (label is None and not text.endswith(":") and behind.strength == 2)):
                label = behind
        where = self.page.where(waiting.start + indent(self.page.text, waiting.start))
        name = label.name if label else self.given(waiting.nest)
        text = self.page.text[waiting.start : waiting.end]
        if name:
            self.claim(name, waiting.nest, where, text)
        else:
            self.remark("unread", "nothing says which quantity these numbers are", shortened(text.strip()), where)

    def given(self, nest: Nest) -> str:
        """What stands before the first answer is what is given, where its shape says which."""
        part = self.parts[self.part]
        if any(claim.name in part.own for claim in self.claims):
            return ""
        claimed = {claim.name for claim in self.claims}
        fits = [n for n in part.given if part.shapes[n] == measured(nest)[0] and n not in claimed and part.shapes[n]]
        return fits[0] if len(fits) == 1 else ""

    def unread(self, start: int, end: int, message: str = "this could not be read") -> None:
        start += indent(self.page.text, start)
        where = self.page.where(start)
        if where.line in self.listed_lines:
            return
        self.listed_lines.add(where.line)
        text = " ".join(self.page.text[start:end].split())
        if text:
            self.remark("unread", message, text, where)


DAMAGED = frozenset("NUMBER GARBLED MINUS PLUS OPEN CLOSE STOP COMMA BAR BLANK".split())
"""What a number may be made of that is none any more; where more stands, it is a formula that cannot be read."""
LINES = frozenset("aligned align gathered split equation gather alignedat".split())


def segments(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """A line's equations, without the words between them."""
    found: list[Sequence[Part]] = []
    plain = [equals(parts, i) for i in range(len(parts))]
    for stretch in split(plain, ("PROSE", "SPLIT", "ARROW", "SEMICOLON")):
        found += [trimmed(s) for s in commas(without_loss(stretch))]
    found = [s for s in found if s]
    joined: list[Sequence[Part]] = []
    for s in found:
        if joined and (
            (s[0].kind == "EQUALS" and not joined_off(plain, joined[-1], s)) or joined[-1][-1].kind == "EQUALS"
        ):
            joined[-1] = [*joined[-1], *s]
        else:
            joined.append(s)
    return joined


def without_loss(parts: Sequence[Part]) -> Sequence[Part]:
    """The loss L is L."""
    words = {i for i, p in enumerate(parts[:-1]) if p.text.lower() == "loss" and parts[i + 1].kind == "NAME"}
    return [p for i, p in enumerate(parts) if i not in words]


def joined_off(parts: Sequence[Part], before: Sequence[Part], after: Sequence[Part]) -> bool:
    """Whether words stand between two stretches."""
    return any(p.kind == "PROSE" and before[-1].end <= p.start < after[0].start for p in parts)


def equals(parts: Sequence[Part], i: int) -> Part:
    """A colon or an "is" between a name and what it is, as the equals sign that it stands for."""
    part = parts[i]
    colon = part.kind == "COLON" and 0 < i < len(parts) - 1
    word = part.kind == "PROSE" and part.text in IS and 0 < i < len(parts) - 1
    if (colon or word) and parts[i - 1].kind in ("NAME", "RIGHT", "SPLIT") and parts[i + 1].kind in STARTS:
        return part._replace(kind="EQUALS")
    return part


STARTS = frozenset("NUMBER MINUS OPEN BEGIN GARBLED FRACTION".split())


def commas(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """Equations parted by commas: only where what follows the comma is an equation of its own."""
    found: list[Sequence[Part]] = []
    for piece in split(parts, ("COMMA",)):
        equation = piece and any(p.kind == "EQUALS" for p in piece) and piece[0].kind in ("NAME", "D", "FRACTION")
        if found and not equation:
            first = found[-1][0].start if found[-1] else 0
            found[-1] = [p for p in parts if first <= p.start and (not piece or p.start <= piece[-1].start)]
        else:
            found.append(piece)
    return found


def trimmed(parts: Sequence[Part]) -> Sequence[Part]:
    first, last = 0, len(parts)
    while first < last and parts[first].kind in EDGES:
        first += 1
    while last > first and parts[last - 1].kind in EDGES:
        last -= 1
    return parts[first:last]


EDGES = frozenset(["COMMA", "STOP", "COLON", "SEMICOLON", "SPLIT", "CELL"])


def close(a: Written, b: Written) -> bool:
    """Whether two numbers are one as far as the second was written down."""
    assert a.value is not None
    assert b.value is not None
    off = abs(a.value - b.value)
    return off == 0 or any(unit is not None and off * 2 <= unit and unit < 1 for unit in (a.unit, b.unit))


def adjacent(text: str, end: int, start: int) -> bool:
    """Whether nothing but the end of a line stands between two places."""
    between = text[end:start]
    return between.count("\n") <= 1 and not between.strip(" |\t$\n")


def indent(text: str, start: int) -> int:
    return len(text[start : start + 200]) - len(text[start : start + 200].lstrip())
