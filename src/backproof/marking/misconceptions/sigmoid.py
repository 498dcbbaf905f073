"""The sigmoid gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import exp, tanh
from backproof.arithmetic.loops import cells
from backproof.marking.altered import over
from backproof.marking.wrong import Wrong
from backproof.rules.rule import Array, Number
from backproof.rules.sigmoid import Sigmoid


class OtherValue(Wrong, Sigmoid):
    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = self.value(x[i])

    @abstractmethod
    def value(self, x: Number) -> Number:
        """What is taken for one number."""


class MinusForgotten(OtherValue):
    """forgot the minus in the exponent"""

    def value(self, x: Number) -> Number:
        return 1 / (1 + exp(x))


class OneForgotten(OtherValue):
    """forgot the 1 below the fraction line"""

    def value(self, x: Number) -> Number:
        return 1 / exp(-x)


class NotInverted(OtherValue):
    """took 1 + e^(−x), and did not divide 1 by it"""

    def value(self, x: Number) -> Number:
        return 1 + exp(-x)


class Tangent(OtherValue):
    """took tanh for the sigmoid"""

    def value(self, x: Number) -> Number:
        return tanh(x)


class Subtracted(OtherValue):
    """subtracted e^(−x) from 1 below the fraction line, where it is added"""

    def value(self, x: Number) -> Number:
        return over(exp(x), exp(x) - 1)


class OtherSlope(Wrong, Sigmoid):
    def backward(self, x: Array, y: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * self.slope(x[i], y[i])

    @abstractmethod
    def slope(self, x: Number, y: Number) -> Number:
        """What is taken for the derivative, from the input and the right output."""


class OutputForSlope(OtherSlope):
    """multiplied by y alone, where y(1 − y) belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return y


class OneMinusOutput(OtherSlope):
    """multiplied by 1 − y alone, where y(1 − y) belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 - y


class InputForOutput(OtherSlope):
    """multiplied by x(1 − x), where the output belongs in both places: y(1 − y)"""

    def slope(self, x: Number, y: Number) -> Number:
        return x * (1 - x)


class SigmoidTwice(OtherSlope):
    """took the sigmoid of the output once more for the slope; the output is the sigmoid already"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 / (1 + exp(-y)) / (1 + exp(y))


class TangentsSlope(OtherSlope):
    """multiplied by 1 − y², which is the slope of tanh"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 - y**2


class TangentBothWays(Tangent, TangentsSlope):
    """took tanh for the sigmoid, forward and on the way back"""


class SignTurned(OtherSlope):
    """multiplied by y(y − 1), where y(1 − y) belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return y * (y - 1)


class PlusForMinus(OtherSlope):
    """multiplied by y(1 + y), where y(1 − y) belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return y * (1 + y)


class UnchangedBack(OtherSlope):
    """passed the gradient back as it came, and left the slope y(1 − y) out"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1


class SlopeAlone(Wrong, Sigmoid):
    """wrote down the slope y(1 − y) alone, not multiplied by what came back"""

    def backward(self, y: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = y[i] * (1 - y[i])
