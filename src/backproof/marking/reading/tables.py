"""Tables that say themselves what their numbers are: names in a column before them, or in a row above."""

from __future__ import annotations

from typing import NamedTuple

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME
from backproof.marking.claims import Where
from backproof.marking.reading.cells import nest_of
from backproof.marking.reading.names import Names
from backproof.marking.reading.page import Page
from backproof.marking.reading.shapes import Nest
from backproof.marking.reading.statements import shown_of


class Entry(NamedTuple):
    """What a table says of one quantity, or of one cell of it."""

    name: str
    place: Index
    nest: Nest
    where: Where


def entries(rows: list[tuple[list[str], Where]], names: Names, part: int) -> list[Entry]:
    """What the rows of a table say, each of the quantity that it names; none if they name none."""
    head = rows[0][0]
    if len(rows) == 2 and len(head) > 1 and all(names.found(cell) for cell in head):
        values, where = rows[1]
        return [
            Entry(names.found(name), (), one(cell, where, names, part), where)
            for name, cell in zip(head, values, strict=False)
        ]
    found: list[Entry] = []
    for cells, where in rows:
        name, index = spelt(cells[0], names, part) if len(cells) > 1 else ("", ())
        if name:
            rest = cells[1:] if len(cells) > 2 else cells[1]
            nest = one(rest, where, names, part) if isinstance(rest, str) else nest_of([(rest, where)], names, part)
            found.append(Entry(name, index, nest, where))
    return found


def titled(head: list[str], names: Names, part: int) -> str:
    """The quantity that the head of a table names, if it says that and nothing else."""
    said = [cell for cell in head if cell]
    name, index = spelt(said[0], names, part) if len(said) == 1 and len(head) > 1 else ("", ())
    return "" if index else name


def one(cell: str, where: Where, names: Names, part: int) -> Nest:
    """The number in one cell of a table."""
    rows = nest_of([([cell], where)], names, part)
    return rows[0][0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []


def spelt(cell: str, names: Names, part: int) -> tuple[str, Index]:
    """The quantity, and the cell of it, that a text names."""
    parts = [p for p in Page(cell).parts(0, len(cell), names) if p.kind != "SPLIT"]
    e = shown_of(parts, names, part) if parts else None
    return (e.args[0], e.args[1]) if e is not None and e.op == NAME and e.args[0] in names.all else ("", ())
