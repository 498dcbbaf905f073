"""The elementary functions: error bounds proved on balls, then held against the truth and against each other.

`BACKPROOF_SWEEP=1` proves float64's bounds on all intervals instead of one in 25, and also tries every one of the 2³²
floats (`sweep.py`), a minute a function.
"""

from __future__ import annotations

import math
import os
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backproof.compiled import elementary
from compiled import certificates, series, sweep
from compiled.balls import Balls, Value
from compiled.native import AVX512, TYPES, errors, native

LN2 = math.log(2)
NEAR = elementary.NEAR
TRIED = (1.0, 9.5)
"""Here float32's erfc is proved by trying all numbers."""
SWEEP = os.environ.get("BACKPROOF_SWEEP") == "1"
SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 2.0**-149, -(2.0**-130), 1e30, -1e30, 0.6875])
LIMIT = {"float32": 1.0, "float64": 1.5}
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
    low, high = (-103.97, 88.72283) if scalar == "float32" else (-745.13, 709.7827)
    points = near([(n + 0.5) * LN2 for n in range(-1077, 1026)], 2.0**-11)
    return cut(
        scalar,
        low,
        high,
        points + [(n + i / 4) * LN2 for n in range(-1077, 1026) for i in ((-1, 0, 1) if scalar == "float32" else (0,))],
    )


def log_pieces(scalar: str) -> Any:
    thresholds = near(
        [math.ldexp(math.sqrt(0.5), k) for k in range(SMALLEST[scalar], LARGEST[scalar] + 2)], 2.0**-10, True
    )
    inner = [
        math.ldexp(s, k) for k in range(SMALLEST[scalar], LARGEST[scalar] + 1) for s in (0.86, 1.0, 1.09, 1.18, 1.3)
    ]
    one = [1 + side * 2.0**-k * s for k in range(2, 54) for side in (-0.5, 1) for s in (1, 1.5)]
    points = thresholds + inner + one + [0.8, 0.9, 1.1]
    return cut(scalar, 0.0, 1.0, points) + cut(scalar, 1.0, math.inf, points)


def log1p_pieces(scalar: str) -> Any:
    p = 24 if scalar == "float32" else 53
    below = [
        *(math.ldexp(s, k) - 1 for k in range(-p, LARGEST[scalar] + 1) for s in (0.86, 1.0, 1.09, 1.18, 1.3)),
        *(t - 1 for t in near([math.ldexp(math.sqrt(0.5), k) for k in range(-p, LARGEST[scalar] + 2)], 2.0**-10, True)),
    ]
    tiny = binades(scalar, None, -2, 1)
    left = [(-b, -a) for a, b in cut(scalar, 0.0, 1.0, [-p for p in below] + tiny)]
    return left + cut(scalar, 0.0, math.inf, below + tiny)


def tanh_pieces(scalar: str) -> Any:
    end = elementary.TANH_IS_ONE[32 if scalar == "float32" else 64]
    flips = near([(n + 0.5) * LN2 / 2 for n in range(60)], 2.0**-12)
    return cut(scalar, 0.0, end, binades(scalar, None, -6) + flips + even(1 / 32, end, 400))


def gauss_points(scalar: str) -> list[float]:
    """Points from 11/16 on between which e^(−x²) changes by a small factor, and those where `reduced` takes another n."""
    step = 0.1 if scalar == "float32" else 0.2
    even_in_square = [math.sqrt(step * i) for i in range(1, int(760 / step))]
    flips = [math.sqrt((n + 0.5) * LN2) for n in range(1, 1100)]
    return even_in_square + [f + side * 2.0**-11 / f for f in flips for side in (-1, 1)]


def erf_pieces(scalar: str) -> Any:
    small = cut(scalar, 0.0, NEAR, binades(scalar, None, -5) + even(1 / 16, NEAR, 12))
    return [*small, (NEAR, NEAR), *cut(scalar, NEAR, 7.0, gauss_points(scalar))]


def erfc_pieces(scalar: str) -> Any:
    end = elementary.ERFC_IS_ZERO[32 if scalar == "float32" else 64]
    around = [side * 2.0**-k for k in (60, 30, 10) for side in (-1, 1)] + even(-NEAR, NEAR, 48)
    small = [(-NEAR, -NEAR), *cut(scalar, -NEAR, 0.0, around), *cut(scalar, 0.0, NEAR, around), (NEAR, NEAR)]
    left = [(-b, -a) for a, b in cut(scalar, NEAR, 7.0, gauss_points(scalar))]
    large = cut(scalar, NEAR, end, gauss_points(scalar))
    if scalar == "float32":  # between these balls say 1.4; every float is tried there instead
        large = [
            (a, b) for a, b in cut(scalar, NEAR, end, [*gauss_points(scalar), *TRIED]) if b < TRIED[0] or a >= TRIED[1]
        ]
    return left + small + large


PIECES: dict[str, tuple[Any, Any]] = {
    "exp": (exp_pieces, series.exp),
    "log": (log_pieces, series.log),
    "log1p": (log1p_pieces, series.log1p),
    "tanh": (tanh_pieces, series.tanh),
    "erf": (erf_pieces, series.erf),
    "erfc": (erfc_pieces, series.erfc),
}


def certificate(name: str, scalar: str, goal: float, stride: int = 1) -> certificates.Certificate:
    pieces, truth = PIECES[name]
    order = 9 if scalar == "float32" else 14
    return certificates.certify(getattr(elementary, name), truth, scalar, pieces(scalar)[::stride], goal, order)


@pytest.mark.parametrize("name", PIECES)
def test_the_error_bound_in_float32_is_proved(name: str) -> None:
    found = certificate(name, "float32", 1.0)
    print(f"{name} float32: below {found.bound:.4f} ULP, {found.pieces} intervals, most in {found.where}")
    assert found.bound <= 1


def test_the_error_bound_of_erfc_in_float32_is_proved_where_balls_are_too_coarse() -> None:
    """27 million floats, against float64, whose own error of at most 1.5 ULP counts for less than 1e-8 here."""
    first, last = (int(np.float32(x).view(np.uint32)) for x in TRIED)
    assert sweep.worst("erfc", first, last)[0] <= 1 - 1e-8


@pytest.mark.parametrize("name", PIECES)
def test_the_error_bound_in_float64_is_proved(name: str) -> None:
    """On every interval with BACKPROOF_SWEEP=1, a minute in all; else on one in 25."""
    found = certificate(name, "float64", LIMIT["float64"], 1 if SWEEP else 25)
    print(f"{name} float64: below {found.bound:.4f} ULP, {found.pieces} intervals, most in {found.where}")
    assert found.bound <= LIMIT["float64"]


@pytest.mark.parametrize("scalar", ["float32", "float64"])
def test_the_error_bound_of_the_exponential_of_a_difference_is_proved(scalar: str) -> None:
    """For all real differences a − b at once, the rounded one being within half a unit in the last place."""

    def function(m: Balls, difference: Value) -> Value:
        return elementary.exp_of_difference(m, difference, m.constant(0.0))

    pieces = [
        (a, float(np.nextafter(b, np.inf))) for a, b in exp_pieces(scalar)[:: 1 if scalar == "float32" or SWEEP else 25]
    ]
    joined = [(a, next_a) for (a, _), (next_a, _) in pairwise(pieces)] if len(pieces) > 1000 else pieces
    order = 9 if scalar == "float32" else 14
    found = certificates.certify(function, series.exp, scalar, joined, LIMIT[scalar], order, real=True)
    print(f"exp_of_difference {scalar}: below {found.bound:.4f} ULP, {found.pieces} intervals, most in {found.where}")
    assert found.bound <= LIMIT[scalar]


@pytest.mark.skipif(not SWEEP, reason="BACKPROOF_SWEEP=1 tries every float")
@pytest.mark.parametrize("name", sweep.NAMES)
def test_every_float32(name: str) -> None:
    assert sweep.worst(name)[0] <= 1


def arguments(name: str, scalar: str, count: int = 1500) -> Any:
    """Random bits, and numbers where the function is not trivial; finite and in the domain."""
    kind = TYPES[scalar]
    rng = np.random.default_rng(len(name))
    bits = rng.integers(0, 1 << (8 * kind().itemsize), count, dtype=f"u{kind().itemsize}").view(kind)
    low, high = {"exp": (-110, 95), "log": (0.25, 4), "log1p": (-1, 4)}.get(name, (-5, 5))
    x = np.concatenate([bits[np.isfinite(bits)], rng.uniform(low, high, count).astype(kind)])
    x = x[x > (0 if name == "log" else -1)] if name in ("log", "log1p") else x
    return x[x != 0]


@pytest.mark.parametrize("scalar", ["float32", "float64"])
@pytest.mark.parametrize("name", PIECES)
def test_against_the_truth_and_lanes_against_one_number(name: str, scalar: str) -> None:
    function, kind = getattr(elementary, name), TYPES[scalar]
    x = arguments(name, scalar)
    y = native(function, scalar, 1)(x)
    finite = np.isfinite(y)
    assert max(errors(name, scalar, y[finite], x[finite])) <= LIMIT[scalar]
    everything = np.concatenate([x, SPECIAL.astype(kind)])
    one = native(function, scalar, 1)(everything)
    for lanes in LANES[scalar]:
        for avx512 in {False, AVX512}:
            many = native(function, scalar, lanes, avx512=avx512)(everything)
            assert np.array_equal(one, many, equal_nan=True)
            assert np.array_equal(np.signbit(one[one == 0]), np.signbit(many[many == 0]))


@pytest.mark.parametrize("scalar", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        ("exp", [0.0, -0.0, np.inf, -np.inf, np.nan, 1e9, -1e9], [1, 1, np.inf, 0, np.nan, np.inf, 0]),
        ("log", [1.0, 0.0, -0.0, np.inf, -1.0, np.nan, -np.inf], [0, -np.inf, -np.inf, np.inf, np.nan, np.nan, np.nan]),
        ("log1p", [0.0, -0.0, -1.0, np.inf, -2.0, np.nan], [0.0, -0.0, -np.inf, np.inf, np.nan, np.nan]),
        ("tanh", [0.0, -0.0, np.inf, -np.inf, np.nan, 30, -30], [0.0, -0.0, 1, -1, np.nan, 1, -1]),
        ("erf", [0.0, -0.0, np.inf, -np.inf, np.nan, 9, -9], [0.0, -0.0, 1, -1, np.nan, 1, -1]),
        ("erfc", [0.0, -0.0, np.inf, -np.inf, np.nan, 40, -9], [1, 1, 0, 2, np.nan, 0, 2]),
    ],
)
def test_special_arguments(name: str, given: list[float], wanted: list[float], scalar: str) -> None:
    for lanes in (1, 8):
        got = native(getattr(elementary, name), scalar, lanes)(np.array(given))
        assert np.array_equal(got, np.array(wanted), equal_nan=True)
        assert all(np.signbit(a) == np.signbit(b) for a, b in zip(got, wanted, strict=True) if b == 0)


@pytest.mark.parametrize("scalar", ["float32", "float64"])
def test_the_exponential_of_a_difference(scalar: str) -> None:
    kind = TYPES[scalar]
    rng = np.random.default_rng(5)
    a, b = rng.uniform(-50, 50, 3000).astype(kind), rng.uniform(-30, 30, 3000).astype(kind)
    f = native(elementary.exp_of_difference, scalar, 8, 2)
    assert max(errors("exp_of_difference", scalar, f(a, b), a, b)) <= LIMIT[scalar]
    plain = native(elementary.exp, scalar, 8)
    assert max(errors("exp_of_difference", scalar, plain(a - b), a, b)) > 8
    given, wanted = [np.inf, -np.inf, 1e30, 0.0, np.nan], [np.inf, 0, np.inf, 0, np.nan]
    assert np.array_equal(f(np.array(given), np.array([0.0, 0, 0, 1e30, 0])), wanted, equal_nan=True)


@pytest.mark.parametrize("scalar", ["float32", "float64"])
@pytest.mark.parametrize(
    ("name", "table"),
    [("exp", "EXP"), ("log", "LOG"), ("tanh", "EXP"), ("erf", "ERF"), ("erf", "ERFC"), ("erfc", "ERFC")],
)
def test_a_wrong_coefficient_is_noticed(name: str, table: str, scalar: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By comparison with the truth, and by the proof, which then does not succeed."""
    slip = {32: 2.0**-12, 64: 2.0**-40}
    tables = getattr(elementary, table).items()
    wrong = {b: (c[0], float(TYPES[f"float{b}"](c[1] * (1 + slip[b]))), *c[2:]) for b, c in tables}
    monkeypatch.setattr(elementary, table, wrong)
    function, x = getattr(elementary, name), arguments(name, scalar)
    y = native.__wrapped__(function, scalar, 8)(x)
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    found = errors(name, scalar, y, x)
    assert max(found) > LIMIT[scalar]
    worst = float(x[int(np.argmax(found))])
    assert certificates.certify(function, PIECES[name][1], scalar, [(worst, worst)], 1.0).bound > LIMIT[scalar]
