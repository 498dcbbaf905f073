"""What a report of a marked sheet says, whatever it is printed on: the findings in sentences, then line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal, TypeAlias

from backproof.arithmetic.array import Index, Shape
from backproof.errors import listed, plural
from backproof.marking.claims import Remark, Where, Written
from backproof.marking.marking import FINE, Answer, Cell, Explanation, Formula, Marking, Slip
from backproof.network.rubric import shown
from backproof.notation.styles import pretty
from backproof.notation.text import TEXT
from backproof.record.digits import text_of

SIGNS = {"right": "✓", "rounded": "≈", "follows": "↪", "wrong": "✗", "blank": "–", "unread": "?", "undecided": "?"}
"""A sign for each verdict; its word stands beside it."""
MOST_CELLS = 16
"""An answer of more cells is not shown whole."""
MOST_LISTED = 6
LONGEST_TEXT = 60
TOLD: dict[str, tuple[str, ...]] = {
    "Could not be read": ("unread", "refused"),
    "To be looked at": ("doubt", "unknown", "shape", "twice", "question"),
}
"""Headings, and the kinds of remarks that stand under them."""

Mood: TypeAlias = Literal["good", "bad", "plain", "aside"]


@dataclass(frozen=True)
class Finding:
    """One sentence; further: whether it belongs under the one before."""

    text: str
    mood: Mood = "plain"
    further: bool = False


def headline(marking: Marking) -> str:
    """`17.5 of 20 marks`."""
    return f"{shown(marking.marks)} of {shown(marking.of)} mark{'' if marking.of == 1 else 's'}"


def whose(marking: Marking) -> str:
    """Whose sheet it is, as far as that is known."""
    return clean(marking.sheet.person or (marking.sheet.path.name if marking.sheet.path else ""))


def findings(marking: Marking) -> Iterator[Finding]:
    """What a person must see first: where it went wrong, what explains it, and what explains it as well."""
    asked = [a for a in marking.answers if a.of]
    off = [a for a in marking.answers if a.verdict in ("wrong", "follows")]
    if marking.explanations:
        first, *others = marking.explanations
        others = [other for other in others if other.slips]
        yield from slips(first, marking)
        if others:
            yield Finding(f"{'This fits' if len(others) == 1 else 'These fit'} equally well:")
            for other in others:
                yield Finding("; and ".join(sentence(slip, marking) for slip in other.slips), further=True)
    elif off:
        yield Finding(f"The first number that is wrong is in {place(off[0], marking)}.", "bad")
        yield Finding("No misconception that is known gives these numbers.")
    elif asked and all(c.verdict == "blank" for a in asked for c in a.cells.values()):
        yield Finding("No number was found that answers anything asked here.", "bad")
    elif asked and all(a.verdict in FINE for a in asked):
        yield Finding("Every number is right.", "good")
    elif any(a.verdict != "blank" for a in asked):
        readable = "could be read" if any(a.verdict == "unread" for a in asked) else "was written"
        yield Finding(f"Every number that {readable} is right.", "good")
    unread = sum(1 for remark in marking.remarks if remark.kind in ("unread", "refused"))
    if unread:
        yield Finding(f"{unread} line{plural(unread)} could not be read; see below.", "bad")


def slips(explanation: Explanation, marking: Marking) -> Iterator[Finding]:
    """The slips in the order of the work, and how much they explain."""
    if not explanation.slips:
        yield Finding("No misconception that is known gives these numbers.")
        return
    first, *more = explanation.slips
    yield Finding(f"The first slip is in {place(first, marking)}: {sentence(first, marking, named=False)}.", "bad")
    for slip in more:
        yield Finding(f"Then in {place(slip, marking)}: {sentence(slip, marking, named=False)}.", "bad")
    this, off = "These explain" if more else "This explains", explanation.off
    if explanation.complete:
        every = "the one number that is off" if off == 1 else f"all {off} numbers that are off"
        yield Finding(f"{this} {every}.")
    else:
        rest = off - explanation.explained
        other = f"the other{'' if rest == 1 else f' {rest}'}{unexplained(explanation, marking)}"
        yield Finding(
            f"{this} {explanation.explained} of the {off} numbers that are off; no misconception that is known gives {other}."
        )
    if any(a.verdict == "follows" and a.marks for a in marking.answers):
        yield Finding("What follows from it earns its marks.", "aside")


def unexplained(explanation: Explanation, marking: Marking) -> str:
    """Where the first number is that no slip gives, if that is before the first slip."""
    named = {(slip.part, slip.name) for slip in explanation.slips}
    first = next((a for a in marking.answers if a.verdict == "wrong" and (a.part, a.name) not in named), None)
    before = first is not None and (first.part, first.step) < (explanation.slips[0].part, explanation.slips[0].step)
    return f", the first of which is in {place(first, marking)}" if first is not None and before else ""


def sentence(slip: Slip, marking: Marking, named: bool = True) -> str:
    """`you took the mean of each window`, with where that was, if asked."""
    return f"you {clean(slip.says, 300)}" + (f" ({place(slip, marking)})" if named else "")


def place(what: Slip | Answer, marking: Marking) -> str:
    """`step 6, ∂L/∂V[0,1]`, with the part of the question where that is not the first."""
    index = what.index if isinstance(what, Slip) and what.index else ()
    title = marking.question.parts[what.part].title
    step = f"step {what.step}, " if what.step else "what is given, "
    return step + TEXT.name(what.name, index) + (f" ({clean(title)})" if title else "")


def parts(marking: Marking) -> Iterator[tuple[str, list[Answer]]]:
    """The answers of each part under its title; of what is not asked for, only what is wrong."""
    for number, part in enumerate(marking.question.parts):
        shown = [a for a in marking.answers if a.part == number and (a.of or a.verdict not in (*FINE, "blank"))]
        if shown:
            yield clean(part.title, 200), shown


def verdict(what: Answer | Formula) -> str:
    """`✗ wrong`: the sign is never alone."""
    return f"{SIGNS[what.verdict]} {what.verdict}"


def earned(what: Answer | Formula) -> str:
    return f"{shown(what.marks)} of {shown(what.of)}" if what.of else ""


def told(answer: Answer) -> bool:
    """Whether there is more to say of it than its verdict."""
    return answer.verdict not in (*FINE, "blank")


def matrices(answer: Answer) -> dict[str, list[list[str]]]:
    """What was written, each cell with its sign where it is not right, what is right, and what would have followed from
    what this person had, each under its heading; nothing where that is too large, or a single number. A vector is one row.
    """
    shape = answer.shape
    if not 0 < len(shape) <= 2 or prod(shape) > MOST_CELLS:
        return {}
    rows = [[answer.cells.get(i) for i in row] for row in grid(shape)]
    shown = {
        "written": [list(map(signed, row)) for row in rows],
        "expected": [list(map(expected, row)) for row in rows],
    }
    if any(cell.verdict == "wrong" and cell.own is not None for cell in answer.cells.values()):
        shown["from your own numbers"] = [list(map(own, row)) for row in rows]
    return shown


def grid(shape: Shape) -> list[list[Index]]:
    if len(shape) == 1:
        return [[(j,) for j in range(shape[0])]]
    return [[(i, j) for j in range(shape[1])] for i in range(shape[0])]


def signed(cell: Cell | None) -> str:
    if cell is None:
        return SIGNS["blank"]
    sign = "" if cell.verdict in FINE else SIGNS[cell.verdict]
    return sign if cell.verdict == "blank" else sign + written(cell.written)


def written(number: Written) -> str:
    """What stands on the sheet."""
    return clean(number.text, 24).replace("-", "−") or "nothing"


def expected(cell: Cell | None) -> str:
    return "" if cell is None else value(cell, cell.expected)


def own(cell: Cell | None) -> str:
    return "" if cell is None else value(cell, cell.expected if cell.own is None else cell.own)


def value(cell: Cell, number: object) -> str:
    """A number to as many digits as tell it from what was written."""
    return text_of(number, max(6, cell.written.digits + 2))[0].replace("-", "−")


def numbers(answer: Answer) -> list[str]:
    """Of an answer that is not shown as matrices, a line for each of the first cells that are not right."""
    off = unlike(answer)
    more = len(off) - MOST_LISTED
    lines = [line(answer, cell) for cell in off[:MOST_LISTED]]
    return [*lines, f"… and {more:,} more cell{plural(more)}"] if more > 0 else lines


def reasons(answer: Answer) -> list[str]:
    """Of one that is, what there is to be said of its cells, once for all of which it is true."""
    off = unlike(answer)
    groups: dict[str, list[str]] = {}
    for cell in off:
        if cell.reason and cell.verdict != "unread":
            groups.setdefault(clean(cell.reason, 300), []).append(f"[{','.join(map(str, cell.index))}]")
    if len(groups) == 1 and len(next(iter(groups.values()))) == len(off):
        return list(groups)
    return [f"{listed(cells)}: {reason}" for reason, cells in groups.items()]


def unlike(answer: Answer) -> list[Cell]:
    """The cells in which something else stands than what is right."""
    return [cell for cell in answer.cells.values() if cell.verdict not in (*FINE, "blank")]


def line(answer: Answer, cell: Cell) -> str:
    """`✗ [0,1]: written 6, expected 4; from your own numbers 5`."""
    index = f" [{','.join(map(str, cell.index))}]:" if answer.shape else ""
    text = f"{SIGNS[cell.verdict]}{index} written {written(cell.written)}"
    if cell.verdict != "unread" or cell.expected is not None:
        text += f", expected {value(cell, cell.expected)}"
    if cell.verdict == "wrong" and cell.own is not None:
        text += f"; from your own numbers {value(cell, cell.own)}"
    return text + (f"; {clean(cell.reason, 200)}" if cell.reason and cell.verdict != "unread" else "")


def doubts(marking: Marking) -> list[str]:
    """Numbers that may not be what was written, wherever a character may have been misread."""
    found: list[str] = []
    for answer in marking.answers:
        for cell in answer.cells.values():
            why = cell.doubt or cell.written.doubt
            if why:
                found.append(
                    where(cell.written.where)
                    + f"{TEXT.name(answer.name, cell.index)}, written {written(cell.written)}: {clean(why, 200)}"
                    + readings(cell.written)
                )
    return found


def readings(number: Written) -> str:
    if not number.readings:
        return ""
    return f"; perhaps {' or '.join(text_of(r, 12)[0].replace('-', '−') for r in number.readings[:4])}"


def remarks(marking: Marking, kinds: Sequence[str]) -> list[str]:
    """Remarks of these kinds, each with its place and what stands there."""
    return [remark_text(remark) for remark in marking.remarks if remark.kind in kinds]


def remark_text(remark: Remark) -> str:
    quoted = f" “{clean(remark.text)}”" if remark.text else ""
    return f"{where(remark.where)}{clean(remark.message, 300)}{quoted}"


def where(place: Where) -> str:
    return f"{place}: " if place.line else ""


def counts(marking: Marking) -> Counter[str]:
    """How many cells of what is asked for have each verdict; a blank one counts though it stands nowhere."""
    result: Counter[str] = Counter()
    for answer in marking.answers:
        if answer.of:
            result.update(cell.verdict for cell in answer.cells.values())
            result["blank"] += prod(answer.shape) - len(answer.cells)
    return result


def reason(what: Answer | Formula) -> str:
    """Why it has the marks it has; nothing where that is its verdict and no more."""
    return "" if what.reason == what.verdict else clean(what.reason, 300)


def formula_text(formula: Formula) -> str:
    return clean(formula.text, 200) or (f"a formula of {pretty(formula.name)}" if formula.name else "")


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text from a sheet on one line, without what would steer a terminal, cut where it is long.

    >>> clean("1\\x1b[31m2\\n 3"), clean("a" * 100, 5)
    ('1[31m2 3', 'aaaa…')
    """
    plain = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
