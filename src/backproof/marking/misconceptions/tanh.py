"""Tanh gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import exp, tanh
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.rule import Array, Number
from backproof.rules.tanh import Tanh


class OtherValue(Wrong, Tanh):
    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = self.value(x[i])

    @abstractmethod
    def value(self, x: Number) -> Number:
        """What is taken for one number."""


class Sigmoid(OtherValue):
    """took the sigmoid for tanh"""

    def value(self, x: Number) -> Number:
        return 1 / (1 + exp(-x))


class Halved(OtherValue):
    """forgot a 2 in the exponents, and so took tanh(x/2)"""

    def value(self, x: Number) -> Number:
        return tanh(x / 2)


class Sine(OtherValue):
    """took sinh x: divided by 2, where e^x + e^(−x) belongs"""

    def value(self, x: Number) -> Number:
        return (exp(x) - exp(-x)) / 2


class SignTurned(OtherValue):
    """turned the sign round"""

    def value(self, x: Number) -> Number:
        return -tanh(x)


class OtherSlope(Wrong, Tanh):
    def backward(self, x: Array, y: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * self.slope(x[i], y[i])

    @abstractmethod
    def slope(self, x: Number, y: Number) -> Number:
        """What is taken for the derivative, from the input and the right output."""


class InputForOutput(OtherSlope):
    """multiplied by 1 − x², where the output belongs: 1 − y²"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 - x**2


class PlusForMinus(OtherSlope):
    """multiplied by 1 + y², where 1 − y² belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 + y**2


class NotSquared(OtherSlope):
    """multiplied by 1 − y, and forgot the square in 1 − y²"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 - y


class SquareAlone(OtherSlope):
    """multiplied by y², where 1 − y² belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return y**2


class SignTurnedBack(OtherSlope):
    """multiplied by y² − 1, where 1 − y² belongs"""

    def slope(self, x: Number, y: Number) -> Number:
        return y**2 - 1


class TangentTwice(OtherSlope):
    """took tanh of the output once more for the slope; the output is the tanh already"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1 - tanh(y) ** 2


class SigmoidsSlope(OtherSlope):
    """multiplied by y(1 − y), which is the slope of the sigmoid"""

    def slope(self, x: Number, y: Number) -> Number:
        return y * (1 - y)


class SigmoidBothWays(Sigmoid, SigmoidsSlope):
    """took the sigmoid for tanh, forward and on the way back"""


class UnchangedBack(OtherSlope):
    """passed the gradient back as it came, and left the slope 1 − y² out"""

    def slope(self, x: Number, y: Number) -> Number:
        return 1


class SlopeAlone(Wrong, Tanh):
    """wrote down the slope 1 − y² alone, not multiplied by what came back"""

    def backward(self, y: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = 1 - y[i] ** 2
