"""Numbers short enough for a cell, and names as they are set."""

from __future__ import annotations

from html import escape
from math import isfinite
from typing import Any

from flint import arb, fmpq

from backproof.arithmetic.ball import Ball
from backproof.arithmetic.rounding import significant
from backproof.drawing.sizes import inner
from backproof.record.digits import text_of

D = "<tspan class='symbol'>∂</tspan>"


def full(value: Any, digits: int) -> str:
    """A number as worksheets write it, with a minus sign."""
    return text_of(value, digits)[0].replace("-", "−")


def equation(left: str, value: Any, digits: int) -> str:
    """`U[0,1] = 6`, or ≈ where digits were left out."""
    return f"{left} {'=' if text_of(value, digits)[1] else '≈'} {full(value, digits)}"


def short(value: Any, digits: int, most: int) -> str:
    """The same in a few characters: with four digits at most where it is rounded, with fewer where it is longer.

    >>> short(fmpq(-1, 20), 6, 7), short(fmpq(123456789), 6, 7), short(fmpq(2, 7**20), 6, 7), short(0.1 + 0.2, 6, 7)
    ('−0.05', '1.23e+8', '2.5e−17', '0.3000')
    """
    text, exact = text_of(value, digits)
    for n in range(min(4, digits), 0, -1):
        if len(text) <= most and (exact or n < 4):
            break
        text, exact = rounded(value, n), False
    return text.replace("-", "−")


def rounded(value: Any, digits: int) -> str:
    number = inner(value)
    if isinstance(number, fmpq):
        return significant(int(number.p), int(number.q), digits)
    if isinstance(value, (Ball, arb, int, tuple)):
        return text_of(value, digits)[0]
    near = float(value)
    return significant(*near.as_integer_ratio(), digits) if isfinite(near) else str(near)


def symbol(name: str) -> str:
    """A quantity's name as SVG text: letters italic, words upright, a derivative as one."""
    top, slash, rest = name.partition("/")
    if slash:
        return f"{D}{letters(top[1:])}/{D}{letters(rest[1:])}"
    return letters(name)


def letters(name: str) -> str:
    text = escape(name.replace("'", "′"))
    return f"<tspan class='symbol'>{text}</tspan>" if len(name.rstrip("'")) == 1 else text


def spoken(name: str) -> str:
    """A quantity's name in words: `gradient of U`."""
    _, slash, rest = name.partition("/")
    return f"gradient of {rest[1:]}" if slash else name


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def amount(number: float) -> str:
    """A length as SVG writes it.

    >>> amount(12.0), amount(0.25)
    ('12', '0.25')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")
