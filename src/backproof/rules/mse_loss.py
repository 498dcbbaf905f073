"""Mean squared error."""

from dataclasses import dataclass
from typing import Literal

from backproof.arithmetic.loops import cells
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Loss, Shape


@dataclass(frozen=True)
class MSELoss(Loss):
    """loss = (x − t)² in each cell; their mean, their sum, or the cells themselves.

    x, t: any shape, the same.
    """

    reduction: Literal["mean", "sum", "none"] = "mean"

    why = "The squared distance of every prediction from its target, joined as the reduction says."
    why_backward = {"dx": "The derivative of (y − t)² is 2 (y − t), times this cell's share in the mean."}
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, equation 5.5; conventions of torch.nn.MSELoss"
    examples = (Example({"reduction": "sum"}, {"x": (2, 2), "t": (2, 2)}),)

    def shapes(self, x: Shape, t: Shape) -> dict[str, Shape]:
        if x != t:
            raise BadShape(f"the target's shape is {t}; expected the prediction's shape {x}")
        return {"loss": x, "share": x}

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        for i in cells(loss):
            loss[i] = (x[i] - t[i]) ** 2
            share[i] = 1

    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = 2 * (x[i] - t[i]) * dloss[i]
