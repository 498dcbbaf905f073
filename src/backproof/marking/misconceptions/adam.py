"""A step of Adam gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.functions import sqrt
from backproof.arithmetic.loops import cells
from backproof.marking.altered import changed, having
from backproof.marking.wrong import Wrong
from backproof.rules.adam import Adam
from backproof.rules.rule import Array, Number, Rule


class OtherStep(Wrong, Adam):
    def forward(self, p: Array, dp: Array, m: Array, v: Array, seen1: Array, seen2: Array, peak: Array | None) -> None:
        old = changed(p, lambda value: value)
        super().forward(p, dp, m, v, seen1, seen2, peak)
        for i in cells(p):
            g, kept = self.decayed(-dp[i] if self.maximize else dp[i], old[i])
            square = v[i] if peak is None else peak[i]
            p[i] = kept - self.lr * self.step(g, m[i], square, seen1[()], seen2[()])

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        """What the learning rate multiplies; right is m̂ / (√v̂ + eps)."""
        return (m / seen1) / (sqrt(v / seen2) + self.eps)


class WrongWay(OtherStep):
    """moved the parameter the wrong way: the sign of the step is turned round"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return -super().step(g, m, v, seen1, seen2)


class WithoutRate(OtherStep):
    """forgot the learning rate"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return super().step(g, m, v, seen1, seen2) / self.lr

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("lr")


class NotCorrected(OtherStep):
    """forgot to correct the averages, which begin at 0"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return super().step(g, m, v, 1, 1)


class FirstNotCorrected(OtherStep):
    """did not correct the average of the gradient, which begins at 0"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return super().step(g, m, v, 1, seen2)


class SecondNotCorrected(OtherStep):
    """did not correct the average of the squares, which begins at 0"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return super().step(g, m, v, seen1, 1)


class RootForgotten(OtherStep):
    """divided by the average of the squares, where its root belongs"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return (m / seen1) / (v / seen2 + self.eps)


class EpsInside(OtherStep):
    """added eps under the root, where it is added to the root"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return (m / seen1) / sqrt(v / seen2 + self.eps)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("eps")


class GradientForAverage(OtherStep):
    """moved along the gradient itself, where its average belongs"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return super().step(g, g * seen1, v, seen1, seen2)


class NotDivided(OtherStep):
    """did not divide by the root of the averaged squares"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return m / seen1


class PlainStep(OtherStep):
    """took the step of plain gradient descent"""

    def step(self, g: Number, m: Number, v: Number, seen1: Number, seen2: Number) -> Number:
        return g


class BetasExchanged(Wrong, Adam):
    """exchanged the two betas"""

    def forward(self, p: Array, dp: Array, m: Array, v: Array, seen1: Array, seen2: Array, peak: Array | None) -> None:
        betas = self.row("betas")
        exchanged = Array(betas.shape, {(0,): betas[1,], (1,): betas[0,]})
        having(self, betas=exchanged).forward(p, dp, m, v, seen1, seen2, peak)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Adam) and rule.betas[0] != rule.betas[1]


class WithoutDecay(Wrong, Adam):
    """forgot the weight decay"""

    def forward(self, p: Array, dp: Array, m: Array, v: Array, seen1: Array, seen2: Array, peak: Array | None) -> None:
        having(self, weight_decay=0).forward(p, dp, m, v, seen1, seen2, peak)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("weight_decay")


class UpdatedFirst(Wrong, Adam):
    """went back through the parameter as it was after the update; the gradient is that of the old one"""

    order = "updated"


class NotUsed(Wrong, Adam):
    """went on with the old parameters at the next datum, though the update had changed them"""

    order = "old"
