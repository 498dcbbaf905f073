"""GELU gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import choose, erfc, exp
from backproof.arithmetic.loops import cells
from backproof.marking.altered import having
from backproof.marking.wrong import Wrong
from backproof.rules.gelu import GELU
from backproof.rules.rule import Array, Number, Rule


class OtherValue(Wrong, GELU):
    def forward(self, x: Array, y: Array) -> None:
        super().forward(x, y)
        for i in cells(y):
            y[i] = self.value(x[i], y[i])

    @abstractmethod
    def value(self, x: Number, right: Number) -> Number:
        """What is taken for one number, from the input and the right number."""


class Rectified(OtherValue):
    """took ReLU for GELU"""

    def value(self, x: Number, right: Number) -> Number:
        return choose(x > 0, x, 0)


class ProbabilityAlone(OtherValue):
    """took Φ(x) alone, and did not multiply it by x"""

    def value(self, x: Number, right: Number) -> Number:
        return self.below(x)


class HalfForgotten(OtherValue):
    """forgot the ½"""

    def value(self, x: Number, right: Number) -> Number:
        return 2 * right


class OtherHalf(OtherValue):
    """took the probability of a larger number, where that of a smaller one belongs"""

    def value(self, x: Number, right: Number) -> Number:
        return x - right


class Sigmoid(OtherValue):
    """multiplied x by the sigmoid, where Φ(x) belongs"""

    def value(self, x: Number, right: Number) -> Number:
        return x / (1 + exp(-x))


class Exact(Wrong, GELU):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, GELU) and rule.approximate == "none"


class RootForgotten(Exact, OtherValue):
    """forgot to divide x by √2 in the error function"""

    def value(self, x: Number, right: Number) -> Number:
        return x * erfc(-x) / 2


class Approximated(Exact):
    """took the approximation by tanh, where the exact form is asked for"""

    def forward(self, x: Array, y: Array) -> None:
        having(self, approximate="tanh").forward(x, y)


class ApproximatedBack(Exact):
    """took the derivative of the approximation by tanh, where that of the exact form is asked for"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        having(self, approximate="tanh").backward(x, dy, dx)


class ApproximatedBothWays(Approximated, ApproximatedBack):
    """took the approximation by tanh forward and on the way back, where the exact form is asked for"""


class Approximate(Wrong, GELU):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, GELU) and rule.approximate == "tanh"


class NotApproximated(Approximate):
    """took the exact form, where the approximation by tanh is asked for"""

    def forward(self, x: Array, y: Array) -> None:
        having(self, approximate="none").forward(x, y)


class NotApproximatedBack(Approximate):
    """took the derivative of the exact form, where that of the approximation by tanh is asked for"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        having(self, approximate="none").backward(x, dy, dx)


class NotApproximatedBothWays(NotApproximated, NotApproximatedBack):
    """took the exact form forward and on the way back, where the approximation by tanh is asked for"""


class OtherSlope(Wrong, GELU):
    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * self.slope(x[i])

    @abstractmethod
    def slope(self, x: Number) -> Number:
        """What is taken for the derivative at x."""


class FirstTermOnly(OtherSlope):
    """left out the second term of the product rule, x times the slope of Φ"""

    def slope(self, x: Number) -> Number:
        return self.below(x)


class SecondTermOnly(OtherSlope):
    """left out the first term of the product rule, Φ(x)"""

    def slope(self, x: Number) -> Number:
        return self.rise(x)


class TermsSubtracted(OtherSlope):
    """subtracted the second term of the product rule, where it is added"""

    def slope(self, x: Number) -> Number:
        return self.below(x) - self.rise(x)


class RectifiedBack(OtherSlope):
    """took the slope of ReLU, 1 or 0"""

    def slope(self, x: Number) -> Number:
        return choose(x > 0, 1, 0)


class RectifiedBothWays(Rectified, RectifiedBack):
    """took ReLU for GELU, forward and on the way back"""


class UnchangedBack(OtherSlope):
    """passed the gradient back as it came, and left the slope out"""

    def slope(self, x: Number) -> Number:
        return 1
