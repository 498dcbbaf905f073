"""Concat: branches of a network joined by laying them end to end."""

from collections.abc import Iterator
from dataclasses import dataclass

from backproof.arithmetic.loops import cells
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Rule, Shape, axis


@dataclass(frozen=True)
class Concat(Rule):
    """y = the inputs one after another along axis `dim`; 0 is the batch axis.

    Inputs: two or more, alike in every other axis. torch.cat joins along axis 0 where none is named; here that is the
    batch, so the default is 1.
    """

    dim: int = 1

    inputs = ("*xs",)
    why = "The branches meet: their numbers are laid end to end."
    why_backward = {"dxs": "Each part of the gradient goes back to the branch that the part came from."}
    source = "conventions of torch.cat"
    examples = (Example({"dim": 2}, {"xs": [(2, 1), (2, 3)]}),)

    def shapes(self, *xs: Shape) -> dict[str, Shape]:
        if len(xs) < 2:
            raise BadShape("expected two or more inputs")
        at = axis(self.dim, xs[0])
        if any(x[:at] + x[at + 1 :] != xs[0][:at] + xs[0][at + 1 :] or len(x) != len(xs[0]) for x in xs):
            raise BadShape(
                f"inputs to be joined along dim {self.dim} must be alike in every other axis, not {', '.join(map(str, xs))}"
            )
        return {"y": (*xs[0][:at], sum(x[at] for x in xs), *xs[0][at + 1 :])}

    def forward(self, xs: list[Array], y: Array) -> None:
        for x, (at, start) in zip(xs, self.starts(xs), strict=True):
            for i in cells(x):
                y[*i[:at], i[at] + start, *i[at + 1 :]] = x[i]

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for dx, (at, start) in zip(dxs, self.starts(dxs), strict=True):
            for i in cells(dx):
                dx[i] = dy[*i[:at], i[at] + start, *i[at + 1 :]]

    def starts(self, parts: list[Array]) -> Iterator[tuple[int, int]]:
        """The axis, and where each part begins along it."""
        start = 0
        for part in parts:
            at = axis(self.dim, part.shape)
            yield at, start
            start += part.shape[at]
