"""A question: a problem worked out in all its parts, against which sheets are held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from backproof.arithmetic.array import Array, Shape
from backproof.errors import BackproofError, BadOption, UnknownName, shortened
from backproof.examples import locate
from backproof.network.datum import read_datum
from backproof.network.network import Network
from backproof.network.problem import Problem, read_problem
from backproof.network.rubric import Rubric
from backproof.record.record import Record
from backproof.worksheet.asked import asked, changed
from backproof.worksheet.worksheet import passes_of


@dataclass(frozen=True)
class Part:
    """One pass of the problem, or of a variant of it."""

    title: str
    """What a heading calls it; empty for the first pass of a problem that has one."""
    record: Record
    variant: int = 0
    """0 for the problem itself, k for its k-th variant."""
    datum: int = 0
    """Which pass of these, counted from 0."""
    own: tuple[str, ...] = ()
    """The quantities that are asked for here: all that are made; of a variant those that are not as they were."""

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every quantity that has a name, what is given included, with its shape."""
        return {name: tuple(self.record.array(name).shape) for name in self.record.names}

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The quantities that stood there before the first step."""
        return tuple(name for name in self.record.names if name not in self.record.made)


class Question:
    """All parts of a problem worked out; `parts[0]` is the first pass of the problem itself.

    Raises what solving the problem raises, and `UnknownName` for a quantity in the rubric that is not made.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.parts = tuple(parts(problem))
        check_rubric(self)

    @classmethod
    def of(cls, what: Question | Problem | Network | Record | str | Path, data: Any = None) -> Question:
        """The question of a problem file, an example, a problem, a network with data, or a record.

        data: of a network: inputs and target by name, or a list of such data, one after another.
        """
        match what:
            case Question():
                return what
            case Problem():
                return cls(what)
            case str() | Path():
                return cls(read_problem(locate(str(what))))
            case Network() if data is not None:
                several = cast("list[Mapping[str, Any]]", list(data) if isinstance(data, (list, tuple)) else [data])  # pyright: ignore[reportUnknownArgumentType]
                read = [read_datum(what, dict(datum), number=n) for n, datum in enumerate(several)]
                return cls(Problem(what.title, "", what, read))
            case Network():
                raise BadOption("a network alone is no question; give its inputs and its target as data")
            case Record() if what.data is None:
                return cls(Problem(what.network.title, "", what.network, [givens(what)]))
            case Record():
                raise BadOption("a record of a batch cannot be marked against; make a problem of it")
            case _:
                raise BadOption(
                    f"{shortened(what)} is no question; expected a problem, a record, or a network with data"
                )

    @property
    def title(self) -> str:
        return self.problem.title

    def rubric(self, part: int) -> Rubric:
        """What the answers of a part are worth."""
        variant = self.parts[part].variant
        return self.problem.variants[variant - 1].rubric if variant else self.problem.rubric


def check_rubric(question: Question) -> None:
    """Raises `UnknownName`, with file and line, where the rubric names a quantity that nobody is asked to work out."""
    problem, main = question.problem, question.parts[0]
    places: list[tuple[tuple[str | int, ...], Mapping[str, Any], Part]] = [
        (("rubric", "marks"), problem.rubric.marks or {}, main),
        (("rubric", "formulas"), problem.rubric.formulas, main),
    ]
    for part in question.parts:
        marks = question.problem.variants[part.variant - 1].rubric.marks if part.variant else None
        if marks is not None and marks is not problem.rubric.marks:
            places.append((("variants", part.variant - 1, "marks"), marks, part))
    for place, marks, part in places:
        for name in marks:
            if name not in asked(part.record):
                raise problem.located(
                    UnknownName("quantity to be worked out", name, asked(part.record)).at(*place, name)
                )


def parts(problem: Problem) -> list[Part]:
    """The passes of the problem, then those of its variants; comparisons are not asked about."""
    main = records(problem)
    many = len(main) > 1
    found = [Part(f"datum {n + 1}" if many else "", record, 0, n, asked(record)) for n, record in enumerate(main)]
    for k, variant in enumerate(problem.variants, 1):
        for n, record in enumerate(records(variant)):
            title = variant.title + (f", datum {n + 1}" if many else "")
            found.append(Part(title, record, k, n, changed(record, main[n])))
    return found


def records(problem: Problem) -> list[Record]:
    try:
        return passes_of(replace(problem, arithmetic="auto"), "auto", 16, None, Record)
    except BackproofError as error:
        raise problem.located(error) from error


def givens(record: Record) -> dict[str, Array]:
    """What a record's datum was: its inputs, its target, what was left to chance."""
    network = record.network
    names = [*network.inputs, *([network.loss.target] if network.loss else []), *network.chance]
    return {name: record.array(name) for name in names}
