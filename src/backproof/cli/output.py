"""What commands share: files written whole or not at all, and progress for what takes long."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import click

from backproof.errors import BadFile

FORMATS = click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="Text for the terminal, Markdown with LaTeX, or JSON with everything.",
)  # fmt: skip
OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write there, whole or not at all, and print nothing.",
)

STANDARD = Path("-")
"""What stands for the standard output, as it does elsewhere."""
PATIENCE = 2.0
"""Seconds without a word before progress is shown."""


def write_text(path: Path, text: str, overwrite: bool = True) -> None:
    """Write a text as UTF-8, as `write_bytes` does."""
    write_bytes(path, text.encode(), overwrite)


def write_bytes(path: Path, content: bytes, overwrite: bool = True) -> None:
    """Write a file by way of a temporary one beside it, so that nothing half-written is ever seen.

    Raises `BadFile` where it cannot be written.
    """
    if path.is_dir():
        raise BadFile(path, "this is a folder; expected the name of a file to write")
    if path.exists() and not overwrite:
        raise BadFile(path, "the file is there already; choose another name, or say --force to replace it")
    if path.exists() and not os.access(path, os.W_OK):
        raise BadFile(path, "cannot be written: it may not be changed")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise BadFile(path, f"cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
        os.replace(name, path)
    except OSError as error:
        raise BadFile(path, f"cannot be written: {error.strerror}") from error
    finally:
        Path(name).unlink(missing_ok=True)


def deliver(content: str | bytes, out: Path | None) -> None:
    """Print what was made, or write it to a file; bytes go into a pipe, and are never printed to a terminal."""
    if out is None or out == STANDARD:
        click.echo(content, nl=False)
    else:
        write_bytes(out, content.encode() if isinstance(content, str) else content)


@contextmanager
def progress() -> Generator[Callable[[int, int, str], None]]:
    """A line on the error stream that says how far the work is, once it has taken two seconds."""
    now = (0, 0, "")
    started = time.monotonic()
    shown: list[Any] = []

    def show() -> None:
        from rich.console import Console

        console = Console(stderr=True)
        status = console.status("")
        if console.is_terminal:
            status.start()
            shown.append(status)
            refresh()

    def refresh() -> None:
        for status in shown:
            status.update(
                f"rule {now[0] + 1} of {now[1]}, {now[2]}; {time.monotonic() - started:.0f} s" if now[1] else "working"
            )

    def watch(done: int, of: int, layer: str) -> None:
        nonlocal now
        now = done, of, layer
        refresh()

    timer = Timer(PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        for status in shown:
            status.stop()
