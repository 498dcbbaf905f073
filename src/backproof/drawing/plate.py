"""One array as a picture: cells with numbers where they are few, else a thumbnail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from html import escape
from itertools import product
from math import ceil, prod, sqrt
from typing import Any

from backproof.arithmetic.array import Array, Index, Shape, address
from backproof.drawing.lettering import NUMBER_SIZE, breadth, spoken
from backproof.drawing.numbers import amount, equation, full, short
from backproof.drawing.sizes import counts, is_zero, largest, shade, sizes
from backproof.drawing.thumbnail import thumbnails
from backproof.notation.anchors import link

CELL = 26.0
"""The height of a cell, and the least width."""
LEAST_WIDTH, BESIDE_NUMBER = 34.0, 6.0
CHARACTERS, FEWEST = 7, 4
"""of a number, its sign aside; and of one where there is little room"""
BETWEEN = 10.0
"""From one matrix to the next where an array is several."""
MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_MATRICES = 12, 6, 36, 4


@dataclass(frozen=True)
class Picture:
    """How large an array's picture is, and its SVG, made when it is asked for; the upper left corner is the origin."""

    width: float
    height: float
    draw: Callable[[], str]

    def widened(self, least: float) -> Picture:
        """The same in the middle of so much room."""
        if self.width >= least:
            return self
        place = f'<g transform="translate({amount((least - self.width) / 2)} 0)">'
        return Picture(least, self.height, lambda: f"{place}{self.draw()}</g>")


@dataclass(frozen=True)
class Plate:
    """What is known of one quantity before it is drawn; `array` is None where its numbers are covered."""

    name: str
    shape: Shape
    array: Array | None
    digits: int
    scope: str = "1"
    links: bool = True
    addressed: bool = True
    """Whether a page tells of it, so that its cells have an address."""
    gradient: bool = False
    winners: frozenset[Index] = frozenset()
    dead: frozenset[Index] = field(default=frozenset())
    """The cells whose gradient is 0."""

    @property
    def small(self) -> bool:
        """Whether its numbers are written down."""
        rows, columns = plane(self.shape)
        return (
            rows <= MOST_ROWS
            and columns <= MOST_COLUMNS
            and rows * columns <= MOST_CELLS
            and prod(self.shape[:-2]) <= MOST_MATRICES
        )

    @cached_property
    def texts(self) -> Callable[[int], dict[Index, str]]:
        """The numbers in so many characters each."""
        return cache(self.written)

    def written(self, most: int) -> dict[Index, str]:
        if self.array is None:
            return dict.fromkeys(product(*map(range, self.shape)), "?")
        return {index: short(self.array[index], self.digits, most) for index in self.array.indices()}

    @cached_property
    def thumbnail(self) -> Picture:
        width, height, body = thumbnails(self.shape, self.array, self.gradient)
        return Picture(width, height, lambda: body)


def plane(shape: Shape) -> tuple[int, int]:
    """The rows and columns of one matrix of an array; a vector stands upright."""
    return (1, 1) if not shape else (shape[0], 1) if len(shape) == 1 else (shape[-2], shape[-1])


def pictures(plates: Sequence[Plate], room: float, shrink: bool = False) -> list[Picture]:
    """Arrays that are shown together, cells of one width, several matrices side by side where there is room for them.

    shrink: whether numbers lose digits where one matrix is wider than the room.
    """
    most = CHARACTERS
    columns = max((plane(plate.shape)[1] for plate in plates if plate.small), default=0)
    while shrink and most > FEWEST and columns * cell_width(plates, most) > room:
        most -= 1
    width = cell_width(plates, most)
    return [cells(plate, most, width, room) if plate.small else plate.thumbnail for plate in plates]


def cell_width(plates: Sequence[Plate], most: int) -> float:
    """As wide as the widest number of several arrays."""
    texts = {text for plate in plates if plate.small for text in plate.texts(most).values()}
    return max([LEAST_WIDTH, *(breadth(text, NUMBER_SIZE) + BESIDE_NUMBER for text in texts)])


def cells(plate: Plate, most: int, width: float, room: float) -> Picture:
    """An array as cells so wide."""
    rows, columns = plane(plate.shape)
    blocks = prod(plate.shape[:-2])
    wide, high = columns * width + BETWEEN, rows * CELL + BETWEEN
    across = max(1, min(ceil(sqrt(blocks)), int((room + BETWEEN) // wide)))
    down = ceil(blocks / across)
    return Picture(across * wide - BETWEEN, down * high - BETWEEN, partial(drawn, plate, most, width, across))


def drawn(plate: Plate, most: int, width: float, across: int) -> str:
    """The cells of an array, so many matrices side by side."""
    rows, columns = plane(plate.shape)
    known = sizes(plate.array) if plate.array is not None and counts(plate.array) else {}
    top, texts = largest(known.values()), plate.texts(most)
    body: list[str] = []
    for n, block in enumerate(product(*map(range, plate.shape[:-2]))):
        left, above = n % across * (columns * width + BETWEEN), n // across * (rows * CELL + BETWEEN)
        for i, j in product(range(rows), range(columns)):
            index = (*block, i, j) if len(plate.shape) > 1 else (i,)[: len(plate.shape)]
            classes = shade(known[index], top) if index in known else "covered" if plate.array is None else "place"
            x, y = left + j * width, above + i * CELL
            body.append(cell(plate, index, texts[index], classes, x, y, width, not body))
    return "".join(body)


def cell(plate: Plate, index: Index, text: str, classes: str, x: float, y: float, width: float, first: bool) -> str:
    """One number in its box."""
    value: Any = None if plate.array is None else plate.array[index]
    nothing = plate.gradient and value is not None and is_zero(value)
    dead = nothing or index in plate.dead
    marks = [name for name, on in (("dead", dead), ("winner", index in plate.winners)) if on]
    where = address(plate.name, index)
    tag, attributes = "g", f'class="{" ".join(["cell", classes, *marks])}"'
    if plate.addressed:
        attributes += f' data-cell="{escape(where)}"'
    words = "covered" if value is None else full(value, plate.digits)
    if plate.links and plate.addressed:
        tag = "a"
        place = said(plate.name, index, words, marks, plate.gradient)
        attributes += f' href="{escape(link(plate.scope, where))}" tabindex="{0 if first else -1}"'
        attributes += f' aria-label="{escape(place)}; unfold its working"'
    title = "" if value is None else f"<title>{escape(equation(where, value, plate.digits))}</title>"
    box = f'x="{amount(x + 1)}" y="{amount(y + 1)}" width="{amount(width - 2)}" height="{amount(CELL - 2)}" rx="3"'
    hatch = f'<path class="strike" d="{strike(x, y, width)}"/>' if dead else ""
    number = f'<text x="{amount(x + width / 2)}" y="{amount(y + CELL / 2 + 4.2)}">{escape(text)}</text>'
    return f"<{tag} {attributes}>{title}<rect {box}/>{hatch}{number}</{tag}>"


def said(name: str, index: Index, words: str, marks: Sequence[str], gradient: bool) -> str:
    """A cell for a screen reader: `U row 0 column 1: 6, won its window`."""
    axes = ["row", "column"] if len(index) > 1 else ["place"]
    places = [f"{axis} {i}" for axis, i in zip(axes, index[-2:], strict=False)]
    before = [f"block {','.join(map(str, index[:-2]))}"] if len(index) > 2 else []
    notes = [", won its window"] * ("winner" in marks)
    notes += [", its gradient is 0"] * ("dead" in marks and not gradient)
    return f"{' '.join([spoken(name), *before, *places])}: {words}{''.join(notes)}"


def strike(x: float, y: float, width: float) -> str:
    """A hatch over a cell."""
    left, right, above, below = x + 1.5, x + width - 1.5, y + 1.5, y + CELL - 1.5
    lines: list[str] = []
    start = left - (below - above) + 6
    while start < right - 1:
        a, b = max(start, left), min(start + below - above, right)
        lines.append(f"M{amount(a)} {amount(below + start - a)}L{amount(b)} {amount(below + start - b)}")
        start += 7
    return "".join(lines)
