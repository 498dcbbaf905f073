"""Cross-entropy gone wrong: in the probabilities, in the loss, or in its derivative."""

# pyright: reportIncompatibleMethodOverride=false

from typing import ClassVar

from backproof.arithmetic.functions import choose, largest, log, total
from backproof.arithmetic.loops import cells, span
from backproof.marking.altered import having, over
from backproof.marking.misconceptions import softmax
from backproof.marking.wrong import Wrong
from backproof.rules.cross_entropy_loss import CrossEntropyLoss
from backproof.rules.rule import Array, Index, Number, Numeral, Rule
from backproof.rules.softmax import Softmax


class Place(Wrong, CrossEntropyLoss):
    one: ClassVar[Numeral] = Numeral("1")

    def place(self, x: Array, p: Array, t: Array, k: Index) -> tuple[list[Number], list[Number], list[Number], Number]:
        """At place k: the logits, the probabilities, the target's distribution, and what it weighs in all."""
        classes = list(span(x.shape[0]))
        masses = [self.one * choose(self.label(x, t, k)[0], self.mass(x, t, (i, *k)), 0) for i in classes]
        weight = total(masses)
        return [x[i, *k] for i in classes], [p[i, *k] for i in classes], [over(m, weight) for m in masses], weight


class OtherLoss(Place):
    def forward(self, x: Array, t: Array, loss: Array, share: Array, p: Array) -> None:
        super().forward(x, t, loss, share, p)
        for k in cells(loss):
            z, ps, q, weight = self.place(x, p, t, k)
            loss[k] = self.loss(z, ps, q) * weight

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        """What is taken for −Σ q log p."""
        return -total(a * self.log_of(b) for a, b in zip(q, p, strict=True))

    def log_of(self, p: Number) -> Number:
        """log p; 0 where p is no probability that has one."""
        return choose(p > 0, log(choose(p > 0, p, self.one)), 0)


class OtherProbabilities(OtherLoss):
    softmax: ClassVar[type[Wrong]]
    """How the probabilities go wrong, and the loss with them."""

    def forward(self, x: Array, t: Array, loss: Array, share: Array, p: Array) -> None:
        super().forward(x, t, loss, share, p)
        self.softmax.of(Softmax(dim=1)).forward(x, p)
        for k in cells(loss):
            z, ps, q, weight = self.place(x, p, t, k)
            loss[k] = self.loss(z, ps, q) * weight

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, CrossEntropyLoss) and cls.softmax.fits(Softmax(shift=rule.shift))


class NotNormalised(OtherProbabilities):
    """took e^z for a probability, and did not divide by the sum"""

    softmax = softmax.NotNormalised


class ShiftedNotNormalised(OtherProbabilities):
    """took e^(z − max z) for a probability, and did not divide by the sum"""

    softmax = softmax.ShiftedNotNormalised


class ShiftedAbove(OtherProbabilities):
    """subtracted the largest logit above the fraction line and not in the sum below it"""

    softmax = softmax.ShiftedAbove


class ShiftedBelow(OtherProbabilities):
    """subtracted the largest logit in the sum below the fraction line and not above it"""

    softmax = softmax.ShiftedBelow


class WithoutExp(OtherProbabilities):
    """divided the logits themselves by their sum, without e^z"""

    softmax = softmax.WithoutExp


class OthersBelow(OtherProbabilities):
    """left a logit's own e^z out of the sum that it is divided by"""

    softmax = softmax.OthersBelow


class Negative(OtherProbabilities):
    """turned the sign of the logits round before taking e^z"""

    softmax = softmax.Negative


class SoftmaxTwice(OtherProbabilities):
    """took the softmax twice; this loss takes it itself, of the logits"""

    softmax = softmax.Twice


class CommonLogarithm(OtherLoss):
    """took the logarithm to base 10, where the natural one belongs"""

    ten: ClassVar[Numeral] = Numeral("10")

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q) / log(self.ten)


class BinaryLogarithm(OtherLoss):
    """took the logarithm to base 2, where the natural one belongs"""

    two: ClassVar[Numeral] = Numeral("2")

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q) / log(self.two)


class SignForgotten(OtherLoss):
    """forgot the minus before the logarithm"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return -super().loss(z, p, q)


class LogForgotten(OtherLoss):
    """took the probability of the right class for the loss, without −log"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return total(a * b for a, b in zip(q, p, strict=True))


class OneMinus(OtherLoss):
    """took 1 less the probability of the right class for the loss, where −log of it belongs"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return total(a * (1 - b) for a, b in zip(q, p, strict=True))


class LogitAlone(OtherLoss):
    """took minus the right class's logit for the loss, without the logarithm of the sum"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return -total(a * b for a, b in zip(q, z, strict=True))


class ShiftInSum(OtherLoss):
    """subtracted the largest logit in the logarithm's sum and not from the right class's logit"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q) - softmax.top(z)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, CrossEntropyLoss) and rule.shift


class ShiftOutsideSum(ShiftInSum):
    """subtracted the largest logit from the right class's logit and not in the logarithm's sum"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return OtherLoss.loss(self, z, p, q) + softmax.top(z)


class OfLargest(OtherLoss):
    """took −log of the largest probability, where that of the right class belongs"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return -self.log_of(p[largest((c, i) for i, c in enumerate(z))[1]])


class OfAll(OtherLoss):
    """added −log of every class's probability up, where only the right class counts"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return -total(self.log_of(b) for b in p)


class OfOthers(OtherLoss):
    """added −log(1 − p) of the other classes, where only the right class counts"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q) - total((1 - a) * self.log_of(1 - b) for a, b in zip(q, p, strict=True))


class SquaredDistance(OtherLoss):
    """took the squared distance between the probabilities and the target, where −log belongs"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return total((b - a) ** 2 for a, b in zip(q, p, strict=True))


class DividedByClasses(OtherLoss):
    """divided the loss by how many classes there are"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q) / len(z)


class OtherSlope(Place):
    def backward(self, x: Array, p: Array, t: Array, dloss: Array, dx: Array) -> None:
        for k in cells(dloss):
            z, ps, q, weight = self.place(x, p, t, k)
            for i, slope in enumerate(self.slope(z, ps, q)):
                dx[i, *k] = slope * weight * dloss[k]

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        """What is taken for p − q."""
        raise NotImplementedError


class SignTurned(OtherSlope):
    """took target less probability for the derivative, where it is probability less target"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [a - b for a, b in zip(q, p, strict=True)]


class TargetLeftOut(OtherSlope):
    """took the probabilities for the derivative, and forgot to take 1 away at the right class"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return p


class OneAdded(OtherSlope):
    """added 1 at the right class, where it is taken away"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [b + a for a, b in zip(q, p, strict=True)]


class OneEverywhere(OtherSlope):
    """took 1 away at every class, where it is taken away at the right one alone"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [b - 1 for b in p]


class OneFromOthers(OtherSlope):
    """took 1 away at every class but the right one, where it is taken away"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [b - (1 - a) for a, b in zip(q, p, strict=True)]


class OneAtNext(OtherSlope):
    """took 1 away at the class after the right one"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [b - a for a, b in zip(q[-1:] + q[:-1], p, strict=True)]


class OneAtPrevious(OtherSlope):
    """took 1 away at the class before the right one"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [b - a for a, b in zip(q[1:] + q[:1], p, strict=True)]


class OneAtFirst(OtherSlope):
    """took 1 away at the first class, where it is taken away at the right one"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [p[0] - 1, *p[1:]]


class OneAtLast(OtherSlope):
    """took 1 away at the last class, where it is taken away at the right one"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [*p[:-1], p[-1] - 1]


class OneAtLargest(OtherSlope):
    """took 1 away at the largest probability, where it is taken away at the right class"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        first = largest((c, i) for i, c in enumerate(z))[1]
        return [b - 1 if i == first else b for i, b in enumerate(p)]


class RightClassOnly(OtherSlope):
    """gave a gradient to the right class alone; every other logit has one too, through the sum"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [a * (b - 1) for a, b in zip(q, p, strict=True)]


class OthersOnly(OtherSlope):
    """gave the right class no gradient, where its probability less 1 belongs"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [(1 - a) * b for a, b in zip(q, p, strict=True)]


class SignAtRight(OtherSlope):
    """turned the sign round at the right class: 1 − p, where p − 1 belongs"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [a * (1 - b) + (1 - a) * b for a, b in zip(q, p, strict=True)]


class SignAtOthers(OtherSlope):
    """turned the sign round at the other classes: −p, where p belongs"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [a * (b - 1) - (1 - a) * b for a, b in zip(q, p, strict=True)]


class ByProbability(OtherSlope):
    """stopped at the derivative by the probability, −1/p at the right class, and did not go on through the softmax"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [-over(a, b) for a, b in zip(q, p, strict=True)]


class SoftmaxsSlope(OtherSlope):
    """took p(1 − p) for the derivative, which is a probability's by its own logit, not the loss's"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [b * (1 - b) for b in p]


class LogitForProbability(OtherSlope):
    """took the logits less the target, where the probabilities belong"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return [c - a for a, c in zip(q, z, strict=True)]


class Weighted(Wrong, CrossEntropyLoss):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, CrossEntropyLoss) and rule.weight is not None


class WithoutWeights(Weighted):
    """left the weights of the classes out of the loss"""

    def forward(self, x: Array, t: Array, loss: Array, share: Array, p: Array) -> None:
        having(self, weight=None).forward(x, t, loss, share, p)


class WithoutWeightsBack(Weighted):
    """left the weights of the classes out of the derivative"""

    def backward(self, x: Array, p: Array, t: Array, dloss: Array, dx: Array) -> None:
        having(self, weight=None).backward(x, p, t, dloss, dx)


class WithoutWeightsBothWays(WithoutWeights, WithoutWeightsBack):
    """left the weights of the classes out, of the loss and of its derivative"""


class Smoothed(Wrong, CrossEntropyLoss):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and rule.uses("label_smoothing")


class NotSmoothed(Smoothed):
    """did not smooth the target in the loss"""

    def forward(self, x: Array, t: Array, loss: Array, share: Array, p: Array) -> None:
        having(self, label_smoothing=0 * self.label_smoothing).forward(x, t, loss, share, p)


class NotSmoothedBack(Smoothed):
    """did not smooth the target in the derivative"""

    def backward(self, x: Array, p: Array, t: Array, dloss: Array, dx: Array) -> None:
        having(self, label_smoothing=0 * self.label_smoothing).backward(x, p, t, dloss, dx)


class NotSmoothedBothWays(NotSmoothed, NotSmoothedBack):
    """did not smooth the target, neither in the loss nor in its derivative"""
