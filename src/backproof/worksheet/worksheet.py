"""A worksheet: what is given, the steps of each pass, what changes in a variant, and how it prints itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from backproof.arithmetic import Choice
from backproof.arithmetic.array import Array
from backproof.errors import BackproofError, TooCoarse
from backproof.network.problem import Problem
from backproof.record.digits import text_of
from backproof.record.evaluate import FIRST_BITS, MOST_BITS, Watch
from backproof.record.quantity import Quantity
from backproof.record.record import Record
from backproof.worksheet.notation import TEXT
from backproof.worksheet.steps import Step, explained, steps

INDICES = "Indices count from 0: U[0,1] is row 0, column 1. "
ROUNDED = "What stands after ≈ is rounded; every digit shown is certain."
FLOATS = "Every operation was rounded to {0}, as a {0} program would; numbers stand as they were stored."
PHASES = {"forward": "Forward pass", "backward": "Backward pass", "update": "Update"}


@dataclass(frozen=True)
class Pass:
    """The steps of one pass: one datum, or one batch."""

    record: Record
    explain: str = ""
    number: int = 1
    of: int = 1

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
class Worksheet:
    """A worked solution. It prints itself: in the terminal, in a notebook, as Markdown, as JSON."""

    title: str
    text: str
    passes: tuple[Pass, ...]
    variants: tuple[Variant, ...] = ()
    compare: tuple[tuple[str, tuple[Record, ...]], ...] = ()
    explain: str = ""

    @classmethod
    def of(cls, records: list[Record], title: str = "", text: str = "", explain: str = "") -> Worksheet:
        """The worksheet of one record, or of several that follow each other."""
        passes = [Pass(r, explain, i + 1, len(records)) for i, r in enumerate(records)]
        return cls(title, text, tuple(passes), explain=explain)

    @property
    def legend(self) -> str:
        """How to read the numbers."""
        evaluation = self.record.evaluation
        return INDICES + (FLOATS.format(evaluation.choice) if evaluation.floats else ROUNDED)

    @property
    def column(self) -> str:
        """What the main numbers are called where others stand beside them."""
        evaluation = self.record.evaluation
        return evaluation.choice if evaluation.floats else "certain digits"

    @property
    def record(self) -> Record:
        """The record of the last pass."""
        return self.passes[-1].record

    def __str__(self) -> str:
        from backproof.worksheet.terminal import plain

        return plain(self)

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        from backproof.worksheet.markdown import markdown

        return markdown(self)


def compared(sheet: Worksheet, each: Pass) -> Iterator[tuple[str, list[str]]]:
    """The table of a comparison: a row for each cell of each small quantity, a text for each column."""
    made = {step.quantity for step in each.steps}
    records = [each.record, *(others[each.number - 1] for _, others in sheet.compare)]
    for name in (n for n in each.record.names if n in made and each.record.array(n).size <= 16):
        for index in each.record.array(name).indices():
            yield TEXT.name(name, index), [brief(record.array(name)[index], record.digits) for record in records]


def brief(value: object, digits: int) -> str:
    """A number for a table: a float to as many digits as the others have."""
    text = text_of(value, digits)[0]
    if isinstance(value, float) and len(text) > digits + 2:
        text = f"{value:.{digits}g}"
    return text.replace("-", "−")


def solve(
    problem: Problem,
    *,
    arithmetic: Choice | None = None,
    digits: int = 6,
    explain: str = "",
    watch: Watch | None = None,
    kind: type[Record] = Record,
) -> Worksheet:
    """The worksheet of a problem: each datum in turn, its update feeding the next; then variants and comparisons.

    kind: the class of its records. explain: a quantity, or a cell of one, to be explained alone. Raises the errors of `Record.of` and, for a name
    that is not there, `UnknownName`.
    """

    def passes(part: Problem, choice: Choice | None) -> list[Record]:
        return passes_of(part, choice or part.arithmetic, digits, watch, kind)

    try:
        records = passes(problem, arithmetic)
        if explain:
            return explanation(problem, records, explain, lambda variant: passes(variant, arithmetic))
        sheet = Worksheet.of(records, problem.title, problem.text)
        variants = tuple(Variant(v.title, tuple(passes(v, arithmetic)), sheet.passes) for v in problem.variants)
        compare = tuple((c.title, tuple(passes(c, None))) for c in problem.compare)
        return replace(sheet, variants=variants, compare=compare)
    except BackproofError as error:
        raise problem.located(error) from error


def explanation(
    problem: Problem, records: list[Record], address: str, passes: Callable[[Problem], list[Record]]
) -> Worksheet:
    """One quantity explained, of the problem itself or else of the first variant that has it."""
    for variant in problem.variants if address not in records[0] else ():
        others = passes(variant)
        if address in others[0]:
            return Worksheet.of(others, variant.title, explain=address)
    records[0].locate(address)
    return Worksheet.of(records, problem.title, explain=address)


def passes_of(problem: Problem, choice: Choice, digits: int, watch: Watch | None, kind: type[Record]) -> list[Record]:
    """A record for each datum, or one for all of them as a batch.

    Where a later pass finds the enclosures of an earlier one too wide, all are run again with more bits.
    """
    bits = 0
    while True:
        try:
            return chain(problem, choice, digits, watch, kind, bits)
        except TooCoarse:
            bits = 4 * max(bits, FIRST_BITS + 4 * digits)
            if bits > 4 * MOST_BITS:
                raise


def chain(
    problem: Problem, choice: Choice, digits: int, watch: Watch | None, kind: type[Record], bits: int
) -> list[Record]:
    """The passes in order, each starting from the parameters that the one before it left."""
    network, state, records = problem.network, dict[str, Array](), list[Record]()
    for i, datum in enumerate([problem.data] if problem.batch else problem.data):
        try:
            records.append(
                kind.of(network, datum, arithmetic=choice, digits=digits, state=state, watch=watch, least_bits=bits)
            )
        except BackproofError as error:
            if error.place[:1] == ("data",) and len(problem.data) > 1:
                error.place = ("data", i, *error.place[1:])
            raise
        if network.update is not None:
            parameters, state = records[-1].after()
            network = network.with_parameters(parameters)
    return records
