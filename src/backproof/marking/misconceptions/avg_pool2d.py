"""Average pooling gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from typing import ClassVar

from backproof.arithmetic.functions import largest, total
from backproof.arithmetic.loops import cells
from backproof.arithmetic.windows import pair
from backproof.marking.wrong import Wrong
from backproof.rules.avg_pool2d import AvgPool2d
from backproof.rules.rule import Array, Index, Numeral, Rule


class Windowed(Wrong, AvgPool2d):
    def seen(self, k: Index, x: Array) -> list[Index]:
        """The cells of x that window k sees, in reading order."""
        (*c, i, j), (rows, columns) = k, self.windows(x.shape)
        return [(*c, h, w) for _, h in rows.window(i) for _, w in columns.window(j)]


class Sum(Windowed):
    """added each window up and did not divide by its size"""

    def forward(self, x: Array, y: Array) -> None:
        for k in cells(y):
            y[k] = total(x[i] for i in self.seen(k, x))


class SumBack(Windowed):
    """gave the whole gradient to every cell of the window, where each gets its share"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            for i in self.seen(k, x):
                dx[i] += dy[k]


class SumBothWays(Sum, SumBack):
    """forgot to divide by the window's size, forward and on the way back"""


class Largest(Windowed):
    """took the largest number of each window instead of the mean"""

    def forward(self, x: Array, y: Array) -> None:
        for k in cells(y):
            y[k] = largest((x[i], i) for i in self.seen(k, x))[0]


class ToLargest(Windowed):
    """gave the gradient to the largest number of each window, where every cell gets a share"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[largest((x[i], i) for i in self.seen(k, x))[1]] += dy[k]


class LargestBothWays(Largest, ToLargest):
    """took the largest number of each window instead of the mean, and gave it the whole gradient"""


class ShareAlone(Windowed):
    """wrote down each cell's share alone, not multiplied by what came back"""

    one: ClassVar[Numeral] = Numeral("1")

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            for i in self.seen(k, x):
                dx[i] += self.one / self.size(x, *k[-2:])


class MeanForGradient(Windowed):
    """put each window's mean back into its cells, where a share of the gradient belongs"""

    def backward(self, x: Array, y: Array, dx: Array) -> None:
        for k in cells(y):
            for i in self.seen(k, x):
                dx[i] += y[k]


class Overwritten(Windowed):
    """kept only the last share of a cell that several windows see, where they add up"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            for i in self.seen(k, x):
                dx[i] = dy[k] / self.size(x, *k[-2:])

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, AvgPool2d) and overlaps(rule)


class Padded(Wrong, AvgPool2d):
    def other(self) -> AvgPool2d:
        """The same with the padding counted where it is not to be, and not counted where it is."""
        return AvgPool2d(self.kernel_size, self.stride, self.padding, self.ceil_mode, not self.count_include_pad)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return (
            super().fits(rule)
            and isinstance(rule, AvgPool2d)
            and rule.divisor_override is None
            and pair("padding", rule.padding, 0) != (0, 0)
        )


class PaddingMistaken(Padded):
    """mistook whether the padding counts in what a window is divided by"""

    def forward(self, x: Array, y: Array) -> None:
        self.other().forward(x, y)


class PaddingMistakenBack(Padded):
    """mistook on the way back whether the padding counts in what a window is divided by"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        self.other().backward(x, dy, dx)


class PaddingMistakenBothWays(PaddingMistaken, PaddingMistakenBack):
    """mistook whether the padding counts in what a window is divided by, forward and on the way back"""


class OwnSize(Windowed):
    """divided by the window's size, where the divisor is given"""

    def forward(self, x: Array, y: Array) -> None:
        AvgPool2d(self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad).forward(x, y)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, AvgPool2d) and rule.divisor_override is not None


def overlaps(rule: AvgPool2d) -> bool:
    """Whether two windows can see the same cell."""
    kernel = pair("kernel_size", rule.kernel_size, 1)
    stride = kernel if rule.stride is None else pair("stride", rule.stride, 1)
    return any(s < k for k, s in zip(kernel, stride, strict=True))
