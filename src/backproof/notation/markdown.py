"""Text and tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backproof.notation.table import Table

MARKS = re.compile(r"[\\`*_\[\]<>|#$]")


def of_table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{escaped(table.title)}**\n"
    yield f"| {' | '.join(map(escaped, table.columns))} |"
    yield "|---" * len(table.columns) + "|"
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield f"\n{escaped(table.note)}\n" if table.note else ""


def escaped(text: str) -> str:
    """Text whose signs are not to be read as Markdown."""
    return MARKS.sub(r"\\\g<0>", text)


def harmless(text: str) -> str:
    """Text that may hold Markdown, as emphasis, but neither markup of HTML nor a link.

    >>> harmless("*a* <b> [c](d)")
    '*a* &lt;b> [c]&#40;d)'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("](", "]&#40;")
