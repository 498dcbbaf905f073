"""Branches laid end to end wrongly."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.concat import Concat
from backproof.rules.rule import Array


class Reversed(Wrong, Concat):
    """laid the branches end to end in the wrong order, the last one first"""

    def forward(self, xs: list[Array], y: Array) -> None:
        super().forward(xs[::-1], y)


class ReversedBack(Wrong, Concat):
    """cut the gradient in the wrong order, as if the last branch came first"""

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        super().backward(dy, dxs[::-1])


class ReversedBothWays(Reversed, ReversedBack):
    """took the branches in the wrong order, the last one first, forward and on the way back"""


class StartForAll(Wrong, Concat):
    """gave every branch the beginning of the gradient, where each gets its own part"""

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for dx in dxs:
            for i in cells(dx):
                dx[i] = dy[i]


class FirstOnlyBack(Wrong, Concat):
    """gave the first branch its part of the gradient and the others none"""

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for i in cells(dxs[0]):
            dxs[0][i] = dy[i]
