"""Leaky ReLU: the identity for positive numbers, a small slope for the rest."""

from dataclasses import dataclass

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.rules.rule import Array, Example, Numeral, Rule


@dataclass(frozen=True)
class LeakyReLU(Rule):
    """y = x where x > 0, negative_slope · x elsewhere. x: any shape."""

    negative_slope: Numeral = Numeral("0.01")

    why = "A positive number passes unchanged; any other is multiplied by the small slope."
    why_backward = {
        "dx": "The gradient is multiplied by the slope of the branch that was taken: 1 for a positive number, the small slope elsewhere."
    }
    convention = "At 0 the slope of the negative side is taken, as PyTorch does; any slope between the two is a subgradient there."
    source = "Maas, Hannun, Ng: Rectifier nonlinearities improve neural network acoustic models, 2013; conventions of torch.nn.LeakyReLU"
    examples = (
        Example({"negative_slope": "0.3"}, {"x": (3,)}),
        Example({"negative_slope": "0.3"}, {"x": (3, 3)}),
    )

    def forward(self, x: Array, y: Array) -> None:
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], self.negative_slope * x[i])

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, dy[i], self.negative_slope * dy[i])
