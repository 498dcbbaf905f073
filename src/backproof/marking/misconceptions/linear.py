"""A linear layer gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells, pairs
from backproof.marking.altered import moved
from backproof.marking.wrong import Wrong
from backproof.rules.linear import Linear
from backproof.rules.rule import Array, Rule


class Biased(Wrong, Linear):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Linear) and rule.bias


class Several(Wrong, Linear):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Where there are several outputs."""
        return super().fits(rule) and isinstance(rule, Linear) and (rule.out_features or 1) > 1


class WithoutBias(Biased):
    """forgot the bias"""

    def forward(self, x: Array, weight: Array, y: Array) -> None:
        super().forward(x, weight, None, y)


class BiasSubtracted(Biased):
    """subtracted the bias, where it is added"""

    def forward(self, x: Array, weight: Array, bias: Array, y: Array) -> None:
        super().forward(x, weight, None, y)
        for o in cells(y):
            y[o] = y[o] - bias[o]


class Added(Wrong, Linear):
    """added each number and its weight, where they are multiplied"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        for o in cells(y):
            y[o] = total(weight[o + i] + x[i] for i in cells(x)) + (0 if bias is None else bias[o])


class WithoutWeight(Wrong, Linear):
    """added the numbers up without their weights"""

    def forward(self, x: Array, bias: Array | None, y: Array) -> None:
        for o in cells(y):
            y[o] = total(x[i] for i in cells(x)) + (0 if bias is None else bias[o])


class Transposed(Wrong, Linear):
    """took the weight's columns for its rows"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        super().forward(x, by_columns(weight), bias, y)


class Gradients(Wrong, Linear):
    def backward(
        self, x: Array, y: Array, weight: Array, bias: Array | None, dy: Array,
        dx: Array, dweight: Array, dbias: Array | None,
    ) -> None:  # fmt: skip
        super().backward(x, weight, dy, dx, dweight, dbias)
        self.dx(x, y, weight, dy, dx)
        self.dweight(x, weight, dy, dweight)
        if bias is not None and dbias is not None:
            self.dbias(bias, dy, dbias)

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        pass

    def dweight(self, x: Array, weight: Array, dy: Array, dweight: Array) -> None:
        pass

    def dbias(self, bias: Array, dy: Array, dbias: Array) -> None:
        pass


class TransposedBack(Gradients):
    """took the weight's rows for its columns on the way back to the input"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        columns = by_columns(weight)
        for i in cells(dx):
            dx[i] = total(dy[o] * columns[o + i] for o in cells(dy))


class TransposedBothWays(Transposed, TransposedBack):
    """took the weight's columns for its rows forward, and its rows for its columns on the way back"""


class InputForWeight(Gradients):
    """multiplied by the input itself for the input's gradient, where the weight belongs"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = total(dy[o] * x[i] for o in cells(dy))


class WeightForInput(Gradients):
    """multiplied by the weight itself for the weight's gradient, where the input belongs"""

    def dweight(self, x: Array, weight: Array, dy: Array, dweight: Array) -> None:
        for o, i in pairs(dweight, dy):
            dweight[o + i] = dy[o] * weight[o + i]


class Exchanged(InputForWeight, WeightForInput):
    """exchanged the input and the weight on the way back: each one's gradient holds the other"""


class WeightAlone(Gradients):
    """left what came back out of the input's gradient, and took the weight alone"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = total(weight[o + i] for o in cells(dy))


class InputAlone(Gradients):
    """left what came back out of the weight's gradient, and took the input alone"""

    def dweight(self, x: Array, weight: Array, dy: Array, dweight: Array) -> None:
        for o, i in pairs(dweight, dy):
            dweight[o + i] = x[i]


class WithoutGradient(WeightAlone, InputAlone):
    """left what came back out of the gradients, and took the weight and the input alone"""


class TimesInput(Gradients):
    """multiplied the input's gradient by the input as well"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dx[i] * x[i]


class TimesWeight(Gradients):
    """multiplied the weight's gradient by the weight as well"""

    def dweight(self, x: Array, weight: Array, dy: Array, dweight: Array) -> None:
        for o, i in pairs(dweight, dy):
            dweight[o + i] = dy[o] * x[i] * weight[o + i]


class OutputForGradient(Gradients):
    """went back with the output itself, where the gradient that came back to it belongs"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = total(y[o] * weight[o + i] for o in cells(dy))


class GradientAlone(Gradients):
    """passed what came back on to every input without multiplying it by the weight"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = total(dy[o] for o in cells(dy))


class FirstOutputOnly(Several, Gradients):
    """went back to the input from the first output alone, where the paths from all outputs add up"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[0,] * weight[0, *i]


class LastOutputOnly(Several, Gradients):
    """went back to the input from the last output alone, where the paths from all outputs add up"""

    def dx(self, x: Array, y: Array, weight: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[dy.shape[0] - 1,] * weight[dy.shape[0] - 1, *i]


class BiasOne(Biased, Gradients):
    """took 1 for the bias's gradient, where what came back passes unchanged"""

    def dbias(self, bias: Array, dy: Array, dbias: Array) -> None:
        for o in cells(dbias):
            dbias[o] = 1


class BiasNone(Biased, Gradients):
    """took 0 for the bias's gradient, as if it were fixed; what came back passes unchanged"""

    def dbias(self, bias: Array, dy: Array, dbias: Array) -> None:
        for o in cells(dbias):
            dbias[o] = 0


class BiasTimesItself(Biased, Gradients):
    """multiplied the bias's gradient by the bias; what came back passes unchanged"""

    def dbias(self, bias: Array, dy: Array, dbias: Array) -> None:
        for o in cells(dbias):
            dbias[o] = dy[o] * bias[o]


class BiasSummed(Biased, Several, Gradients):
    """gave every output's bias the sum over all outputs, where each has what came back to its own"""

    def dbias(self, bias: Array, dy: Array, dbias: Array) -> None:
        whole = total(dy[o] for o in cells(dy))
        for o in cells(dbias):
            dbias[o] = whole


def by_columns(weight: Array) -> Array:
    """The weight's numbers in reading order, put down again with the first index running fastest."""
    places = list(cells(weight))
    transposed = sorted(places, key=lambda i: i[::-1])
    source = dict(zip(places, transposed, strict=True))
    return moved(weight, lambda i: source[i])
