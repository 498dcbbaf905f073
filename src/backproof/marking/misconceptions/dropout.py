"""Dropout gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.dropout import Dropout
from backproof.rules.rule import Array, Number, Rule


class Drawn(Wrong, Dropout):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Where there is something to draw."""
        return super().fits(rule) and isinstance(rule, Dropout) and rule.ratio("p") not in ((0, 1), (1, 1))


class OtherFactor(Drawn):
    def forward(self, x: Array, u: Array, keep: Array, y: Array) -> None:
        for i in cells(y):
            keep[i] = self.factor(u[i])
            y[i] = x[i] * keep[i]

    @abstractmethod
    def factor(self, u: Number) -> Number:
        """What a cell is multiplied by."""


class NotScaled(OtherFactor):
    """did not scale up the numbers that were kept"""

    def factor(self, u: Number) -> Number:
        return choose(u < self.p, 0, 1)


class ScaledDown(OtherFactor):
    """multiplied the numbers that were kept by 1 − p, where they are divided by it"""

    def factor(self, u: Number) -> Number:
        return choose(u < self.p, 0, 1 - self.p)


class ScaledByP(OtherFactor):
    """divided the numbers that were kept by p, the chance to be dropped, where 1 − p belongs"""

    def factor(self, u: Number) -> Number:
        return choose(u < self.p, 0, 1 / self.p)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Dropout) and rule.ratio("p") != (1, 2)


class Exchanged(OtherFactor):
    """dropped the numbers that are kept, and kept those that are dropped"""

    def factor(self, u: Number) -> Number:
        return choose(u < self.p, 1 / (1 - self.p), 0)


class NothingDropped(OtherFactor):
    """dropped nothing, as in evaluation"""

    def factor(self, u: Number) -> Number:
        return 1


class UnchangedBack(Drawn):
    """passed the gradient back as it came, to the numbers that were dropped too"""

    def backward(self, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i]


class NotScaledBack(Drawn):
    """did not scale up the gradient of the numbers that were kept"""

    def backward(self, keep: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(keep[i] == 0, 0, dy[i])


class ScaledTwice(Drawn):
    """scaled the gradient up twice"""

    def backward(self, keep: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * keep[i] * keep[i]
