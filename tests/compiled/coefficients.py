"""How the coefficients of `backproof.compiled.elementary` were made: Remez's exchange, one rounding at a time.

`python -m compiled.coefficients`, run in `tests`, prints them all in a few seconds.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from flint import arb, arb_mat, ctx

Real = Callable[[arb], arb]
CAREFUL = 3
"""The place of the coefficient from which on all are rounded together."""


def rounded(x: arb | float, bits: int) -> float:
    return float(x) if bits == 64 else struct.unpack("f", struct.pack("f", float(x)))[0]


def nodes(a: float, b: float, count: int) -> list[arb]:
    """Chebyshev's extrema on [a, b]."""
    middle, half = (arb(a) + arb(b)) / 2, (arb(b) - arb(a)) / 2
    return [(middle - half * (arb.pi() * i / (count - 1)).cos()).mid() for i in range(count)]


def exchange(f: Real, weight: Real, a: float, b: float, count: int) -> list[arb]:
    """The coefficients, lowest first, of the polynomial whose largest weighted error on a fine grid is smallest."""
    grid = [x for x in nodes(a, b, 24 * count + 25) if abs(x) > (b - a) / 10_000]
    values = [(x, f(x).mid(), abs(weight(x)).mid()) for x in grid]
    chosen = [values[round(i * (len(values) - 1) / count)] for i in range(count + 1)]
    best, least = [], float("inf")
    for _ in range(30):
        rows = [[x**j for j in range(count)] + [(-1) ** i / w] for i, (x, _, w) in enumerate(chosen)]
        solved = arb_mat(rows).solve(arb_mat([[v] for _, v, _ in chosen]))
        c = [solved[i, 0].mid() for i in range(count)]
        errors = [((value(c, x) - v) * w).mid() for x, v, w in values]
        worst = max(abs(float(e)) for e in errors)
        if worst < least:
            best, least = c, worst
        runs: list[int] = []
        for i, e in enumerate(errors):
            if runs and (errors[runs[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[runs[-1]]):
                    runs[-1] = i
            else:
                runs.append(i)
        while len(runs) > count + 1:
            runs.pop(0 if abs(errors[runs[0]]) < abs(errors[runs[-1]]) else -1)
        if len(runs) <= count or worst < 1.0001 * abs(float(solved[count, 0])):
            break
        chosen = [values[i] for i in runs]
    return best


def value(c: Sequence[arb] | Sequence[float], x: arb) -> arb:
    return sum((k * x**i for i, k in enumerate(c)), arb(0))


def minimax(
    f: Real, weight: Real, a: float, b: float, degree: int, bits: int, fixed: tuple[float, ...] = ()
) -> tuple[list[float], float]:
    """Coefficients, the lowest ones rounded before the others are fitted anew, and the largest weighted error."""
    c = list(fixed)
    old, ctx.prec = ctx.prec, 1000
    while len(c) <= degree:
        j = len(c)
        rest: Real = lambda x, j=j, c=tuple(c): (f(x) - value(c, x)) / x**j
        scaled: Real = lambda x, j=j: weight(x) * x**j
        found = [rounded(k, bits) for k in exchange(rest, scaled, a, b, degree + 1 - j)]
        c += found[:1] if j < CAREFUL else found
    error = max(abs(float((value(c, x) - f(x)) * weight(x))) for x in nodes(a, b, 1001) if x != 0)
    ctx.prec = old
    return c, error


def erfcx(x: arb) -> arb:
    return x.erfc() * (x * x).exp()


def exp_table(bits: int) -> list[float]:
    half = 0.5 * 0.6931472 * 1.0001
    f: Real = lambda r: (r.exp() - 1 - r) / r**2
    return minimax(f, lambda r: r**2 / r.exp(), -half, half, {32: 4, 64: 9}[bits], bits)[0]


def log_table(bits: int) -> list[float]:
    f: Real = lambda f: ((1 + f).log() - f) / f**2
    return minimax(f, lambda f: f**2 / (1 + f).log(), -0.2928933, 0.4142136, {32: 9, 64: 20}[bits], bits, (-0.5,))[0]


def erf_table(bits: int) -> list[float]:
    f: Real = lambda y: y.sqrt().erf() / y.sqrt() - 1
    return minimax(f, lambda y: y.sqrt() / y.sqrt().erf(), 0, 0.6875**2, {32: 5, 64: 10}[bits], bits)[0]


def erfc_table(bits: int) -> tuple[float, list[float]]:
    """Also the centre k: near the first of a pair, the one for which the lowest coefficient loses least by rounding."""
    start, end, degree = {32: (2.0, 10.25, 8), 64: (2.77, 27.5, 20)}[bits]

    def loss(k: float) -> float:
        first = (1 + 2 * arb(k)) * erfcx(arb(k))
        return abs(float(first / rounded(first, bits) - 1))

    old, ctx.prec = ctx.prec, 1000
    k = min((rounded(start + i * 2.0**-18, bits) for i in range(3000)), key=loss)
    first = rounded((1 + 2 * arb(k)) * erfcx(arb(k)), bits)
    ctx.prec = old

    def g(u: arb) -> arb:
        x = k * (1 + u) / (1 - u)
        return (1 + 2 * x) * erfcx(x)

    low, high = (0.6875 - k) / (0.6875 + k), (end - k) / (end + k)
    return k, minimax(g, lambda u: 1 / g(u), low, high, degree, bits, (first,))[0]


def ln2_parts(bits: int) -> tuple[float, float]:
    """The leading 16 or 42 bits of ln 2, and the rest: a whole n up to ±1075 times the former is exact."""
    old, ctx.prec = ctx.prec, 300
    whole = int(float((arb(2).log() * 2 ** {32: 16, 64: 42}[bits]).floor()))
    high = whole / 2.0 ** {32: 16, 64: 42}[bits]
    low = rounded(arb(2).log() - arb(high), bits)
    ctx.prec = old
    return high, low


def main() -> None:
    for table in (exp_table, log_table, erf_table, erfc_table, ln2_parts):
        print(table.__name__, {bits: table(bits) for bits in (32, 64)})


if __name__ == "__main__":
    main()
