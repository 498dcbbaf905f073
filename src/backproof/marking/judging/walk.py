"""A walk through the course on a person's own numbers: each task run on what they have, then held against what they wrote.

Two sets of numbers go along: those that were worked out, unrounded, and those that stand on the sheet. Somebody may go on
with either, or with some of each, and is right both ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from backproof.arithmetic.array import Array, Index, Places
from backproof.marking.judging.belief import Belief
from backproof.marking.judging.course import Course, Key, State, Task
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.running import DoesNotRun, equal
from backproof.marking.wrong import Wrong

MOST_MIXED = 4
"""Quantities read by one task of which some may be taken as written and some unrounded."""


@dataclass
class Walk:
    """What came out of it."""

    worked: dict[Key, Array]
    """Each quantity as it goes on, unrounded: what was worked out, and what was written where that is something else."""
    written: dict[Key, Array]
    """Each quantity as it goes on with the numbers on the sheet."""
    own: dict[Key, Array] = field(default_factory=dict[Key, Array])
    """What was worked out for each quantity, before anybody looked at the sheet."""
    done_right: dict[Key, Array] = field(default_factory=dict[Key, Array])
    """For what a misconception changed: what the right rule would have given on the same numbers."""
    off: dict[Key, list[Index]] = field(default_factory=dict[Key, list[Index]])
    """The cells that were written and that none of this gives."""
    assumed: set[Key] = field(default_factory=set[Key])
    """What rests on a misconception and was not written down."""
    ended: int | None = None
    """The task after which a stretch was not gone to its end."""
    contradicted: bool = False
    """Whether something that is right was written where a misconception would have given something else."""


def walk(
    paper: Paper, beliefs: frozenset[Belief] = frozenset(),
    after: Walk | None = None, start: Task | None = None, stop: Task | None = None,
) -> Walk:  # fmt: skip
    """The whole course with these beliefs; or a stretch of it, the rest being as in a walk before, with fewer of them.

    A stretch ends where it contradicts what was written, or leaves off what was not off before. Raises `DoesNotRun`.
    """
    course = paper.course
    if after is None or start is None:
        found = Walk(dict(course.truth), dict(course.truth))
        for key in paper.cells:
            if key not in course.makers:
                compare(paper, found, key)
    else:
        found = resumed(course, after, start)
    for task in course.tasks[start.number if start else 0 : stop.number + 1 if stop else None]:
        if after is not None and untouched(course, found, after, task, beliefs):
            found.off.update({k: after.off[k] for k in task.writes if k in after.off})
            continue
        step(paper, found, task, beliefs)
        if found.contradicted or (
            after is not None and any(k in found.off and k not in after.off for k in task.writes)
        ):
            found.ended = task.number
            break
    return found


def untouched(course: Course, found: Walk, before: Walk, task: Task, beliefs: frozenset[Belief]) -> bool:
    """Whether a task has nothing to work on that it had not in the walk before; one with a belief of its own is done again."""
    reads = (*task.reads, *(course.carried[k] for k in task.writes if k in course.carried))
    return (
        all(found.worked[k] is before.worked[k] and found.written[k] is before.written[k] for k in reads)
        and all((k in found.assumed) == (k in before.assumed) for k in task.reads)
        and not any(b.holds(task) for b in beliefs)
    )


def resumed(course: Course, before: Walk, start: Task) -> Walk:
    """What is to be kept of a walk, if it is gone again from this task on."""
    makers = course.makers
    off = {k: cells for k, cells in before.off.items() if k not in makers or makers[k].number < start.number}
    return Walk(
        dict(before.worked), dict(before.written), dict(before.own), dict(before.done_right),
        off, set(before.assumed),
    )  # fmt: skip


def step(paper: Paper, found: Walk, task: Task, beliefs: frozenset[Belief]) -> None:
    """One task, worked out and compared."""
    course = paper.course
    paper.effort += task.size
    outputs, right = work(course, task, beliefs, found.worked)
    same = all(found.worked[k] is found.written[k] for k in task.reads)
    other = outputs if same else work(course, task, beliefs, found.written)[0]
    leaning = any(k in found.assumed for k in task.reads)
    for key in task.writes:
        found.worked[key], found.written[key], found.own[key] = outputs[key], other[key], outputs[key]
        found.done_right.pop(key, None)
        found.assumed.discard(key)
        if key in right:
            found.done_right[key] = right[key]
        if key in right or leaning:
            found.assumed.add(key)
        if key in paper.cells:
            compare(paper, found, key, task)
        elif key in course.carried and not right:
            before = course.carried[key]
            found.worked[key], found.written[key] = found.worked[before], found.written[before]


def work(
    course: Course, task: Task, beliefs: frozenset[Belief], state: State
) -> tuple[dict[Key, Array], dict[Key, Array]]:
    """What a task gives under these beliefs; and of what they change, what would have been right.

    Where a task cannot be done on somebody's numbers, such as a division by 0, what is right goes on.
    """
    holding = sorted((b for b in beliefs if b.holds(task)), key=lambda b: b.wrong.key())
    try:
        outputs = course.run(task, None, state)
    except DoesNotRun:
        if holding:
            raise
        return {key: course.truth[key] for key in task.writes}, {}
    right: dict[Key, Array] = {}
    for belief in holding:
        for key, array in done_by(course, task, belief.wrong, state, outputs).items():
            if belief.only in (None, key) and key not in right and not equal(array, outputs[key]):
                right[key] = outputs[key]
                outputs = {**outputs, key: array}
    return outputs, right


def done_by(
    course: Course, task: Task, wrong: type[Wrong], state: State, outputs: Mapping[Key, Array]
) -> dict[Key, Array]:
    """What a task gives, done wrongly, or in the wrong order."""
    if wrong.order == "updated":
        return updated(course, task, state, outputs)
    if wrong.order == "old":
        return course.run(task, None, {**state, **{new: state[old] for new, old in task.old.items()}})
    return course.run(task, wrong, state)


def updated(course: Course, task: Task, state: State, outputs: Mapping[Key, Array]) -> dict[Key, Array]:
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
    learned = [task.job.writes.get(f"d{a}") for a in task.job.rule.parameters]
    own = {task.keys[s] for s in learned if s and not isinstance(s, list)}
    return {key: array for key, array in course.run(task, None, {**state, **changed}).items() if key not in own}


def compare(paper: Paper, found: Walk, key: Key, task: Task | None = None) -> None:
    """Hold what was written of one quantity against what was worked out, and go on with what was written."""
    if isinstance(paper.course.truth[key].shape, Places):
        if task is None:
            take_places(paper, found, key)
        return
    reads = task.reads if task else ()
    inputs = (*(found.worked[k] for k in reads), *(found.written[k] for k in reads))
    outcome = paper.compare(
        key, found.worked[key], found.written[key], inputs, mixtures(paper.course, found, task, key)
    )
    found.worked[key], found.written[key] = outcome.worked, outcome.written
    found.contradicted |= outcome.despite and key in found.assumed
    if outcome.off:
        found.off[key] = outcome.off
    if outcome.whole:
        found.assumed.discard(key)


def take_places(paper: Paper, found: Walk, key: Key) -> None:
    """Go on with the classes that somebody took for those that are given."""
    right = paper.course.truth[key]
    values = {i: int(w.value.p) for i, w in paper.cells[key].items() if w.value is not None and w.value.q == 1}
    off = [i for i, value in values.items() if value != right[i]]
    if off:
        found.worked[key] = found.written[key] = Array(right.shape, {**right, **values})
        found.off[key] = off


def mixtures(course: Course, found: Walk, task: Task | None, key: Key) -> Iterator[Array]:
    """What a task gives with some quantities taken as written and the others unrounded."""
    reads = [k for k in task.reads if found.worked[k] is not found.written[k]] if task else []
    for n in range(1, len(reads) if len(reads) <= MOST_MIXED else 0):
        for some in combinations(reads, n):
            assert task is not None
            try:
                yield course.run(task, None, {**found.worked, **{k: found.written[k] for k in some}})[key]
            except DoesNotRun:
                continue
