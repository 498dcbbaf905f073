"""A sum of branches, or of gradients that came along several paths, gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.add import Add
from backproof.rules.rule import Array


class Last(Wrong, Add):
    """kept only the last of the parts, where all are added up"""

    def forward(self, xs: list[Array], y: Array) -> None:
        for i in cells(y):
            y[i] = xs[-1][i]


class First(Wrong, Add):
    """kept only the first of the parts, where all are added up"""

    def forward(self, xs: list[Array], y: Array) -> None:
        for i in cells(y):
            y[i] = xs[0][i]


class Mean(Wrong, Add):
    """took the mean of the parts, where they are added up"""

    def forward(self, xs: list[Array], y: Array) -> None:
        super().forward(xs, y)
        for i in cells(y):
            y[i] = y[i] / len(xs)


class Multiplied(Wrong, Add):
    """multiplied the parts, where they are added up"""

    def forward(self, xs: list[Array], y: Array) -> None:
        for i in cells(y):
            y[i] = xs[0][i]
            for x in xs[1:]:
                y[i] = y[i] * x[i]


class Subtracted(Wrong, Add):
    """subtracted the other parts from the first, where all are added up"""

    def forward(self, xs: list[Array], y: Array) -> None:
        super().forward(xs, y)
        for i in cells(y):
            y[i] = xs[0][i] + xs[0][i] - y[i]


class Shared(Wrong, Add):
    """shared the gradient out among the branches, where every branch gets all of it"""

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for dx in dxs:
            for i in cells(dx):
                dx[i] = dy[i] / len(dxs)


class MeanBothWays(Mean, Shared):
    """took the mean of the branches, where they are added up, and shared the gradient out among them"""


class FirstOnlyBack(Wrong, Add):
    """gave the gradient to the first branch alone, where every branch gets all of it"""

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for i in cells(dxs[0]):
            dxs[0][i] = dy[i]


class LastOnlyBack(Wrong, Add):
    """gave the gradient to the last branch alone, where every branch gets all of it"""

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for i in cells(dxs[-1]):
            dxs[-1][i] = dy[i]


class TimesBranch(Wrong, Add):
    """multiplied the gradient by the branch's own numbers, where it goes back as it is"""

    def backward(self, xs: list[Array], dy: Array, dxs: list[Array]) -> None:
        for x, dx in zip(xs, dxs, strict=True):
            for i in cells(dx):
                dx[i] = dy[i] * x[i]
