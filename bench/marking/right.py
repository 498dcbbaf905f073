"""Right sheets of every kind: rounded in many ways, with fractions, with blanks, by other conventions at kinks and ties."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from flint import fmpq

from backproof.arithmetic.array import Array, Index, Places
from backproof.arithmetic.rounding import decimal, significant
from backproof.marking.claims import Claim, Sheet, Written
from backproof.marking.judging.accepting import middle
from backproof.marking.judging.belief import Belief
from backproof.marking.judging.course import Key
from backproof.marking.judging.judge import course_of, judge
from backproof.marking.judging.person import as_written, asked, keys
from backproof.marking.marking import Marking
from backproof.marking.question import Question
from backproof.marking.wrong import conventions

Rounding = Callable[[fmpq, bool], Written]


def sheets(questions: list[Question], count: int, seed: int = 0) -> Iterator[tuple[Question, Sheet]]:
    """So many right sheets, each in a manner of its own drawn from the seed."""
    random = Random(seed)
    for n in range(count):
        question = questions[n % len(questions)]
        yield question, right_sheet(question, random)


def right_sheet(question: Question, random: Random) -> Sheet:
    """One sheet on which nothing is wrong."""
    course = course_of(question)
    carry = random.random() < 0.5
    written = manner(random)
    beliefs = frozenset(conventions_of(question, random))
    blank = random.choice([0.0, 0.0, 0.2, 0.5])
    state = dict(course.truth)
    visible = {key: (part, name) for part, name in asked(course) for key in keys(course, part, name)}
    claims: dict[tuple[int, str], dict[Index, Written]] = {}
    for task in course.tasks:
        done = next((b.wrong for b in beliefs if b.holds(task)), None)
        outputs = {**course.run(task, None, state), **(course.run(task, done, state) if done else {})}
        for key, array in outputs.items():
            state[key] = array
            if key in visible and not isinstance(array.shape, Places):
                state[key] = put(course_of(question), claims, visible[key], key, array, written, carry, blank, random)
            elif key in course.carried:
                state[key] = state[course.carried[key]]
    found = [Claim(name, part, cells) for (part, name), cells in claims.items()]
    return Sheet(tuple(found))


def put(
    course, claims, place, key: Key, array: Array, written: Rounding, carry: bool, blank: float, random: Random
) -> Array:  # type: ignore[no-untyped-def]
    """Write one quantity down, and say how it goes on."""
    part, name = place
    on: dict[Index, fmpq] = {}
    shape = course.question.parts[part].shapes[name]
    for index in Array(shape).indices():
        at, inner = course.place(part, name, index)
        if at == key and random.random() >= blank:
            each = written(*middle(array[inner]))
            claims.setdefault(place, {})[index] = each
            if carry and each.value is not None:
                on[inner] = each.value
    return Array(array.shape, {**array, **on}) if on else array


def manner(random: Random) -> Rounding:
    """A way of writing numbers down."""
    digits = random.randint(2, 6)
    kind = random.choice(["significant", "places", "fraction", "whole"])

    def write(number: fmpq, exact: bool) -> Written:
        p, q = int(number.p), int(number.q)
        if kind == "fraction" and exact and q < 10**6 and abs(p) < 10**9:
            return Written(f"{p}/{q}", number, None if q > 1 else fmpq(1), len(str(p)))
        text = decimal(p, q) if exact else None
        if kind == "whole" and text is not None and len(text) < 14:
            return as_written(text)
        if kind == "places":
            return as_written(in_places(number, digits))
        return as_written(significant(p, q, digits))

    return write


def in_places(number: fmpq, places: int) -> str:
    """Rounded to so many places behind the point, halves up."""
    whole = int((abs(number) * 10**places + fmpq(1, 2)).floor())
    text = str(whole).rjust(places + 1, "0")
    return f"{'-' if number < 0 and whole else ''}{text[:-places]}.{text[-places:]}"


def conventions_of(question: Question, random: Random) -> Iterator[Belief]:
    """Other conventions at kinks and ties, in some of the layers."""
    for layer in question.problem.network.layers:
        fitting = [w for w in conventions() if w.fits(layer.rule)]
        if fitting and random.random() < 0.4:
            yield Belief(random.choice(fitting), layer.output)


def judged_wrong(question: Question, sheet: Sheet) -> tuple[Marking, list[str]]:
    """The cells of a right sheet that were judged wrong, or to follow from a slip."""
    marking = judge(question, sheet)
    wrong = [
        f"{question.title}: part {a.part} {a.name}{list(i)} {c.verdict}: {c.written.text}, right {c.expected}"
        for a in marking.answers for i, c in a.cells.items() if c.verdict in ("wrong", "follows")
    ]  # fmt: skip
    return marking, wrong
