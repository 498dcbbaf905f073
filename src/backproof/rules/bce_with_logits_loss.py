"""Binary cross-entropy of a sigmoid, computed from the logits."""

from dataclasses import dataclass
from typing import Literal

from backproof.arithmetic.functions import choose, exp, log, log1p
from backproof.arithmetic.loops import cells
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Index, Loss, Number, Numeral, Shape


@dataclass(frozen=True)
class BCEWithLogitsLoss(Loss):
    """loss = −(pos_weight · t · log σ(x) + (1 − t) · log(1 − σ(x))), σ(x) = 1 / (1 + e^(−x)), in each cell.

    x, t: any shape, the same. weight and pos_weight: one number for each place along the last axis.
    No logarithm of a probability is taken: −log σ(x) = log(1 + e^(−|x|)) + max(−x, 0).
    """

    weight: tuple[Numeral, ...] | None = None
    reduction: Literal["mean", "sum", "none"] = "mean"
    pos_weight: tuple[Numeral, ...] | None = None

    why = "−log of the probability given to what is true, for each cell on its own."
    why_backward = {"dx": "The probability less the target: σ(x) − t."}
    source = (
        "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 6.2.2.2; options of torch.nn.BCEWithLogitsLoss"
    )
    examples = (
        Example({"reduction": "none"}, {"x": (2, 2), "t": (2, 2)}),
        Example({"weight": (2, "1/3"), "pos_weight": (3,)}, {"x": (2, 2), "t": (2, 2)}),
    )

    def shapes(self, x: Shape, t: Shape) -> dict[str, Shape]:
        if x != t:
            raise BadShape(f"the target's shape is {t}; expected the logits' shape {x}")
        for name, weights in (("weight", self.weight), ("pos_weight", self.pos_weight)):
            if weights is not None and len(weights) not in (1, *x[-1:]):
                raise BadShape(
                    f"{name} has {len(weights)} numbers; expected 1, or one for each place along the last axis of {x}"
                )
        return {"loss": x, "share": x}

    def forward(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        for i in cells(loss):
            size = choose(x[i] > 0, x[i], -x[i])
            above, below = choose(x[i] > 0, x[i], 0), choose(x[i] > 0, 0, -x[i])
            tail, positive = log1p(exp(-size)), self.weigh("pos_weight", i) * t[i]
            loss[i] = self.weigh("weight", i) * (positive * (tail + below) + (1 - t[i]) * (tail + above))
            share[i] = 1

    def textbook(self, x: Array, t: Array, loss: Array, share: Array) -> None:
        for i in cells(loss):
            p = 1 / (1 + exp(-x[i]))
            loss[i] = -self.weigh("weight", i) * (self.weigh("pos_weight", i) * t[i] * log(p) + (1 - t[i]) * log(1 - p))
            share[i] = 1

    def backward(self, x: Array, t: Array, dloss: Array, dx: Array) -> None:
        for i in cells(dx):
            positive = self.weigh("pos_weight", i) * t[i]
            dx[i] = self.weigh("weight", i) * ((1 - t[i]) / (1 + exp(-x[i])) - positive / (1 + exp(x[i]))) * dloss[i]

    def weigh(self, option: str, i: Index) -> Number:
        """The weight at this index: 1 where there is none."""
        if getattr(self, option) is None:
            return 1
        weights = self.row(option)
        return weights[i[-1],] if weights.size > 1 else weights[0,]
