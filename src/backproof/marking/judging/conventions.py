# pyright: reportIncompatibleMethodOverride=false
"""Other conventions at kinks and ties: as right as the rules' own, and no misconceptions.

They are assumed where somebody's numbers follow from one that was not written down.
"""

from backproof.arithmetic.functions import choose, total
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.leaky_relu import LeakyReLU
from backproof.rules.max_pool2d import MaxPool2d
from backproof.rules.prelu import PReLU
from backproof.rules.relu import ReLU
from backproof.rules.rule import Array


class LastWins(Wrong, MaxPool2d):
    """let the last of equal largest numbers win"""

    harmless = True

    def forward(self, x: Array, y: Array, winner: Array) -> None:
        super().forward(x, y, winner)
        rows, columns = self.windows(x.shape)
        for *c, i, j in cells(y):
            tied = [(*c, h, w) for _, h in rows.window(i) for _, w in columns.window(j) if x[*c, h, w] == y[*c, i, j]]
            winner[*c, i, j] = tied[-1]


class SharedByTies(Wrong, MaxPool2d):
    """shared the gradient evenly among equal largest numbers"""

    harmless = True

    def backward(self, x: Array, dy: Array, winner: Array, dx: Array) -> None:
        rows, columns = self.windows(x.shape)
        for *c, i, j in cells(dy):
            top = x[winner[*c, i, j]]
            tied = [(*c, h, w) for _, h in rows.window(i) for _, w in columns.window(j) if x[*c, h, w] == top]
            for place in tied:
                dx[place] += dy[*c, i, j] / len(tied)


class PositiveSideAtZero(Wrong, ReLU):
    """took 1 for the derivative at 0"""

    harmless = True

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] >= 0, dy[i], 0)


class LeakyPositiveSideAtZero(Wrong, LeakyReLU):
    """took 1 for the derivative at 0"""

    harmless = True

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] >= 0, dy[i], self.negative_slope * dy[i])


class LearnedPositiveSideAtZero(Wrong, PReLU):
    """took 1 for the derivative at 0"""

    harmless = True

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        slope = len(weight.shape)
        for i in cells(dx):
            dx[i] = choose(x[i] >= 0, dy[i], weight[i[:slope]] * dy[i])
        for k in cells(dweight):
            dweight[k] = total(choose(x[i] > 0, 0, x[i] * dy[i]) for i in cells(x, start=k))
