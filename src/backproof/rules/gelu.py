"""GELU: each number times the probability that a standard normal one is below it."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from backproof.arithmetic.functions import choose, erfc, exp, sqrt, tanh
from backproof.arithmetic.loops import cells
from backproof.rules.rule import Array, Example, Number, Numeral, Rule


@dataclass(frozen=True)
class GELU(Rule):
    """y = x · Φ(x), Φ(x) = erfc(−x / √2) / 2. x: any shape.

    `approximate="tanh"` puts (1 + tanh u) / 2 with u = √(2/π) · (x + 0.044715 x³) for Φ(x), computed as
    1 / (1 + e^(−2u)), which is the same and keeps its digits for negative x.
    """

    approximate: Literal["none", "tanh"] = "none"

    two: ClassVar[Numeral] = Numeral("2")
    pi: ClassVar[Numeral] = Numeral("pi")
    cubic: ClassVar[Numeral] = Numeral("0.044715")

    why = "Each number is weighted by how likely a standard normal number is to be smaller."
    why_backward = {"dx": "The product rule: Φ(x) from the factor x, and x times the slope of Φ from the other factor."}
    source = "Hendrycks, Gimpel: Gaussian error linear units (GELUs), 2016, section 2"
    examples = (
        Example({}, {"x": (4,)}),
        Example({"approximate": "tanh"}, {"x": (4,)}),
    )

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            below = self.below(x[i])
            y[i] = choose(below == 0, 0, x[i] * below)

    def textbook(self, x: Array, y: Array) -> None:
        for i in cells(y):
            if self.approximate == "none":
                y[i] = x[i] / 2 * (1 + (1 - erfc(x[i] / sqrt(self.two))))
            else:
                y[i] = x[i] / 2 * (1 + tanh(sqrt(2 / self.pi) * (x[i] + self.cubic * x[i] ** 3)))

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * (self.below(x[i]) + self.rise(x[i]))

    def below(self, x: Number) -> Number:
        """Φ(x), or what stands for it."""
        if self.approximate == "none":
            return erfc(-x / sqrt(self.two)) / 2
        return 1 / (1 + exp(-(2 * self.bend(x))))

    def rise(self, x: Number) -> Number:
        """x times the slope of `below`; 0 where that has died away, however large x is."""
        if self.approximate == "none":
            slope, fall = 1 / sqrt(2 * self.pi), exp(-(x**2) / 2)
        else:
            u, slope = self.bend(x), sqrt(2 / self.pi) * (1 + 3 * self.cubic * x**2)
            fall = 2 / (1 + exp(-(2 * u))) / (1 + exp(2 * u))
        return choose(fall == 0, 0, x * slope * fall)

    def bend(self, x: Number) -> Number:
        return sqrt(2 / self.pi) * (x + self.cubic * x**3)
