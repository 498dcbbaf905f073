"""Error bounds of elementary functions, proved: the largest error in ULP at all floats of some intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_poly, arb_series, ctx

from backproof.compiled.operations import FORMATS, Format
from compiled.balls import ZERO, Balls, Undecided, Value, floor, power

PARTS = 12
BITS = 160


@dataclass(frozen=True)
class Certificate:
    """The largest error in ULP that is possible on some intervals, one at which the bound is reached, and their number."""

    bound: float
    where: tuple[float, float]
    pieces: int


def certify(
    function: Callable[..., Any],
    truth: Callable[[Any], Any],
    scalar: str,
    intervals: Iterator[tuple[float, float]] | list[tuple[float, float]],
    goal: float,
    order: int = 10,
    real: bool = False,
) -> Certificate:
    """An upper bound of the function's error at all floats (real: all real numbers) of the intervals, ends included.

    Intervals on which the bound is above the goal are halved, again and again.
    """
    worst, where, count = 0.0, (0.0, 0.0), 0
    old = ctx.prec, ctx.cap
    ctx.prec, ctx.cap = BITS, order + 1
    try:
        work = [(low, high, 0) for low, high in intervals]
        while work:
            low, high, depth = work.pop()
            try:
                bound = piece(function, truth, FORMATS[scalar], low, high, order, real, goal)
            except Undecided:
                bound = float("inf")
            if not bound <= goal and low < high and depth < (60 if bound == float("inf") else 9):
                middle = low + (high - low) / 2
                if scalar == "float32":
                    middle = float(np.float32(middle))
                middle = low if middle >= high else middle
                following = middle if real else after(middle, scalar)
                work += [(low, middle, depth + 1), (min(following, high), high, depth + 1)]
                continue
            count += 1
            if not bound <= worst:
                worst, where = bound, (low, high)
    finally:
        ctx.prec, ctx.cap = old
    return Certificate(worst, where, count)


def after(x: float, scalar: str) -> float:
    kind = np.float32 if scalar == "float32" else np.float64
    return float(np.nextafter(kind(x), kind(np.inf)))


def piece(
    function: Callable[..., Any],
    truth: Callable[[Any], Any],
    format: Format,
    low: float,
    high: float,
    order: int,
    real: bool,
    goal: float = 1.0,
) -> float:
    """The bound on one interval, over all outcomes of what it leaves open."""
    tiny = max(0, -min(math.frexp(low)[1], math.frexp(high)[1])) if low > 0 or high < 0 else 0
    ctx.prec = BITS + tiny  # 1 + x shall not lose a small x
    ends = arb(low).union(arb(high))
    middle = ends.mid()
    radius = (ends - middle).abs_upper()
    whole = arb(middle, radius)
    single = low == high and not real
    at, over = (middle, middle) if single else (arb_series([middle, 1]), arb_series([whole, 1]))
    p = format.precision
    grid = None
    if not real:
        exponent = min(math.frexp(x)[1] for x in (low, high) if x != 0) if low > 0 or high < 0 else -5000
        grid = max(exponent - p, 2 - format.bias - p)
    true_at, true_over = truth(at), truth(over)
    worst = 0.0
    todo: list[list[int]] = [[]]
    while todo:
        m = Balls(format, order, radius, todo.pop())
        y = function(m, Value(at, over, middle if single else whole, grid=grid, before=None if real else ZERO))
        todo += m.open
        smallest = m.span(true_at, true_over).abs_lower()
        binade = max(floor(smallest) if not smallest.is_zero() else -5000, 1 - format.bias)
        unit = power(binade - p + 1)
        difference = largest(y.at - true_at, y.over - true_over, radius, order, float(goal - 0.5) / 8 * unit)
        before = ((difference + (y.before if y.before is not None else m.error(y))) / unit).abs_upper()
        # Rounded across a power of two, a number may be off by a whole unit of the lower side, but only if it is
        # further from there than that
        worst = max(worst, float(before) * (1 + 1e-12) + (0.5 if bool(before < 1) else 1.0))
    return worst


def largest(at: Any, over: Any, radius: arb, order: int, enough: arb) -> arb:
    """A bound of |f| where f has this Taylor series, parts of the interval being looked at if that is worth while."""
    if isinstance(over, arb):
        return over.abs_upper()
    c = [at[k] for k in range(order)]
    remainder = over[order].abs_upper() * radius**order
    polynomial = arb_poly(c)

    def bound(p: arb_poly, h: arb) -> arb:
        return sum((abs(p[k]) * h**k for k in range(order)), ZERO).abs_upper()

    result = bound(polynomial, radius)
    if bool(result > enough):
        h = radius / PARTS
        result = max((bound(polynomial(arb_poly([h * (2 * i + 1 - PARTS), 1])), h) for i in range(PARTS)), key=float)
    return (result + remainder).abs_upper()
