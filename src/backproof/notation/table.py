"""A table of texts, and printing in the terminal or as plain text."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

COLOURS = {"proved": "green", "refuted": "bold red", "undecided": "bold yellow"}
"""of what became of a claim"""


@dataclass(frozen=True)
class Table:
    """Rows of cells under columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def grid(table: Table) -> RenderableType:
    result = Grid(box=SIMPLE_HEAD, pad_edge=False, title_justify="left", caption_justify="left")
    result.title, result.caption = Text(table.title) or None, Text(table.note) or None
    for n, column in enumerate(table.columns):
        left = n < 2 or not any(c.isdigit() for row in table.rows for c in row[n][:1])
        result.add_column(Text(column), justify="left" if left else "right", overflow="fold")
    for row in table.rows:
        result.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in row))
    return result


def print_all(what: Sequence[RenderableType], file: IO[str] | None = None, width: int | None = None) -> None:
    """Print to the terminal, or as plain text where that is none."""
    out: IO[str] = file or sys.stdout
    console = Console(file=out, width=width, highlight=False)
    if console.is_terminal:
        for each in what:
            console.print(each)
    else:
        out.write("\n".join(plain(each, console.width) for each in what))


def plain(what: RenderableType, width: int = 100) -> str:
    """The same without colour."""
    console = Console(width=width, color_system=None, highlight=False, force_terminal=False)
    with console.capture() as capture:
        console.print(what)
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))
