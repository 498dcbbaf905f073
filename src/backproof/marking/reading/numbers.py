"""A number as somebody wrote it, and what stands in a number's place without being one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from flint import fmpq

from backproof.marking.claims import Where, Written

NOWHERE = Where()
MOST_DIGITS = 400
LARGEST_EXPONENT = 2_000
LONGEST = 1_000

DECIMAL = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?"
NUMBER = re.compile(rf"(?P<above>{DECIMAL})(?:/(?P<below>{DECIMAL}))?", re.IGNORECASE | re.ASCII)
PARTS = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?(?:e([+-]?\d+))?", re.IGNORECASE | re.ASCII)
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
POWER_OF_TEN = re.compile(r"\s*(?:[·×*⋅]|\\times|\\cdot)\s*10\s*(?:\^|\*\*)\s*\{?\s*([+-]?\d+)\s*\}?$", re.ASCII)

BLANKS = frozenset(["", "?", "-", "–", "—", "_", "__", "___", "…", "...", "null", "none", "n/a"])
SIGNS = str.maketrans("−–—‐‑﹣－＋⁄", "------" + "-+/")
LOOK_ALIKES = str.maketrans("lIi|!OoQDSsBZzgqbGAT", "11111000055822996647")
"""Letters, and the digits that they are most often mistaken for."""


def written(text: str, where: Where = NOWHERE) -> Written:
    """The number that a text is, its digits as they stand; blank where it says that nothing is written.

    What is no number is illegible: it gets a doubt, and guesses at what was meant, but no value.

    >>> written("-0,050").value, written("-0,050").digits, written("1/3").value
    (-1/20, 2, 1/3)
    >>> written("l9.3").value, written("l9.3").readings
    (None, (193/10, 93/10))
    """
    if len(text) > LONGEST:
        return Written(text[:20] + "…", where=where, doubt=f"a number has at most {LONGEST} characters")
    value, unit, digits, doubt, readings = parsed(text)
    return Written(text, value, unit, digits, where, doubt, readings)


Parsed: TypeAlias = tuple[fmpq | None, fmpq | None, int, str, tuple[fmpq, ...]]


@lru_cache(maxsize=4096)
def parsed(text: str) -> Parsed:
    """Value, unit, digits, doubt and readings; a sheet says the same few numbers again and again."""
    plain = POWER_OF_TEN.sub(r"e\1", text.strip().translate(SIGNS))
    if plain.lower() in BLANKS:
        return None, None, 0, "", ()
    if THOUSANDS.fullmatch(plain):
        one, other = plain.replace(",", ".", 1), plain.replace(",", "")
        readings = tuple(ratio(reading) for reading in (one, other) if NUMBER.fullmatch(reading))
        return None, None, 0, "a comma before three digits may mark the fraction or the thousands", readings
    found = NUMBER.fullmatch(plain)
    if found is None:
        return None, None, 0, "this is no number", guesses(plain)
    above, below = found["above"], found["below"]
    if too_long(above) or (below and too_long(below)):
        return None, None, 0, f"a number has at most {MOST_DIGITS} digits and an exponent up to {LARGEST_EXPONENT}", ()
    if below is not None:
        divisor = ratio(below)
        if divisor == 0:
            return None, None, 0, "nothing can be divided by 0", ()
        return ratio(above) / divisor, None, 0, "", ()
    return *measured(above), "", ()


def too_long(number: str) -> bool:
    digits, _, exponent = number.lower().partition("e")
    return len(digits) > MOST_DIGITS or abs(int(exponent or 0)) > LARGEST_EXPONENT


def measured(number: str) -> tuple[fmpq, fmpq, int]:
    """A decimal's value, what one in its last digit is worth, and how many digits count."""
    found = PARTS.fullmatch(number)
    assert found is not None
    sign, whole, part, exponent = found.groups()
    digits = whole + (part or "")
    places = int(exponent or 0) - len(part or "")
    unit = fmpq(10**places) if places >= 0 else fmpq(1, 10**-places)
    value = unit * int(digits)
    return -value if sign == "-" else value, unit, len(digits.lstrip("0"))


def ratio(number: str) -> fmpq:
    return measured(number)[0]


def guesses(text: str) -> tuple[fmpq, ...]:
    """What a damaged number may have been: look-alikes, a space too many, a bracket astray."""
    if len(text) > 40:
        return ()
    bare = re.sub(r"[\s()\[\]{}$]", "", text)
    candidates = [bare, bare.translate(LOOK_ALIKES), re.sub(r"[^\d.+-]", "", bare)]
    found = [
        ratio(c)
        for c in dict.fromkeys(candidates)
        if any(d.isdigit() for d in c) and NUMBER.fullmatch(c) and "/" not in c and not too_long(c)
    ]
    return tuple(dict.fromkeys(found))
