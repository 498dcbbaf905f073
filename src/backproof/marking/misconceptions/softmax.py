"""Softmax gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import exp, largest, total
from backproof.arithmetic.loops import cells, lines
from backproof.marking.altered import changed, having, over
from backproof.marking.wrong import Wrong
from backproof.rules.rule import Array, Number, Rule, axis
from backproof.rules.softmax import Softmax


class OtherLine(Wrong, Softmax):
    def forward(self, x: Array, y: Array) -> None:
        for z, p in lines(axis(self.dim, x.shape), x, y):
            for i, value in zip(cells(p), self.probabilities([z[j] for j in cells(z)]), strict=True):
                p[i] = value

    @abstractmethod
    def probabilities(self, z: list[Number]) -> list[Number]:
        """What is taken for the softmax of one line."""


class Shifted(OtherLine):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Where the largest number is subtracted."""
        return super().fits(rule) and isinstance(rule, Softmax) and rule.shift


class NotNormalised(OtherLine):
    """took e^z for a probability, and did not divide by the sum"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [exp(v) for v in z]


class ShiftedNotNormalised(Shifted):
    """took e^(z − max z) for a probability, and did not divide by the sum"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [exp(v - top(z)) for v in z]


class ShiftedAbove(Shifted):
    """subtracted the largest number above the fraction line and not in the sum below it"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [exp(v - top(z)) / total(exp(w) for w in z) for v in z]


class ShiftedBelow(Shifted):
    """subtracted the largest number in the sum below the fraction line and not above it"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [exp(v) / total(exp(w - top(z)) for w in z) for v in z]


class WithoutExp(OtherLine):
    """divided the numbers themselves by their sum, without e^z"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [over(v, total(z)) for v in z]


class OthersBelow(OtherLine):
    """left a number's own e^z out of the sum that it is divided by"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        e = [exp(v) for v in z]
        return [over(v, total(w for j, w in enumerate(e) if j != i)) for i, v in enumerate(e)]


class ByCount(OtherLine):
    """divided e^z by how many numbers there are, where the sum of all e^z belongs"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [exp(v) / len(z) for v in z]


class ExpOfSum(OtherLine):
    """divided by e to the power of the sum, where the sum of all e^z belongs"""

    def probabilities(self, z: list[Number]) -> list[Number]:
        return [exp(v) / exp(total(z)) for v in z]


class Negative(Wrong, Softmax):
    """turned the sign of the numbers round before taking e^z"""

    def forward(self, x: Array, y: Array) -> None:
        super().forward(changed(x, lambda v: -v), y)


class Twice(Wrong, Softmax):
    """took the softmax of the softmax"""

    def forward(self, x: Array, y: Array) -> None:
        super().forward(x, y)
        having(self, shift=False).forward(changed(y, lambda v: v), y)


class OverAll(Wrong, Softmax):
    """divided by the sum over all the numbers, where each line along the axis has a sum of its own"""

    def forward(self, x: Array, y: Array) -> None:
        whole = total(exp(x[i]) for i in cells(x))
        for i in cells(y):
            y[i] = exp(x[i]) / whole


class OtherAxis(Wrong, Softmax):
    """took the softmax along the other axis"""

    def forward(self, x: Array, y: Array) -> None:
        own = axis(self.dim, x.shape)
        having(self, dim=1 + (own + 1) % len(x.shape)).forward(x, y)


class OtherSlope(Wrong, Softmax):
    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        for p, dp, dz in lines(axis(self.dim, y.shape), y, dy, dx):
            mean = total(dp[i] * p[i] for i in cells(p))
            for i in cells(dz):
                dz[i] = self.slope(p[i], dp[i], mean)

    @abstractmethod
    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        """dz in one place; mean is the mean of dp, weighted by p."""


class OwnPathOnly(OtherSlope):
    """took p(1 − p) for the whole slope, and left out the paths to the other probabilities"""

    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        return p * (1 - p) * dp


class UnchangedBack(OtherSlope):
    """passed the gradient back as it came, as if softmax changed nothing"""

    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        return dp


class TimesProbability(OtherSlope):
    """multiplied the gradient by the probability and did not take the weighted mean away first"""

    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        return p * dp


class WithoutProbability(OtherSlope):
    """took the weighted mean away and did not multiply by the probability"""

    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        return dp - mean


class SignTurned(OtherSlope):
    """turned the sign of the gradient round"""

    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        return p * (mean - dp)


class SlopeAlone(OtherSlope):
    """wrote down p(1 − p) alone, not multiplied by what came back"""

    def slope(self, p: Number, dp: Number, mean: Number) -> Number:
        return p * (1 - p)


def top(z: list[Number]) -> Number:
    return largest((v, i) for i, v in enumerate(z))[0]
