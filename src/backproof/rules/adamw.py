"""AdamW: Adam whose weight decay shrinks the parameter itself and leaves the averages alone."""

from dataclasses import dataclass

from backproof.arithmetic.functions import largest, sqrt
from backproof.arithmetic.loops import cells
from backproof.rules.adam import Adam
from backproof.rules.rule import Array, Number, Numeral


@dataclass(frozen=True)
class AdamW(Adam):
    """p ← p · (1 − lr · weight_decay), then Adam's step without decay."""

    weight_decay: Numeral = Numeral("0.01")

    source = (
        "Loshchilov, Hutter: Decoupled weight decay regularization, 2019, algorithm 2; conventions of torch.optim.AdamW"
    )

    def decayed(self, g: Number, p: Number) -> tuple[Number, Number]:
        return g, (p * (1 - self.lr * self.weight_decay) if self.uses("weight_decay") else p)

    def textbook(self, p: Array, dp: Array, m: Array, v: Array, peak: Array | None, t: Number) -> None:
        beta1, beta2 = (self.row("betas")[k,] for k in (0, 1))
        for i in cells(p):
            g = -dp[i] if self.maximize else dp[i]
            m[i] = beta1 * m[i] + (1 - beta1) * g
            v[i] = beta2 * v[i] + (1 - beta2) * g**2
            m_hat, v_hat = m[i] / (1 - beta1**t), v[i] / (1 - beta2**t)
            if peak is not None:
                peak[i] = largest([(peak[i], 0), (v[i], 1)])[0]
                v_hat = peak[i] / (1 - beta2**t)
            p[i] = p[i] - self.lr * (m_hat / (sqrt(v_hat) + self.eps) + self.weight_decay * p[i])
