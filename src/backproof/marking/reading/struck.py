"""What somebody struck out does not count: `~~20~~ 19.3`, `\\sout{20} 19.3`, `<del>20</del> 19.3`."""

from __future__ import annotations

import re

STRUCK = re.compile(
    r"""(?<![^\s($|:=])~~(?=\S)[^~\n]{0,200}\w[^~\n]{0,200}(?<=\S)~~(?!\w)
    |\\(?:sout|st|xout)\s*\{[^{}\n]{0,200}\}
    |<(?P<tag>del|s|strike)>[^<>\n]{0,200}</(?P=tag)>
    |(?<==)\s{0,3}\\[bx]?cancel\s*\{\s*[-+−]?\d[\d.,]{0,30}\s*\}(?=\s*(?:\\[,;:!\s]\s*)?[=\d])""",
    re.VERBOSE,
)
"""A number that is cancelled is struck out where another stands behind it; elsewhere it is a factor that cancels."""


def without_struck(text: str) -> str:
    """The text with blanks in the place of what is struck out, so that all else stays where it is.

    >>> without_struck("y = ~~20~~ 19.3")
    'y =        19.3'
    """
    return STRUCK.sub(lambda m: m[0] if tied(text, m) else " " * len(m[0]), text)


def tied(text: str, match: re.Match[str]) -> bool:
    """Whether the tildes are LaTeX's spaces, in a formula."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return match[0].startswith("~") and line.count("$") % 2 == 1
