"""Numbers that stand in a formula: how exact they are, and which quantity's number they may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flint import arb, fmpq

from backproof.algebra.numbers import BITS, evaluate
from backproof.arithmetic.ball import Ball, precision
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.shown import NAME, NEGATIVE, NUMBER, Shown
from backproof.arithmetic.symbol import Expr
from backproof.marking.formulas.expressions import Expressions
from backproof.notation.text import TEXT
from backproof.record.digits import text_of

DIGITS = 6


def rounded(e: Shown, expressions: Expressions) -> arb | None:
    """A side of numbers alone with each of its decimals half a last digit wide; None where none is a decimal."""
    decimals: dict[Expr, arb] = {}

    def opened(part: Any) -> Any:
        if isinstance(part, Shown) and part.op == NUMBER and "." in str(part.args[0]):
            text = str(part.args[0])
            p, q = Numeral(text).ratio()
            places = len(text.partition(".")[2].lower().partition("e")[0]) - int(text.lower().partition("e")[2] or 0)
            name = f"decimal {len(decimals)}"
            decimals[expressions.quantities.stranger(name)] = arb(arb(fmpq(p, q)).mid(), arb(10) ** -places / 2)
            return Shown(NAME, (name, ()), None)
        if isinstance(part, Shown) and part.op != NUMBER:
            return Shown(part.op, tuple(map(opened, part.args)), None)
        return part

    with precision(BITS):
        value = expressions.value(opened(e), {})
        if not decimals or value.shape:
            return None
        found = evaluate(value[()], {s: Ball(n) for s, n in decimals.items()}).value
    return found if isinstance(found, arb) else None


def worked(e: Shown) -> bool:
    """Whether a side of numbers is more than one of them."""
    return e.op != NUMBER and not (e.op == NEGATIVE and e.args[0].op == NUMBER)


def short(number: Any) -> bool:
    """Whether a number has an end in decimals, so that nobody has to round on the way to it."""
    if not isinstance(number, fmpq):
        return False
    below = int(number.q)
    for factor in (2, 5):
        while below % factor == 0:
            below //= factor
    return below == 1


def put(e: Shown, number: Any, name: Shown) -> Iterator[Shown]:
    """The expression with the name in the place of one of the numbers equal to it that is no divisor or exponent."""
    if e.op == NUMBER:
        if fmpq(*Numeral(str(e.args[0])).ratio()) == number:
            yield name
    elif e.op != NAME:
        for n, part in enumerate(e.args):
            if isinstance(part, Shown) and not (n == 1 and e.op in "/^"):
                for changed in put(part, number, name):
                    yield Shown(e.op, (*e.args[:n], changed, *e.args[n + 1 :]), None)


def number_text(value: Any) -> str:
    return TEXT.number(text_of(value, DIGITS)[0])
