"""The judge: from a sheet's claims to a marking, every number with its verdict and its reason."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from backproof.arithmetic.array import Index, Places
from backproof.marking.claims import Chain, Sheet, Where, Written
from backproof.marking.judging.course import Course, Key
from backproof.marking.judging.doubts import doubted, looked_at
from backproof.marking.judging.paper import MOST_EFFORT, Paper
from backproof.marking.judging.search import Solution, search
from backproof.marking.judging.sources import Sources, sources
from backproof.marking.judging.trivial import trivial
from backproof.marking.marking import Answer, Cell, Explanation, Formula, Marking, Verdict
from backproof.marking.marks import marked
from backproof.marking.question import Question

WORST: tuple[Verdict, ...] = ("wrong", "unread", "follows", "blank", "rounded", "right")
FORMULAS = 30.0
"""Seconds for all formulas of a sheet; what comes after that is undecided."""
BLANK = Written()


@lru_cache(maxsize=16)
def course_of(question: Question) -> Course:
    return Course(question)


def judge(question: Question, sheet: Sheet, effort: int = MOST_EFFORT) -> Marking:
    """The marking of a sheet: each claim judged, the slips found, the marks given.

    effort: how many numbers are made at most in the search for slips; what it has not found by then stays unexplained.
    """
    course = course_of(question)
    paper = Paper.of(course, question.rubric(0).digits, sheet.claims, effort)
    solutions = [] if paper.all_right else search(paper)
    origins = [sources(paper, solution) for solution in solutions]
    found = origins[0] if origins else Sources(course)
    answers = [answer(paper, part, name, found) for part, name in rows(paper)]
    formulas = judged(sheet.chains, question)
    if sheet.recognised:
        answers = doubted(answers, paper, found.slips, bool(sheet.remarks))
        formulas = [looked_at(formula) for formula in formulas]
    given, formulas = marked(answers, formulas, question)
    off = sum(c.verdict in ("wrong", "follows") for a in given for c in a.cells.values())
    explanations = [explanation(s, o, off) for s, o in zip(solutions, origins, strict=True) if off]
    return Marking(question, sheet, given, tuple(dict.fromkeys(explanations)), formulas, sheet.remarks)


def judged(chains: Iterable[Chain], question: Question) -> list[Formula]:
    """The formulas of a sheet; SymPy is loaded only where there are any. What they may take together has an end."""
    found: list[Formula] = []
    until = time.monotonic() + FORMULAS
    for chain in chains:
        from backproof.marking.formulas.chains import judge_chain

        if time.monotonic() > until:
            side = chain.sides[0]
            found.append(
                Formula(side.text, "undecided", "there was no time left for it", chain.name, chain.part, side.where)
            )
        else:
            found += judge_chain(chain, question)
    return found


def rows(paper: Paper) -> list[tuple[int, str]]:
    """The quantities that get an answer: what is asked for, and whatever else was written, in the order of the work."""
    course = paper.course
    found: list[tuple[int, str]] = []
    for number, part in enumerate(course.question.parts):
        for name in [*part.given, *(n for n in part.record.names if n in part.record.made)]:
            keys = keys_of(course, number, name)
            own = all(key.part == number for key in keys)
            if name in part.own or (own and any(key in paper.cells for key in keys)):
                found.append((number, name))
    return found


def keys_of(course: Course, part: int, name: str) -> list[Key]:
    shape = course.question.parts[part].shapes[name]
    firsts: Iterable[Index] = [()] if not shape else [(n, *(0,) * (len(shape) - 1)) for n in range(shape[0])]
    return list(dict.fromkeys(course.place(part, name, index)[0] for index in firsts))


def answer(paper: Paper, part: int, name: str, found: Sources) -> Answer:
    """What is to be said of one quantity."""
    course = paper.course
    shape = course.question.parts[part].shapes[name]
    cells: dict[Index, Cell] = {}
    after: set[int] = set()
    for index in product(*map(range, shape)):
        key, inner = course.place(part, name, index)
        cells[index] = cell(paper, paper.cells.get(key, {}).get(inner, BLANK), key, inner, index, found)
        if cells[index].verdict == "follows":
            after |= found.slips_of(key)
    said = {c.verdict for c in cells.values()}
    verdict = WORST[min(map(WORST.index, said), default=-1)]
    made = [k for k in keys_of(course, part, name) if k in course.makers]
    walk = found.walk if "follows" in said else None
    removed = walk is not None and any(trivial(course, course.makers[k], k, walk.worked) for k in made)
    step, where = course.steps.get((part, name), 0), paper.where.get((part, name), Where())
    return Answer(name, part, step, shape, cells, verdict, "", where=where, after=tuple(sorted(after)), trivial=removed)


def cell(paper: Paper, written: Written, key: Key, inner: Index, index: Index, found: Sources) -> Cell:
    """One number judged: first against what is right, then against this person's own numbers."""
    truth = paper.course.truth[key]
    right = truth[inner]
    if written.illegible:
        return Cell(index, written, "unread", right, reason="could not be read", doubt=written.doubt)
    if written.value is None:
        return Cell(index, written, "blank", right)
    if isinstance(truth.shape, Places):
        same = written.value == right
        return Cell(index, written, "right" if same else "wrong", right, reason="" if same else "is given otherwise")
    accepted = paper.accepts(written, right)
    if accepted:
        return Cell(index, written, accepted, right, reason="" if accepted == "right" else "rounded")
    judgement = found.judgement(key, inner)
    own = found.own(key, inner)
    told = own is not None and not (judgement.verdict == "wrong" and paper.accepts(written, own))
    return Cell(index, written, judgement.verdict, right, own if told else None, judgement.reason)


def explanation(solution: Solution, found: Sources, off: int) -> Explanation:
    """What a set of slips explains of the numbers that are off."""
    left = 0
    for key in solution.unexplained:
        told = {i for k, s in solution.numbers if k == key for i in s.cells}
        left += sum(i not in told for i in solution.walk.off.get(key, ()))
    return Explanation(found.slips, off - left, off)
