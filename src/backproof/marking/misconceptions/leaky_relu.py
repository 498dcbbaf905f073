"""Leaky ReLU gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.leaky_relu import LeakyReLU
from backproof.rules.rule import Array, Rule


class Sloped(Wrong, LeakyReLU):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """With a slope of 0 or 1 there is less to mistake."""
        return (
            super().fits(rule) and isinstance(rule, LeakyReLU) and rule.ratio("negative_slope") not in ((0, 1), (1, 1))
        )


class WrongSide(Sloped):
    """used the small slope on the positive side, where it belongs on the other"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, self.negative_slope * x[i], x[i])


class WrongSideBack(Sloped):
    """used the small slope on the positive side on the way back, where it belongs on the other"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, self.negative_slope * dy[i], dy[i])


class WrongSideBothWays(WrongSide, WrongSideBack):
    """used the small slope on the positive side, where it belongs on the other, forward and on the way back"""


class Zero(Sloped):
    """made the negative numbers 0, as ReLU does, where they are multiplied by the small slope"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], 0)


class ZeroBack(Sloped):
    """took 0 for the derivative on the negative side, as ReLU's is, where it is the small slope"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, dy[i], 0)


class ZeroBothWays(Zero, ZeroBack):
    """took ReLU for leaky ReLU: 0 on the negative side, forward and on the way back"""


class Unchanged(Sloped):
    """left the negative numbers as they are, where they are multiplied by the small slope"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = x[i]


class UnchangedBack(Sloped):
    """passed the gradient back as it came, where it is multiplied by the small slope on the negative side"""

    def backward(self, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i]


class UnchangedBothWays(Unchanged, UnchangedBack):
    """left the activation out, forward and on the way back"""


class Everywhere(Sloped):
    """multiplied every number by the small slope, the positive ones too"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = self.negative_slope * x[i]


class EverywhereBack(Sloped):
    """multiplied every gradient by the small slope, those of positive numbers too"""

    def backward(self, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = self.negative_slope * dy[i]


class EverywhereBothWays(Everywhere, EverywhereBack):
    """used the small slope on both sides, forward and on the way back"""


class SignLost(Sloped):
    """multiplied the negative numbers by the small slope and lost their sign"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], -(self.negative_slope * x[i]))


class SignTurned(Sloped):
    """multiplied the gradient by minus the small slope where the number is negative"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, dy[i], -(self.negative_slope * dy[i]))


class Divided(Sloped):
    """divided the negative numbers by the small slope instead of multiplying them"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], x[i] / self.negative_slope)


class DividedBack(Sloped):
    """divided the gradient by the small slope where the number is negative, instead of multiplying it"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, dy[i], dy[i] / self.negative_slope)


class GradientsSign(Sloped):
    """went by the sign of the gradient, not of the number, to choose the slope"""

    def backward(self, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(dy[i] > 0, dy[i], self.negative_slope * dy[i])


class TimesInput(Wrong, LeakyReLU):
    """multiplied the gradient by the number that went in, not by the slope there"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * x[i]


class TimesOutput(Sloped):
    """multiplied the gradient by the number that came out, not by the slope there"""

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * y[i]


class SlopeAlone(Wrong, LeakyReLU):
    """wrote down the slopes alone, not multiplied by the gradient that came back"""

    def backward(self, x: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, 1, self.negative_slope)
