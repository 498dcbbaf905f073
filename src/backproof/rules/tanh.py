"""Tanh: any number squeezed between −1 and 1."""

from dataclasses import dataclass

from backproof.arithmetic.functions import exp, tanh
from backproof.arithmetic.loops import cells
from backproof.rules.rule import Array, Example, Rule


@dataclass(frozen=True)
class Tanh(Rule):
    """y = tanh x. x: any shape.

    Backward uses 1 − tanh² x = (2 / (e^x + e^(−x)))², which keeps its digits where tanh x rounds to 1.
    """

    why = "Any number becomes one between −1 and 1."
    why_backward = {"dx": "The slope of tanh is 1 − tanh² x = (2 / (e^x + e^(−x)))²."}
    source = "NIST Digital Library of Mathematical Functions, 4.28.2, 4.28.8 and 4.34.8"
    examples = (Example({}, {"x": (2, 2)}),)

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = tanh(x[i])

    def textbook(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = (exp(x[i]) - exp(-x[i])) / (exp(x[i]) + exp(-x[i]))

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] * (2 / (exp(x[i]) + exp(-x[i]))) ** 2
