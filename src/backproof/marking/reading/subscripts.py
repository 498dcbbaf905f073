"""The subscripts of a sheet, gathered before it is read, since one of them may say from where all count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backproof.arithmetic.array import Shape
from backproof.marking.reading.blocks import LONGEST_BLOCK
from backproof.marking.reading.counting import Counting, counting
from backproof.marking.reading.names import Names
from backproof.marking.reading.page import Page

SUBSCRIPT = re.compile(r"_\s*\{?\s*\d|[^\W\d_]\d|[₀-₉]")
MOST_LINES = 20_000
MOST_TOKENS = 60_000


def counting_of(page: Page, names: Names) -> Counting:
    """From where the subscripts of a sheet count."""
    return counting(subscripts(page, names))


def subscripts(page: Page, names: Names) -> Iterator[tuple[str, str, Shape]]:
    """Each quantity that has a subscript behind it, what that is, and the quantity's shape."""
    tokens = 0
    for n, (start, line) in enumerate(page.lines(0, len(page.text))):
        if n > MOST_LINES or tokens > MOST_TOKENS:
            return
        if len(line) > LONGEST_BLOCK or not SUBSCRIPT.search(line):
            continue
        parts = page.parts(start, start + len(line), names, True)
        tokens += len(parts)
        for i, part in enumerate(parts):
            name = names.found(part.text) if part.kind == "NAME" and part.place[:1] not in ("", "[") else ""
            shape = names.shape(name, 0) if name else ()
            whole = [p.kind for p in parts[i + 1 : i + 3]] in (["EQUALS", "OPEN"], ["EQUALS", "BEGIN"])
            if shape and not whole:
                yield name, part.place, shape
