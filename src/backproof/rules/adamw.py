"""AdamW: Adam whose weight decay shrinks the parameter itself and leaves the averages alone."""

from dataclasses import dataclass

from backproof.rules.adam import Adam
from backproof.rules.rule import Number, Numeral


@dataclass(frozen=True)
class AdamW(Adam):
    """p ← p · (1 − lr · weight_decay), then Adam's step without decay."""

    weight_decay: Numeral = Numeral("0.01")

    source = (
        "Loshchilov, Hutter: Decoupled weight decay regularization, 2019, algorithm 2; conventions of torch.optim.AdamW"
    )

    def decayed(self, g: Number, p: Number) -> tuple[Number, Number]:
        return g, (p * (1 - self.lr * self.weight_decay) if self.uses("weight_decay") else p)
