"""Marks: what the verdicts on a sheet earn by the question's rubric, each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import prod

from flint import fmpq

from backproof.arithmetic.exact import number
from backproof.marking.claims import Where
from backproof.marking.marking import FINE, Answer, Cell, Formula
from backproof.marking.question import Question
from backproof.network.rubric import Rubric, shown

WORST_FIRST = ("wrong", "unread", "undecided", "follows", "right")
EARNED = "right given your own earlier numbers"


def marked(
    answers: Sequence[Answer], formulas: Sequence[Formula], question: Question
) -> tuple[tuple[Answer, ...], tuple[Formula, ...]]:
    """The same with `marks`, `of` and `reason`; behind the formulas those that were asked for and not written."""
    return tuple(of_answer(a, question) for a in answers), of_formulas(formulas, question)


def worth(question: Question, part: int, name: str) -> fmpq:
    """What a quantity of a part is worth; 0 where it is not asked for."""
    if name not in question.parts[part].own:
        return fmpq(0)
    return question.rubric(part).worth(name)


def of_answer(answer: Answer, question: Question) -> Answer:
    of, rubric = worth(question, answer.part, answer.name), question.rubric(answer.part)
    share = share_of(answer, rubric)
    return replace(answer, marks=of * share, of=of, reason=reason(answer, question, share, rubric))


def share_of(answer: Answer, rubric: Rubric) -> fmpq:
    """The part of its marks that an answer earns."""
    size = prod(answer.shape)
    right, follows = tally(counted(answer))
    each = fmpq(0) if answer.trivial else number(rubric.follows)
    if rubric.cells == "each":
        return (right + each * follows) / size
    return fmpq(1) if right == size else each if right + follows == size else fmpq(0)


def tally(cells: Iterable[Cell]) -> tuple[int, int]:
    """How many cells are right, rounded or not, and how many follow."""
    counts = Counter(cell.verdict for cell in cells)
    return counts["right"] + counts["rounded"], counts["follows"]


def counted(answer: Answer) -> list[Cell]:
    """The cells that can earn marks: where a slip has made all of them 0, what is 0 anyhow shows nothing."""
    return [c for c in answer.cells.values() if c.written.value != 0 or not answer.trivial]


def reason(answer: Answer, question: Question, share: fmpq, rubric: Rubric) -> str:
    """Why it has the marks it has: one sentence, not yet ended."""
    part = question.parts[answer.part]
    if answer.name not in part.own:
        given = "given" if answer.name in part.given else "the same as before"
        return f"{given}, not asked for"
    if answer.verdict in FINE:
        return answer.verdict if answer.verdict == "right" else "right within the digits written"
    counts, size = Counter(cell.verdict for cell in answer.cells.values()), prod(answer.shape)
    right, follows = tally(answer.cells.values())
    blank = size - right - follows - counts["wrong"] - counts["unread"]
    says = [
        (right, "right"),
        (follows, follow_text(answer, rubric)),
        (counts["wrong"], "wrong"),
        (counts["unread"], f"could not be read{look(answer)}"),
        (blank, "not written"),
    ]
    if blank == size:
        return "not written"
    told = [(n, text) for n, text in says if n]
    if len(told) == 1:
        return told[0][1]
    text = ", ".join(f"{n} {text}" for n, text in told)
    lost = rubric.cells == "all" and share == 0 and right + follows > 0
    return f"of {size} cells {text}" + ("; all must be right for any marks" if lost else "")


def follow_text(answer: Answer, rubric: Rubric) -> str:
    if answer.trivial:
        return f"{EARNED}, but these leave nothing to be worked out, which earns nothing"
    follows = number(rubric.follows)
    return EARNED if follows == 1 else f"{EARNED}, which earns {shown(follows)} of the marks"


def look(answer: Answer) -> str:
    """Where somebody must look, with their own eyes."""
    where = next((c.written.where for c in answer.cells.values() if c.verdict == "unread"), Where())
    line = where.line or answer.where.line
    return f"; look at line {line}" if line else ""


def of_formulas(formulas: Sequence[Formula], question: Question) -> tuple[Formula, ...]:
    """Each quantity's formula earns its marks once, at its worst side; those that nobody wrote stand behind."""
    result, rubric = list(formulas), question.rubric(0)
    for name, marks in rubric.formulas.items():
        sides = [i for i, f in enumerate(result) if f.name == name]
        of = number(marks)
        if not sides:
            result.append(Formula("", "blank", "no formula was written", name, of=of))
            continue
        worst = min(sides, key=lambda i: WORST_FIRST.index(result[i].verdict))
        verdict = result[worst].verdict
        share = fmpq(1) if verdict == "right" else number(rubric.follows) if verdict == "follows" else fmpq(0)
        result[worst] = replace(result[worst], marks=of * share, of=of)
    return tuple(result)
