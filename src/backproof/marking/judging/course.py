"""The course of the work: every job of every part of a question in order, run on whatever numbers a person has.

The parts hang together. A parameter that one pass updates is what the next begins with; a job of a variant that is the same
as one of the problem itself, down to what it reads, is that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any, NamedTuple, TypeAlias

from backproof.arithmetic.array import Array, Index
from backproof.marking.judging.running import DoesNotRun, computed, equal
from backproof.marking.question import Part, Question
from backproof.marking.wrong import Wrong
from backproof.network.plan import Job, Slot, Slots, flat
from backproof.rules.rule import arguments
from backproof.worksheet.steps import grouped

MOST_KEPT, HEAVIEST = 20_000, 1_000_000
"""Outcomes of jobs that are kept, and the numbers in them; then all are forgotten."""


class Key(NamedTuple):
    """A quantity of one datum in one part of a question."""

    part: int
    slot: Slot


State: TypeAlias = Mapping[Key, Array]


@dataclass(frozen=True, eq=False)
class Task:
    """One job at its place in the course."""

    number: int
    part: int
    job: Job
    keys: Mapping[Slot, Key]
    """What the job's slots, and those of the other direction of its layer, are in the course."""
    bindings: Mapping[str, Slots]
    """The arrays of its layer by the names that the rule has for them, of both directions."""
    old: Mapping[Key, Key]
    """Of what an earlier pass has updated and this task reads, what it was before."""

    @cached_property
    def reads(self) -> tuple[Key, ...]:
        return tuple(dict.fromkeys(self.keys[s] for s in [*self.job.read, *self.job.starts.values()]))

    @cached_property
    def writes(self) -> tuple[Key, ...]:
        return tuple(self.keys[s] for s in self.job.written)

    @cached_property
    def size(self) -> int:
        """How many numbers it writes, and one more."""
        return 1 + sum(prod(shape) for shape in self.job.shapes.values())

    @cached_property
    def right(self) -> tuple[Job, tuple[Slot, ...]]:
        """The job, and what it reads."""
        return self.job, (*self.job.read, *self.job.starts.values())

    @cached_property
    def versions(self) -> dict[type[Wrong], tuple[Job, tuple[Slot, ...]]]:
        return {}

    def version(self, wrong: type[Wrong]) -> tuple[Job, tuple[Slot, ...]]:
        """The same for a wrong version of its rule; raises `DoesNotRun` where an array that it names is not there."""
        if wrong not in self.versions:
            job = self.done_by(wrong)
            self.versions[wrong] = job, (*job.read, *job.starts.values())
        return self.versions[wrong]

    def done_by(self, wrong: type[Wrong]) -> Job:
        names = arguments(getattr(wrong, self.job.function))
        reads: dict[str, Slots] = {n: self.bindings.get(n) for n in names if n not in self.job.writes}
        writes = {n: self.job.writes[n] for n in names if n in self.job.writes}
        if any(n not in self.bindings for n in reads):
            raise DoesNotRun
        slots = {s for group in writes.values() for s in flat(group)}
        starts = {new: old for new, old in self.job.starts.items() if new in slots}
        shapes = {s: shape for s, shape in self.job.shapes.items() if s in slots}
        return Job(
            self.job.layer, wrong.of(self.job.rule), self.job.direction, reads, writes, shapes, starts, self.job.joins
        )


@dataclass
class Course:
    """The tasks of a question, and the number that is right for each quantity."""

    question: Question
    tasks: list[Task] = field(default_factory=list[Task])
    truth: dict[Key, Array] = field(default_factory=dict[Key, Array])
    aliases: dict[Key, Key] = field(default_factory=dict[Key, Key])
    """Quantities of a later part that are one of an earlier part."""
    carried: dict[Key, Key] = field(default_factory=dict[Key, Key])
    """Quantities of a variant that have the same numbers as their namesake in the problem itself."""
    makers: dict[Key, Task] = field(default_factory=dict[Key, Task])
    steps: dict[tuple[int, str], int] = field(default_factory=dict[tuple[int, str], int])
    mattering: dict[Any, list[Any]] = field(default_factory=dict[Any, Any])
    """What the right outcome of a task depends on (`trivial.py`)."""
    weight: int = 0
    """How many numbers the outcomes have that are kept."""
    kept: dict[Any, tuple[Any, dict[Key, Array]]] = field(default_factory=dict[Any, Any])

    def __post_init__(self) -> None:
        for number, part in enumerate(self.question.parts):
            self.add(number, part)

    def add(self, number: int, part: Part) -> None:
        """The tasks of one part, those left out that are the same as earlier ones."""
        evaluation, plan = part.record.evaluation, part.record.plan
        made = {slot for job in plan.jobs for slot in job.written}
        main = next(i for i, p in enumerate(self.question.parts) if (p.variant, p.datum) == (0, part.datum))
        for slot, array in evaluation.values.items():
            if slot not in made:
                key, before = Key(number, slot), self.before(number, part, slot, main)
                if before is not None:
                    self.aliases[key] = before
                else:
                    self.truth[key] = array
        known = {self.same(task): task for task in self.tasks}
        for job in plan.jobs:
            reads = {s: self.at(number, s) for s in [*job.read, *job.starts.values()]}
            same = known.get((job.layer, job.rule, job.function, job.joins, tuple(reads[s] for s in job.read)))
            if same is not None and len(same.job.written) == len(job.written):
                self.aliases |= {
                    Key(number, a): same.keys[b] for a, b in zip(job.written, same.job.written, strict=True)
                }
                continue
            self.put(number, part, job)
        for slot, array in evaluation.values.items():
            key, before = Key(number, slot), Key(main, slot)
            if part.variant and key in self.makers and before in self.truth and equal(array, self.truth[before]):
                self.carried[key] = before
        for step, group in enumerate(grouped(part.record), 1):
            self.steps[number, group[0].name] = step

    def before(self, number: int, part: Part, slot: Slot, main: int) -> Key | None:
        """What a given quantity is already: an updated parameter of the pass before, or a given of another part."""
        parts = self.question.parts
        if part.datum:
            last = next(i for i, p in enumerate(parts) if (p.variant, p.datum) == (part.variant, part.datum - 1))
            updated = Key(last, Slot(f"{slot.name}'", slot.datum))
            if slot.datum is None and self.resolved(updated) in self.makers:
                return self.resolved(updated)
            if slot.name in parts[last].record.network.parameters:
                return self.at(last, slot)
        if number != main:
            there = self.at(main, slot)
            if (
                there in self.truth
                and there not in self.makers
                and equal(self.truth[there], parts[number].record.evaluation.values[slot])
            ):
                return there
        return None

    def put(self, number: int, part: Part, job: Job) -> None:
        bindings: dict[str, Slots] = {}
        for other in part.record.plan.jobs:
            if (
                other.layer == job.layer
                and type(other.rule) is type(job.rule)
                and other.joins == job.joins
                and data(other) == data(job)
            ):
                bindings |= {**other.reads, **other.writes}
        bindings |= {**job.reads, **job.writes}
        slots = {s for group in bindings.values() for s in flat(group)} | set(job.starts.values()) | set(job.written)
        keys = {s: self.at(number, s) for s in slots}
        task = Task(len(self.tasks), number, job, keys, bindings, self.outdated(number, keys.values()))
        self.tasks.append(task)
        for slot in job.written:
            key = Key(number, slot)
            self.makers[key] = task
            self.truth[key] = part.record.evaluation.values[slot]

    def outdated(self, part: int, keys: Iterable[Key]) -> dict[Key, Key]:
        """What those of these quantities were before that an earlier pass has updated."""
        made = {key: self.makers[key] for key in keys if key in self.makers}
        return {
            key: task.keys[old]
            for key, task in made.items()
            if task.part != part
            for new, old in task.job.starts.items()
            if task.keys[new] == key
        }

    def same(self, task: Task) -> Any:
        job = task.job
        return job.layer, job.rule, job.function, job.joins, tuple(task.keys[s] for s in job.read)

    def resolved(self, key: Key) -> Key:
        while key in self.aliases:
            key = self.aliases[key]
        return key

    def at(self, part: int, slot: Slot) -> Key:
        """Where in the course a quantity of a part is kept."""
        return self.resolved(Key(part, slot))

    def place(self, part: int, name: str, index: Index) -> tuple[Key, Index]:
        """The array and the cell that a cell of a named quantity is; in a batch the first index is the datum."""
        record = self.question.parts[part].record
        whole = Slot(name)
        if whole in record.evaluation.values:
            return self.at(part, whole), index
        return self.at(part, Slot(name, index[0])), index[1:]

    def run(self, task: Task, wrong: type[Wrong] | None, state: State) -> dict[Key, Array]:
        """What a task writes on these numbers, done right or by a wrong version.

        Raises `DoesNotRun`.
        """
        job, slots = task.right if wrong is None else task.version(wrong)
        arrays = tuple([state[task.keys[s]] for s in slots])
        mark = (task.number, wrong, *map(id, arrays))
        if mark in self.kept:
            return self.kept[mark][1]
        self.weight += task.size
        if len(self.kept) > MOST_KEPT or self.weight > HEAVIEST:
            self.kept.clear()
            self.weight = 0
        found = computed(job, dict(zip(slots, arrays, strict=True)))
        outputs = {task.keys[slot]: array for slot, array in found.items()}
        outputs = {key: self.shared(key, array) for key, array in outputs.items()}
        self.kept[mark] = arrays, outputs
        return outputs

    def shared(self, key: Key, array: Array) -> Array:
        """The very array that is right, where this is the same."""
        right = self.truth[key]
        return right if equal(array, right) else array


def data(job: Job) -> set[int | None]:
    """Which data a job is of."""
    return {slot.datum for slot in job.written}
