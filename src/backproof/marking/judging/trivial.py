"""Whether a slip has left nothing to be worked out: what mattered to a number no longer does.

Each array that a task reads is changed a little, number by number. If that changes the outcome on the right numbers and not
on the person's own, the slip has removed the work: a gradient that is 0 everywhere makes everything after it 0, whatever the
weights are.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from flint import fmpq

from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BackproofError
from backproof.marking.judging.course import Course, DoesNotRun, Key, State, Task, computed, equal
from backproof.rules.rule import Rule

MODULUS, MULTIPLIER = 2**61 - 1, 1_373_653_118_739_640_591
"""A prime, and a number that scatters 1, 2, 3 … among those below it."""


def trivial(course: Course, task: Task, key: Key, own: State) -> bool:
    """Whether something that the right outcome depends on no longer matters on these numbers."""
    if (task, key) not in course.mattering:
        arrays = [k for k in task.reads if not isinstance(course.truth[k].shape, Places)]
        changes: list[Key | Rule] = [*arrays, *other_options(task.job.rule)]
        course.mattering[task, key] = [c for c in changes if matters(course, task, key, course.truth, c)]
    return not all(matters(course, task, key, own, change) for change in course.mattering[task, key])


def matters(course: Course, task: Task, key: Key, state: State, change: Key | Rule) -> bool:
    """Whether the outcome is another when this array, or the rule's options, are others."""
    job, slots = task.right
    values = {s: scaled(state[task.keys[s]]) if task.keys[s] == change else state[task.keys[s]] for s in slots}
    slot = next(s for s in job.written if task.keys[s] == key)
    try:
        before = course.run(task, None, state)[key]
        after = computed(replace(job, rule=change) if isinstance(change, Rule) else job, values)[slot]
    except DoesNotRun:
        return True
    return not equal(before, after)


def scaled(array: Array) -> Array:
    """Each number times one of its own a little above 1: no sign changes, and no sum is what it was by accident."""
    return Array(array.shape, {i: array[i] * (1 + little(n)) for n, i in enumerate(array.indices(), 1)})


def little(n: int) -> fmpq:
    """Numbers between 0 and 1/8 that nobody's small numbers balance."""
    return fmpq(n * MULTIPLIER % MODULUS, 8 * MODULUS)


def other_options(rule: Rule) -> list[Rule]:
    """The rule with each of its options that are numbers changed."""
    found: list[Rule] = []
    for each in fields(rule):  # pyright: ignore[reportArgumentType]
        value: Any = getattr(rule, each.name)
        if isinstance(value, Numeral) and value.ratio()[0]:
            p, q = value.ratio()
            try:
                found.append(replace(rule, **{each.name: Numeral(f"{8 * p}/{9 * q}")}))  # pyright: ignore
            except BackproofError:
                continue
    return found
