"""The smallest set of slips that gives every number on a sheet.

The walk stops being explained at the first number that neither the right rule nor a misconception already assumed gives.
There it may have been a misconception of that very task, or of an earlier one whose outcome was not written down, or a slip
with a number. Sets of these are tried in the order of their size, and all of the smallest size that explain every number are
kept, up to a dozen. A misconception that something right speaks against may still show in one quantity alone. What nothing
explains is left unexplained; nothing is invented.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, count, islice, product
from typing import NamedTuple

from backproof.arithmetic.array import Index
from backproof.marking.judging.belief import Belief, beliefs_at
from backproof.marking.judging.course import Course, Key, Task
from backproof.marking.judging.kinks import subgradient
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.running import DoesNotRun
from backproof.marking.judging.slips import MOST_SLIPS, NumberSlip, number_slips
from backproof.marking.judging.walk import Walk, walk

ONE, TWICE, ALONE, FAINT, CONVENTION, UNEXPLAINED = 1.0, 0.05, 0.2, 1.1, 0.01, 3.0
"""What a slip costs; what more, if it is forward and backward, or in one quantity alone; one that is easily found by accident;
a convention, which is no slip; a quantity left unexplained. `TWICE` decides what is named first, and not what is a tie."""
EASILY_FOUND = ("copied", "cell")
MOST_CHOICES = 8
"""Ways to choose one slip for each cell that are tried."""
MOST_NODES = 200
"""Sets that are tried altogether."""
MOST_TIES = 12
"""Sets that are kept."""
MOST_PAIRS = 3_000
"""Pairs of misconceptions that are tried at one quantity."""


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


class Option(NamedTuple):
    """A belief that may explain the quantity that is off."""

    at: Task
    """Where it came up."""
    belief: Belief
    first: int
    """The number of the first task that it is about."""
    walk: Walk | None
    """The walk with it as far as that quantity, where it can be gone."""


def search(paper: Paper) -> list[Solution]:
    """The smallest sets, the first being the one that changes the most."""
    turn = count()
    frontier: list[tuple[float, int, Node]] = [(0.0, next(turn), Node())]
    found: list[Solution] = []
    seen: set[tuple[object, ...]] = set()
    for _ in range(MOST_NODES):
        if not frontier or (found and frontier[0][0] > found[0].cost + TWICE * MOST_SLIPS) or len(found) >= MOST_TIES:
            break
        cost, _, node = heapq.heappop(frontier)
        mark = (node.beliefs, node.settled, node.numbers)
        if mark in seen:
            continue
        seen.add(mark)
        outcome = walk(paper, node.beliefs)
        if outcome.contradicted:
            continue
        key = next((k for k in in_order(paper.course, outcome) if k not in node.settled), None)
        if key is None:
            found.append(Solution(node.beliefs, node.numbers, node.unexplained, node.lawful, cost, outcome))
        elif paper.tired:
            rest = frozenset(outcome.off) - node.settled
            found.append(Solution(node.beliefs, node.numbers, node.unexplained | rest, node.lawful, cost, outcome))
            break
        else:
            for child in children(paper, node, outcome, key):
                heapq.heappush(frontier, (child.cost, next(turn), child))
    return sorted(found, key=lambda s: (len(s.unexplained), round(s.cost, 6), len(s.numbers)))


def in_order(course: Course, outcome: Walk) -> list[Key]:
    """The quantities that are off, what is given first, then as they are made."""
    return sorted(outcome.off, key=lambda k: course.makers[k].number if k in course.makers else -1)


def children(paper: Paper, node: Node, outcome: Walk, key: Key) -> Iterator[Node]:
    """The sets one larger that explain the first quantity that is off; two misconceptions at once while that is not too much."""
    course, cells, off = paper.course, paper.cells[key], outcome.off[key]
    own = outcome.own.get(key, course.truth[key])
    yield from with_slips(node, key, number_slips(cells, own, off, paper.digits), off)
    settled = node.settled | {key}
    yield replace(node, settled=settled, unexplained=node.unexplained | {key}, cost=node.cost + UNEXPLAINED)
    task = course.makers.get(key)
    if task is None:
        return
    if any(subgradient(course, state, task, key, cells, off) for state in (outcome.worked, outcome.written)):
        yield replace(node, settled=settled, lawful=node.lawful | {key}, cost=node.cost + 2 * CONVENTION)
    options = [option(paper, node, outcome, task, at, b) for at, b in possible(paper, node, task) if not paper.tired]
    fitting = [child for o in options for child in with_belief(paper, node, outcome, key, o)]
    yield from fitting
    if len(off) > 1 and not any(entire(child, node) for child in fitting):  # two slips for one number prove nothing
        for a, b in islice(combinations(options, 2), MOST_PAIRS):
            if paper.tired:
                return
            if a.at is b.at or hopeless(outcome, a, b):
                continue
            more = (a.belief, b.belief)
            both = stretch(paper, node, outcome, min(a.first, b.first), task, more)
            child = both and tried(paper, node, outcome, key, more, both)
            if child is not None and entire(child, node):
                yield child


def with_belief(paper: Paper, node: Node, outcome: Walk, key: Key, option: Option) -> Iterator[Node]:
    """The sets with one belief more; where something that is right speaks against it, those with it in one quantity alone.

    So the smallest of each window may stand in U, though the gradient goes to the largest.
    """
    if option.walk is None:
        return
    child = tried(paper, node, outcome, key, (option.belief,), option.walk)
    if child:
        yield child
    if option.belief.wrong.harmless or not (
        option.walk.contradicted or (child and numbers_off(paper, child.beliefs) is None)
    ):
        return
    task = paper.course.makers[key]
    for shown in (key,) if option.at is task else option.at.writes:
        belief = replace(option.belief, only=shown)
        gone = stretch(paper, node, outcome, option.at.number, task, (belief,))
        alone = gone and tried(paper, node, outcome, key, (belief,), gone)
        if alone:
            yield alone


def entire(child: Node, node: Node) -> bool:
    """Whether misconceptions alone explain the quantity."""
    return child.numbers == node.numbers and child.unexplained == node.unexplained


def with_slips(node: Node, key: Key, slips: Mapping[Index, list[NumberSlip]], off: list[Index]) -> Iterator[Node]:
    """The sets with slips with numbers more that give every cell that is off, if there are any."""
    if len(slips) < len(off):
        return
    for chosen in islice(product(*slips.values()), MOST_CHOICES):
        kinds = sorted(set(chosen))
        if len(kinds) <= MOST_SLIPS:
            cost = sum(FAINT if s.kind in EASILY_FOUND else ONE for s in kinds)
            numbers = (*node.numbers, *((key, s) for s in kinds))
            yield replace(node, numbers=numbers, settled=node.settled | {key}, cost=node.cost + cost)


def possible(paper: Paper, node: Node, task: Task) -> Iterator[tuple[Task, Belief]]:
    """What may be believed of a task and of those before it whose outcomes were not written down, nearest first.

    Another convention may hide in numbers that were rounded, too.
    """
    near = reaching(paper, task, paper.whole)
    for each in reaching(paper, task, paper.exact):
        for belief in beliefs_at(paper.course, each):
            known = any(b.wrong is belief.wrong and b.holds(each) for b in node.beliefs)
            if not known and (each in near or belief.wrong.harmless):
                yield each, belief


def reaching(paper: Paper, task: Task, settled: Callable[[Key], bool]) -> list[Task]:
    """The task and those before it that reach it through what is not settled by what was written, the nearest first."""
    found, waiting = {task.number: task}, [task]
    while waiting:
        for key in waiting.pop().reads:
            before = paper.course.makers.get(key)
            if before and before.number not in found and not settled(key):
                found[before.number] = before
                waiting.append(before)
    return [found[n] for n in sorted(found, reverse=True)]


def option(paper: Paper, node: Node, outcome: Walk, task: Task, at: Task, belief: Belief) -> Option:
    """One belief more, and where that leads."""
    first = next(t.number for t in paper.course.tasks if belief.holds(t))
    return Option(at, belief, first, stretch(paper, node, outcome, first, task, (belief,)))


def stretch(paper: Paper, node: Node, outcome: Walk, first: int, task: Task, more: tuple[Belief, ...]) -> Walk | None:
    """The walk with these beliefs more, from the first task that they are about to this one; None where it cannot be gone."""
    try:
        return walk(paper, node.beliefs | set(more), outcome, paper.course.tasks[first], task)
    except DoesNotRun:
        return None


def hopeless(before: Walk, a: Option, b: Option) -> bool:
    """Whether two beliefs cannot do together what neither does alone.

    So it is if one has come to its end before the other begins, if neither has changed anything, and if one that is only
    another convention has not.
    """
    if a.walk is None or b.walk is None:
        return False
    early, late = (a.walk, b.first) if a.first <= b.first else (b.walk, a.first)
    if early.ended is not None and early.ended < late:
        return True
    idle = [w.ended is None and w.done_right.keys() == before.done_right.keys() for w in (a.walk, b.walk)]
    return all(idle) or (idle[0] and a.belief.wrong.harmless) or (idle[1] and b.belief.wrong.harmless)


def tried(paper: Paper, node: Node, outcome: Walk, key: Key, more: tuple[Belief, ...], partly: Walk) -> Node | None:
    """The set with these beliefs more, if they explain the quantity but for slips with single numbers."""
    if partly.contradicted or any(k not in outcome.off for k in partly.off):
        return None
    off, before = partly.off.get(key, []), len(outcome.off[key])
    if 2 * len(off) > before or len(off) == before:
        return None
    beliefs = node.beliefs | {widest(paper, node.beliefs | set(more) - {b}, b) for b in more}
    cost = sum(map(costs, more))
    child = replace(node, beliefs=beliefs, cost=node.cost + cost)
    slips = number_slips(paper.cells[key], partly.own[key], off, paper.digits)
    return next(with_slips(child, key, slips, off), partial(child, key, len(off) / before, before)) if off else child


def costs(belief: Belief) -> float:
    twice = TWICE * (len(belief.wrong.directions()) - 1)
    return CONVENTION if belief.wrong.harmless else ONE + twice + ALONE * (belief.only is not None)


def partial(child: Node, key: Key, share: float, before: int) -> Node | None:
    """The set that leaves a share of the numbers that were off unexplained; two at least it must explain."""
    if before * (1 - share) < 2:
        return None
    settled, unexplained = child.settled | {key}, child.unexplained | {key}
    return replace(child, settled=settled, unexplained=unexplained, cost=child.cost + share * UNEXPLAINED)


def widest(paper: Paper, others: frozenset[Belief], belief: Belief) -> Belief:
    """The same in all parts, unless something on the sheet speaks against it."""
    everywhere = replace(belief, parts=None)
    here, off = (numbers_off(paper, others | {b}) for b in (belief, everywhere))
    return everywhere if off is not None and (here is None or off <= here) else belief


def numbers_off(paper: Paper, beliefs: frozenset[Belief]) -> int | None:
    """How many numbers these beliefs leave unexplained; None where something speaks against them."""
    try:
        found = walk(paper, beliefs)
    except DoesNotRun:
        return None
    return None if found.contradicted else sum(map(len, found.off.values()))
