"""A numeral: the digits that stand for a number, kept as they were written.

A rule's constants and a problem file's numbers are numerals, so that every arithmetic reads the same
digits in its own way: `0.1` is one tenth to rationals, the nearest float to floats, an enclosure to balls.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from backproof.errors import BadNumber

SHAPE = re.compile(r"([+-]?)(\d+(?:_\d+)*)?(?:\.(\d+(?:_\d+)*)?)?(?:[eE]([+-]?\d{1,9}))?")
LARGEST_EXPONENT = 20_000
MOST_DIGITS = 4_000
SPECIAL = {"nan": "nan", "inf": "inf", "infinity": "inf", "pi": "pi"}


class Numeral(str):
    """The digits of one number: `Numeral("0.1")`, `Numeral("-1/3")`, `Numeral(2)`, `Numeral("pi")`.

    A Python float is read as the digits that Python prints for it, so that 0.1 means one tenth.

    >>> Numeral(0.1), Numeral("1/3"), Numeral(-2)
    (Numeral('0.1'), Numeral('1/3'), Numeral('-2'))
    >>> Numeral("a lot")
    Traceback (most recent call last):
      ...
    backproof.errors.BadNumber: 'a lot' is not a number; write digits such as 2, -0.5, 1e-3 or "1/3"
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # As a rule's option it stands for the number that an arithmetic will read it as.
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...

    def __new__(cls, digits: Numeral | str | int | float | Fraction | Decimal) -> Numeral:
        if isinstance(digits, Numeral):
            return digits
        if isinstance(digits, bool):
            raise BadNumber(digits)
        text = str(digits).strip().replace("−", "-")
        if not is_number(text):
            raise BadNumber(
                digits, too_large=text[-1:].isdigit() and SHAPE.fullmatch(text) is not None and text[:1] not in "eE"
            )
        return super().__new__(cls, text)

    def __repr__(self) -> str:
        return f"Numeral({str(self)!r})"

    @property
    def special(self) -> str | None:
        """`nan`, `inf`, `-inf`, `pi` where the numeral is one of these words, `-0.0` for a negative zero."""
        sign, word = ("-", self[1:]) if self[:1] == "-" else ("", self.lstrip("+"))
        if word.lower() in SPECIAL:
            return sign + SPECIAL[word.lower()] if word.lower() != "nan" else "nan"
        return "-0.0" if sign and "/" not in word and self.ratio()[0] == 0 and "." in word else None

    def ratio(self) -> tuple[int, int]:
        """The number as a numerator and a positive denominator, not reduced.

        >>> Numeral("-1.25e1").ratio()
        (-125, 10)
        """
        above, _, below = self.partition("/")
        p, q = decimal_ratio(above)
        if not below:
            return p, q
        r, s = decimal_ratio(below)
        return (p * s, q * r) if r > 0 else (-p * s, -q * r)


def is_number(text: str) -> bool:
    if text.lstrip("+-").lower() in SPECIAL and len(text) - len(text.lstrip("+-")) <= 1:
        return True
    above, slash, below = text.partition("/")
    if slash and not (is_decimal(below) and any(c in "123456789" for c in re.split("[eE]", below)[0])):
        return False
    return is_decimal(above)


def is_decimal(text: str) -> bool:
    match = SHAPE.fullmatch(text)
    if match is None or len(text) > MOST_DIGITS:
        return False
    _, whole, part, exponent = match.groups()
    return bool(whole or part) and abs(int(exponent or 0)) <= LARGEST_EXPONENT


def decimal_ratio(text: str) -> tuple[int, int]:
    match = SHAPE.fullmatch(text)
    if match is None:
        raise BadNumber(text)
    sign, whole, part, exponent = match.groups()
    part = (part or "").replace("_", "")
    digits = int((whole or "0").replace("_", "") + part)
    power = int(exponent or 0) - len(part)
    digits = -digits if sign == "-" else digits
    return (digits * 10**power, 1) if power >= 0 else (digits, 10**-power)
