"""Linear: each output is a weighted sum of all inputs."""

from dataclasses import dataclass
from math import prod

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells, pairs
from backproof.errors import BadOption, BadShape
from backproof.rules.rule import Array, Example, Rule, Shape


@dataclass(frozen=True)
class Linear(Rule):
    """y[o] = Σ weight[o, i] · x[i] + bias[o], where i runs over every cell of x.

    x: any shape. weight: (out_features, *shape of x), bias and y: (out_features,). Without `out_features` there
    is one output, a plain number: the weight has the shape of x, bias and y have shape ().
    """

    in_features: int | None = None
    out_features: int | None = None
    bias: bool = True

    parameters = ("weight", "bias")
    why = "Each output is the sum of the inputs, each times its own weight."
    why_backward = {
        "dx": "An input reaches every output through its weight there; these paths add up.",
        "dweight": "A weight multiplies one input on its way to one output, so its gradient is that input times what came back to that output.",
        "dbias": "The bias is added as it is, so what comes back passes unchanged.",
    }
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.1; conventions of torch.nn.Linear"
    examples = (
        Example({"in_features": 6, "out_features": 2}, {"x": (3, 2)}),
        Example({"bias": False}, {"x": (3,)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("in_features", "out_features"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise BadOption(f"{name} is {value}; expected at least 1")

    def shapes(self, x: Shape) -> dict[str, Shape]:
        if self.in_features not in (None, prod(x)):
            raise BadShape(f"in_features is {self.in_features}, but an input of shape {x} has {prod(x)} cells")
        y: Shape = () if self.out_features is None else (self.out_features,)
        shapes: dict[str, Shape] = {"y": y, "weight": y + x}
        return shapes | ({"bias": y} if self.bias else {})

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        for o in cells(y):
            y[o] = total(weight[o + i] * x[i] for i in cells(x)) + (0 if bias is None else bias[o])

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array, dbias: Array | None) -> None:
        for i in cells(dx):
            dx[i] = total(dy[o] * weight[o + i] for o in cells(dy))
        for o, i in pairs(dweight, dy):
            dweight[o + i] = dy[o] * x[i]
        if dbias is not None:
            for o in cells(dbias):
                dbias[o] = dy[o]
