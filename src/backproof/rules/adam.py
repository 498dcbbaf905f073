"""Adam: steps whose size is set by running averages of the gradient and of its square."""

from dataclasses import dataclass

from backproof.arithmetic.functions import choose, largest, sqrt
from backproof.arithmetic.loops import cells
from backproof.errors import BadOption
from backproof.rules.rule import Array, Example, Number, Numeral, Shape, Update


@dataclass(frozen=True)
class Adam(Update):
    """p ← p − lr · m̂ / (√v̂ + eps), m and v running averages of g and g².

    p, dp, m, v, peak: any shape, the same. seen1, seen2: (), how much of each average has been seen so far: the
    average of 1s, 1 − betaᵗ after t steps. The corrected averages are m̂ = m / seen1 and v̂ = v / seen2.
    """

    lr: Numeral = Numeral("0.001")
    betas: tuple[Numeral, Numeral] = (Numeral("0.9"), Numeral("0.999"))
    eps: Numeral = Numeral("1e-8")
    weight_decay: Numeral = Numeral("0")
    amsgrad: bool = False
    maximize: bool = False

    state = ("m", "v", "seen1", "seen2", "peak")
    why = "The averaged gradient gives the direction; dividing by the root of its averaged square makes steps of like size everywhere."
    why_inner = {
        "m": "A running average of the gradient.",
        "v": "A running average of the gradient's square.",
        "seen1": "How much of the average of gradients has been seen: the same average of 1s.",
        "seen2": "How much of the average of squares has been seen: the same average of 1s.",
        "peak": "The largest average of squares so far.",
    }
    source = "Kingma, Ba: Adam: a method for stochastic optimization, 2015, algorithm 1; Reddi, Kale, Kumar: On the convergence of Adam and beyond, 2018; conventions of torch.optim.Adam"
    examples = (
        Example({"lr": "0.1"}, {"p": (2, 2)}),
        Example(
            {"betas": ("0.8", "0.9"), "eps": "0.1", "weight_decay": "0.2", "amsgrad": True, "maximize": True},
            {"p": (3,)},
        ),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for beta in self.betas:
            p, q = beta.ratio()
            if not 0 <= p < q:
                raise BadOption(
                    f"betas are {', '.join(self.betas)}; expected two numbers from 0 up to, but not reaching, 1"
                )

    def shapes(self, p: Shape) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"m": p, "v": p, "seen1": (), "seen2": ()}
        return shapes | ({"peak": p} if self.amsgrad else {})

    def forward(self, p: Array, dp: Array, m: Array, v: Array, seen1: Array, seen2: Array, peak: Array | None) -> None:
        beta1, beta2 = (self.row("betas")[k,] for k in (0, 1))
        seen1[()] = beta1 * seen1[()] + (1 - beta1)
        seen2[()] = beta2 * seen2[()] + (1 - beta2)
        for i in cells(p):
            g = -dp[i] if self.maximize else dp[i]
            g, kept = self.decayed(g, p[i])
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g * g
            square = v[i]
            if peak is not None:
                peak[i] = choose(v[i] > peak[i], v[i], peak[i])
                square = peak[i]
            p[i] = kept - self.lr * (m[i] / seen1[()]) / (sqrt(square / seen2[()]) + self.eps)

    def textbook(self, p: Array, dp: Array, m: Array, v: Array, peak: Array | None, t: Number) -> None:
        beta1, beta2 = (self.row("betas")[k,] for k in (0, 1))
        for i in cells(p):
            g = (-dp[i] if self.maximize else dp[i]) + self.weight_decay * p[i]
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g**2
            m_hat, v_hat = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
            if peak is not None:
                peak[i] = largest([(peak[i], 0), (v[i], 1)])[0]
                v_hat = peak[i] / (1 - beta2**t)
            p[i] = p[i] - self.lr * m_hat / (sqrt(v_hat) + self.eps)

    def reached(self, t: Number) -> dict[str, Number]:
        beta1, beta2 = (self.row("betas")[k,] for k in (0, 1))
        return {"seen1": 1 - beta1**t, "seen2": 1 - beta2**t}

    def decayed(self, g: Number, p: Number) -> tuple[Number, Number]:
        """The gradient and the parameter with weight decay: Adam adds it to the gradient."""
        return (g + self.weight_decay * p if self.uses("weight_decay") else g), p
