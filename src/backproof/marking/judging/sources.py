"""Where numbers that are off come from: the slips of a solution in order, and which of them each quantity rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backproof.arithmetic.array import Array, Index
from backproof.errors import listed
from backproof.marking.claims import Where
from backproof.marking.judging.belief import Belief
from backproof.marking.judging.course import Course, Key, Task
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.running import alike, equal
from backproof.marking.judging.search import Solution
from backproof.marking.judging.slips import SAYS
from backproof.marking.judging.walk import Walk
from backproof.marking.marking import Slip, Verdict
from backproof.notation.styles import pretty

UNEXPLAINED = "no slip that is known gives this number"
UNKNOWN = -1
"""Stands for whatever made numbers that nothing explains."""


class Judgement(NamedTuple):
    """What is to be said of a number that is not the right one."""

    verdict: Verdict
    reason: str


@dataclass
class Sources:
    """The slips, and what rests on them."""

    course: Course
    walk: Walk | None = None
    beliefs: frozenset[Belief] = frozenset()
    lawful: frozenset[Key] = frozenset()
    known: dict[Any, Slip] = field(default_factory=dict[Any, Slip])
    """The slips in the order in which they show, each under the belief or the number that it is."""
    of: dict[Key, frozenset[int]] = field(default_factory=dict[Key, frozenset[int]])
    """Which slips each quantity rests on as it goes on."""
    inherited: dict[Key, frozenset[int]] = field(default_factory=dict[Key, frozenset[int]])
    """Which slips it would rest on if nothing had gone wrong in its own task."""
    shown: set[int] = field(default_factory=set[int])
    """The slips that have come to light in something that was written."""
    said: dict[tuple[Key, Index], str] = field(default_factory=dict[tuple[Key, Index], str])
    """What is to be said of a number that is a slip itself."""

    @property
    def slips(self) -> tuple[Slip, ...]:
        return tuple(self.known.values())

    def add(self, what: object, slip: Slip) -> int:
        """Note a slip, once; gives its place among them."""
        self.known.setdefault(what, slip)
        return list(self.known).index(what)

    def slips_of(self, key: Key) -> set[int]:
        return {n for n in self.inherited.get(key, ()) if n != UNKNOWN}

    def own(self, key: Key, index: Index) -> Any:
        """What follows from the person's own numbers by the right rule, where that is not what is right."""
        if self.walk is None or key not in self.walk.own:
            return None
        array = self.walk.done_right.get(key, self.walk.own[key])
        return None if alike(array[index], self.course.truth[key][index]) else array[index]

    def judgement(self, key: Key, index: Index) -> Judgement:
        """What a number is that is not the right one."""
        assert self.walk is not None
        if key in self.lawful:
            return Judgement("right", "another subgradient, which is as right")
        if index in self.walk.off.get(key, ()):
            return Judgement("wrong", self.said.get((key, index), UNEXPLAINED))
        before = self.inherited.get(key, frozenset())
        if (key, index) in self.said:
            return Judgement("wrong", self.said[key, index])
        if not before and any(b.wrong.harmless for b in self.beliefs):
            return Judgement("right", "by another convention at a tie or a kink, which is as right")
        if not before:
            return Judgement("rounded", "follows from your rounded numbers")
        return Judgement("follows", f"follows from your {self.names(key)}")

    def names(self, key: Key) -> str:
        """What a quantity was made of that was off already."""
        off = [k for k in self.inputs(key) if self.of.get(k)]
        return listed(dict.fromkeys(pretty(k.slot.name) for k in off)) if off else "earlier numbers"

    def inputs(self, key: Key) -> list[Key]:
        """What a quantity was made of, as people see it: in the place of what has no step of its own, what that was made of."""
        hidden = self.course.question.parts[key.part].record.plan.hidden
        task = self.course.makers.get(key)
        found: list[Key] = []
        for read in task.reads if task else ():
            found += self.inputs(read) if read.slot in hidden else [read]
        return found


def sources(paper: Paper, solution: Solution) -> Sources:
    """Go through the course once more and tell where each quantity's numbers come from."""
    course = paper.course
    found = Sources(course, solution.walk, solution.beliefs, solution.lawful)
    for key in paper.cells:
        if key not in course.makers:
            found.of[key] = number_slips_in(paper, solution, key, found)
            found.shown |= found.of[key]
    for task in course.tasks:
        before = frozenset[int]().union(*(found.of.get(k, frozenset()) for k in task.reads))
        for key in task.writes:
            if key in solution.walk.own:
                trace(paper, solution, task, key, before, found)
    return found


def trace(paper: Paper, solution: Solution, task: Task, key: Key, before: frozenset[int], found: Sources) -> None:
    """Where the numbers of one quantity come from; `before` is what those that it was made of rest on."""
    course, walk = paper.course, solution.walk
    own, truth = walk.own[key], course.truth[key]
    right = walk.done_right.get(key, own)
    found.inherited[key] = frozenset() if equal(right, truth) else before
    first_shown(paper, found, key, before, truth)
    mine = number_slips_in(paper, solution, key, found)
    if key in walk.done_right:
        for belief in sorted(solution.beliefs, key=lambda b: b.wrong.key()):
            if belief.holds(task) and not belief.wrong.harmless:
                mine |= {found.add(belief, slip_of(paper, key, belief))}
                say(paper, found, key, belief, right)
    found.of[key] = mine if equal(own, truth) else mine | before
    if key in paper.cells:
        found.shown |= mine
    if key in paper.cells and equal(walk.worked[key], truth):
        found.of[key] = frozenset()
    elif key in course.carried and key not in paper.cells and not mine:
        found.of[key] = found.of.get(course.carried[key], frozenset())


def first_shown(paper: Paper, found: Sources, key: Key, before: frozenset[int], truth: Array) -> None:
    """Note where a slip in something that was not written down comes to light: there it is wrong, and does not yet follow."""
    cells = paper.cells.get(key, {})
    off = [i for i, w in cells.items() if w.value is not None and not paper.accepts(w, truth[i])]
    hidden = before - found.shown - {UNKNOWN}
    if off and hidden:
        slip = found.slips[min(hidden)]
        here = visible(paper.course, key) == (slip.part, slip.name)
        place = "" if here else f" (step {slip.step}, {pretty(slip.name)}, which is not written down)"
        found.said |= {(key, index): f"you {slip.says}{place}" for index in off}
    if off:
        found.shown |= before


def say(paper: Paper, found: Sources, key: Key, belief: Belief, right: Array) -> None:
    """Note of each number that only the misconception gives that it does."""
    off = found.walk.off.get(key, ()) if found.walk else ()
    for index, written in paper.cells.get(key, {}).items():
        if written.value is not None and index not in off and not paper.accepts(written, right[index]):
            found.said[key, index] = f"you {belief.wrong.says()}"


def slip_of(paper: Paper, key: Key, belief: Belief) -> Slip:
    where = next((w.where for w in paper.cells.get(key, {}).values() if w.value is not None), Where())
    part, name = visible(paper.course, key)
    wrong = belief.wrong
    return Slip(wrong.key(), wrong.says(), name, part, paper.course.steps.get((part, name), 0), None, where)


def visible(course: Course, key: Key) -> tuple[int, str]:
    """The quantity that people see: of one that has no step of its own the next that is made of it."""
    part = key.part
    if key not in course.makers:
        return part, key.slot.name
    hidden = course.question.parts[part].record.plan.hidden
    while key.slot in hidden or (part, key.slot.name) not in course.steps:
        later = next((t for t in course.tasks if t.part == part and key in t.reads), None)
        if later is None:
            break
        key = later.writes[0]
    return part, key.slot.name


def number_slips_in(paper: Paper, solution: Solution, key: Key, found: Sources) -> frozenset[int]:
    """The slips with single numbers in one quantity, noted."""
    here: set[int] = set()
    course = paper.course
    for k, slip in solution.numbers:
        if k == key:
            part, name = visible(course, key)
            says = SAYS[slip.kind] + ("" if key in course.makers else " in copying what is given")
            step, first = course.steps.get((part, name), 0), slip.cells[0]
            where = paper.cells[key][first].where
            here.add(found.add((key, slip), Slip(f"number.{slip.kind}", says, name, part, step, first, where)))
            for index in slip.cells:
                found.said[key, index] = f"you {says}"
    if key in solution.unexplained and any((key, i) not in found.said for i in solution.walk.off.get(key, ())):
        here.add(UNKNOWN)
    return frozenset(here)
