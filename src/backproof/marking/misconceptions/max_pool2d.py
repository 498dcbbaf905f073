"""Max pooling gone wrong."""

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells
from backproof.marking.wrong import Wrong
from backproof.rules.max_pool2d import MaxPool2d
from backproof.rules.rule import Array


class Mean(Wrong, MaxPool2d):
    """took the mean of each window instead of its largest number"""

    def forward(self, x: Array, y: Array, winner: Array) -> None:
        super().forward(x, y, winner)
        rows, columns = self.windows(x.shape)
        for *c, i, j in cells(y):
            seen = [x[*c, h, w] for _, h in rows.window(i) for _, w in columns.window(j)]
            y[*c, i, j] = total(seen) / len(seen)


class ToEveryCell(Wrong, MaxPool2d):
    """gave the gradient to every cell of the window, not to its winner alone"""

    def backward(self, dy: Array, dx: Array) -> None:
        rows, columns = self.windows(dx.shape)
        for *c, i, j in cells(dy):
            for _, h in rows.window(i):
                for _, w in columns.window(j):
                    dx[*c, h, w] += dy[*c, i, j]
