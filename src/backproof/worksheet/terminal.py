"""A worksheet in the terminal: numbers as matrices, lines broken where the terminal ends, colour where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from backproof.notation import table
from backproof.notation.table import print_all
from backproof.notation.text import TEXT
from backproof.record.digits import matrix_lines
from backproof.record.quantity import Quantity
from backproof.worksheet.sheet import Section, Sheet, compared, sections
from backproof.worksheet.steps import Line, Step

HELD = "max\N{NO-BREAK SPACE}"
"""`max z` is not torn apart at the end of a line."""


def print_worksheet(worksheet: Sheet, file: IO[str] | None = None, width: int | None = None) -> None:
    """Print to the terminal, or to a file without colour."""
    print_all([Rendered(worksheet)], file, width)


def plain(worksheet: Sheet, width: int = 100) -> str:
    """The same as text without colour."""
    return table.plain(Rendered(worksheet), width)


class Rendered:
    """What rich prints."""

    def __init__(self, worksheet: Sheet) -> None:
        self.worksheet = worksheet

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        sheet, width = self.worksheet, options.max_width
        if sheet.title:
            yield Text(sheet.title, style="bold")
        if sheet.text:
            yield Text(sheet.text.strip())
        yield Text(sheet.legend, style="dim")
        for section in sections(sheet):
            yield from of_section(section, width)
        if sheet.compare:
            yield from of_comparison(sheet)


def heading(text: str, line: str = "─") -> Iterator[Text | Rule]:
    yield Text()
    yield Rule(Text(text), align="left", characters=line, style="dim")


def of_section(section: Section, width: int) -> Iterator[RenderableType]:
    if section.title:
        yield from heading(section.title, "═")
    if section.heading:
        yield from heading(section.heading)
    for quantity in section.givens:
        yield from matrix(quantity, width)
    for phase, steps in section.phases:
        yield from heading(phase)
        for step in steps:
            yield from of_step(step, width, section.whole)
    if section.note:
        yield Text()
        yield Text(section.note, style="dim")


def of_comparison(sheet: Sheet) -> Iterator[RenderableType]:
    """The same quantities side by side, as each comparison computes them."""
    yield from heading("Side by side", "═")
    for each in sheet.passes:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("")
        table.add_column(sheet.column, justify="right", overflow="fold")
        for title, _ in sheet.compare:
            table.add_column(Text(title), justify="right", overflow="fold")
        for label, values in compared(sheet, each):
            table.add_row(label, *values)
        if each.of > 1:
            yield Text(f"Pass {each.number}", style="bold")
        yield table


def of_step(step: Step, width: int, whole: bool = True) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((f"{step.number:>2}. ", "bold cyan"), (step.title, "bold"))
    for line in step.formulas(TEXT):
        yield indented(hanging(line, width - 4, "green"), 4)
    yield indented(Text(step.why, style="italic"), 4)
    for line in step.lines:
        yield indented(of_line(line, width - 6), 6)
    if step.rest:
        yield indented(Text(step.rest, style="dim"), 6)
    if step.convention:
        yield indented(Text(f"Convention: {step.convention}", style="yellow"), 4)
    if whole and step.array.shape:
        yield from (indented(line, 4) for line in matrix(step.record[step.quantity], width - 4))


def of_line(line: Line, width: int) -> Text:
    """`y = W[0,0]·V[0,0] + … = 1·8 + … = 19.3`, broken before an equals sign where it is too long."""
    sides = line.sides(TEXT)
    text = " ".join(sides)
    reasons = ", ".join(line.reasons)
    lead = f"{sides[0]} "
    if len(text) > width:
        rest = [f"{sign} {side}" for sign, side in zip(sides[1::2], sides[2::2], strict=True)]
        rows = [
            row
            for k, part in enumerate(rest)
            for row in broken(part, lead if k == 0 else " " * min(len(lead), 12), width)
        ]
        text = "\n".join(rows)
    result = Text(text)
    if reasons:
        if "\n" not in text and len(text) + len(reasons) + 10 <= width:
            result.append(f"   since {reasons}", style="dim")
        else:
            rows = broken(f"since {reasons}", " " * 4, width)
            result.append("".join(f"\n{row}" for row in rows), style="dim")
    return result


def broken(part: str, lead: str, width: int) -> Iterator[str]:
    """One side of an equation on as many rows as it needs, the later rows further in.

    It is broken after a space; what is too long without one, after a product's dot.
    """
    row, further = lead, " " * (min(len(lead), 12) + 2)
    for word in part.replace("max ", HELD).split(" "):
        pieces = re.findall("[^·]*·|[^·]+", word) if len(further) + len(word) > width else [word]
        for piece in pieces:
            if len(row) + len(piece) > width and row.strip():
                yield row.rstrip().replace(HELD, "max ")
                row = further
            row += piece
        row += " "
    yield row.rstrip().replace(HELD, "max ")


def indented(what: Text, columns: int) -> Padding:
    return Padding(what, (0, 0, 0, columns), expand=False)


def hanging(text: str, width: int, style: str) -> Text:
    return Text("\n".join(broken(text, "", width)), style=style)


def matrix(quantity: Quantity, width: int) -> Iterator[Text]:
    """A quantity as a matrix, with as many columns as there is room for."""
    for most in (12, 8, 6, 4, 3):
        lines = matrix_lines(lambda i: TEXT.name(quantity.name, i), quantity.array, quantity.digits, most)
        if max(map(len, lines)) <= width:
            break
    if len(quantity.shape) == 1 and quantity.shape[0] <= 16 and any("…" in line for line in lines):
        (whole,) = matrix_lines(lambda i: TEXT.name(quantity.name, i), quantity.array, quantity.digits, 16)
        lines = list(broken(whole, "", width))
    for line in lines:
        yield Text(line, no_wrap=True, overflow="ellipsis")
