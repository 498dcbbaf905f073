"""A marked sheet in the terminal, readable down to forty columns, with colour where there is one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import IO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from backproof.marking import report
from backproof.marking.marking import Answer, Formula, Marking
from backproof.notation.styles import pretty
from backproof.record.digits import brackets

COLOURS = {"right": "green", "rounded": "green", "follows": "yellow", "wrong": "bold red", "blank": "dim"}
MOODS = {"good": "green", "bad": "bold red", "plain": "", "aside": "dim"}
UNSURE = "magenta"
INDENT = 6
VERDICT = max(len(word) for word in report.SIGNS) + 2
"""Columns of the widest verdict with its sign."""


def print_marking(marking: Marking, file: IO[str] | None = None, width: int | None = None) -> None:
    """Print to the terminal, or to a file without colour."""
    out: IO[str] = file or sys.stdout
    console = Console(file=out, width=width, highlight=False)
    if console.is_terminal:
        console.print(Rendered(marking))
    else:
        out.write(plain(marking, console.width))


def plain(marking: Marking, width: int = 100) -> str:
    """The same as text without colour."""
    console = Console(width=width, color_system=None, highlight=False, force_terminal=False)
    with console.capture() as capture:
        console.print(Rendered(marking))
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


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
            yield from heading(title or "Numbers")
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


def heading(text: str) -> Iterator[Text | Rule]:
    yield Text()
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
    found = report.matrices(answer)
    if found is not None:
        yield from of_matrices(*found, width)
    if found is None or any(cell.reason or cell.own is not None for cell in answer.cells.values()):
        lines, more = report.wrong_cells(answer)
        for line in lines:
            yield indented(Text(line), INDENT)
        if more:
            yield indented(Text(f"… and {more:,} more cells", style="dim"), INDENT)


def of_matrices(written: list[list[str]], expected: list[list[str]], width: int) -> Iterator[RenderableType]:
    """What was written and what is right, beside each other where there is room."""
    left, right = block("written", written), block("expected", expected)
    if INDENT + cell_len(left[0]) + 3 + cell_len(right[0]) <= width:
        rows = [f"{a}   {b}" for a, b in zip(left, right, strict=True)]
    else:
        rows = [*left, *right]
    for row in rows:
        yield indented(Text(row, no_wrap=True, overflow="ellipsis"), INDENT)


def block(label: str, rows: list[list[str]]) -> list[str]:
    widths = [max(cell_len(row[j]) for row in rows) for j in range(len(rows[0]))]
    body = ["  ".join(" " * (w - cell_len(c)) + c for c, w in zip(row, widths, strict=True)) for row in rows]
    return [f"{label if n == 0 else '':<{len(label)}} {row}" for n, row in enumerate(brackets(body))]


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
