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
        self.probabilities(x, p)
        for k in cells(loss):
            z, ps, q, weight = self.place(x, p, t, k)
            loss[k] = self.loss(z, ps, q) * weight

    def probabilities(self, x: Array, p: Array) -> None:
        """Puts others in place of the right ones, where they go wrong."""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        """What is taken for −Σ q log p, from the logits, the probabilities and the target's distribution."""
        return total(self.term(*place) for place in zip(z, p, q, strict=True))

    def term(self, z: Number, p: Number, q: Number) -> Number:
        """What one class adds to it."""
        return -(q * self.log_of(p))

    def log_of(self, p: Number) -> Number:
        """log p; 0 where p is no probability that has one."""
        return choose(p > 0, log(choose(p > 0, p, self.one)), 0)


class OtherProbabilities(OtherLoss):
    softmax: ClassVar[type[Wrong]]
    """How the probabilities go wrong, and the loss with them."""

    def probabilities(self, x: Array, p: Array) -> None:
        self.softmax.of(Softmax(dim=1)).forward(x, p)

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

    def term(self, z: Number, p: Number, q: Number) -> Number:
        return q * p


class OneMinus(OtherLoss):
    """took 1 less the probability of the right class for the loss, where −log of it belongs"""

    def term(self, z: Number, p: Number, q: Number) -> Number:
        return q * (1 - p)


class LogitAlone(OtherLoss):
    """took minus the right class's logit for the loss, without the logarithm of the sum"""

    def term(self, z: Number, p: Number, q: Number) -> Number:
        return -(q * z)


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


class OfNext(OtherLoss):
    """took −log of the probability of the class after the right one"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q[-1:] + q[:-1])


class OfPrevious(OtherLoss):
    """took −log of the probability of the class before the right one"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        return super().loss(z, p, q[1:] + q[:1])


class OfAll(OtherLoss):
    """added −log of every class's probability up, where only the right class counts"""

    def term(self, z: Number, p: Number, q: Number) -> Number:
        return -self.log_of(p)


class OfOthers(OtherLoss):
    """added −log(1 − p) of the other classes, where only the right class counts"""

    def loss(self, z: list[Number], p: list[Number], q: list[Number]) -> Number:
        # Of the others' sum, which stays a number above 0 where 1 − p is lost in an enclosure about 1.
        rest = [total(b for j, b in enumerate(p) if j != i) for i in range(len(p))]
        return super().loss(z, p, q) - total((1 - a) * self.log_of(b) for a, b in zip(q, rest, strict=True))


class SquaredDistance(OtherLoss):
    """took the squared distance between the probabilities and the target, where −log belongs"""

    def term(self, z: Number, p: Number, q: Number) -> Number:
        return (p - q) * (p - q)


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
        return [self.at(*place) for place in zip(z, p, q, strict=True)]

    def at(self, z: Number, p: Number, q: Number) -> Number:
        """The same for one class."""
        return p - q


class SignTurned(OtherSlope):
    """took target less probability for the derivative, where it is probability less target"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return q - p


class TargetLeftOut(OtherSlope):
    """took the probabilities for the derivative, and forgot to take 1 away at the right class"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return p


class OneAdded(OtherSlope):
    """added 1 at the right class, where it is taken away"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return p + q


class OneEverywhere(OtherSlope):
    """took 1 away at every class, where it is taken away at the right one alone"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return p - 1


class OneFromOthers(OtherSlope):
    """took 1 away at every class but the right one, where it is taken away"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return p - (1 - q)


class OneAtNext(OtherSlope):
    """took 1 away at the class after the right one"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return super().slope(z, p, q[-1:] + q[:-1])


class OneAtPrevious(OtherSlope):
    """took 1 away at the class before the right one"""

    def slope(self, z: list[Number], p: list[Number], q: list[Number]) -> list[Number]:
        return super().slope(z, p, q[1:] + q[:1])


class NextBothWays(OfNext, OneAtNext):
    """took the class after the right one for it, in the loss and in its derivative"""


class PreviousBothWays(OfPrevious, OneAtPrevious):
    """took the class before the right one for it, in the loss and in its derivative; classes are counted from 0"""


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

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return q * (p - 1)


class OthersOnly(OtherSlope):
    """gave the right class no gradient, where its probability less 1 belongs"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return (1 - q) * p


class SignAtRight(OtherSlope):
    """turned the sign round at the right class: 1 − p, where p − 1 belongs"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return q * (1 - p) + (1 - q) * p


class SignAtOthers(OtherSlope):
    """turned the sign round at the other classes: −p, where p belongs"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return q * (p - 1) - (1 - q) * p


class ByProbability(OtherSlope):
    """stopped at the derivative by the probability, −1/p at the right class, and did not go on through the softmax"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return -over(q, p)


class SoftmaxsSlope(OtherSlope):
    """took p(1 − p) for the derivative, which is a probability's by its own logit, not the loss's"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return p * (1 - p)


class TimesSlope(OtherSlope):
    """multiplied by softmax's slope p(1 − p) once more; in probability less target it has cancelled"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return p * (1 - p) * (p - q)


class LogitForProbability(OtherSlope):
    """took the logits less the target, where the probabilities belong"""

    def at(self, z: Number, p: Number, q: Number) -> Number:
        return z - q


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
