"""Kinks and ties: where a rule is not smooth, any subgradient is right.

At a kink, such as a ReLU's at 0, both sides are found by running the rule a little to each side; whatever lies between is a
subgradient. At a tie in a pool each of the tied cells may win, or any share of the gradient go to each: the rule is run
with one tied cell a little larger after another, and a linear problem decides whether shares give what was written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flint import fmpq

from backproof.arithmetic.array import Array, Index, Places
from backproof.marking.claims import Written
from backproof.marking.judging.accepting import middle
from backproof.marking.judging.course import Course, Key, State, Task
from backproof.marking.judging.feasible import feasible
from backproof.marking.judging.running import DoesNotRun, computed
from backproof.record.evaluate import Values

LITTLE = fmpq(1, 10**40)
"""How far to each side of a kink the rule is run."""
NEAR = fmpq(1, 10**20)
"""What is nearer differs by `LITTLE` or by the width of an enclosure only."""
MOST_TIES = 60
"""Tied cells whose shares are sought; with more, only the convention's own are right."""
ZERO, ONE = fmpq(0), fmpq(1)


def subgradient(
    course: Course, state: State, task: Task, key: Key, cells: Mapping[Index, Written], off: Sequence[Index]
) -> bool:
    """Whether what was written of a gradient is a subgradient, given the person's own numbers.

    off: the cells in which it is not the one that the rule's convention gives.
    """
    if task.job.direction != "backward" or task.job.joins:
        return False
    slot = next(s for s in task.job.written if task.keys[s] == key)
    values = {s: state[task.keys[s]] for s in task.job.read}
    try:
        places = next(
            (s for s in values if isinstance(values[s].shape, Places) and task.keys[s] in course.makers), None
        )
        if places is not None:
            return shared_ties(course, state, task, key, cells, off, values)
        return between(task, slot, {i: cells[i] for i in off}, values)
    except DoesNotRun:
        return False


def between(task: Task, slot: object, cells: Mapping[Index, Written], values: Values) -> bool:
    """Whether each number lies between what the rule gives on one side of the kink and on the other."""
    forward = [s for s in values if "/" not in s.name]
    sides: list[Array] = []
    for little in (ZERO, LITTLE, -LITTLE):
        moved = {
            s: moved_by(a, little) if s in forward and not isinstance(a.shape, Places) else a for s, a in values.items()
        }
        sides.append(computed(task.job, moved)[slot])  # pyright: ignore[reportArgumentType]
    for index, written in cells.items():
        if written.value is None:
            continue
        numbers = [middle(side[index])[0] for side in sides]
        low, high = min(numbers), max(numbers)
        if high - low < NEAR or not low - half(written) <= written.value <= high + half(written):
            return False
    return True


def moved_by(array: Array, little: fmpq) -> Array:
    """The array with its zeros a little to one side."""
    return array.map(lambda v: v + little if middle(v)[0] == 0 else v) if little else array


def half(written: Written) -> fmpq:
    """Half of what one in the last digit is worth, where enough digits were written."""
    enough = written.unit is not None and (written.digits > 1 or written.unit <= fmpq(1, 100))
    return written.unit / 2 if enough and written.unit is not None else ZERO


def shared_ties(
    course: Course, state: State, task: Task, key: Key, cells: Mapping[Index, Written], off: Sequence[Index],
    values: Values,
) -> bool:  # fmt: skip
    """Whether shares of the gradients of tied windows give what was written."""
    places = next(s for s in values if isinstance(values[s].shape, Places))
    gradient = next(s for s in values if s is not places)
    slot = next(s for s in task.job.written if task.keys[s] == key)
    winners = possible_winners(state, course.makers[task.keys[places]], task.keys[places])
    tied = [w for w, some in winners.items() if len(some) > 1]
    if not tied or sum(len(winners[w]) for w in tied) > MOST_TIES:
        return False
    size = values[gradient]

    def alone(windows: Mapping[Index, Index]) -> Array:
        dy = Array(size.shape, {i: size[i] if i in windows else ZERO for i in size.indices()})
        won = Array(values[places].shape, {**values[places], **windows})
        return computed(task.job, {**values, gradient: dy, places: won})[slot]

    base = alone({w: some[0] for w, some in winners.items() if len(some) == 1})
    shares = [(w, place) for w in tied for place in winners[w]]
    each = [alone({w: place}) for w, place in shares]
    rows = [([ONE if v == w else ZERO for v, _ in shares], ONE, ONE) for w in tied]
    for index, written in cells.items():
        if written.value is None:
            continue
        coefficients = [middle(e[index])[0] for e in each]
        rest, slack = written.value - middle(base[index])[0], half(written) + NEAR
        if any(coefficients):
            rows.append((coefficients, rest - slack, rest + slack))
        elif index in off:
            return False
    return feasible(rows, len(shares))


def possible_winners(state: State, forward: Task, places: Key) -> dict[Index, list[Index]]:
    """For each window the cells that may win it: the one that did, and those that tie with it."""
    values = {s: state[forward.keys[s]] for s in forward.job.read}
    source = next(iter(values))
    x = values[source]
    before = computed(forward.job, values)
    slot = next(s for s in forward.job.written if forward.keys[s] == places)
    found = {w: [i] for w, i in before[slot].items()}
    tops = {middle(x[i])[0] for i in before[slot].values()}
    for i in x.indices():
        value = middle(x[i])[0]
        if value in tops:
            favoured = Array(x.shape, {**x, i: x[i] + LITTLE})
            after = computed(forward.job, {**values, source: favoured})[slot]
            for w, place in after.items():
                if place not in found[w]:
                    found[w].append(place)
    return found
