"""ReLU: the identity for positive numbers, 0 for the rest."""

from dataclasses import dataclass

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.rules.rule import Array, Example, Rule


@dataclass(frozen=True)
class ReLU(Rule):
    """y = 0 where x ≤ 0, x elsewhere (so NaN passes). x: any shape."""

    why = "A positive number passes unchanged; any other becomes 0."
    why_backward = {
        "dx": "Where the number passed, so does the gradient; where it became 0, nothing depends on it any more."
    }
    convention = "At 0 the derivative is taken as 0, as PyTorch does; any number from 0 to 1 is a subgradient there."
    source = (
        "Nair, Hinton: Rectified linear units improve restricted Boltzmann machines, 2010; conventions of torch.nn.ReLU"
    )
    examples = (
        Example({}, {"x": (3,)}),
        Example({}, {"x": (3, 3)}),
    )

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] <= 0, 0, x[i])

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] <= 0, 0, dy[i])
