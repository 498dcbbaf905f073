"""Text and tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.notation.table import Table


def of_table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{escaped(table.title)}**\n"
    yield f"| {' | '.join(map(escaped, table.columns))} |"
    yield "|---" * len(table.columns) + "|"
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield f"\n{escaped(table.note)}\n" if table.note else ""


def escaped(text: str) -> str:
    """Text without signs that Markdown would take for its own."""
    return "".join(f"\\{c}" if c in r"\`*_[]<>|#$" else c for c in text)
