"""Tables that stand without an equals sign, given their names by the words before them, or behind."""

from __future__ import annotations

from typing import NamedTuple

from backproof.errors import shortened
from backproof.marking.question import Question
from backproof.marking.reading.blocks import Block
from backproof.marking.reading.collecting import Collecting
from backproof.marking.reading.labels import Label, label_of
from backproof.marking.reading.page import Page
from backproof.marking.reading.shapes import Nest, measured
from backproof.marking.reading.tokens import Part

AFTER = (":", "←", "<-", "(", "^", "↑")
"""How a line begins that is about what stands above it."""


class Waiting(NamedTuple):
    """A table that waits for the line after it, which may say what it is."""

    nest: Nest
    start: int
    end: int
    label: Label | None


class Placing(Collecting):
    """A free text of which tables are being placed: what was announced, and the table that waits."""

    def __init__(self, question: Question, text: str) -> None:
        super().__init__(question)
        self.question = question
        self.page = Page(text)
        self.tokens: int = 0
        self.label: Label | None = None
        """What the words before say that follows."""
        self.age = 0
        """How many lines of words ago they said it."""
        self.waiting: Waiting | None = None
        self.unread_lines: set[int] = set()

    def read(self, start: int, end: int, mathematics: bool = False) -> list[Part]:
        parts = self.page.parts(start, end, self.names, mathematics)
        self.tokens += len(parts)
        return parts

    def wait(self, nest: Nest, start: int, end: int, label: Label | None) -> None:
        """Keep a table until the next line is known."""
        self.waiting = Waiting(nest, start, end, label)
        self.label = None

    def place(self, following: Block | None = None) -> None:
        """Give the table that waits its name: from the line behind it if that is written as one, else from the words before."""
        waiting, self.waiting = self.waiting, None
        if waiting is None:
            return
        label = waiting.label
        if following is not None and following.kind in ("line", "heading") and (label is None or label.strength < 2):
            label = self.behind(following, label)
        start = waiting.start + indent(self.page.text, waiting.start)
        text = self.page.text[waiting.start : waiting.end]
        listed = text.lstrip().startswith("[[")
        name = label.name if label else "" if listed else self.given(waiting.nest)
        if name:
            self.claim(name, waiting.nest, self.page.where(start), text)
        else:
            message = "nothing says which quantity these numbers are"
            self.remark("unread", message, shortened(text.strip()), self.page.where(start))

    def behind(self, following: Block, label: Label | None) -> Label | None:
        """What a line says of the table above it, where it is about that and not about what comes."""
        text = self.page.text[following.start : following.end].strip()
        found = label_of(self.read(following.start, following.end), text, self.names, self.part)
        backwards = text.startswith(AFTER) or "above" in text.lower()
        forwards = text.endswith((":", "=")) or "=" in text
        if found and (backwards or (label is None and not forwards and found.strength == 2)):
            return found
        return label

    def given(self, nest: Nest) -> str:
        """What stands before the first answer is what is given, where its shape says which."""
        part = self.parts[self.part]
        claimed = {claim.name for claim in self.claims}
        if claimed & set(part.own):
            return ""
        fits = [n for n in part.given if part.shapes[n] == measured(nest)[0] and n not in claimed and part.shapes[n]]
        return fits[0] if len(fits) == 1 else ""

    def unread(self, start: int, end: int, message: str = "this could not be read") -> None:
        """Say that a line was not read, once; of several lines each that has a number in it."""
        first = start + indent(self.page.text, start)
        for at, line in self.page.lines(start, end):
            at += indent(self.page.text, at)
            where = self.page.where(at)
            says = at == first or any(c.isdigit() for c in line)
            if line.strip() and says and where.line not in self.unread_lines:
                self.unread_lines.add(where.line)
                self.remark("unread", message, " ".join(line.split()), where)


def indent(text: str, start: int) -> int:
    return len(text[start : start + 200]) - len(text[start : start + 200].lstrip())
