"""A sheet's text with its lines, so that every token knows where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from backproof.marking.claims import Where
from backproof.marking.reading.names import Names
from backproof.marking.reading.tokens import Part, parts_of


class Page:
    """A text, and the places in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        for line in text.split("\n")[:-1]:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def where(self, at: int) -> Where:
        """The place of a character."""
        line = bisect_right(self.starts, at)
        return Where(line, at - self.starts[line - 1] + 1)

    def line(self, where: Where) -> str:
        """The line of a place."""
        return self.text[self.starts[where.line - 1] :].partition("\n")[0].strip()

    def raw(self, parts: Sequence[Part]) -> str:
        """What stands in the sheet from the first of these tokens to the last."""
        return self.text[parts[0].start : parts[-1].end] if parts else ""

    def parts(self, start: int, end: int, names: Names, mathematics: bool = False) -> list[Part]:
        return parts_of(self.text, start, end, names, mathematics)

    def lines(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Each line of a stretch, with where it begins."""
        for line in self.text[start:end].split("\n"):
            yield start, line
            start += len(line) + 1
