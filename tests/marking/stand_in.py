"""Markings made by hand: a judge that knows right from wrong and nothing else, so that reports have something to say."""

import json
import os
import time
from dataclasses import replace
from math import prod
from pathlib import Path

from flint import fmpq

from backproof.arithmetic.array import Array
from backproof.arithmetic.exact import number
from backproof.errors import BadFile
from backproof.marking.claims import Sheet, Written
from backproof.marking.marking import Answer, Cell, Explanation, Marking, Slip
from backproof.marking.marks import marked

WORST = ("wrong", "unread", "follows", "blank", "rounded", "right")


def cells(nested):
    return dict(Array.of(nested)) if isinstance(nested, list) else {(): nested}


def written(text, **more):
    """A number as it stands; `?` in front of it makes it illegible."""
    if str(text).startswith("?"):
        return Written(str(text)[1:], doubt="this is no number", **more)
    return Written(str(text), number(str(text)), **more)


def judged(question, name, shape, numbers, part=0, follows=(), **more):
    """An answer out of texts by cell; cells in `follows` follow."""
    record = question.parts[part].record
    expected = record.array(name)
    found = {}
    for index, text in numbers.items():
        said = written(text)
        verdict = "unread" if said.illegible else "right" if said.value == expected[index] else "wrong"
        found[index] = Cell(
            index, said, "follows" if verdict == "wrong" and index in follows else verdict, expected[index]
        )
    verdicts = {cell.verdict for cell in found.values()} | ({"blank"} if len(found) < prod(shape) else set())
    worst = next(v for v in WORST if v in verdicts) if verdicts else "blank"
    step = question.parts[part].own.index(name) + 1 if name in question.parts[part].own else 0
    return Answer(name, part, step, tuple(shape), found, worst, "", **more)


def marking(question, sheet, *, follows=None, explanations=(), formulas=(), remarks=(), person="", path=None, **more):
    """A marking of what a mapping says; `follows`: quantity -> the cells that follow; `more`: fields of all answers."""
    answers = []
    for n, part in enumerate(question.parts):
        for name in part.own:
            numbers = cells(sheet[name]) if name in sheet and n == 0 else {}
            answers.append(judged(question, name, part.shapes[name], numbers, n, (follows or {}).get(name, ()), **more))
    answers, formulas = marked(answers, formulas, question)
    return Marking(question, Sheet((), (), (), path, person), answers, tuple(explanations), formulas, tuple(remarks))


def right(question):
    """The sheet that says everything right of the first part."""
    record = question.parts[0].record
    return {name: record.array(name).map(str).nested() for name in question.parts[0].own}


def slip(question, name, says="left out ∂L/∂y", key="Linear.WithoutUpstream", index=None):
    return Slip(key, says, name, 0, question.parts[0].own.index(name) + 1, index)


def mark_file(question, path):
    """Mark a JSON file; some of what it may say instead of numbers does harm."""
    sheet = json.loads(Path(path).read_text(encoding="utf-8"))
    match sheet.pop("harm", ""):
        case "raise":
            raise ZeroDivisionError("a fault of the judge's")
        case "bad":
            raise BadFile(path, "this is no sheet")
        case "die":
            os._exit(9)
        case "hang":
            while True:
                pass
        case "sleep":
            time.sleep(0.02)
        case "deaf":
            sum(range(10**13))
        case _:
            pass
    first = next(
        (n for n in question.parts[0].own if n in sheet and cells(sheet[n]) != cells(right(question)[n])), None
    )
    found = () if first is None else (Explanation((slip(question, first),), 1, 2),)
    return replace(marking(question, sheet, explanations=found), sheet=Sheet(path=Path(path), person=Path(path).stem))


ZERO = fmpq(0)
