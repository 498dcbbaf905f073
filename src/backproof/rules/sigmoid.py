"""Sigmoid: any number squeezed between 0 and 1."""

from dataclasses import dataclass

from backproof.arithmetic.functions import exp
from backproof.arithmetic.loops import cells
from backproof.rules.rule import Array, Example, Rule


@dataclass(frozen=True)
class Sigmoid(Rule):
    """y = 1 / (1 + e^(−x)). x: any shape.

    Backward uses 1 − y = 1 / (1 + e^x), which keeps its digits where y rounds to 1.
    """

    why = "Any number becomes one between 0 and 1."
    why_backward = {"dx": "The slope of the sigmoid σ is σ(x) · (1 − σ(x)), and 1 − σ(x) = 1 / (1 + e^x)."}
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, equations 3.30 and 3.33"
    examples = (Example({}, {"x": (2, 2)}),)

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = 1 / (1 + exp(-x[i]))

    def backward(self, x: Array, y: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * (y[i] / (1 + exp(x[i])))
