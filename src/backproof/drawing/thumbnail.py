"""Large arrays as thumbnails: a pixel a number, one path for each shade, no numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import ceil, isnan, prod, sqrt

from backproof.arithmetic.array import Array, Index, Shape
from backproof.drawing.lettering import SMALL, breadth
from backproof.drawing.numbers import amount, times
from backproof.drawing.sizes import Size, largest, shade, size

MOST_SHOWN = 16
MOST_PIXELS = 64
"""The rows and columns of a thumbnail; of a larger matrix, each pixel stands for a block."""
SIDE, SIDE_OF_MANY = 96.0, 44.0
FOLD = 20
CAPTION = 18.0
BETWEEN = 5.0


def thumbnails(shape: Shape, array: Array | None, gradient: bool) -> tuple[float, float, str]:
    """Width, height and SVG of an array; covered where there is none."""
    blocks = list(islice(product(*map(range, shape[:-2])), MOST_SHOWN))
    more = prod(shape[:-2]) - len(blocks)
    rows, columns = folded(shape)
    most = MOST_PIXELS if len(blocks) == 1 else MOST_PIXELS // 2
    step = max(ceil(rows / most), ceil(columns / most), 1)
    down, along = ceil(rows / step), ceil(columns / step)
    scale = min((SIDE if len(blocks) == 1 else SIDE_OF_MANY) / max(down, along), 7.0)
    across = ceil(sqrt(len(blocks)))
    found = [pixels(shape, array, block, step) for block in blocks] if array is not None else []
    top = largest(s for each in found for s in each.values())
    ground = "covered" if array is None else "ground dead" if gradient else "ground"
    wide, high = along * scale, down * scale
    caption = times(shape) + (f", + {more} more" if more else "")
    width = across * (wide + BETWEEN) - BETWEEN
    height = ceil(len(blocks) / across) * (high + BETWEEN) - BETWEEN
    whole = max(width, breadth(caption, SMALL))
    left = (whole - width) / 2
    body = [f"<title>{note(shape, step, more)}</title>"]
    for n in range(len(blocks)):
        x, y = left + (n % across) * (wide + BETWEEN), (n // across) * (high + BETWEEN)
        body.append(f'<g class="pixels" transform="translate({amount(x)} {amount(y)})">')
        body.append(f'<rect class="{ground}" width="{amount(wide)}" height="{amount(high)}"/>')
        if array is not None:
            body.append(f'<g transform="scale({scale:.4g}) translate(0 .5)">{paths(found[n], top)}</g>')
            if gradient and not found[n]:
                body.append(
                    f'<path class="strike" d="M0 {amount(high)}L{amount(wide)} 0M0 0L{amount(wide)} {amount(high)}"/>'
                )
        else:
            body.append(f'<text class="mark" x="{amount(wide / 2)}" y="{amount(high / 2 + 5)}">?</text>')
        body.append("</g>")
    body.append(f'<text class="shape" x="{amount(whole / 2)}" y="{amount(height + 14)}">{caption}</text>')
    return whole, height + CAPTION, f"<g>{''.join(body)}</g>"


def folded(shape: Shape) -> tuple[int, int]:
    """The rows and columns of a thumbnail; a vector is folded like a line of text."""
    if len(shape) > 1:
        return shape[-2], shape[-1]
    along = min(prod(shape), max(FOLD, ceil(sqrt(prod(shape)))))
    return ceil(prod(shape) / along), along


def note(shape: Shape, step: int, more: int) -> str:
    text = f"{times(shape)} numbers"
    if step > 1:
        text += f"; each pixel is the largest of a block of {step} × {step}"
    return text + (f"; {more} more are not drawn" if more else "")


def pixels(shape: Shape, array: Array, block: Index, step: int) -> dict[tuple[int, int], Size]:
    """The size of each pixel: of the number there, or of the largest in its block."""
    found: dict[tuple[int, int], Size] = {}
    for index, (i, j) in places(shape, block):
        one = size(array[index])
        if not one.sign and not isnan(one.power):
            continue
        pixel = i // step, j // step
        known = found.get(pixel)
        if known is None or isnan(one.power) or one.power > known.power:
            found[pixel] = one
    return found


def places(shape: Shape, block: Index) -> Iterator[tuple[Index, tuple[int, int]]]:
    """Each number of one matrix, and where it stands in the picture."""
    rows, columns = folded(shape)
    if len(shape) == 1:
        yield from (((n,), divmod(n, columns)) for n in range(prod(shape)))
    else:
        yield from (((*block, i, j), (i, j)) for i in range(rows) for j in range(columns))


def paths(found: dict[tuple[int, int], Size], top: float) -> str:
    """One path for each shade, in strokes along the rows."""
    runs: dict[str, list[str]] = {}
    last: tuple[str, int, int, int] | None = None
    for (i, j), one in sorted(found.items()):
        name = shade(one, top)
        if last and last[0] == name and last[1] == i and last[2] + last[3] == j:
            last = (name, i, last[2], last[3] + 1)
            continue
        if last:
            runs.setdefault(last[0], []).append(f"M{last[2]} {last[1]}h{last[3]}")
        last = (name, i, j, 1)
    if last:
        runs.setdefault(last[0], []).append(f"M{last[2]} {last[1]}h{last[3]}")
    return "".join(f'<path class="{name}" d="{"".join(strokes)}"/>' for name, strokes in sorted(runs.items()))
