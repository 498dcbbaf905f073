"""What a worker does: a few sheets marked, one after another; nothing that a sheet holds stops the others."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Literal, TypeAlias

from backproof.errors import BackproofError, BadFile
from backproof.marking.classes.results import digest_of
from backproof.marking.classes.row import Row, row_of
from backproof.marking.marking import Marking
from backproof.marking.question import Question
from backproof.marking.reading.sheet import LARGEST_SHEET
from backproof.network.saving import save

Form: TypeAlias = Literal["text", "markdown", "json"]
GRACE = 1.0
"""Seconds that a sheet gets beyond its limit before its process is ended."""


@dataclass(frozen=True)
class Task:
    """What all workers of a run are to do."""

    problem: str
    fingerprint: str
    """Of the problem, so that a worker that lives on does not keep an old one."""
    limit: float
    """Seconds for one sheet."""
    own: bool = False
    """Whether the process is there for this work alone, and may be ended."""
    form: Form = "markdown"
    marker: Callable[[Question, Path], Marking] | None = None
    """What marks a sheet, if it is not `mark`; a function that a worker can import."""


Job: TypeAlias = "tuple[str, str | None]"
"""A sheet, and where its report is to be written."""


class TooLong(BaseException):
    """A sheet's time is over. No `Exception`, so that nobody who catches those keeps it."""


def mark_chunk(task: Task, jobs: Sequence[Job]) -> list[Row]:
    """A row for each sheet."""
    return [mark_one(task, sheet, report) for sheet, report in jobs]


def mark_one(task: Task, sheet: str, report: str | None = None) -> Row:
    """A sheet's row, whatever the sheet is; its report written, if one is asked for."""
    digest = ""
    try:
        digest = digest_of_file(Path(sheet))
        question = question_of(task.problem, task.fingerprint)
        with limited(task.limit, task.own):
            marking = (task.marker or marker())(question, Path(sheet))
            row = row_of(marking, sheet, digest)
            text = rendered(marking, task.form) if report else ""
        if report:
            save(Path(report), text.encode())
        return row
    except TooLong:
        return Row(sheet, digest, error=f"not marked: it took longer than {task.limit:g} s")
    except BackproofError as error:
        return Row(sheet, digest, error=f"not marked: {str(error).removeprefix(f'{sheet}: ')}")
    except Exception as error:
        what = f"{type(error).__name__}: {error}"[:300]
        return Row(sheet, digest, error=f"not marked: backproof itself failed ({what}); that is a fault of backproof's")


def marker() -> Callable[[Question, Path], Marking]:
    from backproof.marking.mark import mark

    return mark


def digest_of_file(path: Path) -> str:
    """Of a sheet's content, as far as it is read, and its size. Raises `BadFile` where it cannot be read."""
    try:
        if not path.is_file():
            raise BadFile(path, "this is no ordinary file" if path.exists() else "there is no such file")
        with path.open("rb") as file:
            return digest_of(b"%d " % path.stat().st_size + file.read(LARGEST_SHEET))
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error


@lru_cache(maxsize=2)
def question_of(problem: str, fingerprint: str) -> Question:
    """The question, worked out once in each process."""
    return Question.of(Path(problem))


def rendered(marking: Marking, form: Form) -> str:
    """The report in a form."""
    if form == "json":
        from backproof.marking.reports.document import to_json

        return to_json(marking)
    if form == "markdown":
        from backproof.marking.reports.markdown import markdown

        return markdown(marking)
    return str(marking)


@contextmanager
def limited(seconds: float, own: bool) -> Generator[None]:
    """Raises `TooLong` once the time is over; where even that is not heeded, a process of our own is ended."""
    alarm = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGALRM, ring) if alarm else None
    try:
        if own:
            faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nowhere())
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        if own:
            faulthandler.cancel_dump_traceback_later()


def ring(number: int, frame: FrameType | None) -> None:
    raise TooLong


@lru_cache(maxsize=1)
def nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY)


def begin() -> None:
    """What a process of our own does first: leave Ctrl-C to the one that started it, and end when that one ends."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:

        def follow() -> None:
            wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()
