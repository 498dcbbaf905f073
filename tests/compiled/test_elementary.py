"""The elementary functions: error bounds proved on balls, then held against the truth and against each other.

`BACKPROOF_SWEEP=1` also tries every one of the 2³² floats (`sweep.py`), a minute a function.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
import pytest

from backproof.compiled import elementary
from compiled import balls, sweep
from compiled.native import AVX512, TYPES, errors, native

LN2 = math.log(2)
LIMIT = {"float32": 1.0, "float64": 2.0}
LANES = {"float32": (4, 8, 16), "float64": (2, 4, 8)}
SMALLEST = {"float32": -149, "float64": -1074}
LARGEST = {"float32": 127, "float64": 1023}


def near(points: list[float], width: float, relative: bool = False) -> list[float]:
    """Both sides of points where a program decides otherwise."""
    return [p + side * width * (abs(p) if relative else 1) for p in points for side in (-1, 1)]


def cut(scalar: str, low: float, high: float, points: list[float]) -> list[tuple[float, float]]:
    """Intervals of floats, from the first float above low to the last one below high, cut at points."""
    kind = TYPES[scalar]
    low, high = (float(np.nextafter(kind(end), kind(into))) for end, into in ((low, math.inf), (high, -math.inf)))
    ends = sorted({float(kind(p)) for p in points if low < p < high})
    starts = [low, *(p for p in ends if low < p < high)]
    return list(zip(starts, [*(float(np.nextafter(kind(p), kind(-math.inf))) for p in starts[1:]), high], strict=True))


def binades(scalar: str, first: int | None = None, last: int | None = None, parts: int = 2) -> list[float]:
    start, end = SMALLEST[scalar] if first is None else first, LARGEST[scalar] if last is None else last
    return [math.ldexp(1 + i / parts, k) for k in range(start, end + 1) for i in range(parts)]


def even(low: float, high: float, count: int) -> list[float]:
    return [low + (high - low) * i / count for i in range(count + 1)]


def exp_pieces(scalar: str) -> Any:
    low, high, parts = (-103.97, 88.7228, 4) if scalar == "float32" else (-745.13, 709.782, 4)
    points = near([(n + 0.5) * LN2 for n in range(-1077, 1026)], 2.0**-11)
    return cut(scalar, low, high, points + [(n + i / parts) * LN2 for n in range(-1077, 1026) for i in (-1, 0, 1)])


def log_pieces(scalar: str) -> Any:
    thresholds = near([math.ldexp(math.sqrt(0.5), k) for k in range(SMALLEST[scalar], LARGEST[scalar] + 2)], 2.0**-10, True)
    inner = [math.ldexp(s, k) for k in range(SMALLEST[scalar], LARGEST[scalar] + 1) for s in (0.86, 1.0, 1.18)]
    one = [1 + side * 2.0**-k * s for k in range(2, 54) for side in (-0.5, 1) for s in (1, 1.5)]
    points = thresholds + inner + one + [0.8, 0.9, 1.1]
    return cut(scalar, 0.0, 1.0, points) + cut(scalar, 1.0, math.inf, points)


def log1p_pieces(scalar: str) -> Any:
    p = 24 if scalar == "float32" else 53
    below = [
        *(math.ldexp(s, k) - 1 for k in range(-p, LARGEST[scalar] + 1) for s in (0.86, 1.0, 1.18)),
        *(t - 1 for t in near([math.ldexp(math.sqrt(0.5), k) for k in range(-p, LARGEST[scalar] + 2)], 2.0**-10, True)),
    ]
    tiny = binades(scalar, None, -2, 1)
    return cut(scalar, -1.0, 0.0, below + [-t for t in tiny]) + cut(scalar, 0.0, math.inf, below + tiny)


def tanh_pieces(scalar: str) -> Any:
    end = elementary.TANH_IS_ONE[32 if scalar == "float32" else 64]
    flips = near([(n + 0.5) * LN2 / 2 for n in range(60)], 2.0**-12)
    return cut(scalar, 0.0, end, binades(scalar, None, -6) + flips + even(1 / 32, end, 400))


def erf_pieces(scalar: str) -> Any:
    end = elementary.ERFC_IS_ZERO[32 if scalar == "float32" else 64]
    flips = near([math.sqrt((n + 0.5) * LN2) for n in range(1100)], 2.0**-14)
    return [*cut(scalar, 0.0, 0.75, binades(scalar, None, -5) + even(1 / 16, 0.75, 12)), (0.75, 0.75)] + cut(
        scalar, 0.75, min(end, 7.0), flips + even(0.75, 8, 100)
    )


def erfc_pieces(scalar: str) -> Any:
    end = elementary.ERFC_IS_ZERO[32 if scalar == "float32" else 64]
    flips = near([math.sqrt((n + 0.5) * LN2) for n in range(1100)], 2.0**-14)
    near_zero = [-(2.0**-k) for k in (60, 30)] + [0.0] + [2.0**-k for k in (30, 60)]
    large = cut(scalar, 0.75, end, flips + even(0.75, end, 250))
    return (
        [(-b, -a) for a, b in cut(scalar, 0.75, 7.0, flips + even(0.75, 7, 60))]
        + [(-0.75, -0.75), *cut(scalar, -0.75, 0.75, near_zero + even(-0.75, 0.75, 24)), (0.75, 0.75)]
        + large
    )


PIECES: dict[str, tuple[Any, Any]] = {
    "exp": (exp_pieces, balls.exp_series),
    "log": (log_pieces, balls.log_series),
    "log1p": (log1p_pieces, balls.log1p_series),
    "tanh": (tanh_pieces, balls.tanh_series),
    "erf": (erf_pieces, balls.erf_series),
    "erfc": (erfc_pieces, balls.erfc_series),
}


def certificate(name: str, scalar: str, goal: float) -> balls.Certificate:
    pieces, truth = PIECES[name]
    order = 9 if scalar == "float32" else 14
    return balls.certify(getattr(elementary, name), truth, scalar, pieces(scalar), goal, order)


@pytest.mark.parametrize("scalar", ["float32", "float64"])
@pytest.mark.parametrize("name", PIECES)
def test_the_error_bound_is_proved(name: str, scalar: str) -> None:
    found = certificate(name, scalar, LIMIT[scalar])
    print(f"{name} {scalar}: below {found.bound:.4f} ULP, {found.pieces} intervals, most in {found.where}")
    assert found.bound <= LIMIT[scalar]
