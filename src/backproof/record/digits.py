"""Numbers as people write them: exactly where that is short, else rounded, every digit certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, fmpq

from backproof.arithmetic.array import Array, Index
from backproof.arithmetic.ball import Ball, precision
from backproof.arithmetic.rounding import decimal, laid_out, significant

LONGEST_DECIMAL = 12
LONGEST_FRACTION = 9
LONGEST_POWER = 9


def text_of(value: Any, digits: int) -> tuple[str, bool]:
    """A number's text, and whether that is the number itself and not rounded.

    >>> text_of(fmpq(193, 10), 6), text_of(fmpq(1, 3), 6), text_of(fmpq(2**60, 3**40), 6)
    (('19.3', True), ('1/3', True), ('0.0948308', False))
    """
    value = value.value if isinstance(value, Ball) else value
    if isinstance(value, fmpq):
        p, q = int(value.p), int(value.q)
        short = max(digits + 2, LONGEST_DECIMAL)
        if p.bit_length() < 256 and q.bit_length() < 256:
            text = decimal(p, q)
            if (
                text is not None
                and len(text.lstrip("-").replace(".", "").lstrip("0")) <= short
                and len(text) <= short + 8
            ):
                return text, True
            if text is None and len(f"{p}{q}".lstrip("-")) <= LONGEST_FRACTION:
                return f"{p}/{q}", True
        return significant(p, q, digits), False
    if isinstance(value, arb):
        return enclosed(value, digits), False
    if isinstance(value, tuple):
        return f"[{','.join(map(str, value))}]", True  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, int):
        return str(value), True
    text = str(value)
    return (text.removesuffix(".0"), True)


FARTHEST = 4_000
"""Powers of two beyond which a number is scaled as an enclosure, not as a ratio with as many digits."""
NARROWEST = 100_000
"""A radius is taken to be at least two to the power of minus this."""


def enclosed(value: arb, digits: int) -> str:
    """So many digits of an enclosed number, all certain; fewer where the enclosure is too wide for them."""
    exponent = magnitude(value)
    if value.contains(0):
        return bound(exponent)
    if abs(exponent) > FARTHEST:
        return far(value, exponent, digits)
    low, high = bounds(value)
    for n in range(digits, 0, -1):
        text = significant(int(low.p), int(low.q), n)
        if text == significant(int(high.p), int(high.q), n):
            return text
    return bound(exponent)


def bound(exponent: int) -> str:
    """A power of ten that 2**exponent does not exceed, in front of it ±: no digit is certain, only that.

    >>> bound(10), bound(-10), bound(-10**30)
    ('±1e+4', '±1e-3', '±10^(-3.01e+29)')
    """
    power = -(-exponent * 30103 // 100000) if exponent > 0 else -(-exponent * 30102 // 100000)
    digits = str(abs(power))
    if len(digits) <= LONGEST_POWER:
        return f"±1e{power:+d}"
    lead = laid_out(int(digits[:3]) + (power > 0), len(digits) - 1, 3)
    return f"±10^({'-' if power < 0 else ''}{lead})"


def magnitude(value: arb) -> int:
    """The power of two that the number, or its enclosure, does not exceed."""
    sizes = [end.man_exp() for end in (value.mid(), value.rad())]
    return 1 + max(int(exponent) + int(mantissa).bit_length() for mantissa, exponent in sizes if mantissa != 0)


def far(value: arb, exponent: int, digits: int) -> str:
    """The digits of a number whose own digits would fill pages: 1.25e-868589; of a farther one its size, 10^(−4.3e+4999)."""
    with precision(4 * digits + 128 + 2 * exponent.bit_length()):
        size, sign = abs(value), "-" if value < 0 else ""
        decimals = size.log() / arb.const_log10()
        if exponent.bit_length() > 200:
            return f"{sign}10^({enclosed(decimals, 3)})"
        power = int(decimals.floor().mid().unique_fmpz() or 0)
        leading = size / arb(10) ** power
        for n in range(digits, 0, -1):
            low, high = bounds(leading * 10 ** (n - 1))
            whole = int((2 * low.p + low.q) // (2 * low.q))
            if whole == int((2 * high.p + high.q) // (2 * high.q)):
                return sign + laid_out(whole, power, n)
    return bound(exponent)


def bounds(value: arb) -> tuple[fmpq, fmpq]:
    """The ends of an enclosure, exactly; of an unspeakably narrow one, a little outside."""
    middle, (mantissa, exponent) = dyadic(*value.mid().man_exp()), value.rad().man_exp()
    if mantissa != 0 and int(exponent) + int(mantissa).bit_length() < -NARROWEST:
        mantissa, exponent = 1, -NARROWEST
    radius = dyadic(mantissa, exponent)
    return middle - radius, middle + radius


def dyadic(mantissa: Any, exponent: Any) -> fmpq:
    power = int(exponent)
    return fmpq(int(mantissa) << power) if power >= 0 else fmpq(int(mantissa), 1 << -power)


def matrix_lines(
    label: Callable[[Index], str], array: Array, digits: int, most: int = 12, place: Index = ()
) -> list[str]:
    """`U = ` and the numbers in brackets, a line a row; axes before the last two become blocks of their own."""
    if len(array.shape) > 2:
        blocks = array.shape[0] if array.shape[0] <= most else 2
        parts = [matrix_lines(label, array.at(i), digits, most, (*place, i)) for i in range(blocks)]
        lines = [line for part in parts for line in part]
        return lines + ([f"… {array.shape[0] - blocks} more"] if blocks < array.shape[0] else [])
    rows, exact = grid(array, digits, most)
    lead = f"{label(place)} {'=' if exact else '≈'} "
    if not array.shape:
        return [lead + rows[0][0]]
    widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
    body = ["  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    fenced = brackets(body)
    return [(lead if i == 0 else " " * len(lead)) + line for i, line in enumerate(fenced)]


def grid(array: Array, digits: int, most: int) -> tuple[list[list[str]], bool]:
    """The texts of a number, a row or a matrix, long ones cut in the middle; and whether none was rounded."""
    if not array.shape:
        text, exact = text_of(array[()], digits)
        return [[text.replace("-", "−")]], exact
    rows: list[Any] = [None] if len(array.shape) == 1 else picked(array.shape[0], most)
    exact, texts = True, list[list[str]]()
    for i in rows:
        line = list[str]()
        for j in picked(array.shape[-1], most):
            if i is Ellipsis or j is Ellipsis:
                line.append("…")
                continue
            index: Index = (j,) if i is None else (i, j)
            text, whole = text_of(array[index], digits)
            exact = exact and whole
            line.append(text.replace("-", "−"))
        texts.append(line)
    return texts, exact


def picked(length: int, most: int) -> list[Any]:
    """0 … length − 1, or the first few, an ellipsis and the last."""
    if length <= most:
        return list(range(length))
    return [*range(most // 2), ..., length - 1]


def brackets(rows: list[str]) -> list[str]:
    """Rows between brackets as tall as they are."""
    if len(rows) == 1:
        return [f"[{rows[0]}]"]
    left = ["⎡", *["⎢"] * (len(rows) - 2), "⎣"]
    right = ["⎤", *["⎥"] * (len(rows) - 2), "⎦"]
    return [f"{a}{row}{b}" for a, row, b in zip(left, rows, right, strict=True)]
