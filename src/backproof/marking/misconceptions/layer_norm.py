"""Layer normalisation gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod
from math import prod

from backproof.arithmetic.functions import sqrt, total
from backproof.arithmetic.loops import cells, starts
from backproof.marking.wrong import Wrong
from backproof.rules.layer_norm import LayerNorm
from backproof.rules.rule import Array, Number, Rule


class OtherSpread(Wrong, LayerNorm):
    def forward(self, x: Array, weight: Array | None, bias: Array | None, mean: Array, rstd: Array, y: Array) -> None:
        super().forward(x, weight, bias, mean, rstd, y)
        before = len(mean.shape)
        for k in starts(y, before):
            squares = total((x[i] - mean[k]) ** 2 for i in cells(x, start=k))
            rstd[k] = self.spread(squares, prod(self.normalized))
            for i in cells(y, start=k):
                scaled = self.weighed((x[i] - mean[k]) * rstd[k], weight, i[before:])
                y[i] = scaled if bias is None else scaled + bias[i[before:]]

    @abstractmethod
    def spread(self, squares: Number, n: int) -> Number:
        """One divided by the spread, from the squares of what is left without the mean, added up."""


class VarianceForSpread(OtherSpread):
    """divided by the variance, where its square root belongs"""

    def spread(self, squares: Number, n: int) -> Number:
        return 1 / (squares / n + self.eps)


class MultipliedBySpread(OtherSpread):
    """multiplied by the spread, where it divides"""

    def spread(self, squares: Number, n: int) -> Number:
        return sqrt(squares / n + self.eps)


class NotDividedByCount(OtherSpread):
    """added the squares up for the variance, and did not divide by how many there are"""

    def spread(self, squares: Number, n: int) -> Number:
        return 1 / sqrt(squares + self.eps)


class OtherScaled(Wrong, LayerNorm):
    def forward(self, x: Array, weight: Array | None, bias: Array | None, mean: Array, rstd: Array, y: Array) -> None:
        super().forward(x, weight, bias, mean, rstd, y)
        before = len(mean.shape)
        for k in starts(y, before):
            for i in cells(y, start=k):
                scaled = self.weighed(self.scaled(x[i], mean[k], rstd[k]), weight, i[before:])
                y[i] = scaled if bias is None else scaled + bias[i[before:]]

    @abstractmethod
    def scaled(self, x: Number, mean: Number, rstd: Number) -> Number:
        """What is taken for the normalised number."""


class NotScaled(OtherScaled):
    """took the mean away and did not divide by the spread"""

    def scaled(self, x: Number, mean: Number, rstd: Number) -> Number:
        return x - mean


class NotCentred(OtherScaled):
    """divided by the spread and did not take the mean away"""

    def scaled(self, x: Number, mean: Number, rstd: Number) -> Number:
        return x * rstd


class MeanAdded(OtherScaled):
    """added the mean, where it is taken away"""

    def scaled(self, x: Number, mean: Number, rstd: Number) -> Number:
        return (x + mean) * rstd


class Sample(OtherSpread):
    """divided by n − 1 in the variance, where n belongs"""

    def spread(self, squares: Number, n: int) -> Number:
        return 1 / sqrt(squares / (n - 1) + self.eps)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, LayerNorm) and prod(rule.normalized) > 1


class WithEps(Wrong, LayerNorm):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("eps")


class EpsOutside(WithEps, OtherSpread):
    """added eps to the spread, where it is added to the variance under the root"""

    def spread(self, squares: Number, n: int) -> Number:
        return 1 / (sqrt(squares / n) + self.eps)


class Affine(Wrong, LayerNorm):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, LayerNorm) and rule.elementwise_affine


class WithoutWeight(Affine):
    """forgot to multiply by the weight"""

    def forward(self, x: Array, bias: Array | None, mean: Array, rstd: Array, y: Array) -> None:
        super().forward(x, None, bias, mean, rstd, y)


class WithoutBias(Affine):
    """forgot the bias"""

    def forward(self, x: Array, weight: Array, mean: Array, rstd: Array, y: Array) -> None:
        super().forward(x, weight, None, mean, rstd, y)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, LayerNorm) and rule.bias


class OtherPath(Wrong, LayerNorm):
    def backward(
        self, x: Array, weight: Array | None, mean: Array, rstd: Array, dy: Array,
        dx: Array, dweight: Array | None, dbias: Array | None,
    ) -> None:  # fmt: skip
        super().backward(x, weight, mean, rstd, dy, dx, dweight, dbias)
        n, before = prod(self.normalized), len(mean.shape)
        for k in starts(dx, before):
            own = {i: self.weighed(dy[i], weight, i[before:]) for i in cells(dy, start=k)}
            scaled = {i: (x[i] - mean[k]) * rstd[k] for i in own}
            common, along = total(own.values()) / n, total(own[i] * scaled[i] for i in own) / n
            for i in cells(dx, start=k):
                dx[i] = self.back(own[i], common, scaled[i] * along, rstd[k])

    @abstractmethod
    def back(self, own: Number, common: Number, along: Number, rstd: Number) -> Number:
        """dx in one cell: its own path, and what goes through the mean and through the variance."""


class OwnPathOnly(OtherPath):
    """took the mean and the spread for fixed numbers on the way back; every input is in both"""

    def back(self, own: Number, common: Number, along: Number, rstd: Number) -> Number:
        return own * rstd


class MeanFixed(OtherPath):
    """took the mean for a fixed number on the way back; every input is in it"""

    def back(self, own: Number, common: Number, along: Number, rstd: Number) -> Number:
        return (own - along) * rstd


class SpreadFixed(OtherPath):
    """took the spread for a fixed number on the way back; every input is in it"""

    def back(self, own: Number, common: Number, along: Number, rstd: Number) -> Number:
        return (own - common) * rstd


class NotScaledBack(OtherPath):
    """did not divide the gradient by the spread"""

    def back(self, own: Number, common: Number, along: Number, rstd: Number) -> Number:
        return own - common - along


class PathsAdded(OtherPath):
    """added what goes through the mean and the spread, where it is subtracted"""

    def back(self, own: Number, common: Number, along: Number, rstd: Number) -> Number:
        return (own + common + along) * rstd


class WithoutWeightBack(Affine):
    """forgot the weight on the way back to the input"""

    def backward(
        self, x: Array, weight: Array, mean: Array, rstd: Array, dy: Array,
        dx: Array, dweight: Array | None, dbias: Array | None,
    ) -> None:  # fmt: skip
        super().backward(x, None, mean, rstd, dy, dx, dweight, dbias)


class InputForScaled(Affine):
    """gathered the weight's gradient from the numbers as they came in, where the normalised ones belong"""

    def backward(
        self, x: Array, weight: Array, mean: Array, rstd: Array, dy: Array,
        dx: Array, dweight: Array, dbias: Array | None,
    ) -> None:  # fmt: skip
        super().backward(x, weight, mean, rstd, dy, dx, dweight, dbias)
        for j in cells(dweight):
            dweight[j] = total(dy[k + j] * x[k + j] for k in cells(mean))
