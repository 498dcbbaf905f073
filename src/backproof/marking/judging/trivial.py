"""Whether a slip has left nothing to be worked out: what mattered to a number no longer does.

Each array that a task reads is changed a little, number by number. If that changes the outcome on the right numbers and not
on the person's own, the slip has removed the work: a gradient that is 0 everywhere makes everything after it 0, whatever the
weights are.
"""

from __future__ import annotations

from flint import fmpq

from backproof.arithmetic.array import Array, Places
from backproof.marking.judging.accepting import middle
from backproof.marking.judging.course import Course, Key, State, Task
from backproof.marking.judging.running import DoesNotRun, computed, equal

MOST_CELLS = 1_000
"""What reads more numbers is only asked whether it has become 0 everywhere."""
MODULUS, MULTIPLIER = 2**61 - 1, 1_373_653_118_739_640_591
"""A prime, and a number that scatters 1, 2, 3 … among those below it."""


def trivial(course: Course, task: Task, key: Key, own: State) -> bool:
    """Whether something that the right outcome depends on no longer matters on these numbers."""
    if sum(course.truth[k].size for k in task.reads) > MOST_CELLS:
        return vanished(own[key]) and not vanished(course.truth[key])
    if (task, key) not in course.mattering:
        hidden = course.question.parts[task.part].record.plan.hidden
        arrays = [k for k in task.reads if not isinstance(course.truth[k].shape, Places) and k.slot not in hidden]
        course.mattering[task, key] = [k for k in arrays if matters(course, task, key, course.truth, k)]
    return not all(matters(course, task, key, own, k) for k in course.mattering[task, key])


def vanished(array: Array) -> bool:
    return all(middle(array[i])[0] == 0 for i in array.indices())


def matters(course: Course, task: Task, key: Key, state: State, changed: Key) -> bool:
    """Whether the outcome is another when this array is another."""
    job, slots = task.right
    values = {s: scaled(state[task.keys[s]]) if task.keys[s] == changed else state[task.keys[s]] for s in slots}
    slot = next(s for s in job.written if task.keys[s] == key)
    try:
        return not equal(course.run(task, None, state)[key], computed(job, values)[slot])
    except DoesNotRun:
        return True


def scaled(array: Array) -> Array:
    """Each number times one of its own a little above 1: no sign changes, and no sum is what it was by accident."""
    return Array(array.shape, {i: array[i] * (1 + little(n)) for n, i in enumerate(array.indices(), 1)})


def little(n: int) -> fmpq:
    """Numbers between 0 and 1/8 that nobody's small numbers balance."""
    return fmpq(n * MULTIPLIER % MODULUS, 8 * MODULUS)
