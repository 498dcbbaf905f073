"""Numbers short enough for a cell."""

from __future__ import annotations

from math import isfinite
from typing import Any

from flint import arb, fmpq

from backproof.arithmetic.ball import Ball
from backproof.arithmetic.rounding import significant
from backproof.drawing.sizes import inner
from backproof.record.digits import text_of

DIGITS = 4
"""of a number that is rounded, unless it is a longer whole one"""
LONGEST = 8
"""The characters of the longest text, its sign aside."""


def full(value: Any, digits: int) -> str:
    """A number as worksheets write it, with a minus sign."""
    return written(text_of(value, digits)[0])


def equation(left: str, value: Any, digits: int) -> str:
    """`U[0,1] = 6`, or ≈ where digits were left out."""
    return f"{left} {'=' if text_of(value, digits)[1] else '≈'} {full(value, digits)}"


def short(value: Any, digits: int, most: int) -> str:
    """The same in so many characters and a sign: exactly, or else rounded once to the most digits that there is room for.

    A power of ten stands where places would take a digit's room. Two digits are always shown, at the cost of some room,
    and of a number so far from 1 that even one has none, which way it is far.

    >>> short(fmpq(-1, 20), 6, 6), short(fmpq(123456789), 6, 6), short(fmpq(2, 7**20), 6, 6), short(0.1 + 0.2, 6, 6)
    ('−0.05', '1.2e+8', '2.5e−17', '0.3000')
    >>> short(fmpq(-1, 16), 6, 6), short(fmpq(-1, 16), 6, 5), short(fmpq(40, 1174001), 6, 7), short(fmpq(10**9, 3**9), 6, 6)
    ('−0.0625', '−0.062', '3.41e−5', '50805')
    >>> short(arb(10**4).exp(), 6, 6), short(-arb(10**9).exp(), 6, 6), short((-arb(10**9)).exp(), 6, 6)
    ('9e+4342', '−10^…', '10^−…')
    """
    text, exact = text_of(value, digits)
    if exact and length(text) <= most:
        return written(text)
    whole = text.lstrip("-").partition(".")[0]
    first = max(DIGITS, len(whole)) if whole.isdigit() and len(whole) <= most else DIGITS
    for n in range(min(first, digits), 0, -1):
        plain = rounded(value, n)
        forms = sorted([plain, scientific(plain)], key=lambda form: length(form) > most)
        if length(forms[0]) <= most:
            return written(forms[0])
        nearest = min(forms, key=length)
        if n <= 2 and length(nearest) <= LONGEST:
            return written(nearest)
    return written(far(text))


def length(text: str) -> int:
    """The characters of a number, its sign aside, so that numbers of both signs have the same digits."""
    return len(text.lstrip("-±"))


def scientific(text: str) -> str:
    """A decimal that begins with places of nothing as a power of ten; any other text as it is.

    >>> scientific("-0.00003407"), scientific("0.25")
    ('-3.407e-5', '0.25')
    """
    sign, rest = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not rest.startswith("0.0"):
        return text
    digits = rest[2:].lstrip("0")
    point = "." if len(digits) > 1 else ""
    return f"{sign}{digits[:1]}{point}{digits[1:]}e{len(digits) - len(rest) + 1}"


def far(text: str) -> str:
    """What is left of a number far from 1: its sign, and which way its power of ten goes; of any other text the beginning.

    >>> far("-1.25e-868589"), far("±10^(4.3e+299)"), far("[10,11,12]")
    ('-10^-…', '±10^…', '[10,11,…')
    """
    sign = text[: len(text) - len(text.lstrip("-±"))]
    _, power, exponent = text.partition("^(" if "^" in text else "e")
    if not power:
        return f"{text[: LONGEST - 1]}…"
    return f"{sign}10^{'-' if exponent.startswith('-') else ''}…"


def written(text: str) -> str:
    return text.replace("-", "−")


def rounded(value: Any, digits: int) -> str:
    number = inner(value)
    if isinstance(number, fmpq):
        return significant(int(number.p), int(number.q), digits)
    if isinstance(value, (Ball, arb, int, tuple)):
        return text_of(value, digits)[0]
    near = float(value)
    return significant(*near.as_integer_ratio(), digits) if isfinite(near) else str(near)


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def amount(number: float) -> str:
    """A length as SVG writes it.

    >>> amount(12.0), amount(0.25)
    ('12', '0.25')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")
