"""A marked sheet in the terminal, readable down to forty columns, with colour where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from backproof.marking.marking import Answer, Formula, Marking
from backproof.marking.reports import report
from backproof.notation import table
from backproof.notation.styles import pretty
from backproof.notation.table import print_all
from backproof.record.digits import brackets

COLOURS = {"right": "green", "rounded": "green", "follows": "yellow", "wrong": "bold red", "blank": "dim"}
MOODS = {"good": "green", "bad": "bold red", "plain": "", "aside": "dim"}
UNSURE = "magenta"
INDENT = 6
VERDICT = max(len(word) for word in report.SIGNS) + 2
"""Columns of the widest verdict with its sign."""


def print_marking(marking: Marking, file: IO[str] | None = None, width: int | None = None) -> None:
    """Print to the terminal, or to a file without colour."""
    print_all([Rendered(marking)], file, width)


def plain(marking: Marking, width: int = 100) -> str:
    """The same as text without colour."""
    return table.plain(Rendered(marking), width)


class Rendered:
    """What rich prints."""

    def __init__(self, marking: Marking) -> None:
        self.marking = marking

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        marking, width = self.marking, options.max_width
        if marking.question.title:
            yield Text(marking.question.title, style="bold")
        whose = report.whose(marking)
        yield Text.assemble((f"{whose}: " if whose else "", ""), (report.headline(marking), "bold"))
        for finding in report.findings(marking):
            yield indented(Text(finding.text, style=MOODS[finding.mood]), 4 if finding.further else 2)
        for title, answers in report.parts(marking):
            yield from heading(title or "Numbers", width)
            names = max(cell_len(pretty(answer.name)) for answer in answers)
            for answer in answers:
                yield from of_answer(answer, names, width)
        if marking.formulas:
            yield from heading("Formulas")
            for formula in marking.formulas:
                yield from of_formula(formula)
        yield from of_list("Doubts", report.doubts(marking))
        for title, kinds in report.TOLD.items():
            yield from of_list(title, report.remarks(marking, kinds))


def heading(text: str, width: int = 80) -> Iterator[Text | Rule]:
    yield Text()
    if cell_len(text) + 2 > width:
        yield Text(text)
        text = ""
    yield Rule(Text(text), align="left", characters="─", style="dim")


def of_answer(answer: Answer, names: int, width: int) -> Iterator[RenderableType]:
    """Step, quantity, verdict and marks on a line; below, where something is wrong, what was written."""
    name = pretty(answer.name)
    name += " " * (min(names, max(1, width - 30)) - cell_len(name))
    step = f"{answer.step:>2}." if answer.step else "   "
    lead = Text.assemble(
        (step, "bold cyan"), " ", (name, "bold"), "  ",
        (report.verdict(answer).ljust(VERDICT), colour(answer.verdict)), "  ", report.earned(answer),
    )  # fmt: skip
    lead.rstrip()
    yield lead
    if not report.told(answer):
        return
    if report.reason(answer):
        yield indented(Text(report.reason(answer), style="italic"), INDENT)
    blocks = [block(title, rows, width - INDENT) for title, rows in report.matrices(answer).items()]
    fits = blocks and all(cell_len(line) <= width - INDENT for lines in blocks for line in lines)
    if fits:
        yield from of_blocks(blocks, width)
    for line in report.reasons(answer) if fits else report.numbers(answer):
        yield indented(Text(line), INDENT)


def block(title: str, rows: list[list[str]], width: int) -> list[str]:
    """A matrix behind its title, or below it where there is not room for both."""
    widths = [max(cell_len(row[j]) for row in rows) for j in range(len(rows[0]))]
    body = ["  ".join(" " * (w - cell_len(c)) + c for c, w in zip(row, widths, strict=True)) for row in rows]
    lines = brackets(body)
    if len(title) + 1 + cell_len(lines[0]) > width:
        return [title, *lines]
    return [f"{title if n == 0 else '':<{len(title)}} {line}" for n, line in enumerate(lines)]


def of_blocks(blocks: list[list[str]], width: int) -> Iterator[RenderableType]:
    """Matrices beside each other where there is room."""
    even = len(set(map(len, blocks))) == 1
    if even and INDENT + sum(cell_len(lines[0]) + 3 for lines in blocks) - 3 <= width:
        blocks = [["   ".join(parts) for parts in zip(*blocks, strict=True)]]
    for lines in blocks:
        for line in lines:
            yield indented(Text(line), INDENT)


def of_formula(formula: Formula) -> Iterator[RenderableType]:
    earned = report.earned(formula)
    yield Text.assemble(
        (report.verdict(formula), colour(formula.verdict)), "  ", report.formula_text(formula),
        f"  {earned}" if earned else "",
    )  # fmt: skip
    if report.reason(formula):
        yield indented(Text(report.where(formula.where) + report.reason(formula), style="italic"), INDENT)


def of_list(title: str, lines: list[str]) -> Iterator[RenderableType]:
    if lines:
        yield from heading(title)
    for line in lines:
        yield Padding(Text(f"• {line}"), (0, 0, 0, 2), expand=False)


def indented(what: Text, columns: int) -> Padding:
    return Padding(what, (0, 0, 0, columns), expand=False)


def colour(verdict: str) -> str:
    return COLOURS.get(verdict, UNSURE)
