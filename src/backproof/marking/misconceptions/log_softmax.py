"""Log-softmax gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod
from typing import ClassVar

from backproof.arithmetic.functions import exp, largest, log, total
from backproof.arithmetic.loops import cells, lines
from backproof.marking.altered import changed
from backproof.marking.wrong import Wrong
from backproof.rules.log_softmax import LogSoftmax
from backproof.rules.rule import Array, Number, Numeral, axis


class OtherLine(Wrong, LogSoftmax):
    def forward(self, x: Array, y: Array) -> None:
        super().forward(x, y)
        for z, out in lines(axis(self.dim, x.shape), x, y):
            top = largest((z[i], i) for i in cells(z))[0]
            for i in cells(out):
                out[i] = self.value(z[i], out[i], top)

    @abstractmethod
    def value(self, z: Number, right: Number, top: Number) -> Number:
        """One number, from the right one and the largest of its line."""


class LogForgotten(OtherLine):
    """took the probabilities without their logarithms"""

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return exp(right)


class NotNormalised(OtherLine):
    """left out the logarithm of the sum"""

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return z - top


class ShiftedAbove(OtherLine):
    """subtracted the largest number outside the sum and not in it"""

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return right - top


class ShiftedBelow(OtherLine):
    """subtracted the largest number in the sum and not outside it"""

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return right + top


class SignTurned(OtherLine):
    """turned the sign of the logarithms round"""

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return -right


class CommonLogarithm(OtherLine):
    """took the logarithm to base 10, where the natural one belongs"""

    ten: ClassVar[Numeral] = Numeral("10")

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return right / log(self.ten)


class BinaryLogarithm(OtherLine):
    """took the logarithm to base 2, where the natural one belongs"""

    two: ClassVar[Numeral] = Numeral("2")

    def value(self, z: Number, right: Number, top: Number) -> Number:
        return right / log(self.two)


class Negative(Wrong, LogSoftmax):
    """turned the sign of the numbers round before taking e^z"""

    def forward(self, x: Array, y: Array) -> None:
        super().forward(changed(x, lambda v: -v), y)


class OverAll(Wrong, LogSoftmax):
    """added e^z up over all the numbers, where each line along the axis has a sum of its own"""

    def forward(self, x: Array, y: Array) -> None:
        whole = total(exp(x[i]) for i in cells(x))
        for i in cells(y):
            y[i] = x[i] - log(whole)


class OtherSlope(Wrong, LogSoftmax):
    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        for out, dout, dz in lines(axis(self.dim, y.shape), y, dy, dx):
            mass = total(dout[i] for i in cells(dout))
            for i in cells(dz):
                dz[i] = self.slope(out[i], dout[i], mass)

    @abstractmethod
    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        """dz in one place; mass is the sum of dy along its line."""


class OwnPathOnly(OtherSlope):
    """took 1 − p for the whole slope, and left out the paths through the sum to the other outputs"""

    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        return dy * (1 - exp(y))


class UnchangedBack(OtherSlope):
    """passed the gradient back as it came, as if nothing were subtracted"""

    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        return dy


class MassLeftOut(OtherSlope):
    """subtracted the probability alone, not multiplied by the sum of what came back"""

    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        return dy - exp(y)


class LogForProbability(OtherSlope):
    """used the logarithm of the probability, where the probability belongs"""

    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        return dy - y * mass


class SignTurnedBack(OtherSlope):
    """turned the sign of the gradient round"""

    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        return exp(y) * mass - dy


class SoftmaxsSlope(OtherSlope):
    """took softmax's slope p(1 − p), and forgot the logarithm"""

    def slope(self, y: Number, dy: Number, mass: Number) -> Number:
        return dy * exp(y) * (1 - exp(y))
