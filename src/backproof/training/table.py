"""Tables of numbers: .csv, .tsv and .parquet, read by pyarrow."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from backproof.errors import BackproofError, BadFile, plural, shortened
from backproof.training.rows import Numbers


@dataclass(frozen=True)
class Table:
    """Named columns of numbers: (rows, columns), float64.

    first: how many rows of the file stand before the first one of the table.
    """

    path: Path
    names: list[str]
    numbers: Numbers = field(repr=False)
    first: int = 0
    separator: str = ""

    def where(self, row: int, column: int) -> str:
        """A cell in words, its row as the file counts, from 1."""
        return f'row {self.row(row):,}, column "{self.names[column]}"'

    def row(self, row: int) -> int:
        """Where a row of the table stands in the file: the line, where it is text."""
        if not self.separator:
            return row + 1
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self.separator)
            kept = (reader.line_num for cells in reader if cells)
            return next(islice(kept, row + self.first, None), row + self.first + 1)


def arrow(module: str) -> Any:
    try:
        return import_module(f"pyarrow.{module}")
    except ImportError:
        raise BackproofError('tables are read by pyarrow: pip install "backproof[data]"') from None


def read_csv(path: Path, separator: str | None) -> Table:
    """A table of text; its first row are names, unless all of it are numbers."""
    reader = arrow("csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline()
            separator = separator or max(",;\t", key=line.count)
            head = next(csv.reader([line], delimiter=separator), list[str]())
    except UnicodeDecodeError as error:
        raise BadFile(path, f"this is not UTF-8 text (byte {error.start})") from None
    if "\0" in line:
        raise BadFile(path, "this is no text; expected numbers with commas between them")
    named = not all(is_number(cell) for cell in head)
    names = [cell.strip() or f"column {i + 1}" for i, cell in enumerate(head)] if named else []
    names = names or [f"column {i + 1}" for i in range(len(head))]
    refuse_twins(path, names)
    empty = Table(path, names, np.empty((0, len(names))), int(named), separator)
    if not names:
        raise BadFile(path, "the first line is blank; expected names or numbers with commas between them")
    try:
        table = reader.read_csv(
            path,
            read_options=reader.ReadOptions(column_names=names, skip_rows=1 if named else 0),
            parse_options=reader.ParseOptions(delimiter=separator),
            convert_options=reader.ConvertOptions(null_values=[""]),
        )
    except Exception:  # whatever the reader says, rows of different lengths are told better; else it stands
        refuse_ragged(empty)
        raise
    return numbers_of(empty, table)


def read_parquet(path: Path) -> Table:
    table = arrow("parquet").read_table(path)
    names = [str(name) for name in table.column_names]
    refuse_twins(path, names)
    return numbers_of(Table(path, names, np.empty((0, len(names)))), table)


def refuse_ragged(table: Table) -> None:
    """Name the first line that has more or fewer cells than the first one."""
    with table.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=table.separator)
        for cells in reader:
            if cells and len(cells) != len(table.names):
                what = f"{len(cells)} cell{plural(len(cells))}, the first row has {len(table.names)}"
                raise BadFile(table.path, f"row {reader.line_num:,} has {what}")


def refuse_twins(path: Path, names: list[str]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise BadFile(path, f"two columns are called {shortened(name)}")


NUMBERS = ("int", "uint", "float", "double", "bool", "halffloat", "null")
"""How the names of pyarrow's kinds of numbers begin."""


def numbers_of(empty: Table, table: Any) -> Table:
    """The columns of pyarrow's table as numbers; refused where one holds anything else, with the first such cell."""
    made = np.empty((table.num_rows, len(empty.names)), np.float64)
    for i in range(len(empty.names)):
        column = table.column(i)
        kind = str(column.type)
        if not kind.startswith(NUMBERS):
            row, value = first_text(column)
            what = "expected a number (text, dates and lists cannot be learned from; write classes as 0, 1, 2, …)"
            raise BadFile(empty.path, f"{empty.where(row, i)} is {shortened(value)}; {what}")
        if column.null_count:
            row = column.is_null().to_pylist().index(True)
            raise BadFile(empty.path, f"{empty.where(row, i)} is empty; fill such cells in, or leave those rows out")
        made[:, i] = column.to_numpy()
    return Table(empty.path, empty.names, made, empty.first, empty.separator)


def first_text(column: Any) -> tuple[int, Any]:
    """The first cell that is no number."""
    for row, value in enumerate(column.to_pylist()):
        if not (isinstance(value, str) and is_number(value)):
            return row, value
    return 0, column[0].as_py()


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
