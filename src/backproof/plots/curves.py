"""An activation and its derivative as curves: its own rule, forward and backward, run in float64 over a range of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan
from typing import TypeAlias

from backproof.arithmetic.array import Array
from backproof.arithmetic.floats import float64
from backproof.drawing.sizes import is_zero
from backproof.plots.numbers import as_float, ratio
from backproof.plots.passages import Passage, parameters
from backproof.record.evaluate import Blank, ieee
from backproof.rules.rule import arguments

Point: TypeAlias = tuple[float, float, float]
"""u, v, dv/du."""

POINTS = 401
MARGIN = 0.15
"""How far a curve goes beyond the numbers, as a part of their range."""
MOST_CURVES = 6
JUMP = 0.1
"""The part of a curve's height between neighbouring points from which it is looked at whether it jumps there."""
HALVINGS = 60
SATURATED = 0.01
"""The part of the curve's steepest slope below which a cell counts as saturated."""


@dataclass(frozen=True)
class Curve:
    """v and dv/du over u, for one choice of parameters; a NaN between two points is where one of them jumps."""

    label: str
    u: tuple[float, ...]
    v: tuple[float, ...]
    slope: tuple[float, ...]


@dataclass(frozen=True)
class Portrait:
    """One activation: its curves, and the record's own numbers on them."""

    layer: str
    rule: str
    source: str
    curves: tuple[Curve, ...]
    """None where no number that was read is finite."""
    left_out: int
    """How many further choices of parameters there are."""
    values: tuple[tuple[float, float], ...]
    """(u, v) of each cell."""
    slopes: tuple[tuple[float, float], ...]
    """(u, ∂L/∂u ÷ ∂L/∂v) of each cell that a gradient came back to."""
    silent: int
    """To how many cells no gradient came back."""
    said: str = ""


def portrait(passage: Passage) -> Portrait:
    """The curves over the range of the record's own numbers, and these."""
    values = [(u, v) for c in passage.cells if isfinite(u := as_float(c.u)) and isfinite(v := as_float(c.v))]
    ratios = [(as_float(c.u), ratio(c.du, c.dv)) for c in passage.cells if c.dv is not None and not is_zero(c.dv)]
    slopes = [(u, slope) for u, slope in ratios if isfinite(u) and isfinite(slope)]
    choices = list(dict.fromkeys(tuple(map(as_float, cell.parameters)) for cell in passage.cells))
    low, high = reach([u for u, _ in values])
    curves = [curve(passage, choice, low, high) for choice in choices[:MOST_CURVES] if values]
    return Portrait(
        passage.job.layer, passage.job.rule.summary, passage.source.name, tuple(curves),
        len(choices) - len(curves) if values else 0, tuple(values), tuple(slopes), len(passage.cells) - len(ratios),
        told(passage, slopes, curves),
    )  # fmt: skip


def told(passage: Passage, slopes: list[tuple[float, float]], curves: list[Curve]) -> str:
    """What is to be said: how many cells are dead, how many nearly so, and how many hear nothing."""
    gone, of = passage.ended
    steepest = max((abs(s) for c in curves for s in c.slope if isfinite(s)), default=0.0)
    flat = sum(0 < abs(slope) < SATURATED * steepest for _, slope in slopes)
    said = [f"slope 0: {gone:,} of {of:,} cells"] * bool(gone) + [f"nearly flat: {flat:,} of {of:,} cells"] * bool(flat)
    if passage.back and of < len(passage.cells):
        said.append(f"no gradient comes back to {len(passage.cells) - of:,} of {len(passage.cells):,} cells")
    return "; ".join(said)


def reach(numbers: list[float]) -> tuple[float, float]:
    """From where to where a curve is drawn: over all numbers and 0, and a little beyond."""
    low, high = min([*numbers, 0.0]), max([*numbers, 0.0])
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def curve(passage: Passage, choice: tuple[float, ...], low: float, high: float) -> Curve:
    """The rule over a grid that holds 0, and both ends of every jump."""
    steps = [low + (high - low) * n / (POINTS - 1) for n in range(POINTS)]
    points = run(passage, choice, sorted({*steps, 0.0}))
    wide = [max(column) - min(column) for column in zip(*filter(finite, points), strict=True)]
    whole = [points[0]]
    for left, right in pairwise(points):
        if any(abs(a - b) > JUMP * w for a, b, w in zip(left[1:], right[1:], wide[1:], strict=True)):
            whole += jump(passage, choice, left, right)
        whole.append(right)
    names = [slot.name for slot in parameters(passage.job)]
    label = ", ".join(f"{name} = {value:.4g}" for name, value in zip(names, choice, strict=True))
    u, v, slope = zip(*whole, strict=True)
    return Curve(label, u, v, slope)


def jump(passage: Passage, choice: tuple[float, ...], left: Point, right: Point) -> list[Point]:
    """What goes between two points: if the curve jumps there, its ends and a gap; else nothing."""
    before = apart(left, right)
    for _ in range(HALVINGS):
        (middle,) = run(passage, choice, [(left[0] + right[0]) / 2])
        left, right = (middle, right) if apart(left, middle) < apart(middle, right) else (left, middle)
    return [left, (left[0], nan, nan), right] if apart(left, right) > before / 2 else []


def apart(a: Point, b: Point) -> float:
    return max(abs(x - y) for x, y in zip(a[1:], b[1:], strict=True))


def finite(point: Point) -> bool:
    return all(map(isfinite, point))


def run(passage: Passage, choice: tuple[float, ...], us: list[float]) -> list[Point]:
    """(u, v, dv/du) of each u: the rule's own forward and backward, handed 1 as the derivative of what comes after."""
    job, shape = passage.job, (len(us),)
    rule = job.rule.read(float64.number)
    arrays: dict[str, Array | None] = dict.fromkeys(rule.parameters)
    given = [name for name in rule.parameters if job.reads.get(name) is not None]
    arrays |= {name: Array.filled((), float64.lift(value)) for name, value in zip(given, choice, strict=True)}
    arrays |= {"d" + name: Blank(()) for name in given}
    arrays |= {"x": Array(shape, {(n,): float64.lift(u) for n, u in enumerate(us)}), "y": Blank(shape)}
    arrays |= {"dy": Array.filled(shape, float64.lift(1.0)), "dx": Blank(shape)}
    with ieee():
        for function in (rule.forward, rule.backward):
            function(**{name: arrays.get(name) for name in arguments(function)})
    v, slope = arrays["y"], arrays["dx"]
    assert v is not None
    assert slope is not None
    return [(u, float(v[n,]), float(slope[n,])) for n, u in enumerate(us)]
