"""The sizes of all gradients drawn: a row for each quantity, the inputs at the top, the network's output at the bottom."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

from backproof.notation.styles import pretty
from backproof.plots.canvas import BLUE, GREY, INK, ORANGE, cut
from backproof.plots.sizes import Sizes, ten

MOST_ROWS = 60
"""Of deeper networks the first and the last are drawn."""
FEW = 30
"""Up to so many gradients are drawn one by one; of more the range, the middle half and the median."""
ROW = 0.24
"""Inches."""
LIGHT, ALARM = "#c8c8c8", "#a33c00"


def height(found: list[Sizes]) -> float:
    """Inches that `draw` wants."""
    return 1.5 + ROW * max(3, len(rows(found)))


def draw(area: Any, found: list[Sizes]) -> None:
    """Draw into a part of a figure."""
    shown = rows(found)
    remarks = 3.3 if any(each.said for each in found) else 0.1
    main, zeros = area.subplots(1, 2, sharey=True, width_ratios=[4.6, 1.0 + remarks])
    area.suptitle("How large the gradients are, from the inputs at the top to the network's output", fontsize=10)
    for place, sizes in enumerate(shown):
        if sizes is not None:
            draw_sizes(main, sizes, place)
            draw_zeros(zeros, sizes, place, 1.0 + remarks)
    main.set_yticks(range(len(shown)), [label(sizes) for sizes in shown])
    main.set_ylim(len(shown) - 0.4, -0.6)
    main.tick_params(axis="y", length=0)
    for text, sizes in zip(main.get_yticklabels(), shown, strict=True):
        text.set_color(ORANGE if sizes and sizes.kind == "parameter" else BLUE if sizes else INK)
    decades(main, found)
    zeros.set_xlim(0, 1.0 + remarks)
    zeros.set_axis_off()
    zeros.text(0, -0.75, "exactly 0", fontsize=8, va="bottom")
    main.set_title("of outputs and inputs (blue) and of parameters (orange)", loc="left", fontsize=8, color=GREY)
    main.set_xlabel(
        "|∂L/∂·| of those that are not 0: each a dot; of many, a line from the smallest to\n"
        "the largest, a bar over the middle half, a tick at the median",
        fontsize=8,
    )


def rows(found: list[Sizes]) -> list[Sizes | None]:
    """What is drawn; None stands for all that is left out."""
    half = MOST_ROWS // 2
    return [*found] if len(found) <= MOST_ROWS else [*found[:half], None, *found[-half:]]


def label(sizes: Sizes | None) -> str:
    return "…" if sizes is None else cut(pretty(sizes.name), 28) + (f"  {sizes.rule}" if sizes.rule else "")


def draw_sizes(axis: Any, sizes: Sizes, y: int) -> None:
    colour = ORANGE if sizes.kind == "parameter" else BLUE
    axis.axhline(y, color="#eeeeee", linewidth=0.8, zorder=0)
    if not sizes.powers:
        return
    if len(sizes.powers) <= FEW:
        axis.plot(
            sizes.powers, [y] * len(sizes.powers), "o", color=colour, markersize=4.5, alpha=0.55, markeredgewidth=0
        )
    else:
        axis.plot([sizes.powers[0], sizes.largest], [y, y], color=colour, linewidth=1)
        axis.plot(
            [sizes.quantile(0.25), sizes.quantile(0.75)], [y, y], color=colour, linewidth=7, alpha=0.45,
            solid_capstyle="butt",
        )  # fmt: skip
    axis.plot([sizes.quantile(0.5)], [y], "|", color=INK, markersize=9, markeredgewidth=1.4)


def draw_zeros(axis: Any, sizes: Sizes, y: int, width: float) -> None:
    if sizes.zeros:
        axis.barh(y, 0.9, height=0.62, color="none", edgecolor=GREY, linewidth=0.6)
        axis.barh(y, 0.9 * sizes.zeros / sizes.count, height=0.62, color=LIGHT)
    share = f"{sizes.zeros:,} of {sizes.count:,}" if sizes.zeros else f"0 of {sizes.count:,}"
    axis.text(0.45 if sizes.zeros else 0.0, y, share, fontsize=7, va="center", ha="center" if sizes.zeros else "left")
    if sizes.said:
        axis.text(1.02, y, cut(sizes.said, 64), fontsize=8, va="center", color=ALARM, fontweight="bold")


def decades(axis: Any, found: list[Sizes]) -> None:
    """The axis from one power of ten to another, its ticks whole ones."""
    powers = [end for each in found if each.powers for end in (each.powers[0], each.largest)]
    low, high = floor(min(powers, default=0)), ceil(max(powers, default=1))
    axis.set_xlim(low - 0.1, max(high, low + 1) + 0.1)
    axis.xaxis.get_major_locator().set_params(integer=True, nbins=8)
    axis.xaxis.set_major_formatter(tick)
    axis.grid(axis="x", color="#e4e4e4", linewidth=0.8)
    axis.set_axisbelow(True)


def tick(power: float, place: int | None = None) -> str:
    """What stands at a tick, as matplotlib asks for it."""
    return ten(power)
