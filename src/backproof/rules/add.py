"""Add: branches of a network joined by adding them up, cell by cell."""

from dataclasses import dataclass

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Rule, Shape


@dataclass(frozen=True)
class Add(Rule):
    """y = the sum of the inputs, two or more of one shape."""

    inputs = ("*xs",)
    why = "The branches meet: their numbers are added cell by cell."
    why_backward = {"dxs": "Each branch was added as it is, so the whole gradient goes back along every one of them."}
    source = "He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2015, equation 1"
    examples = (Example({}, {"xs": [(2, 2)] * 3}),)

    def shapes(self, *xs: Shape) -> dict[str, Shape]:
        if len(xs) < 2 or any(x != xs[0] for x in xs):
            raise BadShape(f"expected two or more inputs of one shape, not {', '.join(map(str, xs))}")
        return {"y": xs[0]}

    def forward(self, xs: list[Array], y: Array) -> None:
        for i in cells(y):
            y[i] = total(x[i] for x in xs)

    def backward(self, dy: Array, dxs: list[Array]) -> None:
        for dx in dxs:
            for i in cells(dx):
                dx[i] = dy[i]
