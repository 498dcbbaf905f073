"""A sheet's text in blocks: lines, displayed mathematics, rows of numbers, and the gaps between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

LONGEST_BLOCK = 8_000
"""Characters; what is longer is cut and said to be unread."""
MOST_LINES_OF_ONE = 60
MOST_BROKEN = 4
"""Lines over which a formula in parentheses goes on."""

OPENING = re.compile(
    r"\$\$|\\\[|\\begin\s*\{(?P<env>align|equation|gather|multline|eqnarray|displaymath|flalign)\*?\}", re.ASCII
)
PIECES = re.compile(r"[\s,;|&]+")
PURE = re.compile(r"[(\[]?[+\-−–]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?(?:/\d+)?[)\]]?")
MARK = re.compile(r"\?|-|–|—|_+|…|[lIOoSBZ|]|(?=[^\s]*\d)[^\s=\\${}:]{1,12}")
"""What may stand in a row in the place of a number: a blank, or a number that is damaged."""
BLANK = re.compile(r"\?|-|–|—")
GAP = re.compile(r"\n[ \t]*(?:\n|\Z)")
NAMELIKE = re.compile(r"[^\W\d_]{3,}|^[A-Za-z]_?\d+$|\d{1,2}[.)]$|\([ivxa-h\d]{1,3}\)$|[ivxa-h]{1,3}\)$")
TALL = re.compile("[⎡-⎦⎛-⎠]")
"""Pieces of brackets as high as a matrix."""
BEGINS = re.compile(r"=|^\s*(?:[-*+•]|\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)])\s+[^\W\d]")
"""A line that says something of its own, or that is one of a list: it goes on with no other."""
RULE = re.compile(r"\s*\|?[\s:|+-]*-{2,}[\s:|+-]*\|?\s*")
"""The line below a table's head."""


class Block(NamedTuple):
    """A stretch of the sheet. Rows are lines of a table or of bare numbers, one or more."""

    kind: Literal["line", "heading", "math", "rows", "gap", "long"]
    start: int
    end: int


def blocks(text: str) -> Iterator[Block]:
    """The sheet from top to bottom; every character that says something is in one block."""
    at, size = 0, len(text)
    while at < size:
        end = text.find("\n", at)
        end = size if end < 0 else end
        line = text[at:end]
        if end - at > LONGEST_BLOCK:
            yield Block("long", at, end)
        elif not line.strip() or line.lstrip().startswith("```"):
            yield Block("gap", at, end)
        elif is_row(line, False):
            last = rows_end(text, end)
            yield Block("rows", at, last)
            end = last
        elif opening := OPENING.search(line):
            inner, close, after = display(text, at + opening.start(), at + opening.end(), opening["env"])
            if line[: opening.start()].strip():
                yield Block("line", at, at + opening.start())
            yield Block("math", inner, close)
            at = after
            continue
        elif line.lstrip().startswith("#"):
            yield Block("heading", at, end)
        else:
            end = whole(text, at, end)
            yield Block("line", at, end)
        at = end + 1


def is_row(line: str, running: bool) -> bool:
    """Whether a line is numbers and nothing else, some of them damaged or blank, or a line of a table.

    In a run of rows one may be damaged all over.
    """
    bare = line.strip()
    if bare.startswith("|") and bare.count("|") > 1:
        return True
    if TALL.search(bare):
        return False
    if bare.startswith("[[") and bare.count("[") == bare.count("]"):
        return False
    pieces = [p for p in PIECES.split(bare) if p]
    if not pieces or (len(pieces) == 1 and NAMELIKE.search(pieces[0])):
        return False
    pure = sum(PURE.fullmatch(p) is not None for p in pieces)
    fit = all(PURE.fullmatch(p) or (MARK.fullmatch(p) and not NAMELIKE.search(p)) for p in pieces)
    blank = len(pieces) > 1 and all(BLANK.fullmatch(p) for p in pieces)
    return fit and (pure > 0 or blank or running) and not (running and bare.endswith(":"))


def rows_end(text: str, end: int) -> int:
    """Where a run of rows ends."""
    while True:
        following = text.find("\n", end + 1)
        following = len(text) if following < 0 else following
        line = text[end + 1 : following]
        if end >= len(text) or not line.strip() or len(line) > LONGEST_BLOCK:
            return end
        if not (is_row(line, True) or RULE.fullmatch(line)):
            return end
        end = following


def display(text: str, start: int, inner: int, environment: str | None) -> tuple[int, int, int]:
    """Displayed mathematics: where it begins, where it ends, and where what follows begins.

    No blank line stands in it: what is unclosed there ends with its line, or before the blank line if it begins on the next.
    """
    closing = "$$" if text.startswith("$$", start) else "\\]" if environment is None else "\\end{" + environment
    close = text.find(closing, inner, inner + LONGEST_BLOCK)
    gap = GAP.search(text, inner)
    last = gap.start() if gap else len(text)
    if close < 0 or close > last:
        line = text.find("\n", inner)
        end = last if line < 0 or not text[inner:line].strip() else line
        end = min(end, inner + LONGEST_BLOCK)
        return inner, end, end
    after = close + len(closing)
    if environment is not None:
        brace = text.find("}", after, after + 3)
        after = brace + 1 if brace >= 0 else after
    return inner, close, after


def whole(text: str, at: int, end: int) -> int:
    """The end of a line, or of the line in which its brackets and environments close."""
    line = text[at:end]
    opened = opened_in(line)
    begun = line.count("\\begin") - line.count("\\end")
    if opened <= 0 and begun <= 0:
        return wrapped(text, at, end)
    last = end
    for _ in range(MOST_LINES_OF_ONE):
        following = text.find("\n", last + 1)
        following = len(text) if following < 0 else following
        line = text[last + 1 : following]
        if last >= len(text) or not line.strip() or following - at > LONGEST_BLOCK:
            return end
        opened += opened_in(line)
        begun += line.count("\\begin") - line.count("\\end")
        last = following
        if opened <= 0 and begun <= 0:
            return last
    return end


def opened_in(line: str) -> int:
    """How many brackets a line opens that it does not close."""
    return sum(map(line.count, "[⎡⎛")) - sum(map(line.count, "]⎦⎠"))


def wrapped(text: str, at: int, end: int) -> int:
    """The end of a line that was broken within parentheses, where what follows stands further in, up to where they close."""
    indent = len(text[at:end]) - len(text[at:end].lstrip())
    last, depth = end, text.count("(", at, end) - text.count(")", at, end)
    for _ in range(MOST_BROKEN):
        following = text.find("\n", last + 1)
        following = len(text) if following < 0 else following
        line = text[last + 1 : following]
        if depth <= 0 or len(line) - len(line.lstrip()) <= indent or not line.strip() or BEGINS.search(line):
            break
        depth += line.count("(") - line.count(")")
        last = following
    return last if depth == 0 else end
