"""Sliding windows: which cells a window sees, and which windows see a cell, along one axis.

Index arithmetic only, shared by pooling and convolution in both directions. Cells in the padding are left out, or
are real cells seen again where the padding mode says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from backproof.arithmetic.array import Shape
from backproof.arithmetic.loops import WALKER, Walker, overlap
from backproof.errors import BadOption, BadShape

Pairing: TypeAlias = tuple[Any, Any]
Pairs: TypeAlias = dict[Any, list[Pairing]]


@dataclass(frozen=True)
class Windows:
    """The places of a window of `kernel` cells that slides along `size` cells.

    Tap `a` of window `i` looks at cell `i * stride + a * dilation - padding`.

    >>> rows = Windows(4, kernel=2, stride=2)
    >>> rows.count, list(rows.window(1)), list(rows.cell(3)), list(rows.tap(0))
    (2, [(0, 2), (1, 3)], [(1, 1)], [(0, 0), (1, 2)])
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False
    far_padding: int | None = None
    mode: str = "zeros"

    @cached_property
    def reach(self) -> int:
        """How many cells a window spans, the gaps of its dilation included."""
        return self.dilation * (self.kernel - 1) + 1

    @cached_property
    def count(self) -> int:
        """How many windows there are; PyTorch's formula, with its rule that none starts in the far padding."""
        room = self.size + self.padding + self.after - self.reach
        if not self.ceil_mode:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        return count - 1 if (count - 1) * self.stride >= self.size + self.padding else count

    def window(self, i: Any) -> Iterable[Pairing]:
        """(tap, cell) for every cell that window `i` sees."""
        walker = WALKER.get()
        if walker is not None:
            return self._written_window(walker, i) if self.mode == "zeros" else walker.listed(self._windows, i)
        return self._windows[i]

    def cell(self, h: Any) -> Iterable[Pairing]:
        """(tap, window) for every window that sees cell `h`."""
        walker = WALKER.get()
        if walker is not None:
            return self._written_cell(walker, h) if self.mode == "zeros" else walker.listed(self._cells, h)
        return self._cells[h]

    def tap(self, a: Any) -> Iterable[Pairing]:
        """(window, cell) for every cell that tap `a` looks at."""
        walker = WALKER.get()
        if walker is not None:
            return self._written_tap(walker, a) if self.mode == "zeros" else walker.listed(self._taps, a)
        return self._taps[a]

    def extent(self, i: Any, include_padding: bool = True) -> Any:
        """How many cells lie under window `i`, of the padded axis or of the real one."""
        if not self.overhangs and (include_padding or not self.padded):
            return self.kernel
        near, far = (-self.padding, self.size + self.after) if include_padding else (0, self.size)
        return overlap(i, i * self.stride - self.padding, self.kernel, near, far)

    @property
    def after(self) -> int:
        """The padding on the far side; `same` padding may have one cell more there."""
        return self.padding if self.far_padding is None else self.far_padding

    @property
    def overhangs(self) -> bool:
        """Whether the last window reaches past the far padding, as `ceil_mode` lets it."""
        return (self.count - 1) * self.stride + self.reach > self.size + self.padding + self.after

    @cached_property
    def padded(self) -> bool:
        """Whether some tap of some window falls outside the cells."""
        return self.padding > 0 or (self.count - 1) * self.stride + self.reach > self.size + self.padding

    @cached_property
    def _hits(self) -> list[tuple[int, int, int]]:
        places = ((i, a, i * self.stride + a * self.dilation - self.padding)
                  for i in range(self.count) for a in range(self.kernel))  # fmt: skip
        found = ((i, a, self.seen(h)) for i, a, h in places)
        return [(i, a, h) for i, a, h in found if h is not None]

    def seen(self, h: int) -> int | None:
        """The real cell that is seen at place `h`; None in the padding."""
        if 0 <= h < self.size:
            return h
        match self.mode:
            case "reflect":
                return -h if h < 0 else 2 * (self.size - 1) - h
            case "replicate":
                return 0 if h < 0 else self.size - 1
            case "circular":
                return h % self.size
            case _:
                return None

    @property
    def sees(self) -> list[int]:
        """How many real cells each window sees."""
        return [len(group) for group in self._windows.values()]

    @cached_property
    def _windows(self) -> Pairs:
        return grouped(self.count, ((i, a, h) for i, a, h in self._hits))

    @cached_property
    def _cells(self) -> Pairs:
        return grouped(self.size, ((h, a, i) for i, a, h in self._hits))

    @cached_property
    def _taps(self) -> Pairs:
        return grouped(self.kernel, ((a, i, h) for i, a, h in self._hits))

    def _written_window(self, walker: Walker, i: Any) -> Iterable[Pairing]:
        for a in walker.span(self.kernel):
            for h in self._looked_at(walker, i, a):
                yield a, h

    def _written_tap(self, walker: Walker, a: Any) -> Iterable[Pairing]:
        for i in walker.span(self.count):
            for h in self._looked_at(walker, i, a):
                yield i, h

    def _looked_at(self, walker: Walker, i: Any, a: Any) -> Iterable[Any]:
        h = i * self.stride + a * self.dilation - self.padding
        return walker.within(h, self.size) if self.padded else [h]

    def _written_cell(self, walker: Walker, h: Any) -> Iterable[Pairing]:
        for a in walker.span(self.kernel):
            for start in walker.quotient(h + self.padding - a * self.dilation, self.stride):
                for i in walker.within(start, self.count):
                    yield a, i


def grouped(length: int, triples: Iterable[tuple[int, int, int]]) -> Pairs:
    groups: Pairs = {key: [] for key in range(length)}
    for key, left, right in triples:
        groups[key].append((left, right))
    return groups


MOST_TAPS = 1_000_000
NAMES = "rows", "columns"
Pair: TypeAlias = int | tuple[int, int]


def pair(option: str, value: Pair, least: int) -> tuple[int, int]:
    """An option given once for both axes or once for each; refused below `least`."""
    both = (value, value) if isinstance(value, int) else value
    if len(both) != 2 or min(both) < least:
        raise BadOption(f"{option} is {value}; expected a whole number, or two, of at least {least}")
    return both


@lru_cache(maxsize=256)
def plane(
    size: Shape,
    kernel_size: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair = 1,
    ceil_mode: bool = False,
    mode: str = "zeros",
) -> tuple[Windows, Windows]:
    """The rows and the columns of windows that slide over an image of (H, W) cells.

    Raises `BadShape` where the kernel is larger than the padded image, or the padding larger than its mode allows.
    """
    options = pair("kernel_size", kernel_size, 1), pair("stride", stride, 1), pair("padding", padding, 0)
    dilations = pair("dilation", dilation, 1)
    axes: list[Windows] = []
    for axis, length in enumerate(size):
        kernel, step, pad = (option[axis] for option in options)
        windows = Windows(length, kernel, step, pad, dilations[axis], ceil_mode, mode=mode)
        room = length + windows.padding + windows.after
        if windows.reach > room:
            raise BadShape(
                f"the kernel spans {windows.reach} {NAMES[axis]}, the input with its padding has only {room}"
            )
        if windows.count * windows.kernel > MOST_TAPS:
            raise BadShape(f"{windows.count:,} windows of {windows.kernel:,} {NAMES[axis]} are too many to take on")
        axes.append(checked(windows, axis))
    return axes[0], axes[1]


def checked(windows: Windows, axis: int) -> Windows:
    """The same windows, refused where the padding asks for cells that are not there."""
    most = {"reflect": windows.size - 1, "circular": windows.size}.get(windows.mode, windows.padding + windows.after)
    if max(windows.padding, windows.after) > most:
        raise BadShape(
            f"{windows.mode} padding of {NAMES[axis]} is {windows.padding}; {windows.size} {NAMES[axis]} allow {most}"
        )
    return windows


def check_seen(rows: Windows, columns: Windows) -> None:
    """Pooling needs a real cell in every window."""
    if not all(rows.sees) or not all(columns.sees):
        raise BadShape("a window sees nothing of the input but padding; use less padding or less dilation")


def check_padding(kernel_size: Pair, padding: Pair, dilation: Pair = 1) -> None:
    """Pooling allows padding of half a kernel at most, so that no window can lie in the padding alone."""
    sides = zip(
        pair("padding", padding, 0), pair("kernel_size", kernel_size, 1), pair("dilation", dilation, 1), strict=True
    )
    if any(2 * p > d * (k - 1) + 1 for p, k, d in sides):
        raise BadOption(f"padding is {padding}; expected at most half of what the kernel spans")


@lru_cache(maxsize=256)
def same(size: Shape, kernel_size: Pair, dilation: Pair, mode: str = "zeros") -> tuple[Windows, Windows]:
    """Windows with stride 1 and as much padding as keeps the size; an odd cell goes to the far side, as in PyTorch."""
    sides = zip(size, pair("kernel_size", kernel_size, 1), pair("dilation", dilation, 1), strict=True)
    needs = [(length, k, d, d * (k - 1)) for length, k, d in sides]
    rows, columns = (Windows(length, k, 1, p // 2, d, False, p - p // 2, mode) for length, k, d, p in needs)
    return checked(rows, 0), checked(columns, 1)
