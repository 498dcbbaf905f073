"""A text that somebody wrote: paragraphs, and code between backquotes. All else in it is only text."""

from __future__ import annotations

import re
from typing import NamedTuple

CODE = re.compile(r"`([^`\n]+)`")


class Span(NamedTuple):
    """A part of a paragraph."""

    text: str
    code: bool


def paragraphs(text: str) -> list[list[Span]]:
    """The paragraphs, which empty lines part; within one, a line's end is a space.

    >>> paragraphs("Run `solve`\\nfirst.\\n \\nThen read.")
    [[Span(text='Run ', code=False), Span(text='solve', code=True), Span(text=' first.', code=False)], \
[Span(text='Then read.', code=False)]]
    """
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", text)]
    return [[Span(part, bool(k % 2)) for k, part in enumerate(CODE.split(block)) if part] for block in blocks if block]
