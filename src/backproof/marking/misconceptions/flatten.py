"""Flattening gone wrong."""

from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.flatten import Flatten
from backproof.rules.rule import Array, Index, Shape


class ByColumns(Wrong, Flatten):
    """wrote the numbers down column by column, where they stand row by row"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(x):
            y[by_columns(self, i, x.shape)] = x[i]


class ByColumnsBack(Wrong, Flatten):
    """put the gradient back column by column, where the numbers had stood row by row"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[by_columns(self, i, x.shape)]


class ByColumnsBothWays(ByColumns, ByColumnsBack):
    """took the numbers column by column, where they stand row by row, forward and on the way back"""


class Backwards(Wrong, Flatten):
    """wrote the numbers down from the last to the first"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(x):
            y[backwards(self, i, x.shape)] = x[i]


class BackwardsBack(Wrong, Flatten):
    """put the gradient back from the last to the first"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[backwards(self, i, x.shape)]


def by_columns(rule: Flatten, index: Index, x: Shape) -> Index:
    """Where the number at this index stands, if the first of the axes that are joined runs fastest."""
    start, end = rule.axes(x)
    flat = 0
    for i, length in zip(reversed(index[start:end]), reversed(x[start:end]), strict=True):
        flat = flat * length + i
    return (*index[:start], flat, *index[end:])


def backwards(rule: Flatten, index: Index, x: Shape) -> Index:
    start, end = rule.axes(x)
    turned = (length - 1 - i for i, length in zip(index[start:end], x[start:end], strict=True))
    return rule.place((*index[:start], *turned, *index[end:]), x)
