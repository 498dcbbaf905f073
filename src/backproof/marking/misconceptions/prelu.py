"""PReLU gone wrong: the slope on the wrong side, and a slope's gradient gathered wrongly."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import choose, total
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.prelu import PReLU
from backproof.rules.rule import Array, Index, Number, Rule


class WrongSide(Wrong, PReLU):
    """used the slope on the positive side, where it belongs on the other"""

    def forward(self, x: Array, weight: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, slope(weight, i) * x[i], x[i])


class Zero(Wrong, PReLU):
    """made the negative numbers 0, as ReLU does, where they are multiplied by the slope"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], 0)


class Unchanged(Wrong, PReLU):
    """left the negative numbers as they are, where they are multiplied by the slope"""

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = x[i]


class Everywhere(Wrong, PReLU):
    """multiplied every number by the slope, the positive ones too"""

    def forward(self, x: Array, weight: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = slope(weight, i) * x[i]


class SignLost(Wrong, PReLU):
    """multiplied the negative numbers by the slope and lost their sign"""

    def forward(self, x: Array, weight: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], -(slope(weight, i) * x[i]))


class Back(Wrong, PReLU):
    def backward(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, weight, dy, dx, dweight)


class OtherPath(Back):
    def backward(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, y, weight, dy, dx, dweight)
        for i in cells(dx):
            dx[i] = self.back(x[i], y[i], slope(weight, i), dy[i])

    @abstractmethod
    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        """dx in one cell, a being its slope on the negative side."""


class WrongSideBack(OtherPath):
    """used the slope on the positive side on the way back, where it belongs on the other"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return choose(x > 0, a * dy, dy)


class ZeroBack(OtherPath):
    """took 0 for the derivative on the negative side, as ReLU's is, where it is the slope"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return choose(x > 0, dy, 0)


class UnchangedBack(OtherPath):
    """passed the gradient back as it came, where it is multiplied by the slope on the negative side"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return dy


class EverywhereBack(OtherPath):
    """multiplied every gradient by the slope, those of positive numbers too"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return a * dy


class SignTurned(OtherPath):
    """multiplied the gradient by minus the slope where the number is negative"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return choose(x > 0, dy, -(a * dy))


class OutputsSign(OtherPath):
    """went by the sign of the number that came out, not of the one that went in, to choose the slope"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return choose(y > 0, dy, a * dy)


class GradientsSign(OtherPath):
    """went by the sign of the gradient, not of the number, to choose the slope"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return choose(dy > 0, dy, a * dy)


class TimesInput(OtherPath):
    """multiplied the gradient by the number that went in, not by the slope there"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return dy * x


class TimesOutput(OtherPath):
    """multiplied the gradient by the number that came out, not by the slope there"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return dy * y


class SlopeAlone(OtherPath):
    """wrote down the slopes alone, not multiplied by the gradient that came back"""

    def back(self, x: Number, y: Number, a: Number, dy: Number) -> Number:
        return choose(x > 0, 1, a)


class OtherTerms(Back):
    def backward(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, y, weight, dy, dx, dweight)
        for k in cells(dweight):
            dweight[k] = total(self.term(x[i], y[i], dy[i]) for i in cells(x, start=k))

    @abstractmethod
    def term(self, x: Number, y: Number, dy: Number) -> Number:
        """What one cell adds to the gradient of its slope."""


class PositiveTerms(OtherTerms):
    """gathered the slope's gradient from the positive numbers; the slope touched only the others"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return choose(x > 0, x * dy, 0)


class AllTerms(OtherTerms):
    """gathered the slope's gradient from all numbers; the slope did not touch the positive ones"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return x * dy


class OutputForInput(OtherTerms):
    """took the numbers that came out for the slope's gradient, where those that went in belong"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return choose(x > 0, 0, y * dy)


class InputAlone(OtherTerms):
    """left the gradient that came back out of the slope's gradient, and took the numbers alone"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return choose(x > 0, 0, x)


class GradientAlone(OtherTerms):
    """left the numbers that went in out of the slope's gradient, and took alone what came back"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return choose(x > 0, 0, dy)


class TermsSignLost(OtherTerms):
    """lost the sign of the numbers that went in, in the slope's gradient"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return choose(x > 0, 0, -(x * dy))


class Fixed(OtherTerms):
    """gave the slope no gradient, as if it were fixed; it is learned"""

    def term(self, x: Number, y: Number, dy: Number) -> Number:
        return 0


class WrongSideBothWays(WrongSide, WrongSideBack, PositiveTerms):
    """used the slope on the positive side, where it belongs on the other, forward and on the way back"""


class ZeroBothWays(Zero, ZeroBack, Fixed):
    """took ReLU for PReLU: 0 on the negative side, forward and on the way back"""


class UnchangedBothWays(Unchanged, UnchangedBack, Fixed):
    """left the activation out, forward and on the way back"""


class EverywhereBothWays(Everywhere, EverywhereBack, AllTerms):
    """used the slope on both sides, forward and on the way back"""


class Shared(Wrong, PReLU):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Where several cells share a slope."""
        return super().fits(rule) and isinstance(rule, PReLU) and rule.num_parameters != "cell"


class LastTerm(Shared):
    """kept only the last negative number's part of the slope's gradient, where the parts of all its cells add up"""

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, weight, dy, dx, dweight)
        for k in cells(dweight):
            dweight[k] = 0
            for i in cells(x, start=k):
                dweight[k] = choose(x[i] > 0, dweight[k], x[i] * dy[i])


class FirstTerm(Shared):
    """kept only the first negative number's part of the slope's gradient, where the parts of all its cells add up"""

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, weight, dy, dx, dweight)
        for k in cells(dweight):
            dweight[k] = 0
            for i in reversed(list(cells(x, start=k))):
                dweight[k] = choose(x[i] > 0, dweight[k], x[i] * dy[i])


class MeanOfTerms(Shared):
    """took the mean over all cells for the gradient of a slope that they share, where it is their sum"""

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, weight, dy, dx, dweight)
        for k in cells(dweight):
            dweight[k] = dweight[k] / len(list(cells(x, start=k)))


class MeanOfNegative(Shared):
    """took the mean over the negative numbers for the gradient of a slope that they share, where it is their sum"""

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, weight, dy, dx, dweight)
        for k in cells(dweight):
            count = total(choose(x[i] > 0, 0, 1) for i in cells(x, start=k))
            dweight[k] = dweight[k] / choose(count == 0, 1, count)


class Summed(Wrong, PReLU):
    """gave every slope the sum over all cells, where each has a gradient of its own"""

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        super().backward(x, weight, dy, dx, dweight)
        whole = total(dweight[k] for k in cells(dweight))
        for k in cells(dweight):
            dweight[k] = whole

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, PReLU) and rule.num_parameters != 1


def slope(weight: Array, i: Index) -> Number:
    """The slope that cell i has on the negative side."""
    return weight[i[: len(weight.shape)]]
