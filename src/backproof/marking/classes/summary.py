"""How a class did: marks, what was lost where, which misconceptions, and what a person must look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import fmean, quantiles
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from backproof.errors import plural
from backproof.marking.classes.results import plain
from backproof.marking.classes.row import Column, Row
from backproof.marking.reports.report import SIGNS, clean
from backproof.notation.markdown import escaped, of_table
from backproof.notation.styles import pretty
from backproof.notation.table import Table, grid
from backproof.notation.table import plain as plain_text

FORMAT = "backproof-class-1"
MOST = 12
"""Lines of a table; the rest are counted."""
LONGEST = 300
"""Characters of a file's name, or of why it must be looked at."""
COUNTED = ("right", "follows", "wrong", "blank", "unread")


@dataclass(frozen=True)
class Summary:
    """All rows of a class; printed, how it did."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def marked(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.error)

    @property
    def marks(self) -> tuple[Fraction, ...]:
        """Of each sheet that was marked, in their order."""
        return tuple(Fraction(row.marks) for row in self.marked)

    @property
    def of(self) -> str:
        return plain(self.marked[0].of) if self.marked else "0"

    @property
    def figures(self) -> dict[str, float]:
        """Mean, smallest, quartiles and largest of the marks; empty where no sheet was marked."""
        marks = sorted(map(float, self.marks))
        if not marks:
            return {}
        low, middle, high = quantiles(marks, n=4, method="inclusive") if len(marks) > 1 else marks * 3
        return {
            "mean": fmean(marks), "smallest": marks[0], "lower quartile": low, "median": middle,
            "upper quartile": high, "largest": marks[-1],
        }  # fmt: skip

    @property
    def verdicts(self) -> list[Counter[str]]:
        """For each column, how many sheets have each verdict; what is right as a rounded number counts as right."""
        result = [Counter[str]() for _ in self.columns]
        for row in self.marked:
            for counter, (_, verdict, _) in zip(result, row.answers, strict=True):
                counter["right" if verdict == "rounded" else verdict] += 1
        return result

    @property
    def firsts(self) -> Counter[str]:
        """Where the first slip was, by how often."""
        return Counter(row.first for row in self.marked if row.first)

    @property
    def slips(self) -> Counter[tuple[str, str]]:
        """Each misconception with what was done, by how many sheets show it."""
        return Counter(slip for row in self.marked for slip in dict.fromkeys(map(tuple, row.slips)))  # pyright: ignore[reportReturnType]

    @property
    def unexplained(self) -> int:
        """How many sheets have numbers that no known misconception gives."""
        return sum(1 for row in self.marked if row.first and (not row.slips or row.explained < row.off))

    @property
    def look(self) -> tuple[Row, ...]:
        """The sheets that somebody must look at: not marked, not read in full, or read with a doubt."""
        return tuple(row for row in self.rows if row.error or row.doubts or row.unread or row.counts.get("unread"))

    def tables(self) -> Iterator[Table]:
        """All there is to print."""
        yield self.of_marks()
        if self.marked:
            yield self.of_steps()
        yield from counted("Where it went wrong first", "step", self.firsts.most_common(MOST), len(self.firsts))
        told = [(f"you {says} ({key})", n) for (key, says), n in self.slips.most_common(MOST)]
        left = (
            f"on {self.unexplained} sheet{plural(self.unexplained)} there are numbers that no known misconception gives"
        )
        yield from counted("Misconceptions", "what was done", told, len(self.slips), left if self.unexplained else "")
        if self.look:
            yield self.to_look_at()

    def of_marks(self) -> Table:
        many = len(self.rows)
        count = f"{many:,} sheet{plural(many)}, {len(self.marked):,} marked" if len(self.marked) < many else ""
        title = f"{self.title}: {count or f'{many:,} sheet{plural(many)}'}".removeprefix(": ")
        if not self.marked:
            return Table(title, (), ())
        figures = tuple((name, f"{value:.4g}") for name, value in self.figures.items())
        return Table(title, (f"of {self.of}", "marks"), figures)

    def of_steps(self) -> Table:
        steps = [step for step, _, _ in self.marked[0].answers]
        rows = [
            (f"{step}. {label(column)}", *(str(counter[v]) for v in COUNTED))
            for step, column, counter in zip(steps, self.columns, self.verdicts, strict=True)
        ]
        legend = ", ".join(f"{SIGNS[v]} {v}" for v in COUNTED)
        return Table("How many sheets", ("step", *(SIGNS[v] for v in COUNTED)), tuple(rows), legend)

    def to_look_at(self) -> Table:
        rows = tuple((clean(row.sheet, LONGEST), clean(why(row), LONGEST)) for row in self.look[:MOST])
        more = len(self.look) - MOST
        return Table("To be looked at", ("sheet", "why"), rows, f"and {more:,} more" if more > 0 else "")

    def document(self) -> dict[str, Any]:
        """The summary as plain lists and dictionaries."""
        return {
            "format": FORMAT,
            "title": self.title,
            "sheets": len(self.rows),
            "marked": len(self.marked),
            "of": self.of,
            "marks": self.figures,
            "quantities": [
                {"part": column.part, "quantity": column.name, **{v: counter[v] for v in COUNTED}}
                for column, counter in zip(self.columns, self.verdicts, strict=True)
            ],
            "first": [{"where": where, "sheets": n} for where, n in self.firsts.most_common()],
            "slips": [{"key": key, "says": says, "sheets": n} for (key, says), n in self.slips.most_common()],
            "unexplained": self.unexplained,
            "look": [{"sheet": row.sheet, "why": why(row)} for row in self.look],
        }

    def markdown(self) -> str:
        blocks = ["\n".join(of_table(t)).strip() if t.rows else f"**{escaped(t.title)}**" for t in self.tables()]
        return "\n\n".join(blocks) + "\n"

    _repr_markdown_ = markdown

    def __str__(self) -> str:
        return plain_text(self)

    __repr__ = __str__

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in self.tables():
            yield Text(table.title, style="bold")
            if table.columns:
                yield grid(replace(table, title="", note=""))
            if table.note:
                yield Text(f"{table.note}\n")


def label(column: Column) -> str:
    """`∂L/∂V`, with the beginning of its part's title where it has one."""
    title = column.title.removesuffix(column.name).removesuffix(": ")
    return pretty(column.name) + (f" ({clean(title, 24)})" if title else "")


def counted(
    title: str, column: str, counts: Sequence[tuple[str, int]], of: int, note: str = ""
) -> Iterator[Table]:  # fmt: skip
    more = of - len(counts)
    notes = [f"and {more} more"] * (more > 0) + [note] * bool(note)
    if counts or notes:
        yield Table(title, (column, "sheets"), tuple((what, str(n)) for what, n in counts), "; ".join(notes))


def why(row: Row) -> str:
    """What there is to be looked at on a sheet."""
    if row.error:
        return row.error
    cells = row.counts.get("unread", 0)
    told = [
        (cells, f"{cells} number{plural(cells)} could not be read"),
        (row.unread, f"{row.unread} line{plural(row.unread)} could not be read"),
        (row.doubts, f"{row.doubts} doubt{plural(row.doubts)}"),
    ]
    return ", ".join(text for n, text in told if n)
