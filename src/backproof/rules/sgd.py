"""Stochastic gradient descent: a step against the gradient, with momentum where asked for."""

from dataclasses import dataclass

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.errors import BadOption
from backproof.rules.rule import Array, Example, Number, Numeral, Shape, Update


@dataclass(frozen=True)
class SGD(Update):
    """p ← p − lr · g, g the gradient with weight decay and momentum.

    p, dp, velocity: any shape, the same.
    """

    lr: Numeral = Numeral("0.001")
    momentum: Numeral = Numeral("0")
    dampening: Numeral = Numeral("0")
    weight_decay: Numeral = Numeral("0")
    nesterov: bool = False
    maximize: bool = False

    state = ("velocity", "started")
    why = "The parameter moves against its gradient, by the learning rate times its size."
    why_inner = {
        "velocity": "The velocity keeps a part of its own and takes the new gradient in.",
        "started": "From the second step on the gradient is damped.",
    }
    source = "Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning, 2013; conventions of torch.optim.SGD"
    examples = (
        Example({"lr": "0.1"}, {"p": (2, 2)}),
        Example({"momentum": "0.9", "nesterov": True, "maximize": True}, {"p": (3,)}),
        Example({"momentum": "0.9", "dampening": "0.5", "weight_decay": "0.01"}, {"p": (3,)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and (not self.uses("momentum") or self.uses("dampening")):
            raise BadOption("nesterov needs a momentum above 0 and no dampening")

    def shapes(self, p: Shape) -> dict[str, Shape]:
        velocity: dict[str, Shape] = {"velocity": p} if self.uses("momentum") else {}
        return velocity | ({"started": ()} if self.uses("dampening") else {})

    def forward(self, p: Array, dp: Array, velocity: Array | None, started: Array | None) -> None:
        for i in cells(p):
            g = -dp[i] if self.maximize else dp[i]
            if self.uses("weight_decay"):
                g = g + self.weight_decay * p[i]
            if velocity is not None:
                # PyTorch does not damp the very first gradient: `started` is 0 then, and 1 ever after.
                damping = 1 if started is None else 1 - self.dampening * started[()]
                velocity[i] = self.momentum * velocity[i] + damping * g
                g = g + self.momentum * velocity[i] if self.nesterov else velocity[i]
            p[i] = p[i] - self.lr * g
        if started is not None:
            started[()] = 1

    def textbook(self, p: Array, dp: Array, velocity: Array | None, t: Number) -> None:
        for i in cells(p):
            g = (-dp[i] if self.maximize else dp[i]) + self.weight_decay * p[i]
            if velocity is not None:
                velocity[i] = choose(t > 1, self.momentum * velocity[i] + (1 - self.dampening) * g, g)
                g = g + self.momentum * velocity[i] if self.nesterov else velocity[i]
            p[i] = p[i] - self.lr * g

    def reached(self, t: Number) -> dict[str, Number]:
        return {"started": choose(t > 0, 1, 0)}
