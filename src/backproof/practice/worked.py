"""A part of a question worked out, and kept for the next request that asks for the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any, TypeVar

from markupsafe import Markup

from backproof.marking.judging.judge import course_of
from backproof.marking.marking import Marking
from backproof.marking.question import Question
from backproof.network.problem import Problem
from backproof.practice.questions import (
    MOST_BOXES,
    Changed,
    Part,
    alone,
    changed,
    differing,
    editable,
    original,
    part_of,
    places,
    problem_of,
)
from backproof.practice.state import State
from backproof.record.record import Record
from backproof.worksheet.sheet import Sheet
from backproof.worksheet.steps import Step, steps
from backproof.worksheet.worksheet import passes_of

DIGITS = 6
MOST_KEPT = 16
MOST_NUMBERS = 300_000
"""Numbers in all questions that are kept."""
MOST_MARKINGS = 8
ROUNDING = ("float64", "float32")
"""Arithmetics in which right answers would be others."""
MOST_PICTURES = 16
"""Of one question."""
K = TypeVar("K")
V = TypeVar("V")


def kept(store: OrderedDict[K, V], key: K, most: int, make: Callable[[], V]) -> V:
    """What is kept under a key, made if it is not there; what was not asked for longest goes."""
    if key not in store:
        store[key] = make()
        if len(store) > most:
            store.popitem(last=False)
    store.move_to_end(key)
    return store[key]


@dataclass(frozen=True, eq=False)
class Worked:
    """A part of a question with all its numbers."""

    source: Problem
    """The problem as it was read."""
    part: Part
    problem: Problem
    """As much of it as this part needs, with what was changed."""
    before: Problem
    """The same without what was changed."""
    question: Question
    changes: Changed
    """What was."""
    faults: Mapping[str, str]
    """By address: why what stands there could not be taken."""
    markings: OrderedDict[Changed, Marking] = field(default_factory=OrderedDict[Changed, Marking])
    """By answers."""
    pictures: OrderedDict[frozenset[str], Markup] = field(default_factory=OrderedDict[frozenset[str], Markup])
    """By what is covered in them."""
    told: dict[int, Any] = field(default_factory=dict[int, Any])
    """What a page tells of each step, once that has been put together."""

    @property
    def number(self) -> int:
        """The part's number among those of the question."""
        return 0 if self.problem.batch else self.part.datum

    @property
    def note(self) -> str:
        """What is to be said of the arithmetic, where the file asks for one that rounds: marking asks for what is right."""
        asked = self.problem.arithmetic
        if asked not in ROUNDING:
            return ""
        return f"The numbers here are not rounded on the way; the file asks for {asked}, which worksheets follow."

    @cached_property
    def record(self) -> Record:
        record = self.question.parts[self.number].record
        return Record(record.network, record.evaluation, record.data, DIGITS)

    @cached_property
    def steps(self) -> list[Step]:
        return steps(self.record)

    @cached_property
    def step_of(self) -> dict[str, Step]:
        """The step that makes a quantity."""
        return {step.quantity: step for step in self.steps}

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return self.question.parts[self.number].shapes

    @cached_property
    def boxed(self) -> tuple[str, ...]:
        """The quantities that are asked for and small enough to be filled in, in the order of the work."""
        return tuple(s.quantity for s in self.steps if prod(self.shapes[s.quantity]) <= MOST_BOXES)

    @cached_property
    def editable(self) -> frozenset[str]:
        return frozenset(name.partition(" ")[0] for name in editable(self.before, self.part))

    @cached_property
    def originals(self) -> dict[str, str]:
        """By address: what a box held before somebody changed it."""
        return {
            place: original(array, index)
            for name, array in editable(self.before, self.part).items()
            for place, index in places(name, array).items()
        }

    @cached_property
    def beside(self) -> Sheet | None:
        """This part of the question beside the same worked out in the other ways that it names; none of a variant."""
        if self.part.variant or not self.source.compare:
            return None
        others = [changed(alone(each, self.part), self.part, self.changes)[0] for each in self.source.compare]
        records = [passes_of(each, each.arithmetic, DIGITS, None, Record)[self.number] for each in others]
        columns = tuple((each.title, (record,)) for each, record in zip(others, records, strict=True))
        return replace(Sheet.of([self.record]), compare=columns)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(prod(shape) for part in self.question.parts for shape in part.shapes.values())


class Memory:
    """The questions that were worked out last."""

    def __init__(self) -> None:
        self.kept: OrderedDict[object, Worked] = OrderedDict()

    def worked(self, state: State, shelf: Mapping[str, Path]) -> Worked:
        """The part of a question that a state is about. Raises what reading and solving it raise."""
        source = problem_of(state, shelf)
        part = part_of(source, state.part)
        before = alone(source, part)
        changes = differing(before, part, state.given)
        key = (id(source), state.part, changes)
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        found = work(source, part, before, changes)
        self.keep(key, found)
        return found

    def keep(self, key: object, worked: Worked) -> None:
        self.kept[key] = worked
        total = sum(each.size for each in self.kept.values())
        while len(self.kept) > 1 and (len(self.kept) > MOST_KEPT or total > MOST_NUMBERS):
            total -= self.kept.popitem(last=False)[1].size
            course_of.cache_clear()


def work(source: Problem, part: Part, before: Problem, changes: Changed) -> Worked:
    problem, faults = changed(before, part, changes)
    question = Question(replace(problem, title=source.title))
    return Worked(source, part, problem, before, question, changes, faults)
