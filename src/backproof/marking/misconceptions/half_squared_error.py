"""Half the squared error gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import choose, total
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.half_squared_error import HalfSquaredError
from backproof.rules.rule import Array, Number


class OtherLoss(Wrong, HalfSquaredError):
    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        super().forward(x, t, loss, share)
        loss[()] = total(self.term(x[i], t[i]) for i in cells(x))

    @abstractmethod
    def term(self, x: Number, t: Number) -> Number:
        """What one cell adds to the loss."""


class NotHalved(OtherLoss):
    """forgot the ½ in the loss"""

    def term(self, x: Number, t: Number) -> Number:
        return (x - t) ** 2


class HalvedTwice(OtherLoss):
    """halved the loss twice"""

    def term(self, x: Number, t: Number) -> Number:
        return (x - t) ** 2 / 4


class NotSquared(OtherLoss):
    """did not square the error"""

    def term(self, x: Number, t: Number) -> Number:
        return (x - t) / 2


class Absolute(OtherLoss):
    """took the size of the error, where half its square belongs"""

    def term(self, x: Number, t: Number) -> Number:
        return choose(x > t, x - t, t - x)


class SquaredApart(OtherLoss):
    """squared the prediction and the target each on its own, where their difference is squared"""

    def term(self, x: Number, t: Number) -> Number:
        return (x**2 - t**2) / 2


class Summed(OtherLoss):
    """added the target and the prediction before squaring, where their difference is squared"""

    def term(self, x: Number, t: Number) -> Number:
        return (x + t) ** 2 / 2


class MeanOfCells(Wrong, HalfSquaredError):
    """took the mean over the cells of the output, where they are added up"""

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        super().forward(x, t, loss, share)
        loss[()] = loss[()] / x.size


class SquaredSum(Wrong, HalfSquaredError):
    """added the errors up before squaring, where each is squared on its own"""

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        super().forward(x, t, loss, share)
        loss[()] = total(x[i] - t[i] for i in cells(x)) ** 2 / 2


class OtherSlope(Wrong, HalfSquaredError):
    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = self.slope(x[i], t[i]) * dloss[()]

    @abstractmethod
    def slope(self, x: Number, t: Number) -> Number:
        """What is taken for the derivative in one cell."""


class SignTurned(OtherSlope):
    """took target less prediction for the derivative, where it is prediction less target"""

    def slope(self, x: Number, t: Number) -> Number:
        return t - x


class Doubled(OtherSlope):
    """kept the factor 2 in the derivative, which the ½ cancels"""

    def slope(self, x: Number, t: Number) -> Number:
        return 2 * (x - t)


class DoubledBothWays(NotHalved, Doubled):
    """forgot the ½, in the loss and in its derivative"""


class HalfKept(OtherSlope):
    """kept the ½ in the derivative, which the factor 2 cancels"""

    def slope(self, x: Number, t: Number) -> Number:
        return (x - t) / 2


class SquareKept(OtherSlope):
    """kept the square in the derivative, where the error itself belongs"""

    def slope(self, x: Number, t: Number) -> Number:
        return (x - t) ** 2


class LossForSlope(OtherSlope):
    """put half the squared error where its derivative, the error, belongs"""

    def slope(self, x: Number, t: Number) -> Number:
        return (x - t) ** 2 / 2


class TargetLeftOut(OtherSlope):
    """left the target out of the derivative"""

    def slope(self, x: Number, t: Number) -> Number:
        return x


class TargetAlone(OtherSlope):
    """took the target for the derivative, where prediction less target belongs"""

    def slope(self, x: Number, t: Number) -> Number:
        return t


class SummedBack(OtherSlope):
    """added the target to the prediction in the derivative, where it is subtracted"""

    def slope(self, x: Number, t: Number) -> Number:
        return x + t


class One(OtherSlope):
    """took 1 for the derivative of the loss by the prediction"""

    def slope(self, x: Number, t: Number) -> Number:
        return 1
