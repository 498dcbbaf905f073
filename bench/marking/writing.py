"""Sheets written out as text, in one of the many ways in which people write: a hand is drawn from a seed.

Every number keeps its place in the text, so that what is read of it can be held against what was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple, TypeAlias

from flint import fmpq

from backproof.arithmetic.array import Index, Shape
from backproof.arithmetic.rounding import decimal
from backproof.marking.claims import Sheet, Written
from backproof.marking.question import Question

Place: TypeAlias = tuple[int, str, Index]
"""Of a number: its part, its quantity, its index."""
Cells: TypeAlias = Mapping[Index, Written]


class Piece(NamedTuple):
    """A stretch of text; of a number, where it belongs."""

    text: str
    place: Place | None = None


Block: TypeAlias = list[Piece]
"""What is written of one quantity, or a heading."""

ENVIRONMENTS = ("bmatrix", "vmatrix", "pmatrix", "array")
GREEK = {"α": r"\alpha", "β": r"\beta", "γ": r"\gamma"}


@dataclass(frozen=True)
class Hand:
    """How somebody writes."""

    names: str
    """latex, signs (∂L/∂V) or letters (dL/dV)."""
    table: str
    """An environment, or brackets, markdown, rows."""
    display: tuple[str, str]
    """What stands around an equation."""
    minus: str
    comma: bool
    blank: str
    cellwise: float
    """How many of the tables are written cell by cell, as equations of their own."""
    working: float
    """How many of the single numbers are worked out: `= 10 + 9.3 = 19.3`."""
    shuffled: bool
    """Whether the quantities come in an order of their own."""


def hand(sheet: Sheet, random: Random) -> Hand:
    """One way of writing.

    Nobody takes a decimal comma who writes lists with commas, three digits behind it, which may be thousands, or powers of ten.
    """
    latex = random.random() < 0.5
    table = random.choice([*ENVIRONMENTS, "markdown"] if latex else ["brackets", "markdown", "rows", "spaced"])
    cells = [(i, w) for claim in sheet.claims for i, w in claim.cells.items()]
    lists = table == "brackets" or any(len(i) > 2 for i, _ in cells)
    return Hand(
        names="latex" if latex else random.choice(["signs", "letters"]),
        table=table,
        display=random.choice([("$$", "$$"), ("$$\n", "\n$$"), (r"\[ ", r" \]"), ("$", "$")]) if latex else ("", ""),
        minus=random.choice("-−"),
        comma=random.random() < 0.3
        and not (lists or any(len(w.text.partition(".")[2]) == 3 or "e" in w.text for _, w in cells)),
        blank=random.choice("?-"),
        cellwise=random.choice([0, 0, 0.3]),
        working=random.choice([0, 0.5]),
        shuffled=random.random() < 0.3,
    )


def blocks(question: Question, sheet: Sheet, random: Random) -> list[Block]:
    """A sheet as free text, quantity by quantity."""
    how = hand(sheet, random)
    found: list[Block] = [[Piece(f"# {question.title}")]] if random.random() < 0.5 else []
    for number, part in enumerate(question.parts):
        claims = [c for c in sheet.claims if c.part == number]
        if claims and (number or part.title):
            found.append([Piece(f"## {part.title}")])
        if how.shuffled:
            random.shuffle(claims)
        for claim in claims:
            shape = part.shapes[claim.name]
            found += quantity(number, claim.name, shape, claim.cells, how, random)
    return found


def joined(found: list[Block]) -> str:
    return "\n\n".join("".join(piece.text for piece in block) for block in found) + "\n"


def quantity(part: int, name: str, shape: Shape, cells: Cells, how: Hand, random: Random) -> Iterator[Block]:
    """What is written of one quantity: an equation, a table, or an equation for each of its cells."""
    if not shape:
        yield equation(title(name, how), single(part, name, (), cells[()], how, random), how)
    elif random.random() < how.cellwise:
        for index in sorted(cells):
            yield equation(entry(name, index, shape, how), single(part, name, index, cells[index], how, random), how)
    elif len(shape) > 2 or how.table == "brackets":
        left = title(name, how)
        yield equation(left, brackets(part, name, shape, cells, how), how)
    else:
        yield list(table(part, name, shape, cells, how))


def equation(left: str, right: list[Piece], how: Hand) -> Block:
    opening, closing = how.display
    return [Piece(f"{opening}{left} = "), *right, Piece(closing)]


def single(part: int, name: str, index: Index, written: Written, how: Hand, random: Random) -> list[Piece]:
    """A number, in some hands with the sum that it comes from before it."""
    last = Piece(numeral(written.text, how), (part, name, index))
    if random.random() >= how.working or written.value is None or "/" in written.text or "e" in written.text:
        return [last]
    first = int(written.value.floor()) - random.randint(0, 9)
    rest = written.value - first
    text = decimal(int(rest.p), int(rest.q))
    return [Piece(f"{numeral(str(first), how)} + {numeral(text, how)} = "), last] if text else [last]


def table(part: int, name: str, shape: Shape, cells: Cells, how: Hand) -> Iterator[Piece]:
    """A vector or a matrix, row by row."""
    rows = (
        [[(i,) for i in range(shape[0])]]
        if len(shape) == 1
        else [[(i, j) for j in range(shape[1])] for i in range(shape[0])]
    )
    if how.table in ENVIRONMENTS:
        columns = "{" + "c" * len(rows[0]) + "}" if how.table == "array" else ""
        opening, middle, following, closing = (
            rf"\begin{{{how.table}}}{columns} ",
            " & ",
            r" \\ ",
            rf" \end{{{how.table}}}",
        )
        yield Piece(f"{how.display[0]}{title(name, how)} = {opening}")
    elif how.table == "markdown":
        head = "| " * (len(rows[0]) + 1)
        middle, following, closing = " | ", " |\n| ", " |"
        yield Piece(f"{titled(name, how)} =\n\n{head}\n{'|---' * len(rows[0])}|\n| ")
    else:
        middle, following, closing = ("   " if how.table == "spaced" else " "), "\n", ""
        yield Piece(f"{titled(name, how)}{' =' if how.table == 'rows' else ':'}\n")
    for r, row in enumerate(rows):
        yield Piece(following if r else "")
        for c, index in enumerate(row):
            yield Piece(middle if c else "")
            yield cell(part, name, index, cells, how)
    yield Piece(closing + (how.display[1] if how.table in ENVIRONMENTS else ""))


def brackets(part: int, name: str, shape: Shape, cells: Cells, how: Hand, index: Index = ()) -> list[Piece]:
    """Nested lists."""
    if len(index) == len(shape):
        return [cell(part, name, index, cells, how)]
    found = [Piece("[")]
    for i in range(shape[len(index)]):
        found += [Piece(", ")] if i else []
        found += brackets(part, name, shape, cells, how, (*index, i))
    return [*found, Piece("]")]


def cell(part: int, name: str, index: Index, cells: Cells, how: Hand) -> Piece:
    return Piece(numeral(cells[index].text, how), (part, name, index)) if index in cells else Piece(how.blank)


def numeral(text: str, how: Hand) -> str:
    """A number with this hand's minus, comma and fractions."""
    sign, size = ("-", text[1:]) if text.startswith("-") else ("", text)
    above, slash, below = size.partition("/")
    mantissa, e, exponent = size.partition("e")
    if how.names == "latex" and slash and how.table != "markdown":
        size = rf"\frac{{{above}}}{{{below}}}" if below != "1" else above
    elif e and how.names == "latex" and how.table != "markdown":
        size = rf"{mantissa} \cdot 10^{{{exponent.lstrip('+')}}}"
    elif e:
        size = f"{mantissa}e{exponent.replace('-', how.minus)}"
    return (how.minus if sign else "") + (size.replace(".", ",") if how.comma else size)


def title(name: str, how: Hand) -> str:
    """A quantity's name."""
    if "/" not in name:
        return spelt(name, how)
    above, below = (each.removeprefix("d") for each in name.split("/"))
    return derivative(spelt(above, how), spelt(below, how), how)


def titled(name: str, how: Hand) -> str:
    """A name in a line of words."""
    return f"${title(name, how)}$" if how.names == "latex" else title(name, how)


def derivative(above: str, below: str, how: Hand) -> str:
    if how.names == "latex":
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    d = "∂" if how.names == "signs" else "d"
    return f"{d}{above}/{d}{below}"


def spelt(name: str, how: Hand) -> str:
    return GREEK.get(name[0], name[0]) + name[1:] if how.names == "latex" else name


def entry(name: str, index: Index, shape: Shape, how: Hand) -> str:
    """One cell of a quantity: with a subscript that counts from 1, or in brackets from 0."""
    if how.names == "latex":
        counted = ("" if len(index) < 3 and max(shape) < 10 else ",").join(str(i + 1) for i in index)
        whole, brace = title(name, how), "}" * ("/" in name)
        return f"{whole.removesuffix('}')}_{{{counted}}}{brace}"
    return f"{title(name, how)}[{', '.join(map(str, index))}]"


def data(question: Question, sheet: Sheet, random: Random) -> tuple[str, str]:
    """A sheet as TOML or JSON: the text and its ending."""
    strings = random.random() < 0.5
    tables: dict[int, dict[str, Any]] = {n: {} for n in range(len(question.parts))}
    for claim in sheet.claims:
        shape = question.parts[claim.part].shapes[claim.name]
        if shape and random.random() < 0.15:
            tables[claim.part] |= {f"{claim.name}{list(i)}": kept(w, strings) for i, w in claim.cells.items()}
        else:
            tables[claim.part][claim.name] = nested(shape, claim.cells, strings, random)
    main = question.parts[0]
    form: dict[str, Any] = {"question": question.title}
    if main.title:
        form["data"] = [tables[n] for n in tables]
    else:
        form |= tables[0]
        variants = [{"title": question.parts[n].title, **tables[n]} for n in tables if n]
        form |= {"variants": variants} if variants else {}
    return (toml(form), ".toml") if random.random() < 0.5 else (value(form), ".json")


def kept(written: Written, strings: bool) -> str | Digits:
    """A number as data keeps its digits: in a string, or as it stands."""
    return written.text if strings or "/" in written.text else Digits(written.text)


class Digits(NamedTuple):
    """A number that stands in a file as it was written."""

    text: str


def nested(shape: Shape, cells: Cells, strings: bool, random: Random, index: Index = ()) -> Any:
    """Nested lists; one-dimensional ones in some sheets as a row or a column of a matrix."""
    if len(index) == len(shape):
        return kept(cells[index], strings) if index in cells else random.choice(["", "?"])
    rows = [nested(shape, cells, strings, random, (*index, i)) for i in range(shape[len(index)])]
    if not index and len(shape) == 1:
        return random.choice([rows, rows, [rows], [[r] for r in rows]])
    return rows


def toml(form: Mapping[str, Any]) -> str:
    """A mapping as TOML."""
    lines = [f"{value(k)} = {value(v)}" for k, v in form.items() if k not in ("data", "variants")]
    for key in ("data", "variants"):
        for each in form.get(key, []):
            lines += ["", f"[[{key}]]", toml(each)]
    return "\n".join(lines) + "\n"


def value(each: Any) -> str:
    """What JSON and TOML write in the same way; and JSON's tables."""
    match each:
        case Digits():
            return each.text
        case list():
            return f"[{', '.join(map(value, each))}]"
        case dict():
            return "{" + ", ".join(f"{value(k)}: {value(v)}" for k, v in each.items()) + "}"
        case _:
            return json.dumps(each, ensure_ascii=False)


def told(sheet: Sheet) -> dict[Place, fmpq | None]:
    """What a sheet says of each place: the last number counts."""
    return {(c.part, c.name, i): w.value for c in sheet.claims for i, w in c.cells.items()}
