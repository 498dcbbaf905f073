"""ReLU gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.relu import ReLU
from backproof.rules.rule import Array


class WrongSide(Wrong, ReLU):
    """kept the negative numbers and made the positive ones 0"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] <= 0, x[i], 0)


class WrongSideBack(Wrong, ReLU):
    """let the gradient through where the number is negative, where it belongs to the positive ones"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] <= 0, dy[i], 0)


class WrongSideBothWays(WrongSide, WrongSideBack):
    """let the negative numbers through instead of the positive ones, forward and on the way back"""


class Unchanged(Wrong, ReLU):
    """left the negative numbers as they are, where each becomes 0"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = x[i]


class UnchangedBack(Wrong, ReLU):
    """let the gradient through everywhere; where the number became 0, so does the gradient"""

    def backward(self, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i]


class UnchangedBothWays(Unchanged, UnchangedBack):
    """left the activation out, forward and on the way back"""


class SignLost(Wrong, ReLU):
    """took away the sign of the negative numbers, where each becomes 0"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] <= 0, -x[i], x[i])


class SignTurned(Wrong, ReLU):
    """turned the sign of the gradient round where the number is negative; there it becomes 0"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] <= 0, -dy[i], dy[i])


class GradientsSign(Wrong, ReLU):
    """went by the sign of the gradient, not of the number, to choose what passes"""

    def backward(self, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(dy[i] <= 0, 0, dy[i])


class TimesInput(Wrong, ReLU):
    """multiplied the gradient by the number that went in, not by the slope there"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * x[i]


class TimesOutput(Wrong, ReLU):
    """multiplied the gradient by the number that came out, not by the slope there"""

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * y[i]


class SlopeAlone(Wrong, ReLU):
    """wrote down the slopes alone, 1 or 0, not multiplied by the gradient that came back"""

    def backward(self, x: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] <= 0, 0, 1)
