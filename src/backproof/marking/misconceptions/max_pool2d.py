"""Max pooling gone wrong."""

# pyright: reportIncompatibleMethodOverride=false

from abc import abstractmethod

from backproof.arithmetic.functions import choose, largest, total
from backproof.arithmetic.loops import cells
from backproof.arithmetic.windows import pair
from backproof.marking.wrong import Wrong
from backproof.rules.max_pool2d import MaxPool2d
from backproof.rules.rule import Array, Index, Number, Rule


class Windowed(Wrong, MaxPool2d):
    def seen(self, k: Index, x: Array) -> list[Index]:
        """The cells of x that window k sees, in reading order."""
        (*c, i, j), (rows, columns) = k, self.windows(x.shape)
        return [(*c, h, w) for _, h in rows.window(i) for _, w in columns.window(j)]


class Mean(Windowed):
    """took the mean of each window instead of its largest number"""

    def forward(self, x: Array, y: Array) -> None:
        for k in cells(y):
            seen = self.seen(k, x)
            y[k] = total(x[i] for i in seen) / len(seen)


class Sum(Windowed):
    """added the numbers of each window up instead of taking the largest"""

    def forward(self, x: Array, y: Array) -> None:
        for k in cells(y):
            y[k] = total(x[i] for i in self.seen(k, x))


class OtherWinner(Windowed):
    def forward(self, x: Array, y: Array, winner: Array) -> None:
        for k in cells(y):
            winner[k] = largest((self.size(x[i]), i) for i in self.seen(k, x))[1]
            y[k] = x[winner[k]]

    @abstractmethod
    def size(self, value: Number) -> Number:
        """What is compared."""


class Smallest(OtherWinner):
    """took the smallest number of each window instead of its largest"""

    def size(self, value: Number) -> Number:
        return -value


class WithoutSign(OtherWinner):
    """compared the numbers of each window without their signs"""

    def size(self, value: Number) -> Number:
        return choose(value < 0, -value, value)


class ZerosWin(Windowed):
    """counted the padding as zeros, and let one win; the padding never does"""

    def forward(self, x: Array, y: Array, winner: Array) -> None:
        super().forward(x, y, winner)
        rows, columns = self.windows(x.shape)
        for k in cells(y):
            if len(self.seen(k, x)) < rows.kernel * columns.kernel:
                y[k] = choose(y[k] > 0, y[k], 0)

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, MaxPool2d) and pair("padding", rule.padding, 0) != (0, 0)


class ToEveryCell(Windowed):
    """gave the gradient to every cell of the window, not to its winner alone"""

    def backward(self, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            for i in self.seen(k, dx):
                dx[i] += dy[k]


class Split(Windowed):
    """shared the gradient out evenly among the cells of the window, where its winner gets all of it"""

    def backward(self, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            seen = self.seen(k, dx)
            for i in seen:
                dx[i] += dy[k] / len(seen)


class MeanBothWays(Split, Mean):
    """took the mean of each window instead of its largest number, and shared its gradient out evenly"""


class ToFirstCell(Windowed):
    """gave the gradient to the first cell of each window, not to the one that won"""

    def backward(self, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[self.seen(k, dx)[0]] += dy[k]


class ToLastCell(Windowed):
    """gave the gradient to the last cell of each window, not to the one that won"""

    def backward(self, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[self.seen(k, dx)[-1]] += dy[k]


class ToSmallest(Windowed):
    """gave the gradient to the smallest number of each window, not to the one that won"""

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[largest((-x[i], i) for i in self.seen(k, x))[1]] += dy[k]


class OneForGradient(Wrong, MaxPool2d):
    """put 1 at each window's winner, where the gradient that came back belongs"""

    def backward(self, dy: Array, winner: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[winner[k]] += 1


class NumberForGradient(Wrong, MaxPool2d):
    """put the winner's own number back at its place, where the gradient that came back belongs"""

    def backward(self, y: Array, dy: Array, winner: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[winner[k]] += y[k]


class TimesNumber(Wrong, MaxPool2d):
    """multiplied the gradient by the number that won; its slope is 1, whatever the number"""

    def backward(self, y: Array, dy: Array, winner: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[winner[k]] += dy[k] * y[k]


class Overwritten(Wrong, MaxPool2d):
    """kept only the last gradient of a cell that won several windows, where they add up"""

    def backward(self, dy: Array, winner: Array, dx: Array) -> None:
        for k in cells(dy):
            dx[winner[k]] = dy[k]

    @classmethod
    def fits(cls, rule: Rule) -> bool:
        return super().fits(rule) and isinstance(rule, MaxPool2d) and overlaps(rule)


def overlaps(rule: MaxPool2d) -> bool:
    """Whether two windows can see the same cell."""
    if rule.stride is None:
        return rule.dilation != 1
    kernel, stride, dilation = (pair(name, getattr(rule, name), 1) for name in ("kernel_size", "stride", "dilation"))
    return any(k > 1 and s < d * (k - 1) + 1 for k, s, d in zip(kernel, stride, dilation, strict=True))
