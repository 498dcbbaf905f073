"""A worksheet: a problem solved, all its passes and variants, in a form that prints itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from backproof.arithmetic import Choice
from backproof.arithmetic.array import Array
from backproof.errors import BackproofError, TooCoarse
from backproof.network.problem import Problem
from backproof.record.evaluate import FIRST_BITS, MOST_BITS, Watch
from backproof.record.record import Record
from backproof.worksheet.sheet import Sheet, Variant

if TYPE_CHECKING:
    from backproof.worksheet.printed.pdf import Kind, Paper


class Worksheet(Sheet):
    """A worked solution that prints itself: in the terminal, in a notebook, as a page, as Markdown."""

    def __str__(self) -> str:
        from backproof.worksheet.terminal import plain

        return plain(self)

    __repr__ = __str__

    def html(self) -> str:
        """A page that stands alone: it needs no network, and no JavaScript to be read."""
        from backproof.worksheet.html.page import html

        return html(self)

    def latex(self, standalone: bool = True) -> str:
        """A document for pdflatex, lualatex or xelatex, or a fragment that another one reads by `\\input`."""
        from backproof.worksheet.latex import latex

        return latex(self, standalone)

    def pdf(self, kind: Kind = "solution", paper: Paper = "a4") -> bytes:
        """Pages to print: the worked solution; `blank`, the question with boxes to fill in; `key`, the same filled in.

        Raises `BackproofError` where Typst, the extra `pdf`, is not installed.
        """
        from backproof.worksheet.printed.pdf import pdf

        return pdf(self, kind, paper)

    def _repr_html_(self) -> str:
        from backproof.worksheet.html.page import fragment

        return fragment(self)

    def _repr_markdown_(self) -> str:
        from backproof.worksheet.markdown import markdown

        return markdown(self)


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
        return replace(sheet, variants=variants, compare=compare, problem=problem)
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
