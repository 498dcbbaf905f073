"""Half the squared error: ½(y − t)², whose derivative is the error itself."""

from dataclasses import dataclass
from typing import Literal

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Loss, Shape


@dataclass(frozen=True)
class HalfSquaredError(Loss):
    """loss = ½ Σ (x − t)² over all cells of a datum; `reduction` is over the data of a batch.

    x, t: any shape, the same.
    """

    reduction: Literal["mean", "sum", "none"] = "mean"

    why = "Half of the squared distance to the target; the half is there so that it cancels in the derivative."
    why_backward = {"dx": "The derivative of ½(y − t)² is y − t."}
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 5.1.4"
    examples = (Example({"reduction": "sum"}, {"x": (2, 2), "t": (2, 2)}),)

    def shapes(self, x: Shape, t: Shape) -> dict[str, Shape]:
        if x != t:
            raise BadShape(f"the target's shape is {t}; expected the prediction's shape {x}")
        return {"loss": (), "share": ()}

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        loss[()] = total((x[i] - t[i]) ** 2 for i in cells(x)) / 2
        share[()] = 1

    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = (x[i] - t[i]) * dloss[()]
