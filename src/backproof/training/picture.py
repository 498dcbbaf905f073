"""A learning curve as a picture, through matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backproof.network.saving import save
from backproof.plots.canvas import drawing, figure, written

if TYPE_CHECKING:
    from backproof.training.history import History

DECADES = 20
"""How far losses must lie apart for a logarithmic scale; the same as in the terminal."""


def draw(history: History, path: Path) -> None:
    """Write the picture; nothing of matplotlib's own state is touched."""
    from backproof.training.history import checked_picture

    checked_picture(path)
    with drawing():
        drawn = curves(history)
    save(path, written(drawn, path.suffix.lower()[1:], "Learning curve"))


def curves(history: History) -> Any:
    metrics = [name for name in history.epochs[-1].columns if name not in history.losses] if history.epochs else []
    drawn = figure(7, 3 + 1.8 * bool(metrics))
    axes: Any = drawn.subplots(2 if metrics else 1, squeeze=False, sharex=True)[:, 0]
    numbers = [epoch.epoch for epoch in history]
    losses = history.losses
    for axis, names in zip(axes, [losses, metrics], strict=False):
        for name in names:
            axis.plot(numbers, history[name], label=name, marker="." if len(numbers) < 40 else None)
        if history.best is not None:
            axis.axvline(history.best, color="0.7", linestyle=":", label=f"best: epoch {history.best}")
        shown = [number for name in names for number in history[name]]
        if names is losses:
            low, high = min(shown, default=0.0), max(shown, default=0.0)
            axis.set_yscale("log" if low > 0 and high / low > DECADES else "linear")
        axis.legend(frameon=False)
    axes[-1].set_xlabel("epoch")
    axes[-1].xaxis.get_major_locator().set_params(integer=True)
    return drawn
