"""A person at work: what somebody with these misconceptions writes, who does everything else right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flint import fmpq

from backproof.arithmetic.array import Array, Index, Places
from backproof.arithmetic.rounding import decimal, significant
from backproof.marking.claims import Claim, Sheet, Written
from backproof.marking.judging.accepting import middle
from backproof.marking.judging.belief import Belief, beliefs_at
from backproof.marking.judging.course import Course, Key
from backproof.marking.judging.judge import course_of
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.running import DoesNotRun, equal
from backproof.marking.judging.walk import walk
from backproof.marking.question import Question

WriteNumber = Callable[[fmpq, bool], Written]


def beliefs_of(question: Question) -> Iterator[Belief]:
    """Every misconception at every place of a question where it makes a difference to what is written."""
    course = course_of(question)
    told: set[Belief] = set()
    for task in course.tasks:
        for each in beliefs_at(course, task):
            belief = Belief(each.wrong, each.layer)
            if belief in told:
                continue
            told.add(belief)
            if not belief.wrong.harmless and differs(course, belief):
                yield belief


def differs(course: Course, belief: Belief) -> bool:
    try:
        found = walk(Paper(course, 2), frozenset({belief}))
    except DoesNotRun:
        return False
    return any(not equal(found.worked[k], course.truth[k]) for k in visible(course))


def visible(course: Course) -> list[Key]:
    """What a complete sheet holds: every quantity that is asked for."""
    return [key for part, name in asked(course) for key in keys(course, part, name)]


def asked(course: Course) -> Iterator[tuple[int, str]]:
    for number, part in enumerate(course.question.parts):
        for name in part.own:
            yield number, name


def keys(course: Course, part: int, name: str) -> list[Key]:
    shape = course.question.parts[part].shapes[name]
    indices = Array(shape).indices()
    return list(dict.fromkeys(course.place(part, name, i)[0] for i in indices))


def answers(
    question: Question, beliefs: frozenset[Belief] = frozenset(), write: WriteNumber | None = None,
    leave_out: Callable[[int, str, Index], bool] = lambda part, name, index: False, paper: Paper | None = None,
) -> Sheet:  # fmt: skip
    """The sheet of somebody who has these misconceptions, and leaves some cells out.

    paper: numbers that they have written whatever came before. Raises `DoesNotRun`.
    """
    course = course_of(question)
    found = walk(paper or Paper(course, 2), beliefs)
    claims: list[Claim] = []
    for part, name in asked(course):
        shape = question.parts[part].shapes[name]
        cells: dict[Index, Written] = {}
        for index in Array(shape).indices():
            key, inner = course.place(part, name, index)
            if not isinstance(shape, Places) and not leave_out(part, name, index):
                cells[index] = (write or in_digits)(*middle(found.worked[key][inner]))
        if cells:
            claims.append(Claim(name, part, cells))
    return Sheet(tuple(claims))


def in_digits(number: fmpq, exact: bool, digits: int = 6) -> Written:
    """A number as a careful person writes it: as a short decimal where it is one, else rounded to six digits."""
    text = decimal(int(number.p), int(number.q)) if exact else None
    if text is None or len(text) > 12:
        text = significant(int(number.p), int(number.q), digits)
    return as_written(text)


def as_written(text: str) -> Written:
    """A decimal numeral as something written.

    >>> as_written("-0.05").unit, as_written("2.50e+3").digits
    (1/100, 3)
    """
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, part = mantissa.lstrip("+-").partition(".")
    unit = fmpq(10) ** (int(exponent or 0) - len(part))
    size = int(whole + part or "0") * unit
    return Written(text, -size if text.startswith("-") else size, unit, len((whole + part).lstrip("0")))
