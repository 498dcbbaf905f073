"""Flatten: the same numbers, several axes laid out as one."""

from dataclasses import dataclass
from math import prod

from backproof.arithmetic.loops import cells
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Index, Rule, Shape, axis


@dataclass(frozen=True)
class Flatten(Rule):
    """y holds x's numbers in reading order, the axes from `start_dim` to `end_dim` as one; 0 is the batch axis.

    x: any shape with at least one axis.
    """

    start_dim: int = 1
    end_dim: int = -1

    why = "The same numbers in reading order; nothing is computed."
    why_backward = {"dx": "Each number only changed its place, so each gradient goes back to where it came from."}
    source = "conventions of torch.nn.Flatten"
    examples = (
        Example({}, {"x": (2, 3)}),
        Example({"start_dim": 2, "end_dim": 3}, {"x": (2, 2, 3)}),
    )

    def axes(self, x: Shape) -> tuple[int, int]:
        start, end = axis(self.start_dim, x), axis(self.end_dim, x)
        if start > end:
            raise BadShape(f"start_dim {self.start_dim} comes after end_dim {self.end_dim}")
        return start, end + 1

    def shapes(self, x: Shape) -> dict[str, Shape]:
        start, end = self.axes(x)
        return {"y": (*x[:start], prod(x[start:end]), *x[end:])}

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(x):
            y[self.place(i, x.shape)] = x[i]

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[self.place(i, x.shape)]

    def place(self, index: Index, x: Shape) -> Index:
        """Where the number at this index of x stands in y."""
        start, end = self.axes(x)
        flat = 0
        for i, length in zip(index[start:end], x[start:end], strict=True):
            flat = flat * length + i
        return (*index[:start], flat, *index[end:])
