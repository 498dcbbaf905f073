"""A walk through the course on a person's own numbers: each task run on what they have, then held against what they wrote.

Two sets of numbers go along: those that were worked out, unrounded, and those that stand on the sheet. Somebody may go on
with either, or with some of each, and is right both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

from backproof.arithmetic.array import Array, Index, Places
from backproof.marking.accepting import accepted, middle
from backproof.marking.claims import Written
from backproof.marking.course import Course, DoesNotRun, Key, Task, equal
from backproof.marking.wrong import Wrong


class Claims(dict[Key, dict[Index, Written]]):
    """What was written of each quantity of the course; and what came of comparing it, which is the same in most walks."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: dict[Any, tuple[Any, Compared]] = {}


MOST_MIXED = 4
"""Quantities read by one task of which some may be taken as written and some unrounded."""


EVERY_LAYER = "*"
"""Where a misconception is of the order of the work, and of no layer by itself."""


@dataclass(frozen=True)
class Belief:
    """A misconception at one layer, and in which parts, all where there are none named."""

    wrong: type[Wrong]
    layer: str
    parts: frozenset[int] | None = None

    def holds(self, task: Task) -> bool:
        """Whether this task is done so."""
        of_layer = task.job.layer == self.layer and type(task.job.rule) is self.wrong.rule
        through = self.layer == EVERY_LAYER and task.job.direction == "backward" and bool(task.job.rule.parameters)
        return (
            (of_layer or through)
            and task.job.function in self.wrong.directions()
            and (self.parts is None or task.part in self.parts)
        )


@dataclass
class Walk:
    """What came out of it."""

    worked: dict[Key, Array]
    """Each quantity as it goes on, unrounded: what was worked out, and what was written where that is something else."""
    written: dict[Key, Array]
    """Each quantity as it goes on with the numbers on the sheet."""
    own: dict[Key, Array] = field(default_factory=dict[Key, Array])
    """What was worked out for each quantity, before anybody looked at the sheet."""
    own_written: dict[Key, Array] = field(default_factory=dict[Key, Array])
    done_right: dict[Key, Array] = field(default_factory=dict[Key, Array])
    """For what a misconception changed: what the right rule would have given on the same numbers."""
    off: dict[Key, list[Index]] = field(default_factory=dict[Key, list[Index]])
    """The cells that were written and that none of this gives."""
    assumed: set[Key] = field(default_factory=set[Key])
    """What rests on a misconception and was not written down."""
    contradicted: bool = False
    """Whether something that is right was written where a misconception would have given something else."""


def walk(
    course: Course, claims: Claims, beliefs: frozenset[Belief], digits: int, after: Walk | None = None,
    start: Task | None = None, stop: Task | None = None,
) -> Walk:  # fmt: skip
    """The whole course with these misconceptions; or a stretch of it, the rest being as in a walk before.

    Raises `DoesNotRun`.
    """
    if after is None or start is None:
        found = Walk(dict(course.truth), dict(course.truth))
        for key in claims:
            if key not in course.makers:
                compare(course, found, key, claims, False, digits)
    else:
        found = again(course, after, start)
    for task in course.tasks[start.number if start else 0 : stop.number + 1 if stop else None]:
        step(course, found, task, claims, beliefs, digits)
        if found.contradicted:
            break
    return found


def again(course: Course, before: Walk, start: Task) -> Walk:
    """What is to be kept of a walk, if it is gone again from this task on."""
    earlier = {k for k in before.off if k not in course.makers or course.makers[k].number < start.number}
    return Walk(
        dict(before.worked), dict(before.written), dict(before.own), dict(before.own_written), dict(before.done_right),
        {k: before.off[k] for k in earlier}, set(before.assumed),
    )  # fmt: skip


def step(course: Course, found: Walk, task: Task, claims: Claims, beliefs: frozenset[Belief], digits: int) -> None:
    """One task, worked out and compared."""
    outputs, changed = work(course, found, task, beliefs, found.worked)
    same = all(found.worked[k] is found.written[k] for k in task.reads)
    other = outputs if same else work(course, found, task, beliefs, found.written)[0]
    leaning = any(k in found.assumed for k in task.reads)
    for key in task.writes:
        found.worked[key], found.written[key] = outputs[key], other[key]
        found.own[key], found.own_written[key] = outputs[key], other[key]
        if key in changed or leaning:
            found.assumed.add(key)
        else:
            found.assumed.discard(key)
        if key in claims:
            compare(course, found, key, claims, key in found.assumed, digits, task)
        elif key in course.carried and not changed:
            before = course.carried[key]
            found.worked[key], found.written[key] = found.worked[before], found.written[before]


def work(
    course: Course, found: Walk, task: Task, beliefs: frozenset[Belief], state: dict[Key, Array]
) -> tuple[dict[Key, Array], set[Key]]:
    """What a task gives under these misconceptions, and which quantities they change."""
    outputs = course.run(task, None, state)
    changed: set[Key] = set()
    if state is found.worked:
        for key in task.writes:
            found.done_right.pop(key, None)
    for belief in sorted((b for b in beliefs if b.holds(task)), key=lambda b: b.wrong.key()):
        wrong = (
            updated(course, task, state, outputs)
            if belief.wrong.uses_updated
            else course.run(task, belief.wrong, state)
        )
        for key, array in wrong.items():
            if key not in changed and not equal(array, outputs[key]):
                if state is found.worked:
                    found.done_right[key] = outputs[key]
                outputs = {**outputs, key: array}
                changed.add(key)
    return outputs, changed


def updated(course: Course, task: Task, state: dict[Key, Array], outputs: dict[Key, Array]) -> dict[Key, Array]:
    """The way back through a layer whose parameters the update has already changed."""
    later = {**state, **outputs}
    changed: dict[Key, Array] = {}
    for update in course.tasks[task.number + 1 :]:
        if update.part == task.part and update.job.direction == "update" and any(k in outputs for k in update.reads):
            for new, old in update.job.starts.items():
                if update.job.layer == old.name:
                    changed[update.keys[old]] = course.run(update, None, later)[update.keys[new]]
    if not changed:
        raise DoesNotRun
    again = course.run(task, None, {**state, **changed})
    own = {
        task.keys[s]
        for a in task.job.rule.parameters
        for s in [task.job.writes.get(f"d{a}")]
        if s and not isinstance(s, list)
    }
    return {key: array for key, array in again.items() if key not in own}


class Compared(NamedTuple):
    """What came of comparing: how the quantity goes on, and which of its cells are off."""

    worked: Array
    written: Array
    off: list[Index]
    despite: bool
    """Whether something right was written where the person's own numbers give something else."""


def compare(
    course: Course, found: Walk, key: Key, claims: Claims, assumed: bool, digits: int, task: Task | None = None
) -> None:
    """Hold what was written of one quantity against what was worked out, and go on with what was written."""
    if isinstance(course.truth[key].shape, Places):
        return
    arrays = [found.worked[key], found.written[key]]
    for k in task.reads if task else ():
        arrays += [found.worked[k], found.written[k]]
    mark = (key, *map(id, arrays))
    if mark not in claims.compared:
        claims.compared[mark] = arrays, compared(course, found, key, claims[key], digits, task)
    outcome = claims.compared[mark][1]
    found.worked[key], found.written[key] = outcome.worked, outcome.written
    found.contradicted |= assumed and outcome.despite
    if outcome.off:
        found.off[key] = outcome.off
    if key in found.assumed and all(
        i in claims[key] and claims[key][i].value is not None for i in outcome.worked.indices()
    ):
        found.assumed.discard(key)


def compared(
    course: Course, found: Walk, key: Key, cells: Mapping[Index, Written], digits: int, task: Task | None
) -> Compared:
    own, other, truth = found.worked[key], found.written[key], course.truth[key]
    off: list[Index] = []
    worked: dict[Index, Any] = {}
    written: dict[Index, Any] = {}
    despite = False
    for index, each in cells.items():
        if each.value is None:
            continue
        written[index] = each.value
        if accepted(each, *middle(own[index]), digits):
            continue
        if own is not other and accepted(each, *middle(other[index]), digits):
            worked[index] = other[index]
        elif own is not truth and accepted(each, *middle(truth[index]), digits):
            despite = True
            worked[index] = truth[index]
        else:
            worked[index] = each.value
            off.append(index)
    if off and task is not None and mixed(course, found, key, cells, off, digits, task):
        off = []
    on = Array(own.shape, {**own, **worked}) if worked else own
    if any(middle(other[i])[0] != v for i, v in written.items()):
        other = Array(other.shape, {**other, **written})
    return Compared(on, other, off, despite)


def mixed(
    course: Course, found: Walk, key: Key, cells: Mapping[Index, Written], off: list[Index], digits: int, task: Task
) -> bool:
    """Whether some quantities taken as written and the others unrounded give what was written."""
    reads = [k for k in task.reads if found.worked[k] is not found.written[k]]
    if not 1 < len(reads) <= MOST_MIXED:
        return False
    for some in choices(reads):
        try:
            outcome = course.run(task, None, {**found.worked, **{k: found.written[k] for k in some}})[key]
        except DoesNotRun:
            continue
        if all(accepted(cells[i], *middle(outcome[i]), digits) for i in off):
            return True
    return False


def choices(reads: list[Key]) -> Iterator[tuple[Key, ...]]:
    for n in range(1, len(reads)):
        yield from combinations(reads, n)
