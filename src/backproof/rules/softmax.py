"""Softmax: numbers turned into probabilities that add up to 1."""

from dataclasses import dataclass

from backproof.arithmetic.functions import exp, largest, total
from backproof.arithmetic.loops import cells, lines
from backproof.rules.rule import Array, Example, Rule, Shape, axis


@dataclass(frozen=True)
class Softmax(Rule):
    """y[i] = e^(x[i] − m) / Σ e^(x[j] − m) along axis `dim`, m the largest x[j] there.

    x: any shape with at least one axis. Subtracting m changes nothing, and keeps exp from overflowing;
    `shift=False` leaves it out, as in a textbook, to show what happens then.
    """

    dim: int = -1
    shift: bool = True

    why = "The largest number is subtracted, which changes nothing but keeps exp from overflowing; then each exp is divided by their sum."
    why_backward = {"dx": "Raising one input raises its own probability and lowers all others."}
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.2.2.3"
    examples = (
        Example({}, {"x": (3,)}),
        Example({"dim": 1}, {"x": (3, 2)}),
        Example({"shift": False}, {"x": (3,)}),
    )

    def shapes(self, x: Shape) -> dict[str, Shape]:
        axis(self.dim, x)
        return {"y": x}

    def forward(self, x: Array, y: Array) -> None:
        for z, p in lines(axis(self.dim, x.shape), x, y):
            top = largest((z[i], i) for i in cells(z))[0] if self.shift else 0
            norm = total(exp(z[i] - top) for i in cells(z))
            for i in cells(p):
                p[i] = exp(z[i] - top) / norm

    def textbook(self, x: Array, y: Array) -> None:
        for z, p in lines(axis(self.dim, x.shape), x, y):
            for i in cells(p):
                p[i] = exp(z[i]) / total(exp(z[j]) for j in cells(z))

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        for p, dp, dz in lines(axis(self.dim, y.shape), y, dy, dx):
            mean = total(dp[i] * p[i] for i in cells(p))
            for i in cells(dz):
                dz[i] = p[i] * (dp[i] - mean)
