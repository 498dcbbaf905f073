"""The losses joined wrongly."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.reduction import Reduction
from backproof.rules.rule import Array, Number, Rule


class OfMean(Wrong, Reduction):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Reduction) and rule.reduction == "mean"


class OfSum(Wrong, Reduction):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Reduction) and rule.reduction == "sum"


class Sum(OfMean):
    """added the losses up and did not divide by how many there are"""

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        Reduction("sum").forward(losses, shares, L)


class SumBack(OfMean):
    """did not divide the gradient by how many losses there are, as for a sum"""

    def backward(self, shares: list[Array], dL: Array, dlosses: list[Array]) -> None:
        Reduction("sum").backward(shares, dL, dlosses)


class SumBothWays(Sum, SumBack):
    """took the sum of the losses for their mean, forward and on the way back"""


class Mean(OfSum):
    """took the mean of the losses, where they are added up"""

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        Reduction("mean").forward(losses, shares, L)


class MeanBack(OfSum):
    """divided the gradient as if the loss were a mean, where it is a sum"""

    def backward(self, shares: list[Array], dL: Array, dlosses: list[Array]) -> None:
        Reduction("mean").backward(shares, dL, dlosses)


class MeanBothWays(Mean, MeanBack):
    """took the mean of the losses for their sum, forward and on the way back"""


class DividedTwice(OfMean):
    """divided the loss twice by how many there are"""

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        super().forward(losses, shares, L)
        L[()] = self.mean(L[()], shares)


class DividedTwiceBack(OfMean):
    """divided the gradient twice by how many losses there are"""

    def backward(self, shares: list[Array], dL: Array, dlosses: list[Array]) -> None:
        super().backward(shares, dL, dlosses)
        for dloss in dlosses:
            for k in cells(dloss):
                dloss[k] = self.mean(dloss[k], shares)


class ByCount(OfMean):
    """divided by how many losses there are, where the sum of their weights belongs"""

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        super().forward(losses, shares, L)
        L[()] = total(loss[k] for loss in losses for k in cells(loss)) / count(losses)


class ByCountBack(OfMean):
    """divided the gradient by how many losses there are, where the sum of their weights belongs"""

    def backward(self, shares: list[Array], dL: Array, dlosses: list[Array]) -> None:
        for dloss in dlosses:
            for k in cells(dloss):
                dloss[k] = dL[()] / count(dlosses)


class ByCountBothWays(ByCount, ByCountBack):
    """divided by how many losses there are, not by the sum of their weights, forward and on the way back"""


class ByData(OfMean):
    """divided by how many data there are, where every number of each datum counts"""

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        L[()] = total(loss[k] for loss in losses for k in cells(loss)) / len(losses)


class ByDataBack(OfMean):
    """divided the gradient by how many data there are, where every number of each datum counts"""

    def backward(self, shares: list[Array], dL: Array, dlosses: list[Array]) -> None:
        for dloss in dlosses:
            for k in cells(dloss):
                dloss[k] = dL[()] / len(dlosses)


class ByDataBothWays(ByData, ByDataBack):
    """divided by how many data there are, not by how many numbers they hold, forward and on the way back"""


class Last(Wrong, Reduction):
    """took the last loss alone, where all are joined"""

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        last: Number = 0
        for k in cells(losses[-1]):
            last = losses[-1][k]
        L[()] = last


def count(losses: list[Array]) -> int:
    return sum(loss.size for loss in losses)
