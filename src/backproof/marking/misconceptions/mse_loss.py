"""The squared error gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.mse_loss import MSELoss
from backproof.rules.rule import Array, Number


class OtherLoss(Wrong, MSELoss):
    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        super().forward(x, t, loss, share)
        for i in cells(loss):
            loss[i] = self.loss(x[i], t[i])

    @abstractmethod
    def loss(self, x: Number, t: Number) -> Number:
        """What is taken for the loss of one cell."""


class Halved(OtherLoss):
    """halved the squared error; this loss has no ½"""

    def loss(self, x: Number, t: Number) -> Number:
        return (x - t) ** 2 / 2


class NotSquared(OtherLoss):
    """did not square the error"""

    def loss(self, x: Number, t: Number) -> Number:
        return x - t


class Absolute(OtherLoss):
    """took the size of the error, where its square belongs"""

    def loss(self, x: Number, t: Number) -> Number:
        return choose(x > t, x - t, t - x)


class SquaredApart(OtherLoss):
    """squared the prediction and the target each on its own, where their difference is squared"""

    def loss(self, x: Number, t: Number) -> Number:
        return x**2 - t**2


class Summed(OtherLoss):
    """added the target and the prediction before squaring, where their difference is squared"""

    def loss(self, x: Number, t: Number) -> Number:
        return (x + t) ** 2


class OtherSlope(Wrong, MSELoss):
    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = self.slope(x[i], t[i]) * dloss[i]

    @abstractmethod
    def slope(self, x: Number, t: Number) -> Number:
        """What is taken for the derivative in one cell."""


class FactorForgotten(OtherSlope):
    """forgot the factor 2 in the derivative"""

    def slope(self, x: Number, t: Number) -> Number:
        return x - t


class HalvedBothWays(Halved, FactorForgotten):
    """took half the squared error, in the loss and in its derivative; this loss has no ½"""


class Doubled(OtherSlope):
    """doubled the error twice in the derivative, where once belongs"""

    def slope(self, x: Number, t: Number) -> Number:
        return 4 * (x - t)


class SignTurned(OtherSlope):
    """took target less prediction for the error in the derivative, where it is prediction less target"""

    def slope(self, x: Number, t: Number) -> Number:
        return 2 * (t - x)


class SquareKept(OtherSlope):
    """kept the square in the derivative, where twice the error itself belongs"""

    def slope(self, x: Number, t: Number) -> Number:
        return 2 * (x - t) ** 2


class LossForSlope(OtherSlope):
    """put the squared error where its derivative belongs"""

    def slope(self, x: Number, t: Number) -> Number:
        return (x - t) ** 2


class TargetLeftOut(OtherSlope):
    """left the target out of the derivative"""

    def slope(self, x: Number, t: Number) -> Number:
        return 2 * x


class SummedBack(OtherSlope):
    """added the target to the prediction in the derivative, where it is subtracted"""

    def slope(self, x: Number, t: Number) -> Number:
        return 2 * (x + t)


class SignOfError(OtherSlope):
    """took the sign of the error for the derivative, which belongs to the error's size, not to its square"""

    def slope(self, x: Number, t: Number) -> Number:
        return choose(x > t, 1, choose(x < t, -1, 0))


class AbsoluteBothWays(Absolute, SignOfError):
    """took the size of the error, where its square belongs, and the size's derivative"""
