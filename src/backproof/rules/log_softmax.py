"""Log-softmax: the logarithms of softmax's probabilities, without forming the probabilities."""

from dataclasses import dataclass

from backproof.arithmetic.functions import exp, largest, log, total
from backproof.arithmetic.loops import cells, lines
from backproof.rules.rule import Array, Example, Rule, Shape, axis


@dataclass(frozen=True)
class LogSoftmax(Rule):
    """y[i] = x[i] − m − log Σ e^(x[j] − m) along axis `dim`, m the largest x[j] there.

    x: any shape with at least one axis.
    """

    dim: int = -1

    why = "The logarithm of softmax, written so that no probability can round to 0 before its logarithm is taken."
    why_backward = {
        "dx": "Each output holds its own input once and, through the sum, every input in proportion to its probability."
    }
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.2.2.3"
    examples = (
        Example({}, {"x": (3,)}),
        Example({"dim": 1}, {"x": (3, 2)}),
    )

    def shapes(self, x: Shape) -> dict[str, Shape]:
        axis(self.dim, x)
        return {"y": x}

    def forward(self, x: Array, y: Array) -> None:
        for z, out in lines(axis(self.dim, x.shape), x, y):
            top, _ = largest((z[i], i) for i in cells(z))
            norm = log(total(exp(z[i] - top) for i in cells(z)))
            for i in cells(out):
                out[i] = z[i] - top - norm

    def textbook(self, x: Array, y: Array) -> None:
        for z, out in lines(axis(self.dim, x.shape), x, y):
            for i in cells(out):
                out[i] = log(exp(z[i]) / total(exp(z[j]) for j in cells(z)))

    def backward(self, y: Array, dy: Array, dx: Array) -> None:
        for out, dout, dz in lines(axis(self.dim, y.shape), y, dy, dx):
            mass = total(dout[i] for i in cells(dout))
            for i in cells(dz):
                dz[i] = dout[i] - exp(out[i]) * mass
