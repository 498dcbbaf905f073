"""The figures as tables: printed, and put between the markers of docs/marking-figures.md."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.marking.damage import Damage
from bench.marking.naming import Tally

PAGE = Path(__file__).parents[2] / "docs" / "marking-figures.md"


@dataclass(frozen=True)
class Table:
    """Rows below a head; in Markdown as it stands."""

    head: Sequence[str]
    rows: Sequence[Sequence[object]]

    def __str__(self) -> str:
        lines = [self.head, ["---", *("---:" for _ in self.head[1:])], *self.rows]
        return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def put(key: str, table: Table) -> None:
    """Put a table between its markers in the page."""
    page = PAGE.read_text()
    begin, end = f"<!-- {key} -->", f"<!-- /{key} -->"
    pattern = re.compile(f"{begin}.*?{end}", re.DOTALL)
    if not pattern.search(page):
        raise LookupError(f"{PAGE.name} has no markers {begin} … {end}")
    PAGE.write_text(pattern.sub(lambda _: f"{begin}\n{table}\n{end}", page))


def named(rows: Iterable[tuple[str, str, Tally]]) -> Table:
    """For each kind of question and of slip, how often it is named."""
    head = ["question", "slips", "sheets", "named alone", "named in a tie", "not named", "found", "median", "slowest"]
    return Table(
        head,
        [
            [kind, what, t.sheets, t.named, t.tied, t.missed, share(t.named + t.tied, t.sheets), *pace(t.seconds)]
            for kind, what, t in rows
        ],
    )


def pace(seconds: Sequence[float]) -> list[str]:
    return [milliseconds(statistics.median(seconds or [0])), milliseconds(max(seconds, default=0))]


def confusions(tallies: Sequence[Tally]) -> Table:
    """Each misconception that is not always named alone, with what else fits; the others summed."""
    counts: dict[str, Counter[str]] = {}
    instead: dict[str, Counter[str]] = {}
    for tally in tallies:
        for key, counter in tally.by_key.items():
            counts.setdefault(key, Counter()).update(counter)
        for key, counter in tally.instead.items():
            instead.setdefault(key, Counter()).update(counter)
    always = [key for key, c in counts.items() if c["named"] == c.total()]
    rows: list[list[object]] = []
    for key in sorted(counts.keys() - set(always)):
        c = counts[key]
        others = ", ".join(f"{other} {n}×" for other, n in instead.get(key, Counter()).most_common(3))
        rows.append([f"`{key}`", c.total(), c["named"], c["tied"], c["missed"], others])
    total = sum(counts[key].total() for key in always)
    rows.append([f"{len(always)} others", total, total, 0, 0, ""])
    return Table(["misconception", "sheets", "alone", "tie", "not named", "what else is named"], rows)


def rights(counts: Iterable[tuple[str, int, int, int]]) -> Table:
    """Right sheets of each kind, and how many of their numbers were judged wrong."""
    rows = [list(each) for each in counts]
    totals = [sum(int(each[i]) for each in rows) for i in (1, 2, 3)]
    return Table(
        ["question", "right sheets", "numbers", "judged wrong, or to follow from a slip"], [*rows, ["all", *totals]]
    )


OUTCOMES = (
    ("read as it was", ["as it was"]),
    ("read as it was, judged wrong with a doubt, as numbers before it were misread", ["as it was, doubted"]),
    ("read otherwise, judged wrong with a doubt", ["otherwise, doubted"]),
    ("read otherwise, wrong by the same misconception as before", ["otherwise, wrong as before"]),
    ("read otherwise, right or rounded all the same", ["otherwise, right", "otherwise, rounded"]),
    ("read otherwise, follows from other numbers", ["otherwise, follows"]),
    ("marked as illegible", ["unread"]),
    ("not read, its line listed", ["listed"]),
    ("not read as a number, its line taken for a formula", ["taken for a formula"]),
    ("not read here, its line taken for another answer", ["taken for another"]),
    ("**judged wrong without a doubt**", ["AS IT WAS, WRONG", "OTHERWISE, WRONG"]),
    ("**lost without a remark**", ["LOST"]),
)


def damages(found: Sequence[Damage]) -> Table:
    """What became of every number, damaged or spared."""
    head = ["of the numbers", *(f"{100 * d.rate:.0f} %: damaged | spared" for d in found)]
    rows: list[list[object]] = [
        [what, *(f"{total(d.touched, names)} | {total(d.spared, names)}" for d in found)] for what, names in OUTCOMES
    ]
    rows.append(["all", *(f"{d.touched.total()} | {d.spared.total()}" for d in found)])
    rows.append(["sheets", *(f"{d.sheets} | " for d in found)])
    rows.append(["sheets that named a misconception nobody had", *(f"{d.accused} | " for d in found)])
    rows.append(["errors raised", *(f"{sum('Error' in v.splitlines()[0] for v in d.violations)} | " for d in found)])
    return Table([cell for each in head for cell in str(each).split(" | ")], rows)


def total(counter: Counter[str], names: Iterable[str]) -> int:
    return sum(counter[name] for name in names)


def speeds(data: Sequence[float], text: Sequence[float], process: tuple[float, float, float]) -> Table:
    """Seconds for ten thousand sheets, and the two commands beside each other."""
    rows: list[list[object]] = []
    for what, seconds in (("as data", data), ("as free text", text)):
        mean = statistics.fmean(seconds)
        rows.append([f"10,000 sheets {what}", f"{10_000 * mean:.0f} s", f"{len(seconds):,} measured; a sheet {milliseconds(mean)}, median {milliseconds(statistics.median(seconds))}, slowest {milliseconds(max(seconds))}"])  # fmt: skip
    mark, solve, ratio = process
    rows.append(["`backproof mark question-01 sheet.md`", milliseconds(mark), f"{ratio:.2f} × `backproof solve question-01` ({milliseconds(solve)})"])  # fmt: skip
    return Table(["what", "time", ""], rows)


def share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} %"


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 0.1 else f"{1000 * seconds:.0f} ms"
