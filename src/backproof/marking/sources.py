"""Where numbers that are off come from: the slips of a solution in order, and which of them each quantity rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backproof.arithmetic.array import Index
from backproof.errors import listed
from backproof.marking.accepting import accepted, middle
from backproof.marking.claims import Where
from backproof.marking.course import Course, Key, equal
from backproof.marking.marking import Slip, Verdict
from backproof.marking.search import Solution
from backproof.marking.slips import SAYS
from backproof.marking.walk import Belief, Claims, Walk
from backproof.notation.styles import pretty

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
    slips: tuple[Slip, ...] = ()
    of: dict[Key, frozenset[int]] = field(default_factory=dict[Key, frozenset[int]])
    """Which slips each quantity rests on as it goes on."""
    inherited: dict[Key, frozenset[int]] = field(default_factory=dict[Key, frozenset[int]])
    """Which slips it would rest on if nothing had gone wrong in its own task."""
    said: dict[tuple[Key, Index], str] = field(default_factory=dict[tuple[Key, Index], str])
    """What is to be said of a number that is a slip itself."""
    wrongly: dict[Key, str] = field(default_factory=dict[Key, str])
    """What is to be said of a quantity that a misconception changed."""

    def slips_of(self, key: Key) -> set[int]:
        return {n for n in self.inherited.get(key, ()) if n != UNKNOWN}

    def own(self, key: Key, index: Index) -> Any:
        """What follows from the person's own numbers by the right rule, where that is not what is right."""
        if self.walk is None or key not in self.walk.own:
            return None
        array = self.walk.done_right.get(key, self.walk.own[key])
        return None if array[index] is self.course.truth[key][index] else array[index]

    def judgement(self, key: Key, index: Index) -> Judgement:
        """What a number is that is not the right one."""
        assert self.walk is not None
        if key in self.lawful:
            return Judgement("right", "another subgradient, which is as right")
        if index in self.walk.off.get(key, ()):
            return Judgement("wrong", self.said.get((key, index), "no slip that is known gives this number"))
        before = self.inherited.get(key, frozenset())
        if key in self.wrongly and (key, index) in self.said:
            return Judgement("wrong", self.said[key, index])
        if not before and any(b.wrong.harmless for b in self.beliefs):
            return Judgement("right", "by another convention at a tie or a kink, which is as right")
        if not before:
            return Judgement("rounded", "follows from your rounded numbers")
        return Judgement("follows", f"follows from your {self.names(key)}")

    def names(self, key: Key) -> str:
        """What a quantity was made of that was off already."""
        task = self.course.makers[key]
        off = [k for k in task.reads if self.of.get(k)]
        return listed(dict.fromkeys(pretty(k.slot.name) for k in off)) if off else "earlier numbers"


def sources(course: Course, claims: Claims, solution: Solution | None, digits: int) -> Sources:
    """Go through the course once more and tell where each quantity's numbers come from."""
    if solution is None:
        return Sources(course)
    found = Sources(course, solution.walk, solution.beliefs, solution.lawful)
    slips: list[Slip] = []
    known: dict[Belief, int] = {}
    for key in [k for k in claims if k not in course.makers]:
        here = written_slips(course, claims, solution, key, slips, found)
        found.of[key] = here
    for task in course.tasks:
        before = frozenset[int]().union(*(found.of.get(k, frozenset()) for k in task.reads))
        for key in task.writes:
            own = solution.walk.own.get(key)
            if own is None:
                continue
            right = solution.walk.done_right.get(key, own)
            found.inherited[key] = before if not equal(right, course.truth[key]) else frozenset()
            mine: set[int] = set()
            if key in solution.walk.done_right:
                for belief in solution.beliefs:
                    if belief.holds(task) and not belief.wrong.harmless:
                        if belief not in known:
                            known[belief] = len(slips)
                            slips.append(slip_of(course, key, belief, claims))
                        mine.add(known[belief])
                        say(found, course, claims, key, belief, right, digits)
            mine |= written_slips(course, claims, solution, key, slips, found)
            found.of[key] = frozenset(mine) | (before if not equal(own, course.truth[key]) else frozenset())
            if key in claims and equal(solution.walk.worked[key], course.truth[key]):
                found.of[key] = frozenset()
            elif key in course.carried and key not in claims and not mine:
                found.of[key] = found.of.get(course.carried[key], frozenset())
    found.slips = tuple(slips)
    return found


def say(
    found: Sources,
    course: Course,
    claims: Claims,
    key: Key,
    belief: Belief,
    right: Any,
    digits: int,
) -> None:
    """Note of each number that only the misconception gives that it does."""
    found.wrongly[key] = belief.wrong.says()
    for index, written in claims.get(key, {}).items():
        if written.value is not None and not accepted(written, *middle(right[index]), digits):
            found.said[key, index] = f"you {belief.wrong.says()}"


def slip_of(course: Course, key: Key, belief: Belief, claims: Claims) -> Slip:
    cells = claims.get(key, {})
    where = next((w.where for w in cells.values() if w.value is not None), Where())
    part, name = visible(course, key)
    return Slip(belief.wrong.key(), belief.wrong.says(), name, part, course.steps.get((part, name), 0), None, where)


def visible(course: Course, key: Key) -> tuple[int, str]:
    """The quantity that people see: of one that has no step of its own the next that is made of it."""
    part = key.part
    hidden = course.question.parts[part].record.plan.hidden
    while key.slot in hidden or (part, key.slot.name) not in course.steps:
        later = next((t for t in course.tasks if t.part == part and key in t.reads), None)
        if later is None:
            break
        key = later.writes[0]
    return part, key.slot.name


def written_slips(
    course: Course,
    claims: Claims,
    solution: Solution,
    key: Key,
    slips: list[Slip],
    found: Sources,
) -> frozenset[int]:
    """The slips with single numbers in one quantity, added to the list."""
    here: set[int] = set()
    for k, slip in solution.numbers:
        if k == key:
            here.add(len(slips))
            part, name = visible(course, key)
            first = slip.cells[0]
            says = SAYS[slip.kind] if key in course.makers else given_says(slip.kind)
            slips.append(
                Slip(f"number.{slip.kind}", says, name, part, course.steps.get((part, name), 0), first, claims[key][first].where)
            )  # fmt: skip
            for index in slip.cells:
                found.said[key, index] = f"you {says}"
    off = solution.walk.off.get(key, ())
    if key in solution.unexplained and any((key, i) not in found.said for i in off):
        here.add(UNKNOWN)
    return frozenset(here)


def given_says(kind: str) -> str:
    return f"copied what is given otherwise: {SAYS[kind]}"
