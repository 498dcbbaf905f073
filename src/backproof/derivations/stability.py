"""Softmax and cross-entropy run in float16, float32 and float64: where the textbook's form fails and the stable one does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import fmpq

from backproof.arithmetic import ball
from backproof.arithmetic.array import Array, Places
from backproof.arithmetic.ball import Ball, precision
from backproof.arithmetic.floats import Floats, float16, float32, float64
from backproof.notation.table import Table
from backproof.proofs.setting import Arrays, Setting
from backproof.record.digits import text_of
from backproof.rules.cross_entropy_loss import CrossEntropyLoss

FLOATS = float16, float32, float64
LOGITS = (1, 2, 3), (12, 0, -3), (-20, -21, -22), (90, 0, -1), (0, 110, 1), (720, 0, -1), (-750, -751, -752)
TARGET = 0
BITS = 1400
DIGITS = 3


def tables() -> tuple[Table, ...]:
    """From which logit on the textbook's form fails, and examples of how; the right class is the first."""
    with np.errstate(all="ignore"):
        return limits(), losses(), gradients()


def limits() -> Table:
    """The first whole number z for which the loss or a gradient is infinite or NaN."""
    rows = [
        (f.name, *(first(f, form, logits) for form in ("textbook", "forward") for logits in (rising, falling, far)))
        for f in FLOATS
    ]
    columns = (
        "",
        *(f"{form}: {what}" for form in ("textbook", "stable") for what in ("[z, 0]", "[−z, −z − 1]", "[0, z]")),
    )
    note = (
        "The first whole z from which on the loss or the gradient is infinite or NaN, the right class being the first. "
        f"In [z, 0] a power of e overflows, in [−z, −z − 1] both underflow, so that 0 is divided by 0. —: not up to {MOST:,}."
    )
    return Table("Where each form fails", columns, tuple(rows), note)


def rising(z: int) -> tuple[int, ...]:
    return z, 0


def falling(z: int) -> tuple[int, ...]:
    return -z, -z - 1


def far(z: int) -> tuple[int, ...]:
    return 0, z


MOST = 20_000


def first(floats: Floats, form: str, logits: Callable[[int], tuple[int, ...]]) -> str:
    """By halving: whoever fails at z fails at every larger z."""
    if sound(floats, form, logits(MOST)):
        return "—"
    low, high = 0, MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sound(floats, form, logits(middle)) else (low, middle)
    return str(high)


def sound(floats: Floats, form: str, logits: tuple[int, ...]) -> bool:
    """Whether the loss and the gradient are finite."""
    loss, gradient = in_floats(floats, form, logits)
    return bool(np.isfinite([loss, *gradient]).all())


def losses() -> Table:
    columns = "logits", "form", *(f.name for f in FLOATS), "certified"
    return Table("The loss −log p[0]", columns, tuple(row for z in LOGITS for row in rows(z, lambda found: [found[0]])))


def gradients() -> Table:
    columns = "logits", "form", *(f.name for f in FLOATS), "certified"
    return Table("The gradient ∂L/∂z", columns, tuple(row for z in LOGITS for row in rows(z, lambda found: found[1])))


def rows(z: tuple[int, ...], part: Callable[[Any], list[Any]]) -> list[tuple[str, ...]]:
    logits = f"[{', '.join(map(str, z))}]".replace("-", "−")
    true = ", ".join(text_of(v.value, DIGITS)[0] for v in part(certified(z))).replace("-", "−")
    found: list[tuple[str, ...]] = []
    for label, form in (("textbook", "textbook"), ("stable", "forward")):
        cells = [cell(part(in_floats(f, form, z)), f, z) for f in FLOATS]
        found.append((logits if form == "textbook" else "", label, *cells, true if form == "forward" else ""))
    return found


def cell(values: list[float], floats: Floats, z: tuple[int, ...]) -> str:
    """The numbers; where one is not finite, what happened to the powers of e."""
    text = ", ".join(map(brief, values))
    if np.isfinite(values).all():
        return text
    return f"{text} ({'overflow' if np.isinf([np.exp(floats.type(n)) for n in z]).any() else 'underflow'})"


def brief(v: float) -> str:
    v = v or 0.0
    return ("NaN" if np.isnan(v) else "∞" if v == np.inf else "-∞" if v == -np.inf else f"{v:.{DIGITS}g}").replace(
        "-", "−"
    )


def in_floats(floats: Floats, form: str, z: tuple[int, ...]) -> tuple[float, list[float]]:
    loss, gradient = run(form, z, floats.number, floats.type)
    return float(loss), [float(v) for v in gradient]


def certified(z: tuple[int, ...]) -> tuple[Ball, list[Ball]]:
    with precision(BITS):
        return run("forward", z, ball.number, lambda n: Ball(fmpq(n)))


def run(form: str, z: tuple[int, ...], number: Any, lift: Callable[[int], Any]) -> tuple[Any, list[Any]]:
    """The loss and its gradient, the rule's forward taken in one form or the other, its backward as it is."""
    rule = CrossEntropyLoss()
    setting = Setting(rule, {"x": (len(z),), "t": ()}, (TARGET,))
    x = Array((len(z),), {(i,): lift(v) for i, v in enumerate(z)})
    arrays: Arrays = {"x": x, "t": Array(Places(()), {(): TARGET}), "dloss": Array((), {(): lift(1)})}
    arrays = setting.run(rule.read(number), form, arrays, lambda name, shape: Array.filled(shape, lift(0)))
    arrays = setting.run(rule.read(number), "backward", arrays, lambda name, shape: Array.filled(shape, lift(0)))
    loss, dx = arrays["loss"], arrays["dx"]
    assert isinstance(loss, Array)
    assert isinstance(dx, Array)
    return loss[()], [dx[i] for i in dx.indices()]
