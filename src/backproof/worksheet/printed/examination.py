"""The question as an examination sheet: what is given, and boxes for what is asked. Filled in, it is the marker's key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, groupby
from math import prod
from typing import Any

from flint import fmpq

from backproof.arithmetic.exact import number
from backproof.arithmetic.rounding import significant
from backproof.errors import listed as enumerated
from backproof.errors import plural
from backproof.network.rubric import Rubric, shown
from backproof.notation.styles import pretty
from backproof.notation.text import TEXT
from backproof.notation.typst import literal
from backproof.record.digits import text_of
from backproof.worksheet.printed.boxes import boxes, fits
from backproof.worksheet.printed.given import in_full
from backproof.worksheet.printed.markup import call, content, flow, formulas, listed, worked
from backproof.worksheet.printed.questions import Part, Row, parts, sized
from backproof.worksheet.printed.solution import heading, prose
from backproof.worksheet.sheet import INDICES, PHASES, Sheet
from backproof.worksheet.steps import Step

LEAST_ROWS, MOST_ROWS = 2, 6
"""To write the working on: a row a number within these bounds."""
LONGEST_EXACT = 24


def examination(sheet: Sheet, keyed: bool) -> Iterator[str]:
    """The sheet in pieces of code; with its answers if it is `keyed`, and then page by page as without."""
    asked = list(parts(sheet))
    total = shown(sum((part.total for part in asked), fmpq(0)))
    yield call("head", literal(f"Marks: {'' if keyed else '______ / '}{total}"))
    yield from prose(sheet.text)
    yield call("either", flag(keyed), content(for_marker(asked[0].rubric)), content(for_person(asked[0].rubric)))
    numbers = count(1)
    for part in asked:
        yield from of_part(part, numbers, keyed, file_of(sheet))


def file_of(sheet: Sheet) -> str:
    """What the problem's file is called."""
    return sheet.problem.path.name if sheet.problem and sheet.problem.path else "the problem"


def flag(value: bool) -> str:
    return "true" if value else "false"


def for_person(rubric: Rubric) -> Iterator[str]:
    """How the sheet is to be filled in."""
    yield sentence(
        f"{INDICES.strip()} Write numbers exactly, as decimals or as fractions such as 1/3; "
        f"where you round, keep at least {rubric.digits} significant digit{plural(rubric.digits)}. "
        "Show your working: what follows rightly from an earlier slip is looked at as well."
    )


def for_marker(rubric: Rubric) -> Iterator[str]:
    """What earns marks."""
    yield sentence(
        f"{INDICES.strip()} A rounded number is right from {rubric.digits} significant "
        f"digit{plural(rubric.digits)}, or places behind the point, on."
    )
    trivial = "" if number(rubric.follows) == 0 else ", and none where the slip leaves nothing to be worked out"
    yield sentence(f"A number that follows rightly from an earlier slip earns {followed(rubric)}{trivial}.")
    yield sentence(
        "Where a convention decided between subgradients it is named; any other subgradient is right as well."
    )


def followed(rubric: Rubric) -> str:
    """The part of its marks that something earns which follows from a slip."""
    part = number(rubric.follows)
    return "all of its marks" if part == 1 else "no marks" if part == 0 else f"{shown(part)} of its marks"


def sentence(text: str) -> str:
    return call("prose", call("broken", literal(text)))


def of_part(part: Part, numbers: Iterator[int], keyed: bool, file: str) -> Iterator[str]:
    level = 2 if part.title else 1
    if part.title:
        yield heading(1, part.title)
    yield from told(part, level, file)
    if part.formulas:
        yield heading(level, "Formulas")
    for name, step in part.formulas.items():
        said = content(call("worked", listed([formula])) for formula in formulas(step))
        body = content([call("space", 1, flag(keyed), said)])
        title, worth = literal(f"A formula for {pretty(name)}"), marks(part.rubric.worth_of_formula(name))
        yield call("asked", next(numbers), level + 1, title, worth, body)
    for phase, steps in groupby(part.steps, lambda step: step.phase):
        yield heading(level, PHASES[phase])
        for step in steps:
            title, worth = literal(pretty(step.quantity)), marks(part.rubric.worth(step.quantity))
            body = content(of_question(step, part.rubric, keyed))
            yield call("asked", next(numbers), level + 1, title, worth, body)
    if not part.steps and not part.formulas:
        yield sentence("Nothing is asked for here.")


def told(part: Part, level: int, file: str) -> Iterator[str]:
    """What there is to begin with."""
    if part.givens or part.carried:
        yield heading(level, "Given")
    if part.givens:
        yield from in_full(part.givens, file)
    if part.carried:
        names = enumerated(map(pretty, part.carried))
        yield sentence(f"{names}: as the pass before {'leaves it' if len(part.carried) == 1 else 'leaves them'}.")
    if part.network:
        yield heading(level, "The network" if not part.title.startswith("Variant") else "What is different")
        yield table(part.network)
    if part.state:
        verb = "begins" if len(part.state) == 1 else "begin"
        yield sentence(f"Each parameter's {enumerated(part.state)} {verb} at 0.")


def marks(worth: fmpq) -> str:
    return literal(f"({shown(worth)} {'mark' if worth == 1 else 'marks'})")


def table(network: list[Row]) -> str:
    """The network, a row a layer; columns that would be empty are left out."""
    titles = ("quantity", "rule", "of", "parameters", "shape")
    kept = [k for k in range(len(titles)) if any(row[k] for row in network)]
    body = [listed(literal(row[k]) for k in kept) for row in network]
    return call("listing", len(kept), listed(literal(titles[k]) for k in kept), *body)


def of_question(step: Step, rubric: Rubric, keyed: bool) -> Iterator[str]:
    """The boxes for a quantity, and room for the working; in the key, what stands in them and how it came about."""
    quantity, size = step.record[step.quantity], prod(step.array.shape)
    if fits(step.array.shape):
        yield call("flow", *boxes(quantity, keyed))
    else:
        shape = f", {sized(quantity.shape)}" if len(quantity.shape) > 1 else ""
        told = f"{size:,} numbers{shape}: too many to be filled in here. Write down how they are worked out."
        yield call("note", literal(told))
    rows = max(LEAST_ROWS, min(size, MOST_ROWS))
    yield call("space", rows, flag(keyed), content(explained(step, rubric)))


def explained(step: Step, rubric: Rubric) -> Iterator[str]:
    """What the marker is told: the substitutions, exact numbers, conventions, how the marks are shared."""
    yield call("columns-of", listed(worked(line) for line in step.lines))
    if step.rest:
        yield sentence(step.rest)
    if not fits(step.array.shape):
        yield flow([step.record[step.quantity]])
    if said := exactly(step):
        yield sentence(said)
    if step.convention:
        yield sentence(f"Convention: {step.convention}")
    if (size := prod(step.array.shape)) > 1 and rubric.worth(step.quantity):
        yield sentence(shared(rubric, rubric.worth(step.quantity), size))


def shared(rubric: Rubric, worth: fmpq, size: int) -> str:
    if rubric.cells == "all":
        return f"Marks only where all {size:,} numbers are right."
    return f"Each of the {size:,} numbers earns {shown(worth / size)}."


def exactly(step: Step) -> str:
    """Fractions also as decimals, rounded numbers also exactly, where that is short."""
    said: list[str] = []
    for index, value in step.array.items() if fits(step.array.shape) else ():
        text, exact = text_of(value, step.record.digits)
        ratio = "/" in text
        other = (
            significant(int(value.p), int(value.q), step.record.digits) if ratio else "" if exact else fraction(value)
        )
        if other:
            pair = (text, other) if exact else (other, text)
            said.append(f"{TEXT.name(step.quantity, index)} = {' ≈ '.join(map(TEXT.number, pair))}")
    return "; ".join(said) + "." if said else ""


def fraction(value: Any) -> str:
    text = str(value) if isinstance(value, fmpq) else ""
    return text if len(text) <= LONGEST_EXACT else ""
