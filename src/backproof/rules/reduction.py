"""Reduction: the losses of a batch joined into the one number that is to become small."""

from dataclasses import dataclass
from typing import Literal

from backproof.arithmetic.functions import choose, total
from backproof.arithmetic.loops import cells
from backproof.rules.rule import Array, Example, Number, Rule, Shape


@dataclass(frozen=True)
class Reduction(Rule):
    """L = Σ loss / Σ share (`mean`), or Σ loss (`sum`).

    losses, shares: any number of arrays of one shape. L: (). Where the shares add up to 0, as when every target
    is ignored, there is nothing to learn from: L and its gradients are 0, where PyTorch's are NaN.
    """

    reduction: Literal["mean", "sum", "none"] = "mean"

    inputs = ("*losses", "*shares")
    outputs = ("L",)
    convention = "Nothing counts towards the mean, so the loss and its gradients are 0 (PyTorch gives NaN)."
    why = "The losses are added up; a mean divides them by what counts."
    why_backward = {
        "dlosses": "Every loss stands in the sum once, so each gets the same gradient, over what counts where it is a mean."
    }
    source = "conventions of torch.nn.CrossEntropyLoss"
    examples = (
        Example({}, {"losses": [(2,), (2,)], "shares": [(2,), (2,)]}),
        Example({"reduction": "sum"}, {"losses": [(), ()], "shares": [(), ()]}),
    )

    def shapes(self, *losses: Shape) -> dict[str, Shape]:
        return {"L": ()}

    def forward(self, losses: list[Array], shares: list[Array], L: Array) -> None:
        whole = total(loss[k] for loss in losses for k in cells(loss))
        L[()] = self.mean(whole, shares) if self.reduction == "mean" else whole

    def backward(self, shares: list[Array], dL: Array, dlosses: list[Array]) -> None:
        for dloss in dlosses:
            for k in cells(dloss):
                dloss[k] = self.mean(dL[()], shares) if self.reduction == "mean" else dL[()]

    def mean(self, whole: Number, shares: list[Array]) -> Number:
        count = total(share[k] for share in shares for k in cells(share))
        return choose(count == 0, 0, whole / choose(count == 0, 1, count))
