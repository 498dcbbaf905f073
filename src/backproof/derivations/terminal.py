"""Derivations in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from backproof.arithmetic.shown import Shown
from backproof.derivations.derivation import Chain, Derivation, Line
from backproof.errors import plural
from backproof.notation.table import COLOURS, grid
from backproof.notation.text import TEXT
from backproof.notation.writing import written

SIGNS = {"!=": "≠"}


class Rendered:
    """What rich prints."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from of_derivation(self.derivation)


def of_derivation(derivation: Derivation) -> Iterator[RenderableType]:
    yield Text(derivation.title or derivation.name, style="bold")
    if derivation.about:
        yield Text(derivation.about)
    for left, right, reason in derivation.definitions:
        yield Text()
        yield Text(f"    {text(left)} = {text(right)}", style="green").append(f"   {reason}", style="not green italic")
    for chain in derivation.chains:
        yield Text()
        yield Rule(heading(chain), align="left", style="dim")
        for line in chain.lines:
            yield from of_line(line)
    for table in derivation.tables:
        yield Text()
        yield grid(table)
    yield Text()
    yield Text(verdict(derivation), style=COLOURS[derivation.status])


def heading(chain: Chain) -> Text:
    conditions = " and ".join(f"{text(a)} {SIGNS.get(sign, sign)} {text(b)}" for a, sign, b in chain.conditions)
    return Text.assemble(
        (chain.title, "bold"), (f"{': ' if chain.title else ''}where {conditions}" if conditions else "")
    )


def of_line(line: Line) -> Iterator[RenderableType]:
    sign = "  " if line.first else "= "
    table = Grid.grid(padding=(0, 1))
    table.add_column(justify="right", style="bold cyan", no_wrap=True, min_width=3)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(f"{line.number}.", Text(sign, style="green"), Text(text(line.expression), style="green"))
    if line.reason:
        table.add_row("", "", Text(f"  {line.reason}", style="italic"))
    if line.status != "proved":
        table.add_row("", "", Text(f"  {line.status}: {line.trouble}", style=COLOURS[line.status]))
    yield table


def text(e: Shown) -> str:
    return written(e, TEXT)


def verdict(derivation: Derivation) -> str:
    fault = derivation.fault
    if fault:
        what = "does not follow from the line before" if fault.status == "refuted" else "could not be decided"
        return f"Line {fault.number} {what}."
    checked = sum(not line.first for line in derivation.lines)
    return f"Every “=” is verified ({checked} line{plural(checked)}): for all numbers at which both sides are defined, and any number of terms."
