"""How far the marking of a class is: a bar in a terminal, elsewhere a line every few seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import IO

from backproof.marking.classes.row import Row

EVERY = 5.0
"""Seconds between lines."""


@contextmanager
def showing(bar: bool | None = None, file: IO[str] | None = None) -> Generator[Callable[[int, int, Row], None]]:
    """What `mark_all` tells how far it is; on the error stream, if no other is given."""
    out: IO[str] = file or sys.stderr
    if bar is None:
        bar = out.isatty()
    if not bar:
        yield Lines(out).row
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=out), transient=True) as shown:
        task = shown.add_task("sheets", total=None)
        yield lambda done, of, row: shown.update(task, completed=done, total=of)


class Lines:
    """`400 of 1,000 sheets`, once every few seconds."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.last = file, monotonic()

    def row(self, done: int, of: int, row: Row) -> None:
        if monotonic() - self.last >= EVERY:
            self.last = monotonic()
            print(f"{done:,} of {of:,} sheets", file=self.file, flush=True)
