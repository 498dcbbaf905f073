"""How often a slip with a single number is named: one made anywhere, and correct work after it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from random import Random

from flint import fmpq

from backproof.arithmetic.array import Array, Index
from backproof.arithmetic.rounding import decimal, significant
from backproof.marking.claims import Written
from backproof.marking.judging.accepting import middle
from backproof.marking.judging.judge import course_of, judge
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.person import answers, as_written, in_digits, visible
from backproof.marking.judging.running import DoesNotRun
from backproof.marking.judging.slips import SAYS
from backproof.marking.question import Question
from bench.marking.naming import Tally


def single(questions: Iterable[Question], count: int, seed: int = 0) -> Tally:
    """So many slips of each kind in each question, at places drawn from the seed."""
    tally, random = Tally(), Random(seed)
    for question in questions:
        for kind in SAYS:
            for _ in range(count):
                paper = slipped(question, kind, random)
                if paper is not None:
                    mark(question, kind, paper, tally)
    return tally


def mark(question: Question, kind: str, paper: Paper, tally: Tally) -> None:
    try:
        sheet = answers(question, paper=paper)
    except DoesNotRun:
        return
    start = time.perf_counter()
    marking = judge(question, sheet)
    tally.seconds.append(time.perf_counter() - start)
    found = [[s.key for s in e.slips] for e in marking.explanations]
    name = f"number.{kind}"
    outcome = "named" if found == [[name]] else "tied" if [name] in found else "missed"
    setattr(tally, outcome, getattr(tally, outcome) + 1)
    tally.by_key[name][outcome] += 1
    if outcome != "named":
        tally.instead[name].update(" + ".join(sorted(other)) or "nothing" for other in found if other != [name])
    if outcome == "missed":
        cells = {k.slot.name: {i: w.text for i, w in c.items()} for k, c in paper.cells.items()}
        tally.misses.append(f"{question.title}: {name} {cells} -> {found[:3]}")


def slipped(question: Question, kind: str, random: Random) -> Paper | None:
    """One quantity with a slip of this kind in it; None where there is no place for one in what was drawn."""
    course = course_of(question)
    key = random.choice(visible(course))
    right = course.truth[key]
    index = random.choice(list(right.indices()))
    cells = dict(changed(kind, right, index, random))
    paper = Paper(course, 2, {key: cells})
    return paper if cells and not all(paper.accepts(w, right[i]) for i, w in cells.items()) else None


def changed(kind: str, right: Array, index: Index, random: Random) -> Iterator[tuple[Index, Written]]:
    """What is written in the place of the right number."""
    number, exact = middle(right[index])
    written = in_digits(number, exact)
    digits = written.text.lstrip("-")
    others = [i for i in right.indices() if i != index and middle(right[i])[0] != number]
    if number == 0:
        return
    if kind == "sign":
        yield index, in_digits(-number, exact)
    elif kind == "point":
        yield index, in_digits(number * fmpq(10) ** random.choice([1, -1, 2]), exact)
    elif kind in ("cells", "cell") and others:
        other = random.choice(others)
        yield index, in_digits(*middle(right[other]))
        if kind == "cells":
            yield other, written
    elif kind == "digits" and "e" not in digits:
        places = [i for i in range(len(digits) - 1) if digits[i] != digits[i + 1] and "." not in digits[i : i + 2]]
        if places:
            i = random.choice(places)
            yield index, as_written(sign(number) + digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])
    elif kind == "copied" and "e" not in digits and len(digits.strip("0.")) > 1:
        i = random.choice([i for i, c in enumerate(digits) if c.isdigit()])
        yield (
            index,
            as_written(sign(number) + digits[:i] + random.choice("123456789".replace(digits[i], "")) + digits[i + 1 :]),
        )
    elif kind == "rounding":
        yield index, as_written(significant(int(number.p), int(number.q), 1))
    elif kind == "cut" and "e" not in digits and "." in digits and len(digits.strip("0.")) > 3:
        yield index, as_written(sign(number) + digits[: -1 if decimal(int(number.p), int(number.q)) else -2])


def sign(number: fmpq) -> str:
    return "-" if number < 0 else ""
