"""Convolution gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from dataclasses import replace

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells
from backproof.arithmetic.windows import Windows, pair
from backproof.marking.altered import changed, having, moved
from backproof.marking.wrong import Wrong
from backproof.rules.conv2d import Conv2d
from backproof.rules.rule import Array, Rule, Shape


class Biased(Wrong, Conv2d):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Conv2d) and rule.bias


class WideKernel(Wrong, Conv2d):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Where a kernel has more than one cell."""
        return super().fits(rule) and isinstance(rule, Conv2d) and pair("kernel_size", rule.kernel_size, 1) != (1, 1)


class Turned(WideKernel):
    """turned the kernel round, as in a mathematician's convolution; this layer lays it on as it is"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        super().forward(x, turned(weight), bias, y)


class Gradients(Wrong, Conv2d):
    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array, dbias: Array | None) -> None:
        super().backward(x, weight, dy, dx, dweight, dbias)
        self.dx(x, weight, dy, dx)
        self.dweight(x, dy, dweight)
        if dbias is not None:
            self.dbias(dy, dbias)

    def dx(self, x: Array, weight: Array, dy: Array, dx: Array) -> None:
        pass

    def dweight(self, x: Array, dy: Array, dweight: Array) -> None:
        pass

    def dbias(self, dy: Array, dbias: Array) -> None:
        pass


class TurnedBack(WideKernel, Gradients):
    """multiplied each gradient by the weight at the opposite place of the kernel on the way back to the input"""

    def dx(self, x: Array, weight: Array, dy: Array, dx: Array) -> None:
        having(self).backward(x, turned(weight), dy, dx, blank(weight), None)


class WeightsTurned(WideKernel, Gradients):
    """wrote the weight's gradient down turned round"""

    def dweight(self, x: Array, dy: Array, dweight: Array) -> None:
        right = turned(dweight)
        for i in cells(dweight):
            dweight[i] = right[i]


class TurnedBothWays(Turned, TurnedBack, WeightsTurned):
    """turned the kernel round, forward and on the way back; this layer lays it on as it is"""


class WithoutBias(Biased):
    """forgot the bias"""

    def forward(self, x: Array, weight: Array, y: Array) -> None:
        super().forward(x, weight, None, y)


class Added(Wrong, Conv2d):
    """added each number and its weight, where they are multiplied"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        ones, places = changed(x, lambda _: 1), blank(y)
        super().forward(x, changed(weight, lambda _: 1), bias, y)
        super().forward(ones, weight, None, places)
        for k in cells(y):
            y[k] = y[k] + places[k]


class FirstChannel(Wrong, Conv2d):
    """looked at the first channel of the input alone, where all channels are added up"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        first = Array(weight.shape, {i: weight[i] if i[1] == 0 else 0 for i in cells(weight)})
        super().forward(x, first, bias, y)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Conv2d) and rule.in_channels not in range(1, rule.groups + 1)


class FirstKernel(Wrong, Conv2d):
    """used the first output channel's kernel for every output channel"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        super().forward(x, moved(weight, lambda i: (0, *i[1:])), bias, y)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Conv2d) and rule.out_channels > 1


class PaddingBehind(Wrong, Conv2d):
    """began the windows at the first cell, and so put all the padding behind the last"""

    def windows(self, x: Shape) -> tuple[Windows, Windows]:
        rows, columns = super().windows(x)
        return behind(rows), behind(columns)

    # Stands here so that it is seen to be forward that goes wrong.
    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        super().forward(x, weight, bias, y)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return (
            super().fits(rule)
            and isinstance(rule, Conv2d)
            and rule.padding_mode == "zeros"
            and not isinstance(rule.padding, str)
            and pair("padding", rule.padding, 0) != (0, 0)
        )


class Repeating(Wrong, Conv2d):
    @classmethod
    def fits(cls, rule: Rule) -> bool:
        """Where the padding repeats numbers of the input."""
        return super().fits(rule) and isinstance(rule, Conv2d) and rule.padding_mode != "zeros"


class ZerosAround(Repeating):
    """put zeros around the input, where the padding repeats numbers of it"""

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        having(self, padding_mode="zeros").forward(x, weight, bias, y)


class ZerosAroundBack(Repeating):
    """went back as if zeros stood around the input, where the padding repeats numbers of it"""

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array, dbias: Array | None) -> None:
        having(self, padding_mode="zeros").backward(x, weight, dy, dx, dweight, dbias)


class ZerosAroundBothWays(ZerosAround, ZerosAroundBack):
    """put zeros around the input forward and on the way back, where the padding repeats numbers of it"""


class WeightAlone(Gradients):
    """left what came back out of the input's gradient, and added the weights alone"""

    def dx(self, x: Array, weight: Array, dy: Array, dx: Array) -> None:
        having(self).backward(x, weight, changed(dy, lambda _: 1), dx, blank(weight), None)


class InputAlone(Gradients):
    """left what came back out of the weight's gradient, and added the numbers alone"""

    def dweight(self, x: Array, dy: Array, dweight: Array) -> None:
        having(self).backward(x, changed(dweight, lambda _: 1), changed(dy, lambda _: 1), blank(x), dweight, None)


class PathOverwritten(WideKernel, Gradients):
    """kept only the last window's part of an input's gradient, where the parts of all its windows add up"""

    def dx(self, x: Array, weight: Array, dy: Array, dx: Array) -> None:
        rows, columns = self.windows(x.shape)
        ins, outs = weight.shape[1], self.out_channels // self.groups
        for c, h, w in cells(dx):
            seen = [(i, j, a, b) for a, i in rows.cell(h) for b, j in columns.cell(w)]
            for i, j, a, b in sorted(seen)[-1:]:
                group = range(c // ins * outs, (c // ins + 1) * outs)
                dx[c, h, w] = total(weight[o, c % ins, a, b] * dy[o, i, j] for o in group)


class PlaceOverwritten(Gradients):
    """kept only the last place's part of a weight's gradient, where the parts of all places add up"""

    def dweight(self, x: Array, dy: Array, dweight: Array) -> None:
        rows, columns = self.windows(x.shape)
        ins, outs = dweight.shape[1], self.out_channels // self.groups
        for o, c, a, b in cells(dweight):
            seen = [(i, j, h, w) for i, h in rows.tap(a) for j, w in columns.tap(b)]
            for i, j, h, w in seen[-1:]:
                dweight[o, c, a, b] = dy[o, i, j] * x[o // outs * ins + c, h, w]


class PlacesMean(Gradients):
    """took the mean over all places for the weight's gradient, where it is their sum"""

    def dweight(self, x: Array, dy: Array, dweight: Array) -> None:
        for i in cells(dweight):
            dweight[i] = dweight[i] / (dy.shape[1] * dy.shape[2])


class BiasFirst(Biased, Gradients):
    """took the first place's gradient for the bias's, where those of all places add up"""

    def dbias(self, dy: Array, dbias: Array) -> None:
        for (o,) in cells(dbias):
            dbias[o,] = dy[o, 0, 0]


class BiasMean(Biased, Gradients):
    """took the mean over all places for the bias's gradient, where it is their sum"""

    def dbias(self, dy: Array, dbias: Array) -> None:
        for o in cells(dbias):
            dbias[o] = dbias[o] / (dy.shape[1] * dy.shape[2])


class BiasSummed(Biased, Gradients):
    """gave every bias the sum over all output channels, where each has the sum over its own"""

    def dbias(self, dy: Array, dbias: Array) -> None:
        whole = total(dy[k] for k in cells(dy))
        for o in cells(dbias):
            dbias[o] = whole

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, Conv2d) and rule.out_channels > 1


class BiasOne(Biased, Gradients):
    """took 1 for the bias's gradient, where the gradients of all places add up"""

    def dbias(self, dy: Array, dbias: Array) -> None:
        for o in cells(dbias):
            dbias[o] = 1


class BiasNone(Biased, Gradients):
    """took 0 for the bias's gradient, as if it were fixed"""

    def dbias(self, dy: Array, dbias: Array) -> None:
        for o in cells(dbias):
            dbias[o] = 0


def turned(weight: Array) -> Array:
    """Kernels turned round: the last row first, the last column first."""
    *_, rows, columns = weight.shape
    return moved(weight, lambda i: (i[0], i[1], rows - 1 - i[2], columns - 1 - i[3]))


def blank(array: Array) -> Array:
    """An array of the same shape to be written."""
    return changed(array, lambda _: 0)


def behind(windows: Windows) -> Windows:
    """The same windows with all of the padding on the far side."""
    return replace(windows, padding=0, far_padding=windows.padding + windows.after)
