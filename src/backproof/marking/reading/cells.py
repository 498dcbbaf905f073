"""Tables of numbers, in any of the ways in which they are written: environments, brackets, tables, bare rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME, NEGATIVE, NUMBER, Shown
from backproof.marking.claims import Where, Written
from backproof.marking.reading.blocks import PIECES, RULE, is_row
from backproof.marking.reading.grammar import Unreadable, expression, literal
from backproof.marking.reading.names import Names
from backproof.marking.reading.numbers import SIGNS, guesses, written
from backproof.marking.reading.page import Page
from backproof.marking.reading.shapes import DEEPEST, Nest
from backproof.marking.reading.tokens import Part
from backproof.marking.reading.worked import Unworkable, worked

TABLES = frozenset("matrix bmatrix vmatrix pmatrix Bmatrix Vmatrix smallmatrix array tabular cases".split())
PLAIN = frozenset("NUMBER MINUS PLUS COMMA SEMICOLON BLANK GARBLED OVER".split())
BUILT = frozenset("OPEN LEFT TIMES FRACTION POWER D".split())
"""What makes cells that have spaces in them."""
BRACKETED = re.compile(r"\[[^\[\]]*\],?")
SEPARATED = re.compile(r",\s|,$")
MOST_CELLS = 20_000


class Own(NamedTuple):
    """A cell that says itself what it is: `∂L/∂v₁ = 2 × 1`."""

    name: str
    place: Index
    written: Written
    where: Where
    text: str


class Table(NamedTuple):
    """A table, as rows of cells; and those of its cells that say themselves what they are."""

    nest: Nest
    own: tuple[Own, ...] = ()


def table_of(parts: Sequence[Part], page: Page, names: Names, part: int) -> Table | None:
    """The table that a side of an equation is, if it is one."""
    if turned := behind(parts):
        table = table_of(parts[:-turned], page, names, part)
        return table and Table(transposed(table.nest), table.own)
    parts = unwrapped(parts)
    if len(parts) < 2:
        return None
    if parts[0].kind == "BEGIN" and closing(parts, 0) == len(parts) - 1 and parts[0].text in TABLES:
        if parts[0].text == "cases" and any(p.kind in ("PROSE", "RELATION") for p in parts):
            return None
        rows = [split(row, ("CELL",)) for row in split(parts[1:-1], ("BREAK",))]
        own = [o for row in rows for cell in row if (o := own_cell(cell, page, names, part))]
        if own:
            return Table([], tuple(own))
        nest: list[Nest] = [[cell_of(cell, page, names, part) for cell in row] for row in rows if any(row)]
        return Table(nest) if numbers_in(nest) else None
    if parts[0].kind == "OPEN" and closing(parts, 0) == len(parts) - 1:
        inside = bracketed(parts, page, names, part, 0)
        return Table(inside) if isinstance(inside, list) and numbers_in(inside) else None
    raw = page.raw(parts)
    found = [written(p, page.where(parts[0].start)) for p in pieces(raw)]
    signs = any(re.fullmatch(r"[+−–/-]", p) for p in pieces(raw)[1:-1])
    plain = not signs and all(p.kind in PLAIN for p in parts)
    if plain and len(found) > 1 and sum(w.value is not None for w in found) * 2 >= len(found):
        return Table(list(found))
    return None


def behind(parts: Sequence[Part]) -> int:
    """How many tokens the T behind a table is, of which rows are columns; 0 where there is none."""
    if len(parts) > 2 and parts[-1].text in ("ᵀ", "⊤") and parts[-2].kind in CLOSES:
        return 1
    letters = [p for p in parts[-4:] if p.kind not in ("LEFT", "RIGHT")][-2:]
    raised = len(parts) > 3 and letters[0].kind == "POWER" and letters[-1].text in ("T", "\\top", "⊤")
    return len(parts) - next(i for i, p in enumerate(parts) if p is letters[0]) if raised else 0


def transposed(nest: Nest) -> Nest:
    """A matrix with rows for columns; a single row may stand for a column as it is."""
    rows = nest if isinstance(nest, list) else []
    if len({len(row) if isinstance(row, list) else -1 for row in rows}) != 1 or not isinstance(rows[0], list):
        return nest
    return [[row[i] for row in rows if isinstance(row, list)] for i in range(len(rows[0]))]


def unwrapped(parts: Sequence[Part]) -> Sequence[Part]:
    """Without bars around it, brackets around an environment, or `array` before brackets."""
    if len(parts) > 2 and parts[0].text in ("array", "tensor", "np", "torch"):
        first = next((i for i, p in enumerate(parts) if p.kind == "OPEN"), 0)
        return unwrapped(parts[first + 1 : -1]) if first and parts[-1].kind == "CLOSE" else parts
    if len(parts) > 2 and parts[0].kind == parts[-1].kind == "BAR":
        return parts[1:-1]
    if len(parts) > 3 and parts[0].kind in ("OPEN", "LEFT") and parts[1].kind == "BEGIN":
        return parts[1:-1] if closing(parts, 1) == len(parts) - 2 else parts
    return parts


def closing(parts: Sequence[Part], at: int) -> int:
    """Where the bracket or the environment closes that opens here; −1 if it does not. In an environment brackets may be astray."""
    opens, closes = (("BEGIN",), ("END",)) if parts[at].kind == "BEGIN" else (OPENS, CLOSES)
    depth = 0
    for i in range(at, len(parts)):
        depth += (parts[i].kind in opens) - (parts[i].kind in closes)
        if depth <= 0:
            return i
    return -1


def split(parts: Sequence[Part], kinds: Sequence[str]) -> list[Sequence[Part]]:
    """Cut at the tokens of these kinds that stand in no bracket; rows and cells at those in no environment within."""
    laid = kinds[0] in ("CELL", "BREAK")
    opens, closes = (("BEGIN",), ("END",)) if laid else (OPENS, CLOSES)
    found: list[Sequence[Part]] = []
    depth = first = 0
    for i, part in enumerate(parts):
        if part.kind in kinds and depth == 0:
            found.append(parts[first:i])
            first = i + 1
        depth = max(0, depth + (part.kind in opens) - (part.kind in closes))
    found.append(parts[first:])
    return found


OPENS, CLOSES = frozenset(["OPEN", "LEFT", "BEGIN"]), frozenset(["CLOSE", "RIGHT", "END"])


def bracketed(parts: Sequence[Part], page: Page, names: Names, part: int, depth: int) -> Nest | None:
    """`[[8, 6], [-0.5, -0.5]]`, `[8 6; 0 1]`, `(1, 2, 3)`; None for brackets around something else."""
    inner = parts[1:-1]
    if depth > DEEPEST or len(inner) > MOST_CELLS:
        return None
    if inner and inner[0].kind == "OPEN" and all(p.kind != "BEGIN" for p in inner):
        items: list[Nest] = []
        at = 0
        while at < len(inner):
            end = closing(inner, at)
            if inner[at].kind == "COMMA" or inner[at].kind == "SEMICOLON":
                at += 1
                continue
            if inner[at].kind != "OPEN" or end < 0:
                return None
            item = bracketed(inner[at : end + 1], page, names, part, depth + 1)
            if item is None:
                return None
            items.append(item)
            at = end + 1
        return items
    rows = [row for row in split(inner, ("SEMICOLON", "BREAK")) if row]
    read = [bracketed_row(row, page, names, part) for row in rows]
    return read[0] if len(read) == 1 else list(read)


def bracketed_row(row: Sequence[Part], page: Page, names: Names, part: int) -> Nest:
    cells = split(row, ("COMMA",))
    raw = page.raw(row)
    if len(cells) > 1 and len(pieces(raw)) == len(cells):
        return [cell_of(cell, page, names, part) for cell in cells]
    if any(p.kind in BUILT for p in row) or not is_row(raw, True):
        return [cell_of(cell, page, names, part) for cell in cells]
    return [written(p, page.where(row[0].start)) for p in pieces(raw)]


def cell_of(parts: Sequence[Part], page: Page, names: Names, part: int) -> Written:
    """One cell: a number, what a product or a sum of numbers comes to, blank, or illegible."""
    if not parts:
        return Written()
    where = page.where(parts[0].start)
    raw = page.raw(parts).replace("{,}", ",").strip("$ ")
    found = written(raw, where)
    if not found.illegible or (found.readings and "comma" in found.doubt):
        return found
    if re.match(r"[-+−]\s+[.,]", raw):
        return found
    if len(parts) <= 3 and all(p.kind in ("MINUS", "PLUS", "NUMBER", "BLANK") for p in parts):
        simple = written("".join(p.text for p in parts), where)
        if not simple.illegible and sum(p.kind == "NUMBER" for p in parts) < 2:
            return simple
    for side in reversed(split(parts, ("EQUALS",))):
        try:
            shown = expression(side, names, part)
        except Unreadable:
            break
        if simple := plain_number(shown):
            return replace(written(simple, where), text=raw)
        if literal(shown):
            try:
                value, unit = worked(shown)
            except Unworkable as error:
                return Written(raw, where=where, doubt=str(error))
            return Written(raw, value, unit, where=where)
    doubt = "a formula stands here, and no number" if any(p.kind == "NAME" for p in parts) else "this is no number"
    return Written(raw, where=where, doubt=doubt, readings=guesses(raw.translate(SIGNS)))


def plain_number(e: Shown) -> str:
    """The digits of a number that stands there as it is, in brackets or behind a sign perhaps."""
    if e.op == NEGATIVE and e.args[0].op == NUMBER:
        return f"-{e.args[0].args[0]}"
    return str(e.args[0]) if e.op == NUMBER else ""


def own_cell(parts: Sequence[Part], page: Page, names: Names, part: int) -> Own | None:
    """A cell that is an equation for one cell of a quantity."""
    sides = split(parts, ("EQUALS",))
    if len(sides) < 2:
        return None
    try:
        left = expression(sides[0], names, part)
    except Unreadable:
        return None
    if left.op != NAME or left.args[0] not in names.all:
        return None
    name, index = left.args
    return Own(name, index, cell_of(sides[-1], page, names, part), page.where(parts[0].start), page.raw(parts))


def several(nest: Nest) -> bool:
    """Whether a table has more than one place: brackets around one number are only brackets."""
    return isinstance(nest, list) and (len(nest) > 1 or any(several(n) for n in nest))


def numbers_in(nest: Nest) -> bool:
    """Whether a table holds any number; one that holds formulas alone is no table of numbers."""
    return any(numbers_in(n) for n in nest) if isinstance(nest, list) else nest.value is not None


def pieces(raw: str) -> list[str]:
    """A row's cells. A comma is a decimal comma where spaces part the cells and none follows it; else it parts them."""
    raw = raw.strip().strip(",;").replace("{,}", ",")
    if ";" in raw:
        return [p.strip() for p in raw.split(";")]
    if SEPARATED.search(raw) or ("," in raw and not re.search(r"\s", raw)):
        return [p.strip() for p in raw.split(",")]
    return raw.split()


def rows_of(page: Page, start: int, end: int) -> list[tuple[list[str], Where]]:
    """The cells of a run of rows, each line's as they stand, with where the line begins."""
    found: list[tuple[list[str], Where]] = []
    for at, line in page.lines(start, end):
        if RULE.fullmatch(line) and "-" in line:
            if found and not any(cell for cell in found[-1][0]):
                found.pop()
            continue
        found.append((cells_in(line), page.where(at + len(line) - len(line.lstrip()))))
    return mended(found)


def cells_in(line: str) -> list[str]:
    bare = line.strip()
    if bare.startswith("|") and bare.count("|") > 2:
        return [c.strip().strip("$*` ") for c in bare.strip("|").split("|")]
    bare = bare.strip("|").strip()
    if BRACKETED.fullmatch(bare):
        bare = bare.strip("[], ")
    if "\t" in bare:
        return [c.strip() for c in bare.split("\t")]
    if "|" in bare or "&" in bare:
        return [c.strip() for c in PIECES.split(bare)]
    return pieces(bare)


def mended(rows: list[tuple[list[str], Where]]) -> list[tuple[list[str], Where]]:
    """A row that is longer than the others has a space inside of a number, which is no number then."""
    if len(rows) < 2:
        return rows
    lengths = Counter(len(cells) for cells, _ in rows)
    usual = min(length for length, n in lengths.items() if n == max(lengths.values()))
    return [(joined(cells) if len(cells) > usual else cells, where) for cells, where in rows]


def joined(cells: list[str]) -> list[str]:
    found: list[str] = []
    for cell in cells:
        if found and cell.startswith((".", ",")):
            found[-1] += f" {cell}"
        else:
            found.append(cell)
    return found


def nest_of(rows: list[tuple[list[str], Where]], names: Names, part: int) -> Nest:
    """Rows of cells as numbers, without empty rows at the end."""
    read: list[Nest] = [[text_cell(cell, where, names, part) for cell in cells] for cells, where in rows]
    while read and empty(read[-1], len(rows[0][0])):
        read.pop()
    return read


def empty(row: Nest, width: int) -> bool:
    """Whether nothing stands in a row; a sign for a blank in each of its places is something."""
    if not isinstance(row, list):
        return False
    return all(isinstance(c, Written) and c.blank and (not c.text or len(row) < width) for c in row)


def text_cell(cell: str, where: Where, names: Names, part: int) -> Written:
    """A cell of a table: a number, or mathematics that comes to one."""
    found = written(cell, where)
    if not found.illegible or not re.search(r"\\|[*×·/^]", cell):
        return found
    other = Page(cell)
    return replace(cell_of(other.parts(0, len(cell), names, True), other, names, part), where=where)
