"""Calls of the functions in sheet.typ: texts as string literals, every formula with what a voice says for it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from math import prod

from backproof.notation.matrices import Equation, equations
from backproof.notation.spoken import SPOKEN
from backproof.notation.typst import TYPST, literal
from backproof.record.quantity import Quantity
from backproof.worksheet.steps import Line, Step

MOST_CELLS = 100
"""A quantity of more than two axes with at most so many cells is printed whole."""


def call(function: str, *arguments: str | int) -> str:
    """`step(2, "U", …)`, as code."""
    return f"{function}({', '.join(map(str, arguments))})"


def listed(items: Iterable[str]) -> str:
    """An array, also of a single item."""
    return f"({''.join(f'{item}, ' for item in items)})"


def content(parts: Iterable[str]) -> str:
    """Pieces of code as one piece of content, each below the other."""
    return "{\n" + "\n".join(parts) + "\n}"


def equation(written: str, spoken: str) -> str:
    return call("eq", f"${written}$", literal(spoken))


def flow(quantities: Iterable[Quantity]) -> str:
    """Quantities as matrices, as many to a row as fit."""
    found = [matrices(quantity) for quantity in quantities]
    return call("flow", *chain.from_iterable(found))


def matrices(quantity: Quantity) -> list[str]:
    """`W = ` and its matrix; of more than two axes one for each place in the others, of a large quantity the first."""
    pairs = zip(equations(quantity, TYPST), equations(quantity, SPOKEN), strict=True)
    found = [equation(joined(written), joined(spoken)) for written, spoken in pairs]
    more = quantity.array.size - prod(quantity.shape[-2:])
    if not more or quantity.array.size <= MOST_CELLS:
        return found
    return [found[0], literal(f"… and {more:,} more numbers")]


def joined(equation: Equation) -> str:
    return " ".join(filter(None, equation))


def formulas(step: Step) -> list[str]:
    pairs = zip(step.formulas(TYPST), step.formulas(SPOKEN), strict=True)
    return [equation(written, spoken) for written, spoken in pairs]


def worked(line: Line) -> str:
    """How one cell came about: its sides, each with the sign before it, and what decided."""
    first, *rest = zip(line.sides(TYPST), line.sides(SPOKEN), strict=True)
    sides = [equation(*first)]
    for (sign, said), (side, spoken) in zip(rest[::2], rest[1::2], strict=True):
        sides.append(equation(f"{sign} {side}", f"{said} {spoken}"))
    because = since(line)
    return call("worked", listed(sides), *([f"since: {listed(because)}"] if because else []))


def since(line: Line) -> list[str]:
    """The reasons behind a line: which way a gradient came, the comparisons."""
    decisions = zip(line.decisions(TYPST), line.decisions(SPOKEN), strict=True)
    return [*([literal(line.path)] if line.path else []), *(equation(*decision) for decision in decisions)]
