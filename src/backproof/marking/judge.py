"""The judge: from a sheet's claims to a marking, every number with its verdict and its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import product

from backproof.arithmetic.array import Index, Places
from backproof.marking.accepting import accepted, middle
from backproof.marking.claims import Chain, Claim, Sheet, Where, Written
from backproof.marking.course import Course, Key
from backproof.marking.doubts import doubted
from backproof.marking.marking import Answer, Cell, Explanation, Formula, Marking, Verdict
from backproof.marking.marks import marked
from backproof.marking.question import Question
from backproof.marking.search import Solution, search
from backproof.marking.sources import Sources, sources
from backproof.marking.trivial import trivial
from backproof.marking.walk import Claims

WORST: tuple[Verdict, ...] = ("wrong", "unread", "follows", "blank", "rounded", "right")
BLANK = Written()


@lru_cache(maxsize=16)
def course_of(question: Question) -> Course:
    return Course(question)


def judge(question: Question, sheet: Sheet) -> Marking:
    """The marking of a sheet: each claim judged, the slips found, the marks given."""
    course = course_of(question)
    digits = question.rubric(0).digits
    claims, where = gathered(course, sheet.claims)
    solutions = [] if all_right(course, claims, digits) else search(course, claims, digits)
    best = solutions[0] if solutions else None
    found = sources(course, claims, best, digits)
    answers = [answer(course, claims, where, part, name, found, digits) for part, name in rows(course, claims)]
    if sheet.recognised:
        answers = doubted(answers)
    given, formulas = marked(answers, judged(sheet.chains, question), question)
    off = sum(c.verdict in ("wrong", "follows") for a in given for c in a.cells.values())
    explanations = [explanation(course, claims, s, digits, off) for s in solutions if off]
    return Marking(question, sheet, given, tuple(dict.fromkeys(explanations)), formulas, sheet.remarks)


def judged(chains: Iterable[Chain], question: Question) -> list[Formula]:
    """The formulas of a sheet; SymPy is loaded only where there are any."""
    found: list[Formula] = []
    for chain in chains:
        from backproof.marking.algebra import judge_chain

        found += judge_chain(chain, question)
    return found


def gathered(course: Course, claims: Iterable[Claim]) -> tuple[Claims, dict[tuple[int, str], Where]]:
    """What was written of each quantity of the course, the last answer counting; and where each claim begins."""
    found = Claims()
    where: dict[tuple[int, str], Where] = {}
    for claim in claims:
        for index, written in claim.cells.items():
            key, inner = course.place(claim.part, claim.name, index)
            cells = found.setdefault(key, {})
            if not written.blank or inner not in cells:
                cells[inner] = written
        where[claim.part, claim.name] = claim.where
    return found, where


def all_right(course: Course, claims: Claims, digits: int) -> bool:
    return all(
        w.value is None or accepted(w, *middle(course.truth[key][i]), digits)
        for key, cells in claims.items()
        if not isinstance(course.truth[key].shape, Places)
        for i, w in cells.items()
    )


def rows(course: Course, claims: Claims) -> list[tuple[int, str]]:
    """The quantities that get an answer: what is asked for, and whatever else was written, in the order of the work."""
    found: list[tuple[int, str]] = []
    for number, part in enumerate(course.question.parts):
        for name in [*part.given, *(n for n in part.record.names if n in part.record.made)]:
            keys = keys_of(course, number, name)
            own = all(key.part == number for key in keys)
            if name in part.own or (own and any(key in claims for key in keys)):
                found.append((number, name))
    return found


def keys_of(course: Course, part: int, name: str) -> list[Key]:
    shape = course.question.parts[part].shapes[name]
    firsts: Iterable[Index] = [()] if not shape else [(n, *(0,) * (len(shape) - 1)) for n in range(shape[0])]
    return list(dict.fromkeys(course.place(part, name, index)[0] for index in firsts))


def answer(
    course: Course, claims: Claims, where: Mapping[tuple[int, str], Where],
    part: int, name: str, found: Sources, digits: int,
) -> Answer:  # fmt: skip
    shape = course.question.parts[part].shapes[name]
    cells: dict[Index, Cell] = {}
    after: set[int] = set()
    for index in product(*map(range, shape)):
        key, inner = course.place(part, name, index)
        cells[index] = cell(course, claims.get(key, {}).get(inner, BLANK), key, inner, index, found, digits)
        if cells[index].verdict == "follows":
            after |= found.slips_of(key)
    verdict = min((c.verdict for c in cells.values()), key=WORST.index, default="blank")
    follows = any(c.verdict == "follows" for c in cells.values())
    keys = [k for k in keys_of(course, part, name) if k in course.makers]
    removed = (
        follows
        and found.walk is not None
        and any(trivial(course, course.makers[k], k, found.walk.worked) for k in keys)
    )
    step = course.steps.get((part, name), 0)
    return Answer(
        name, part, step, shape, cells, verdict, "", where=where.get((part, name), Where()),
        after=tuple(sorted(after)), trivial=removed,
    )  # fmt: skip


def cell(course: Course, written: Written, key: Key, inner: Index, index: Index, found: Sources, digits: int) -> Cell:
    """One number judged: first against what is right, then against this person's own numbers."""
    right = course.truth[key][inner]
    if written.illegible:
        return Cell(index, written, "unread", right, reason="could not be read", doubt=written.doubt)
    if written.value is None:
        return Cell(index, written, "blank", right)
    if isinstance(course.truth[key].shape, Places):
        same = written.value == right
        return Cell(index, written, "right" if same else "wrong", right, reason="" if same else "is given otherwise")
    verdict = accepted(written, *middle(right), digits)
    if verdict:
        return Cell(index, written, verdict, right, reason="rounded" if verdict == "rounded" else "")
    judgement = found.judgement(key, inner)
    own = found.own(key, inner)
    return Cell(index, written, judgement.verdict, right, own, judgement.reason)


def explanation(course: Course, claims: Claims, solution: Solution, digits: int, off: int) -> Explanation:
    """What a set of slips explains of the numbers that are off."""
    left = 0
    for key in solution.unexplained:
        told = {i for k, s in solution.numbers if k == key for i in s.cells}
        left += sum(i not in told for i in solution.walk.off.get(key, ()))
    return Explanation(sources(course, claims, solution, digits).slips, off - left, off)
