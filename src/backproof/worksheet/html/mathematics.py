"""Formulas of a worksheet as MathML, in pieces between which a narrow page may break them, with words for a voice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

from backproof.arithmetic.array import address
from backproof.notation.anchors import anchor
from backproof.notation.mathml import MATHML
from backproof.notation.matrices import equations
from backproof.notation.spoken import SPOKEN
from backproof.record.quantity import Quantity
from backproof.worksheet.steps import Line, Step

TAG = re.compile(r"<(/?)(\w+)[^>]*>")
OPERATORS = re.compile(r"<mo>([+−=≈])</mo>")
NBSP = "\N{NO-BREAK SPACE}"
MOST_ANCHORS = 144
"""Of a quantity of more cells, those without a line cannot be jumped to."""


def of_line(line: Line) -> Markup:
    """How one cell came about: its sides, broken before the signs that join them."""
    return spoken(" ".join(line.sides(SPOKEN)), "".join(line.sides(MATHML)))


def of_step(step: Step) -> Iterator[Markup]:
    """The rule behind a step's quantity."""
    for words, body in zip(step.formulas(SPOKEN), step.formulas(MATHML), strict=True):
        yield spoken(words, body)


def of_decisions(line: Line) -> Iterator[Markup]:
    """What decided a line's branches."""
    for words, body in zip(line.decisions(SPOKEN), line.decisions(MATHML), strict=True):
        yield spoken(words, body)


def of_quantity(quantity: Quantity) -> Iterator[Markup]:
    """A quantity's numbers, each matrix by itself."""
    for words, parts in zip(equations(quantity, SPOKEN), equations(quantity, MATHML), strict=True):
        yield formula(" ".join(filter(None, words)), ["".join(parts)])


def spoken(words: str, body: str) -> Markup:
    """A formula that may be broken, and what a voice says in its place."""
    return formula(words, pieces(body))


def formula(words: str, parts: list[str]) -> Markup:
    """A formula in parts that are not broken."""
    inside = Markup("").join(Markup('<math displaystyle="true">{}</math>').format(Markup(part)) for part in parts)
    return Markup('<span class="math" role="math" aria-label="{}">{}</span>').format(words, inside)


def pieces(body: str) -> list[str]:
    """The body of a formula cut before the signs that stand in no parenthesis, fraction or matrix."""
    depth, cuts = 0, [0]
    for tag in TAG.finditer(body):
        if depth == 0 and OPERATORS.match(body, tag.start()):
            cuts.append(tag.start())
        depth += -1 if tag[1] else 1
    parts = [body[a:b] for a, b in zip(cuts, [*cuts[1:], len(body)], strict=True) if a < b]
    return [
        OPERATORS.sub(r'<mo form="infix">\1</mo>', part, count=1) if OPERATORS.match(part) else part for part in parts
    ]


def sources(line: Line) -> str:
    """The addresses of the cells that a line is made of, between spaces; spaces within one do not break."""
    return " ".join(address(name, index).replace(" ", NBSP) for name, index in line.sources)


def own(line: Line) -> str:
    """The address of the cell that a line is of."""
    return address(*line.cell.args)


def anchors(scope: str, quantity: Quantity, lines: tuple[Line, ...] = ()) -> Iterator[Markup]:
    """Places to jump to for the cells of a quantity that have no line of their own."""
    told = {line.cell.args for line in lines}
    if quantity.array.size <= MOST_ANCHORS:
        for index in quantity.array.indices():
            if (quantity.name, index) not in told:
                yield Markup('<span id="{}"></span>').format(anchor(scope, address(quantity.name, index)))
