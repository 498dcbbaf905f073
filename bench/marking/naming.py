"""How often misconceptions are named: one alone, or two at once, produced by running the wrong rule and correct work after it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from backproof.marking.judging.belief import Belief
from backproof.marking.judging.judge import course_of, judge
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.person import answers, asked, beliefs_of, keys, visible
from backproof.marking.judging.running import DoesNotRun, equal
from backproof.marking.judging.walk import walk
from backproof.marking.question import Question


@dataclass
class Tally:
    """What came of marking sheets with known misconceptions."""

    named: int = 0
    """Named, and nothing else."""
    tied: int = 0
    """Named among others that fit equally well."""
    missed: int = 0
    seconds: list[float] = field(default_factory=list[float])
    instead: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """For what was not named alone: what was named with it, or instead."""
    by_key: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    misses: list[str] = field(default_factory=list[str])

    @property
    def sheets(self) -> int:
        return self.named + self.tied + self.missed


def mark(
    question: Question, beliefs: Iterable[Belief], tally: Tally, blank: frozenset[tuple[int, str]] = frozenset()
) -> None:
    """Mark the sheet of somebody with these misconceptions, who left some quantities blank."""
    wanted = sorted(b.wrong.key() for b in beliefs)
    sheet = answers(question, frozenset(beliefs), leave_out=lambda part, name, index: (part, name) in blank)
    start = time.perf_counter()
    marking = judge(question, sheet)
    tally.seconds.append(time.perf_counter() - start)
    found = [sorted(s.key for s in e.slips) for e in marking.explanations]
    label = " + ".join(wanted)
    if found == [wanted]:
        tally.named += 1
        kind = "named"
    elif wanted in found:
        tally.tied += 1
        kind = "tied"
    else:
        tally.missed += 1
        kind = "missed"
        tally.misses.append(f"{question.title}: {label} -> {found[:3]}")
    tally.by_key[label][kind] += 1
    if kind != "named":
        tally.instead[label].update(" + ".join(other) or "nothing" for other in found if other != wanted)


def alone(questions: Iterable[Question]) -> Tally:
    """Every misconception at every place."""
    tally = Tally()
    for question in questions:
        for belief in beliefs_of(question):
            mark(question, [belief], tally)
    return tally


def with_blanks(questions: Iterable[Question], share: float, seed: int = 0) -> Tally:
    """The same, but of the quantities so large a share is not written; only where what is written is not all right."""
    tally, random = Tally(), Random(seed)
    for question in questions:
        names = list(asked(course_of(question)))
        for belief in beliefs_of(question):
            blank = frozenset(name for name in names if random.random() < share)
            if shows(question, belief, blank):
                mark(question, [belief], tally, blank)
    return tally


def shows(question: Question, belief: Belief, blank: frozenset[tuple[int, str]]) -> bool:
    """Whether anything that is written is not as it should be."""
    course = course_of(question)
    written = [k for each in asked(course) if each not in blank for k in keys(course, *each)]
    found = walk(Paper(course, 2), frozenset({belief}))
    return any(not equal(found.worked[k], course.truth[k]) for k in written)


def pairs(questions: Iterable[Question], count: int, seed: int = 0) -> Tally:
    """Two at once, drawn from the seed; only where each of them shows beside the other."""
    tally, random = Tally(), Random(seed)
    for question in questions:
        beliefs = list(beliefs_of(question))
        for _ in range(count):
            a, b = random.sample(beliefs, 2)
            if both_show(question, a, b):
                mark(question, [a, b], tally)
    return tally


def both_show(question: Question, a: Belief, b: Belief) -> bool:
    """Whether two misconceptions give numbers that neither of them gives alone."""
    course = course_of(question)
    try:
        both, *each = (walk(Paper(course, 2), frozenset(s)) for s in ({a, b}, {a}, {b}))
    except DoesNotRun:
        return False
    return all(any(not equal(both.worked[k], one.worked[k]) for k in visible(course)) for one in each)
