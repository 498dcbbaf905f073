"""Expressions as people write them, in one style or another; with names, or with numbers in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME, NEGATIVE, OPPOSITE, TOTAL, Comparison, Shown
from backproof.notation.styles import Style
from backproof.record.digits import text_of

Leaves: TypeAlias = Literal["names", "numbers"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 4, 5
BINDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "^": POWER, TOTAL: SUM, NEGATIVE: PRODUCT}
MOST_TERMS = 8


class Piece(NamedTuple):
    """What was written, how tightly it binds, and whether a minus leads it."""

    text: str
    binds: int
    signed: bool = False


def written(expression: Shown, style: Style, leaves: Leaves = "names", digits: int = 6) -> str:
    """An expression in one style. Of a choice between branches that has been made, the branch that was taken."""
    return Writing(expression, style, leaves, digits).whole(expression).text


@dataclass(frozen=True)
class Writing:
    """The writing down of one expression: each part with how tightly it binds, so that no parenthesis is lost."""

    expression: Shown
    style: Style
    leaves: Leaves
    digits: int

    def whole(self, e: Shown, around: int = 0) -> Piece:
        """An expression written, `around` being how tightly what surrounds it binds."""
        style = self.style
        match e.op:
            case "name" if self.leaves == "names" or e.value is None:
                return Piece(self.name(e), ATOM)
            case "name":
                text, binds, signed = self.numeral(e.value)
                return Piece(style.cell(text, *e.args), binds, signed)
            case "number":
                return self.numeral(e.args[0] if e.value is None or e.args[:1] == ("pi",) else e.value)
            case "total" if e.value is None:
                body, letters = e.args
                return Piece(style.running("Σ", letters, self.part(body, PRODUCT)), SUM)
            case "total":
                return self.summed(e.args)
            case "largest":
                return self.largest(e)
            case "max":
                return Piece(style.listing("max", [self.part(a, 0) for a in e.args]), ATOM)
            case "derivative":
                body, by = e.args
                return Piece(style.derivative(self.part(body, 0), self.part(by, 0), body.op == NAME), PRODUCT)
            case "bracket":
                return Piece(style.bracket(self.compared(e.args[0])), ATOM)
            case "choose":
                return self.chosen(e, around)
            case "neg":
                return Piece(style.negative(self.part(e.args[0], POWER, left=False)), PRODUCT, signed=True)
            case "^":
                return self.raised(*e.args)
            case "+" | "-" | "*" | "/":
                return self.operated(e.op, *e.args)
            case function:
                return Piece(style.call(function, self.part(e.args[0], 0)), ATOM)

    def part(self, e: Shown, least: int, left: bool = True) -> str:
        """A part of a larger expression, in parentheses where it binds less tightly than that asks for."""
        return self.fitted(e, least, left).text

    def fitted(self, e: Shown, least: int, left: bool = True) -> Piece:
        piece = self.whole(e, least)
        loose = piece.binds < least or (piece.signed and not left)
        return Piece(self.style.fence(piece.text), ATOM) if loose else piece

    def name(self, e: Shown) -> str:
        quantity, index = e.args
        if isinstance(index, Shown):
            return self.style.name(quantity, [self.place(index)])
        text = self.style.name(quantity, [self.place(i) for i in index])
        return text if e.value is None else self.style.cell(text, quantity, index)

    def place(self, i: Any) -> Any:
        """One index: a number, a letter, or where the numbers say: `winner of U[i,j]`."""
        if not isinstance(i, Shown):
            return i
        owner, dot, array = str(i.args[0]).rpartition(".")
        if i.op != NAME or not dot:
            return self.whole(i).text
        return self.style.whose(array, self.style.name(owner, i.args[1]))

    def numeral(self, value: Any) -> Piece:
        text = value if isinstance(value, str) else text_of(value, self.digits)[0]
        signed = text.startswith("-")
        binds = SUM if signed else PRODUCT if "/" in text and not self.style.fractions else ATOM
        return Piece(self.style.number(text), binds, signed)

    def raised(self, base: Shown, exponent: Shown) -> Piece:
        text, binds, _ = self.whole(base, ATOM)
        fenced = self.style.fence(text) if binds < ATOM or self.style.tall(base.op) else text
        return Piece(self.style.power(fenced, self.part(exponent, ATOM)), POWER)

    def operated(self, op: str, a: Shown, b: Shown) -> Piece:
        if op == "/" and self.style.fractions:
            return Piece(self.style.joined("/", self.part(a, 0), self.part(b, 0)), ATOM)
        binds = BINDS[op]
        right = binds + 1 if op in "-/" or b.op == "/" else binds
        least = binds + 1 if op in "*/" and a.op == "/" and not self.style.fractions else binds
        left = self.fitted(a, least)
        text = self.style.joined(op, left.text, self.part(b, right, left=False))
        return Piece(text, binds, left.signed)

    def summed(self, terms: Sequence[Shown]) -> Piece:
        shown = telling(terms)
        first = self.fitted(shown[0], SUM)
        texts = [first.text, *(self.part(t, PRODUCT, left=False) for t in shown[1:])]
        if len(shown) < len(terms):
            more = self.style.words(f"({len(terms) - len(shown)} more terms)")
            texts.insert(-1, f"{self.style.dots} {more} {self.style.dots}")
        text = texts[0]
        for following in texts[1:]:
            text = self.style.joined("+", text, following)
        return Piece(text, SUM, first.signed)

    def largest(self, e: Shown) -> Piece:
        """The largest of several: all of them where that is the point, else its value, or `max z`."""
        if e.value is None:
            return Piece(self.style.running("max", e.args[1], self.part(e.args[0], PRODUCT)), ATOM)
        inside = e is not self.expression
        if inside and self.leaves == "numbers":
            return self.numeral(e.value)
        if inside and (common := family(e.args[0])):
            return Piece(self.style.running("max", (), self.style.name(*common)), PRODUCT)
        texts = [self.part(c, 0) for c in e.args[0]]
        shown = texts if len(texts) <= MOST_TERMS else [*texts[:4], self.style.dots, texts[-1]]
        return Piece(self.style.listing("max", shown), ATOM)

    def chosen(self, e: Shown, around: int) -> Piece:
        """The branch that was taken; in a formula, both."""
        condition, yes, no, held = e.args
        if held is not None:
            return self.whole(yes if held else no, around)
        opposite = Comparison(OPPOSITE[condition.relation], condition.left, condition.right)
        nested = around > 0
        branches = self.part(yes, 0), self.compared(condition), self.part(no, 0), self.compared(opposite)
        return Piece(self.style.cases(*branches, nested), ATOM if nested else 0)

    def compared(self, c: Comparison) -> str:
        return f"{self.part(c.left, 0)} {self.style.relation(c.relation)} {self.part(c.right, 0)}"


def telling(terms: Sequence[Shown]) -> Sequence[Shown]:
    """The terms of a sum that are shown: all, or of very many the first few and the last that are not 0."""
    if len(terms) <= MOST_TERMS:
        return terms
    full = [t for t in terms if getattr(t.value, "value", t.value) != 0]
    full = full if len(full) >= 5 else list(terms)
    return [*full[:4], full[-1]]


def condition_text(c: Comparison, held: bool, style: Style, digits: int) -> str:
    """A comparison as it came out: `U[1,0] = −0.5 ≤ 0`."""
    sign = c.relation if held else OPPOSITE[c.relation]
    left, right = written(c.left, style), written(c.right, style, "numbers", digits)
    value = written(c.left, style, "numbers", digits)
    equals = "" if left == value else f" {style.relation('=')} {value}"
    return f"{left}{equals} {style.relation(sign)} {right}"


def family(expressions: Sequence[Shown]) -> tuple[str, Index] | None:
    """What all of these are cells of, if it is one thing: `z`, or `z[1,·]` for a row of it."""
    names = {str(e.args[0]) for e in expressions}
    if len(names) != 1 or any(e.op != NAME for e in expressions):
        return None
    axes = list(zip(*(e.args[1] for e in expressions), strict=True))
    index = tuple(axis[0] if len(set(axis)) == 1 else "·" for axis in axes)
    return names.pop(), index if len(index) > 1 else ()
