"""Binary cross-entropy gone wrong: in the loss or in its derivative."""

# pyright: reportIncompatibleMethodOverride=false

from typing import ClassVar

from backproof.arithmetic.functions import exp, log, log1p
from backproof.arithmetic.loops import cells
from backproof.marking.altered import having
from backproof.marking.wrong import Wrong
from backproof.rules.bce_with_logits_loss import BCEWithLogitsLoss
from backproof.rules.rule import Array, Number, Numeral, Rule


class OtherLoss(Wrong, BCEWithLogitsLoss):
    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        super().forward(x, t, loss, share)
        for i in cells(loss):
            loss[i] = self.loss(x[i], self.weigh("pos_weight", i) * t[i], 1 - t[i]) * self.weigh("weight", i)

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        """What is taken for −(a log σ(x) + b log(1 − σ(x)))."""
        return a * surprise(x) + b * surprise(-x)


class CommonLogarithm(OtherLoss):
    """took the logarithms to base 10, where natural ones belong"""

    ten: ClassVar[Numeral] = Numeral("10")

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return super().loss(x, a, b) / log(self.ten)


class BinaryLogarithm(OtherLoss):
    """took the logarithms to base 2, where natural ones belong"""

    two: ClassVar[Numeral] = Numeral("2")

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return super().loss(x, a, b) / log(self.two)


class SignForgotten(OtherLoss):
    """forgot the minus before the logarithms"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return -super().loss(x, a, b)


class FirstTermOnly(OtherLoss):
    """left out the second term, (1 − t) · log(1 − p)"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return a * surprise(x)


class SecondTermOnly(OtherLoss):
    """left out the first term, t · log p"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return b * surprise(-x)


class Exchanged(OtherLoss):
    """exchanged p and 1 − p in the logarithms"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return a * surprise(-x) + b * surprise(x)


class LogForgotten(OtherLoss):
    """took the probability given to what is true for the loss, without −log"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return a * sigmoid(x) + b * sigmoid(-x)


class OneMinus(OtherLoss):
    """took 1 less the probability given to what is true for the loss, where −log of it belongs"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return a * sigmoid(-x) + b * sigmoid(x)


class SigmoidTwice(OtherLoss):
    """took the sigmoid twice; this loss takes it itself, of the logits"""

    def loss(self, x: Number, a: Number, b: Number) -> Number:
        return super().loss(sigmoid(x), a, b)


class OtherSlope(Wrong, BCEWithLogitsLoss):
    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i in cells(dx):
            slope = self.slope(x[i], self.weigh("pos_weight", i) * t[i], 1 - t[i])
            dx[i] = slope * self.weigh("weight", i) * dloss[i]

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        """What is taken for b σ(x) − a (1 − σ(x)), which is σ(x) − t where a = t and b = 1 − t."""
        return b * sigmoid(x) - a * sigmoid(-x)


class SignTurned(OtherSlope):
    """took target less probability for the derivative, where it is probability less target"""

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        return -super().slope(x, a, b)


class TargetLeftOut(OtherSlope):
    """left the target out of the derivative"""

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        return (a + b) * sigmoid(x)


class LogitForProbability(OtherSlope):
    """took the logit less the target, where the probability belongs"""

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        return (a + b) * x - a


class SigmoidsSlope(OtherSlope):
    """took p(1 − p) for the derivative, which is the sigmoid's, not the loss's"""

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        return sigmoid(x) * sigmoid(-x)


class TimesSlope(OtherSlope):
    """multiplied by the sigmoid's slope once more; in probability less target it has cancelled"""

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        return super().slope(x, a, b) * sigmoid(x) * sigmoid(-x)


class ByProbability(OtherSlope):
    """stopped at the derivative by the probability, and did not go on through the sigmoid"""

    def slope(self, x: Number, a: Number, b: Number) -> Number:
        return b / sigmoid(-x) - a / sigmoid(x)


class Weighted(Wrong, BCEWithLogitsLoss):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, BCEWithLogitsLoss) and rule.weight is not None


class WithoutWeights(Weighted):
    """left the weights out of the loss"""

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        having(self, weight=None).forward(x, t, loss, share)


class WithoutWeightsBack(Weighted):
    """left the weights out of the derivative"""

    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        having(self, weight=None).backward(x, t, dloss, dx)


class WithoutWeightsBothWays(WithoutWeights, WithoutWeightsBack):
    """left the weights out, of the loss and of its derivative"""


class PositivesWeighted(Wrong, BCEWithLogitsLoss):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, BCEWithLogitsLoss) and rule.pos_weight is not None


class PositivesNotWeighted(PositivesWeighted):
    """left the weight of the positive targets out of the loss"""

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        having(self, pos_weight=None).forward(x, t, loss, share)


class PositivesNotWeightedBack(PositivesWeighted):
    """left the weight of the positive targets out of the derivative"""

    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        having(self, pos_weight=None).backward(x, t, dloss, dx)


class PositivesNotWeightedBothWays(PositivesNotWeighted, PositivesNotWeightedBack):
    """left the weight of the positive targets out, of the loss and of its derivative"""


def sigmoid(x: Number) -> Number:
    return 1 / (1 + exp(-x))


def surprise(x: Number) -> Number:
    """−log σ(x)."""
    return log1p(exp(-x))
