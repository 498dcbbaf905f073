"""A walk through the course on a person's own numbers: each task run on what they have, then held against what they wrote.

Two sets of numbers go along: those that were worked out, unrounded, and those that stand on the sheet. Somebody may go on
with either, or with some of each, and is right both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias

from backproof.arithmetic.array import Array, Index, Places
from backproof.marking.accepting import accepted, middle
from backproof.marking.claims import Written
from backproof.marking.course import Course, DoesNotRun, Key, Task, equal
from backproof.marking.kinks import subgradient
from backproof.marking.wrong import Wrong

Claims: TypeAlias = Mapping[Key, Mapping[Index, Written]]
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
    subgradients: set[tuple[Key, Index]] = field(default_factory=set[tuple[Key, Index]])
    """Cells that are right at a kink or a tie, though by another subgradient."""
    contradicted: bool = False
    """Whether something that is right was written where a misconception would have given something else."""


def walk(course: Course, claims: Claims, beliefs: frozenset[Belief], digits: int, stop: Task | None = None) -> Walk:
    """The whole course, or as far as one task, with these misconceptions. Raises `DoesNotRun`."""
    found = Walk(dict(course.truth), dict(course.truth))
    for key, cells in claims.items():
        if key not in course.makers:
            compare(course, found, key, cells, False, digits)
    for task in course.tasks:
        if (
            not beliefs
            and not found.off
            and all(found.worked[k] is course.truth[k] is found.written[k] for k in task.reads)
        ):
            outputs = {key: course.truth[key] for key in task.writes}
            changed: set[Key] = set()
        else:
            outputs, changed = work(course, found, task, beliefs, found.worked)
        same = all(found.worked[k] is found.written[k] for k in task.reads)
        other = outputs if same else work(course, found, task, beliefs, found.written)[0]
        leaning = any(k in found.assumed for k in task.reads)
        for key in task.writes:
            found.worked[key], found.written[key] = outputs[key], other[key]
            found.own[key], found.own_written[key] = outputs[key], other[key]
            if changed or leaning:
                found.assumed.add(key) if key in changed or leaning else found.assumed.discard(key)
            if key in claims:
                compare(course, found, key, claims[key], key in found.assumed, digits, task)
            elif key in course.carried and not changed:
                before = course.carried[key]
                found.worked[key], found.written[key] = found.worked[before], found.written[before]
        if task is stop or found.contradicted:
            break
    return found


def work(
    course: Course, found: Walk, task: Task, beliefs: frozenset[Belief], state: dict[Key, Array]
) -> tuple[dict[Key, Array], set[Key]]:
    """What a task gives under these misconceptions, and which quantities they change."""
    outputs = course.run(task, None, state)
    changed: set[Key] = set()
    for belief in beliefs:
        if not belief.holds(task):
            continue
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


def compare(
    course: Course,
    found: Walk,
    key: Key,
    cells: Mapping[Index, Written],
    assumed: bool,
    digits: int,
    task: Task | None = None,
) -> None:
    """Hold what was written of one quantity against what was worked out, and go on with what was written."""
    own, other, truth = found.worked[key], found.written[key], course.truth[key]
    if isinstance(truth.shape, Places):
        return
    off: list[Index] = []
    worked, written = dict[Index, object](), dict[Index, object]()
    for index, each in cells.items():
        value = each.value
        if value is None:
            continue
        written[index] = value
        if accepted(each, *middle(own[index]), digits):
            continue
        if own is not other and accepted(each, *middle(other[index]), digits):
            worked[index] = other[index]
        elif own is not truth and accepted(each, *middle(truth[index]), digits):
            found.contradicted |= assumed
            worked[index] = truth[index]
        else:
            worked[index] = value
            off.append(index)
    if off and task is not None:
        if mixed(course, found, key, cells, off, digits, task):
            off = []
        elif subgradient(course, found.worked, task, key, cells):
            found.subgradients |= {(key, i) for i in off}
            off = []
    if off:
        found.off[key] = off
    if len(written) == own.size:
        found.assumed.discard(key)
    if worked:
        found.worked[key] = Array(own.shape, {**own, **worked})
    if any(middle(other[i])[0] != v for i, v in written.items()):
        found.written[key] = Array(other.shape, {**other, **written})


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
