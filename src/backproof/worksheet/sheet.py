"""What a worksheet holds: the steps of each pass, what changes in a variant, what is compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Self

from backproof.arithmetic.array import Index
from backproof.network.problem import Problem
from backproof.notation.styles import pretty
from backproof.notation.text import TEXT
from backproof.record.digits import text_of
from backproof.record.evaluate import MOST_BITS
from backproof.record.quantity import Quantity
from backproof.record.record import Record
from backproof.worksheet.steps import Step, explained, steps

INDICES = "Indices count from 0: U[0,1] is row 0, column 1. "
ROUNDED = "What stands after ≈ is rounded; every digit shown is certain."
NEAR = " ±1e−9 would be a number of which only that is certain, that it is so near 0."
FLOATS = "Every operation was rounded to {0}, as a {0} program would; numbers stand as they were stored."
PHASES = {"forward": "Forward pass", "backward": "Backward pass", "update": "Update"}


@dataclass(frozen=True)
class Pass:
    """The steps of one pass: one datum, or one batch."""

    record: Record
    explain: str = ""
    number: int = 1
    of: int = 1

    @property
    def title(self) -> str:
        """Nothing where it is the only one."""
        return f"Pass {self.number} of {self.of}" if self.of > 1 else ""

    @cached_property
    def steps(self) -> list[Step]:
        return explained(self.record, self.explain) if self.explain else steps(self.record)

    @property
    def givens(self) -> list[Quantity]:
        """What stood there before the first step."""
        return [self.record[name] for name in self.record.names if name not in self.record.made]


@dataclass(frozen=True)
class Variant:
    """The same question with something changed: of its passes, the steps that are not as they were."""

    title: str
    records: tuple[Record, ...]
    before: tuple[Pass, ...]

    def heading(self, number: int) -> str:
        """The title of one pass."""
        of = len(self.records)
        return f"Variant: {self.title}" + (f", pass {number + 1} of {of}" if of > 1 else "")

    def changed(self, number: int) -> list[Step]:
        """The steps of one pass that differ from the main one's."""
        known = {step.quantity: content(step) for step in self.before[number].steps}
        return [step for step in steps(self.records[number]) if known.get(step.quantity) != content(step)]

    def givens(self, number: int) -> list[Quantity]:
        """What is given here and was not before."""
        record, known = self.records[number], set(self.before[number].record.names)
        return [record[name] for name in record.names if name not in known | record.made]


def content(step: Step) -> list[str]:
    """What a step says: its formula and its lines."""
    return [
        *step.formulas(TEXT),
        *(" ".join(line.sides(TEXT)) for line in step.lines),
        repr(step.record[step.quantity]),
    ]


@dataclass(frozen=True)
class Sheet:
    """A worked solution: its passes, what changes in variants, what stands beside it."""

    title: str
    text: str
    passes: tuple[Pass, ...]
    variants: tuple[Variant, ...] = ()
    compare: tuple[tuple[str, tuple[Record, ...]], ...] = ()
    problem: Problem | None = None
    """What it solves, where that is known: its rubric says what is asked for."""

    @classmethod
    def of(cls, records: list[Record], title: str = "", text: str = "", explain: str = "") -> Self:
        """The worksheet of one record, or of several that follow each other."""
        passes = [Pass(r, explain, i + 1, len(records)) for i, r in enumerate(records)]
        return cls(title, text, tuple(passes))

    @property
    def explain(self) -> str:
        """The quantity that it explains, if it is of one alone."""
        return self.passes[0].explain

    @property
    def legend(self) -> str:
        """How to read the numbers."""
        evaluation = self.record.evaluation
        if evaluation.floats:
            return INDICES + FLOATS.format(evaluation.choice)
        far = any(each.record.evaluation.bits >= MOST_BITS for each in self.passes)
        return INDICES + ROUNDED + (NEAR if far else "")

    @property
    def column(self) -> str:
        """What the main numbers are called where others stand beside them."""
        evaluation = self.record.evaluation
        return evaluation.choice if evaluation.floats else "certain digits"

    @property
    def record(self) -> Record:
        """The record of the last pass."""
        return self.passes[-1].record


@dataclass(frozen=True)
class Section:
    """What a worksheet tells in one go: a pass, or what a variant changes in one."""

    title: str
    scope: str
    """Tells the same quantity's appearances in several sections apart: `1`, `2`, `v1.1`."""
    record: Record
    heading: str
    """What stands above the givens."""
    givens: list[Quantity]
    steps: list[Step]
    whole: bool
    """Whether each quantity is shown as a whole at the end of its step."""
    note: str = ""
    base: str = ""
    """The scope of the pass that a variant's differs from; what it does not tell is told there."""

    @property
    def phases(self) -> list[tuple[str, list[Step]]]:
        """The steps under the headings of their phases."""
        return [(PHASES[phase], list(group)) for phase, group in groupby(self.steps, lambda step: step.phase)]


def sections(sheet: Sheet) -> Iterator[Section]:
    """The worksheet from its first pass to its last variant."""
    for each in sheet.passes:
        title, record, scope = each.title, each.record, str(each.number)
        if not each.explain:
            yield Section(title, scope, record, "Given", each.givens, each.steps, whole=True)
        elif each.steps:
            yield Section(title, scope, record, "", [], each.steps, whole=False)
        else:
            note = f"{pretty(each.explain)} is given; nothing had to be computed."
            yield Section(title, scope, record, "", [record[each.explain]], [], whole=False, note=note)
    for k, variant in enumerate(sheet.variants, 1):
        for n, record in enumerate(variant.records):
            note = "All other steps are as before." if n == len(variant.records) - 1 else ""
            yield Section(
                variant.heading(n),
                f"v{k}.{n + 1}",
                record,
                "",
                variant.givens(n),
                variant.changed(n),
                True,
                note,
                str(n + 1),
            )


def compared(sheet: Sheet, each: Pass) -> Iterator[tuple[str, list[str]]]:
    """The table of a comparison: a row for each cell of each small quantity, a text for each column."""
    made = {step.quantity for step in each.steps}
    records = [each.record, *(others[each.number - 1] for _, others in sheet.compare)]
    for name in (n for n in each.record.names if n in made and each.record.array(n).size <= 16):
        for index in each.record.array(name).indices():
            yield TEXT.name(name, index), [brief(record, name, index) for record in records]


def brief(record: Record, name: str, index: Index) -> str:
    """A number for a table, a float to as many digits as the others have; nothing where there is no such number."""
    value = record.array(name).get(index, "") if name in record else ""
    text = text_of(value, record.digits)[0]
    if isinstance(value, float) and len(text) > record.digits + 2:
        text = f"{value:.{record.digits}g}"
    return text.replace("-", "−")
