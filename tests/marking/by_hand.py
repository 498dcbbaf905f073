"""Sheets written by hand: numbers as texts, in the nesting of their quantities."""

from backproof.arithmetic.array import Array
from backproof.marking.claims import Claim, Sheet, Written
from backproof.marking.judging.judge import judge
from backproof.marking.judging.person import as_written


def number(text):
    """A number as it stands; nothing for a blank; `?` in front of what cannot be read."""
    if not text:
        return Written()
    return Written(text[1:], doubt="this is no number") if text[0] == "?" else as_written(text)


def claim(name, numbers, part=0):
    nested = numbers if isinstance(numbers, list) else None
    cells = {i: number(n) for i, n in dict(Array.of(nested)).items()} if nested else {(): number(numbers)}
    return Claim(name, part, cells)


def marked(question, *claims, recognised=False, **numbers):
    """The marking of these claims; `numbers`: quantity -> numbers, `dL_dU` being dL/dU."""
    more = [claim(name.replace("_", "/"), each) for name, each in numbers.items()]
    return judge(question, Sheet((*claims, *more), recognised=recognised))


def verdicts(answer):
    """The verdicts of an answer's cells in their order, by their first letters."""
    return "".join(answer.cells[i].verdict[0] for i in Array(answer.shape).indices())


def sets(marking):
    """The sets of slips by their keys, those that explain the numbers equally well."""
    return [sorted(s.key for s in e.slips) for e in marking.explanations]
