"""The table of a class: a CSV file written whole, and beside it, while sheets are being marked, a journal.

The journal gets a line for every sheet as soon as it is marked, so that whatever ends a run, the next one goes on from there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec
from flint import fmpq

from backproof.arithmetic.rounding import decimal, significant
from backproof.errors import BadFile
from backproof.marking.classes.row import Column, Row
from backproof.network.saving import check_writable, save

VERDICTS = ("right", "rounded", "follows", "wrong", "blank", "unread")
FIRST = ("sheet", "person", "marks", "of")
HEADER = (*FIRST, *VERDICTS, "first slip", "slips", "explained", "off", "doubts", "lines not read", "error")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
JOURNAL = ".part"


def as_csv(rows: Iterable[Row], columns: Sequence[Column]) -> str:
    """A line for each sheet, with a column of marks for each quantity at its end.

    Marks are decimals, because a spreadsheet takes 5/3 for a date; those that do not end have ten digits.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*HEADER, *(guarded(column.title) for column in columns)])
    for row in rows:
        told = [row.sheet, row.person] if row.error else [row.sheet, row.person, plain(row.marks), plain(row.of)]
        told += [""] * (len(FIRST) - len(told))
        if row.error:
            cells = [*told, *[""] * (len(HEADER) - len(FIRST) - 1), row.error, *("" for _ in columns)]
        else:
            slips = "; ".join(key for key, _ in row.slips)
            cells = [
                *told, *(row.counts.get(v, 0) for v in VERDICTS), row.first, slips, row.explained, row.off,
                row.doubts, row.unread, "", *(plain(marks) for _, _, marks in row.answers),
            ]  # fmt: skip
        table.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()


def plain(marks: str) -> str:
    """`5/2` as 2.5."""
    p, _, q = marks.partition("/")
    number = fmpq(int(p), int(q or 1))
    text = decimal(int(number.p), int(number.q))
    return text if text is not None and len(text) <= 12 else significant(int(number.p), int(number.q), 10)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> guarded("=HYPERLINK(0)"), guarded("ada")
    ("'=HYPERLINK(0)", 'ada')
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def check_out(out: Path, inputs: Iterable[Path]) -> None:
    """Raises `BadFile`, before any work, where the results could not be written, or would replace something else."""
    check_writable(out)
    if out.exists() and any(path.exists() and out.samefile(path) for path in inputs):
        raise BadFile(out, "this is a file that is read; choose another name for the results")
    if out.is_file() and out.stat().st_size:
        with out.open("rb") as file:
            head = file.readline(1000)
        if not head.startswith(",".join(FIRST).encode()):
            raise BadFile(out, "the file is there already and holds no results of marking; choose another name")


def write_results(out: Path, rows: Iterable[Row], columns: Sequence[Column]) -> None:
    save(out, as_csv(rows, columns).encode())


def digest_of(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


class Journal:
    """The rows so far, a line each; the first line says what run they are of."""

    def __init__(self, out: Path, run: Mapping[str, str], again: bool = False) -> None:
        self.path = out.with_name(out.name + JOURNAL)
        self.run = dict(run)
        self.known: dict[str, Row] = {} if again else read_journal(self.path, self.run)
        """The rows of a run that was interrupted, by sheet."""
        self.file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """What is known is written anew, without a line that was cut short and without what was of another run."""
        lines = [msgspec.json.encode(self.run), *map(msgspec.json.encode, self.known.values())]
        save(self.path, b"".join(line + b"\n" for line in lines))
        try:
            self.file = self.path.open("ab")
        except OSError as error:
            raise BadFile(self.path, f"cannot be written: {error.strerror}") from error
        return self

    def add(self, row: Row) -> None:
        """Keep a row, whatever happens from here on. Raises `BadFile` where the disk is full."""
        assert self.file is not None
        try:
            self.file.write(msgspec.json.encode(row) + b"\n")
            self.file.flush()
        except OSError as error:
            raise BadFile(self.path, f"cannot be written: {error.strerror}") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.file is not None
        self.file.close()

    def done(self) -> None:
        self.path.unlink(missing_ok=True)


def read_journal(path: Path, run: dict[str, str]) -> dict[str, Row]:
    """The rows in a journal of this very run; none where there is no journal, or it is of another."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    rows: dict[str, Row] = {}
    try:
        if msgspec.json.decode(lines[0]) != run:
            return {}
    except msgspec.DecodeError:
        return {}
    for line in lines[1:]:
        try:
            row = msgspec.json.decode(line, type=Row)
        except msgspec.MsgspecError:
            continue
        rows[row.sheet] = row
    return rows
