"""The smallest set of slips that gives every number on a sheet.

The walk stops being explained at the first number that neither the right rule nor a misconception already assumed gives.
There it may have been a misconception of that very task, or of an earlier one whose outcome was not written down, or a slip
with a number. Sets of these are tried in the order of their size, and all of the smallest size that explain every number are
kept. What nothing explains is left unexplained; nothing is invented.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from backproof.arithmetic.array import Index
from backproof.marking.claims import Written
from backproof.marking.course import Course, DoesNotRun, Key, Task
from backproof.marking.kinks import subgradient
from backproof.marking.slips import NumberSlip, number_slips
from backproof.marking.walk import EVERY_LAYER, Belief, Claims, Walk, walk
from backproof.marking.wrong import of_rule

ONE, TWICE, FAINT, CONVENTION, UNEXPLAINED = 1.0, 0.05, 1.2, 0.01, 3.0
"""What a slip costs; what more, if it is forward and backward; one that is easily found by accident; a convention, which is
no slip; a quantity left unexplained. `TWICE` decides what is named first, and not what is a tie."""
MOST_SLIPS = 3
"""Slips with single numbers in one quantity."""
MOST_NODES = 200
MOST_TIES = 12
MOST_PAIRS = 3_000
PATIENCE = 5.0
"""Seconds after which no further sets are tried."""


@dataclass(frozen=True)
class Solution:
    """A set of slips: misconceptions, slips with numbers, and the quantities that they leave unexplained."""

    beliefs: frozenset[Belief]
    numbers: tuple[tuple[Key, NumberSlip], ...]
    unexplained: frozenset[Key]
    lawful: frozenset[Key]
    """Gradients that are right at a kink or a tie, though they are other subgradients."""
    cost: float
    walk: Walk


@dataclass(frozen=True)
class Node:
    """A set that is being tried."""

    beliefs: frozenset[Belief] = frozenset()
    numbers: tuple[tuple[Key, NumberSlip], ...] = ()
    settled: frozenset[Key] = frozenset()
    unexplained: frozenset[Key] = frozenset()
    lawful: frozenset[Key] = frozenset()
    cost: float = 0.0


def search(course: Course, claims: Claims, digits: int) -> list[Solution]:
    """The smallest sets, the first being the one that changes the most."""
    turn = count()
    frontier: list[tuple[float, int, Node]] = [(0.0, next(turn), Node())]
    found: list[Solution] = []
    seen: set[tuple[object, ...]] = set()
    until = time.monotonic() + PATIENCE
    for _ in range(MOST_NODES):
        if not frontier or (found and frontier[0][0] > found[0].cost + TWICE * MOST_SLIPS) or len(found) >= MOST_TIES:
            break
        cost, _, node = heapq.heappop(frontier)
        mark = (node.beliefs, node.settled, node.numbers)
        if mark in seen:
            continue
        seen.add(mark)
        outcome = walk(course, claims, node.beliefs, digits)
        if outcome.contradicted:
            continue
        key = next((k for k in in_order(course, outcome) if k not in node.settled), None)
        if key is None:
            found.append(Solution(node.beliefs, node.numbers, node.unexplained, node.lawful, cost, outcome))
        elif time.monotonic() > until:
            rest = frozenset(outcome.off) - node.settled
            found.append(Solution(node.beliefs, node.numbers, node.unexplained | rest, node.lawful, cost, outcome))
            break
        else:
            for child in children(course, claims, digits, node, outcome, key):
                heapq.heappush(frontier, (child.cost, next(turn), child))
    return sorted(found, key=lambda s: (len(s.unexplained), round(s.cost, 6), len(s.numbers)))


def in_order(course: Course, outcome: Walk) -> list[Key]:
    """The quantities that are off, what is given first, then as they are made."""
    return sorted(outcome.off, key=lambda k: course.makers[k].number if k in course.makers else -1)


def children(course: Course, claims: Claims, digits: int, node: Node, outcome: Walk, key: Key) -> Iterator[Node]:
    """The sets one larger that explain the first quantity that is off."""
    off = outcome.off[key]
    slips = number_slips(claims[key], outcome.own.get(key, course.truth[key]), off, digits)
    if len(slips) == len(off) and len(set(slips.values())) <= MOST_SLIPS:
        yield with_slips(node, key, set(slips.values()), node.beliefs, 0.0)
    settled = node.settled | {key}
    yield replace(node, settled=settled, unexplained=node.unexplained | {key}, cost=node.cost + UNEXPLAINED)
    task = course.makers.get(key)
    if task is None:
        return
    if subgradient(course, outcome.worked, task, key, claims[key]):
        yield replace(node, settled=settled, lawful=node.lawful | {key}, cost=node.cost + 2 * CONVENTION)
    single = list(explaining(course, claims, digits, node, outcome, key, task))
    yield from single
    if not any(not child.numbers[len(node.numbers) :] for child in single):
        yield from pairs(course, claims, digits, node, outcome, key, task)


def with_slips(node: Node, key: Key, slips: set[NumberSlip], beliefs: frozenset[Belief], more: float) -> Node:
    cost = more + sum(FAINT if s.kind in ("copied", "cell", "rounding") else ONE for s in slips)
    numbers = (*node.numbers, *((key, s) for s in sorted(slips)))
    settled = node.settled | {key} if slips else node.settled
    return replace(node, beliefs=beliefs, numbers=numbers, settled=settled, cost=node.cost + cost)


def explaining(
    course: Course, claims: Claims, digits: int, node: Node, outcome: Walk, key: Key, task: Task
) -> Iterator[Node]:
    """One misconception more, in the task itself or in one before it that was not written down."""
    for belief in possible(course, claims, node, task):
        child = tried(course, claims, digits, node, outcome, key, task, (belief,))
        if child is not None:
            yield child


def tried(
    course: Course,
    claims: Claims,
    digits: int,
    node: Node,
    outcome: Walk,
    key: Key,
    task: Task,
    more: tuple[Belief, ...],
) -> Node | None:
    """The set with these misconceptions more, if they explain the quantity but for slips with single numbers."""
    beliefs = node.beliefs | set(more)
    try:
        partly = walk(course, claims, beliefs, digits, outcome, first_of(course, more), task)
    except DoesNotRun:
        return None
    if partly.contradicted or any(k not in outcome.off for k in partly.off):
        return None
    off = partly.off.get(key, [])
    if 2 * len(off) > len(outcome.off[key]) or (off and len(off) == len(outcome.off[key])):
        return None
    slips = number_slips(claims[key], partly.own[key], off, digits)
    if len(slips) < len(off):
        return None
    beliefs = node.beliefs | {widest(course, claims, digits, node.beliefs | set(more) - {b}, b) for b in more}
    cost = sum(CONVENTION if b.wrong.harmless else ONE + TWICE * (len(b.wrong.directions()) - 1) for b in more)
    return with_slips(node, key, set(slips.values()), beliefs, cost)


def first_of(course: Course, beliefs: tuple[Belief, ...]) -> Task:
    """The first task that any of these misconceptions touches."""
    return next(task for task in course.tasks if any(b.holds(task) for b in beliefs))


def widest(course: Course, claims: Claims, digits: int, others: frozenset[Belief], belief: Belief) -> Belief:
    """The same misconception in all parts, unless something on the sheet speaks against it."""
    everywhere = Belief(belief.wrong, belief.layer)
    here = numbers_off(course, claims, digits, others | {belief})
    off = numbers_off(course, claims, digits, others | {everywhere})
    return everywhere if off is not None and (here is None or off <= here) else belief


def numbers_off(course: Course, claims: Claims, digits: int, beliefs: frozenset[Belief]) -> int | None:
    try:
        found = walk(course, claims, beliefs, digits)
    except DoesNotRun:
        return None
    return None if found.contradicted else sum(map(len, found.off.values()))


def possible(course: Course, claims: Claims, node: Node, task: Task) -> Iterator[Belief]:
    """The misconceptions of a task and of those before it whose outcomes were not written down, nearest first."""
    for each in reaching(course, claims, task):
        for belief in misconceptions_of(course, each):
            if not any(b.wrong is belief.wrong and b.holds(each) for b in node.beliefs):
                yield belief


def misconceptions_of(course: Course, task: Task) -> list[Belief]:
    """The other versions of what a task does."""
    here = frozenset({task.part})
    wrongs = [w for w in of_rule(task.job.rule) if task.job.function in w.directions() and not w.uses_updated]
    found = [Belief(w, task.job.layer, here) for w in wrongs]
    update = course.question.parts[task.part].record.network.update
    if (
        update
        and task.job.direction == "backward"
        and any(f"d{a}" in task.job.writes for a in task.job.rule.parameters)
    ):
        found += [Belief(w, EVERY_LAYER, here) for w in of_rule(update) if w.uses_updated]
    return found


def reaching(course: Course, claims: Claims, task: Task) -> list[Task]:
    """The task and those before it that reach it through what was not written down, the nearest first."""
    found, waiting = {task.number: task}, [task]
    while waiting:
        for key in waiting.pop().reads:
            before = course.makers.get(key)
            if before and before.number not in found and not whole(claims.get(key), course, key):
                found[before.number] = before
                waiting.append(before)
    return [found[n] for n in sorted(found, reverse=True)]


def whole(cells: Mapping[Index, Written] | None, course: Course, key: Key) -> bool:
    """Whether every cell of a quantity was written."""
    return cells is not None and sum(w.value is not None for w in cells.values()) == course.truth[key].size


def pairs(
    course: Course, claims: Claims, digits: int, node: Node, outcome: Walk, key: Key, task: Task
) -> Iterator[Node]:
    """Two misconceptions more at once, where something between them was not written down."""
    options = list(possible(course, claims, node, task))
    tried_so_far = 0
    for i, first in enumerate(options):
        for second in options[i + 1 :]:
            tried_so_far += 1
            if tried_so_far > MOST_PAIRS:
                return
            child = tried(course, claims, digits, node, outcome, key, task, (first, second))
            if child is not None and len(child.numbers) == len(node.numbers):
                yield child
