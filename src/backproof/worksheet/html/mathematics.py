"""Formulas of a worksheet as MathML, in pieces between which a narrow page may break them, with words for a voice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

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
ROW, CELL = re.compile("<mtr>(.*?)</mtr>"), re.compile("<mtd>(.*?)</mtd>")
WIDEST = 64
"""A parenthesis or a fraction with more signs side by side may be broken inside."""
LONG = 6
"""A row of more numbers may be broken between them."""
BREAK = '<mspace width="0.9em"></mspace>'
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
    for words, (left, sign, right) in zip(equations(quantity, SPOKEN), equations(quantity, MATHML), strict=True):
        yield formula(" ".join(filter(None, words)), pieces(left + sign + broken(right)))


def broken(matrix: str) -> str:
    """A long row without what keeps its numbers together, a mark between them; anything else as it is."""
    rows = ROW.findall(matrix)
    cells: list[str] = CELL.findall(rows[0]) if len(rows) == 1 else []
    return f"<mo>[</mo>{BREAK.join(cells)}<mo>]</mo>" if len(cells) > LONG else matrix


def spoken(words: str, body: str) -> Markup:
    """A formula that may be broken, and what a voice says in its place."""
    return formula(words, pieces(body))


def formula(words: str, parts: list[str]) -> Markup:
    """A formula in parts that are not broken."""
    inside = Markup("").join(Markup('<math displaystyle="true">{}</math>').format(Markup(part)) for part in parts)
    return Markup('<span class="math" role="math" aria-label="{}">{}</span>').format(words, inside)


def pieces(body: str) -> list[str]:
    """The body of a formula cut before the signs that stand in no parenthesis, fraction or matrix, unless these are long.

    >>> from backproof.notation.mathml import MATHML
    >>> terms = MATHML.joined("+", *(f"<mi>{letter * 40}</mi>" for letter in "xy"))
    >>> [text(part).replace(letter * 40, letter) for part, letter in zip(pieces(MATHML.fraction(terms, "<mi>n</mi>")), "xy")]
    ['(x', '+y)/n']
    """
    parts = [""]
    for element in elements(opened(body)):
        if sign := OPERATORS.fullmatch(element.whole):
            parts.append(f'<mo form="infix">{sign[1]}</mo>')
        else:
            parts[-1] += element.whole
        if element.whole == BREAK:
            parts.append("")
    return [part for part in parts if part]


class Element(NamedTuple):
    """An element, or text between two."""

    tag: str
    whole: str
    inside: str

    @property
    def width(self) -> int:
        """How many signs stand side by side."""
        if self.tag == "mfrac":
            return max(each.width for each in elements(self.inside))
        return len(text(self.whole))


def elements(body: str) -> list[Element]:
    """The outermost elements of a formula, with the text between them."""
    found: list[Element] = []
    depth = begin = within = 0
    for tag in TAG.finditer(body):
        if depth == 0 and not tag[1]:
            if tag.start() > begin:
                found.append(Element("", body[begin : tag.start()], ""))
            begin, within = tag.start(), tag.end()
        depth += -1 if tag[1] else 1
        if depth == 0:
            found.append(Element(tag[2], body[begin : tag.end()], body[within : tag.start()]))
            begin = tag.end()
    return [*found, Element("", body[begin:], "")] if begin < len(body) else found


def text(body: str) -> str:
    return unescape(TAG.sub("", body))


def opened(body: str) -> str:
    """The same without parentheses and fractions around what is too wide for a line: their signs stand by themselves."""
    return "".join(map(open_up, elements(body)))


def open_up(element: Element) -> str:
    if element.width <= WIDEST or element.tag not in ("mrow", "mfrac") or element.whole.startswith("<mrow data-cell"):
        return element.whole
    if element.tag == "mrow":
        return opened(element.inside)
    above, below = (opened(fenced(side.inside)) for side in elements(element.inside))
    return f"{above}<mo>/</mo>{below}"


def fenced(body: str) -> str:
    """A side of a fraction as it stands beside a slash."""
    inside = elements(body)
    return body if len(inside) == 1 and inside[0].tag != "mfrac" else MATHML.fence(body)


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
