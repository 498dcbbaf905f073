"""A ratio of whole numbers rounded once, correctly, to nearest with ties to even: to a float, or to decimal digits."""

from __future__ import annotations

from math import inf, ldexp
from typing import NamedTuple

from flint import fmpz


class Format(NamedTuple):
    """A binary float format."""

    bits: int
    """of the significand, the leading one included"""
    smallest: int
    """exponent of the smallest subnormal number"""
    overflow: int
    """exponent of the first power of two that is too large"""


FORMATS = {"float16": Format(11, -24, 16), "float32": Format(24, -149, 128), "float64": Format(53, -1074, 1024)}


def significand(p: int, q: int, form: Format) -> tuple[int, int] | None:
    """|p/q| ≈ whole · 2**exponent, the nearest in the format; None where that overflows. q > 0."""
    p = abs(p)
    exponent = max(p.bit_length() - q.bit_length() - form.bits, form.smallest)
    while True:
        above, below = (p, q << exponent) if exponent >= 0 else (p << -exponent, q)
        whole, rest = divmod(above, below)
        if whole < 1 << form.bits:
            break
        exponent += 1
    if 2 * rest > below or (2 * rest == below and whole & 1):
        whole += 1
    return None if whole.bit_length() + exponent > form.overflow else (whole, exponent)


def rounded(p: int, q: int, form: str = "float64") -> float:
    """The float of the given format nearest to p/q; q > 0.

    >>> rounded(1, 10), rounded(1, 10, "float32"), rounded(10**400, 1)
    (0.1, 0.10000000149011612, inf)
    """
    found = significand(p, q, FORMATS[form])
    size = inf if found is None else ldexp(*found)
    return -size if p < 0 else size


def decimal(p: int, q: int) -> str | None:
    """p/q as a decimal that ends, None where it does not.

    >>> decimal(193, 10), decimal(-1, 20), decimal(1, 3)
    ('19.3', '-0.05', None)
    """
    twos = (q & -q).bit_length() - 1
    odd, fives = q >> twos, 0
    while odd % 5 == 0:
        odd, fives = odd // 5, fives + 1
    if odd != 1:
        return None
    places = max(twos, fives)
    text = str(fmpz(abs(p) * 10**places // q)).rjust(places + 1, "0")  # Python's own str stops at 4,300 digits
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"-{text}" if p < 0 else text


def significant(p: int, q: int, digits: int) -> str:
    """p/q rounded to so many significant digits; far from 1 in the form 1.25e-9. q > 0.

    >>> significant(2, 3, 4), significant(-10**20, 3, 3), significant(999999, 10, 3)
    ('0.6667', '-3.33e+19', '1.00e+5')
    """
    if p == 0:
        return "0"
    sign, p = ("-", -p) if p < 0 else ("", p)
    exponent = int((p.bit_length() - q.bit_length()) * 0.30103)
    while scaled(p, q, -exponent) < 1:
        exponent -= 1
    while scaled(p, q, -exponent) >= 10:
        exponent += 1
    above, below = power_scaled(p, q, digits - 1 - exponent)
    whole, rest = divmod(above, below)
    if 2 * rest > below or (2 * rest == below and whole & 1):
        whole += 1
    return sign + laid_out(whole, exponent, digits)


def laid_out(whole: int, exponent: int, digits: int) -> str:
    """The number whole · 10**(exponent − digits + 1) as people write it, `whole` having so many digits, or one more.

    >>> laid_out(125, -2, 3), laid_out(125, 40, 3)
    ('0.0125', '1.25e+40')
    """
    if whole == 10**digits:
        whole, exponent = whole // 10, exponent + 1
    text = str(whole)
    if -5 <= exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{text}"
    if 0 <= exponent < digits:
        return f"{text[: exponent + 1]}{'.' if exponent + 1 < digits else ''}{text[exponent + 1 :]}"
    return f"{text[0]}{'.' if digits > 1 else ''}{text[1:]}e{exponent:+d}"


def power_scaled(p: int, q: int, power: int) -> tuple[int, int]:
    """Numerator and denominator of p/q · 10**power."""
    return (p * 10**power, q) if power >= 0 else (p, q * 10**-power)


def scaled(p: int, q: int, power: int) -> int:
    """p/q · 10**power, rounded down."""
    above, below = power_scaled(p, q, power)
    return above // below
