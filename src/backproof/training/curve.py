"""A learning curve drawn with text: each character of braille holds two by four dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, isfinite, log10

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bits of a braille character's dots, column by column, from the top; U+2800 has none."""
COLOURS = ("cyan", "magenta", "yellow", "green")
SIGNS = "●○"


@dataclass(frozen=True)
class Curve:
    """Lines of text, and how they are coloured in a terminal."""

    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.lines:
            yield Text(line, no_wrap=True)


def curve(series: Mapping[str, Sequence[float]], width: int = 72, height: int = 12) -> Curve:
    """Series of numbers above one another, each against its place, 1 at the left; logarithmic where they span decades.

    The first is drawn as a line, another as dots, so that they can be told apart without colour.

    >>> print(curve({"loss": [4, 3, 2, 1]}, 20, 3))
    4 ┤⠉⠒⠢⢄⣀
      │     ⠉⠑⠒⠢⠤⢄⣀
    1 ┤            ⠉⠑⠢⠤⣀
      └─────────────────
       1               4
       ⠒⠒ loss
    """
    kept = {name: [(i, v) for i, v in enumerate(values) if isfinite(v)] for name, values in series.items()}
    values = [v for points in kept.values() for _, v in points]
    if not values:
        return Curve(("nothing to draw",))
    low, high = min(values), max(values)
    logarithmic = low > 0 and high / low > 20
    scale = log10 if logarithmic else quarter
    labels = [brief(high), brief(low)]
    margin = max(map(len, labels)) + 2
    columns = max(4, width - margin)
    count = max(map(len, series.values()))
    cells = [[0] * columns for _ in range(height)]
    bottom, top = scale(low), scale(high)

    def place(i: int, v: float) -> tuple[int, int]:
        across = round(i / max(1, count - 1) * (2 * columns - 1))
        up = (scale(v) - bottom) / (top - bottom) if top > bottom else 0.5
        return across, (4 * height - 1) - round(up * (4 * height - 1))

    def dot(x: int, y: int) -> None:
        cells[y // 4][x // 2] |= DOTS[x % 2][y % 4]

    for n, points in enumerate(kept.values()):
        places = [place(i, v) for i, v in points]
        for x, y in places:
            dot(x, y)
        for (x0, y0), (x1, y1) in pairwise(places if n == 0 else []):
            length = max(abs(x1 - x0), abs(y1 - y0), 1)
            for k in range(length + 1):
                dot(x0 + floor((x1 - x0) * k / length + 0.5), y0 + floor((y1 - y0) * k / length + 0.5))
    lines: list[str] = []
    for r, row in enumerate(cells):
        label = labels[0] if r == 0 else labels[1] if r == height - 1 else ""
        text = "".join(chr(0x2800 + bits) if bits else " " for bits in row).rstrip()
        lines.append(f"{label:>{margin - 2}} {'┤' if label else '│'}{text}")
    lines.append(" " * (margin - 1) + "└" + "─" * columns)
    lines.append(" " * margin + "1" + f"{count:>{columns - 1}}")
    names = [f"{'⠒⠒' if n == 0 else '⠂ ⠂'} {name}" for n, name in enumerate(kept)]
    lines.append(" " * margin + "   ".join(names) + ("   (logarithmic)" if logarithmic else ""))
    return Curve(tuple(lines))


def quarter(value: float) -> float:
    """A number scaled so that no difference of two overflows."""
    return value / 4


def brief(value: float) -> str:
    return f"{value:.3g}"
