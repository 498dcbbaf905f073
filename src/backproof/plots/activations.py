"""Activations drawn: each one's curve above its derivative's, with the record's own numbers on both."""

from __future__ import annotations

from math import ceil, isnan
from textwrap import fill
from typing import Any

from backproof.plots.canvas import BLUE, GREY, ORANGE, cut
from backproof.plots.curves import Curve, Portrait

MOST_PANELS = 24
"""Of more activations the first and the last are drawn."""
PANEL, FLAT = 3.3, 2.7
"""Inches from one row of panels to the next; the height of a single one, whose two halves stand side by side."""
RASTER = 400
"""Numbers that fall on the same of so many places across a panel are drawn once."""
LINES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))


def height(found: list[Portrait]) -> float:
    """Inches that `draw` wants."""
    count = len(chosen(found))
    return 0.5 + (FLAT if count == 1 else PANEL * ceil(count / columns(count)))


def draw(area: Any, found: list[Portrait]) -> None:
    """Draw into a part of a figure."""
    area.suptitle("What each activation makes of its numbers (blue), and its derivative there (orange)", fontsize=10)
    shown = chosen(found)
    across = columns(len(shown))
    panels = area.subfigures(ceil(len(shown) / across), across, squeeze=False).flat
    for panel, portrait in zip(panels, shown, strict=False):
        axes = panel.subplots(1, 2) if len(shown) == 1 else panel.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        draw_portrait(axes, portrait)


def columns(count: int) -> int:
    return {1: 1, 2: 2, 4: 2}.get(count, 3)


def chosen(found: list[Portrait]) -> list[Portrait]:
    half = MOST_PANELS // 2
    return found if len(found) <= MOST_PANELS else [*found[:half], *found[-half:]]


def draw_portrait(axes: Any, portrait: Portrait) -> None:
    above, below = axes
    u, v = cut(portrait.source, 14), cut(portrait.layer, 14)
    above.set_title(f"{v} = {portrait.rule} of {u}", loc="left")
    above.set_ylabel(v)
    below.set_ylabel(f"∂{v}/∂{u}")
    if not above.get_shared_x_axes().joined(above, below):
        above.set_xlabel(u)
    below.set_xlabel(u + (f"\n{fill(portrait.said, 46)}" if portrait.said else ""))
    for axis in (above, below):
        axis.axhline(0, color="#dddddd", linewidth=0.8, zorder=0)
        axis.axvline(0, color="#dddddd", linewidth=0.8, zorder=0)
    for curve, line in zip(portrait.curves, LINES, strict=False):
        above.plot(curve.u, curve.v, color=BLUE, linestyle=line, linewidth=1.2, label=curve.label)
        below.plot(curve.u, curve.slope, color=ORANGE, linestyle=line, linewidth=1.2)
        draw_ends(below, curve)
    if not portrait.curves:
        above.text(0.5, 0.5, "nothing that it reads is finite", transform=above.transAxes, ha="center", color=GREY)
    elif portrait.curves[0].label:
        more = f"and {portrait.left_out} more" if portrait.left_out else ""
        above.legend(frameon=False, fontsize=7, title=more or None, title_fontsize=7)
    for axis, points, colour in ((above, portrait.values, BLUE), (below, portrait.slopes, ORANGE)):
        if places := thinned(points):
            axis.plot(
                *zip(*places, strict=True), "o", color=colour, markersize=5.5, alpha=0.75, markeredgewidth=0.5,
                markeredgecolor="white",
            )  # fmt: skip


def draw_ends(axis: Any, curve: Curve) -> None:
    """Where the derivative jumps at 0: which value it takes there, and which it does not."""
    for k, slope in enumerate(curve.slope):
        if isnan(slope) and 0 < k < len(curve.u) - 1:
            for end in (k - 1, k + 1):
                taken = curve.u[end] == 0
                if taken or curve.u[2 * k - end] == 0:
                    axis.plot(
                        [curve.u[end]], [curve.slope[end]], "o", markersize=4.5, markeredgecolor=ORANGE,
                        markerfacecolor=ORANGE if taken else "white", zorder=3,
                    )  # fmt: skip


def thinned(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """One point for each place of the picture that points fall on."""
    if not points:
        return []
    wide, tall = (max(column) - min(column) or 1.0 for column in zip(*points, strict=True))
    return list({(round(RASTER * u / wide), round(RASTER * v / tall)): (u, v) for u, v in points}.values())
