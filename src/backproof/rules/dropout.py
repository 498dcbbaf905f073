"""Dropout: cells left out by chance while a network learns, the others scaled up to make good for them."""

from dataclasses import dataclass

from backproof.arithmetic.functions import choose
from backproof.arithmetic.loops import cells
from backproof.errors import BadOption
from backproof.rules.rule import Array, Example, Numeral, Rule, Shape


@dataclass(frozen=True)
class Dropout(Rule):
    """y = x · keep, where keep is 0 for a cell that is dropped and 1 / (1 − p) for one that is kept.

    x, u, keep, y: any shape, the same. u: uniform random numbers; a cell is dropped where u < p. A mask of 1 (kept)
    and 0 (dropped) will do for u. There is nothing to draw where p = 0 or p = 1: then u is not there, and for p = 0 no
    keep either. In evaluation nothing is dropped, and p is 0.
    """

    p: Numeral = Numeral("0.5")

    chance = ("u",)
    scratch = ("keep",)
    why = "While a network learns, each number is dropped with probability p and the others are scaled up, so that on average nothing changes; with p = 0, as in evaluation, all pass as they are."
    why_inner = {
        "keep": "A cell whose random number is below p is dropped: its factor is 0. Any other is kept, times 1/(1 − p)."
    }
    why_backward = {
        "dx": "The gradient goes the way the number went: scaled where it was kept; 0 where it was dropped, for it changed nothing."
    }
    convention = "A random number that is just p keeps its cell."
    source = "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout: a simple way to prevent neural networks from overfitting, 2014, section 4, scaled in training as in its section 10; conventions of torch.nn.Dropout"
    examples = (
        Example({}, {"x": (3,)}),
        Example({"p": "0.2"}, {"x": (2, 2)}),
        Example({"p": 0}, {"x": (2,)}),
        Example({"p": 1}, {"x": (2,)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        above, below = self.ratio("p")
        if not 0 <= above <= below:
            raise BadOption(f"p is {self.p}; expected a probability, a number from 0 to 1")

    @property
    def evaluating(self) -> "Dropout":
        return Dropout(Numeral("0"))

    def shapes(self, x: Shape) -> dict[str, Shape]:
        above, below = self.ratio("p")
        if above == 0:
            return {"y": x}
        return {"y": x, "keep": x} | ({"u": x} if above < below else {})

    def forward(self, x: Array, u: Array | None, keep: Array | None, y: Array) -> None:
        for i in cells(y):
            if keep is not None:
                keep[i] = 0 if u is None else choose(u[i] < self.p, 0, 1 / (1 - self.p))
            y[i] = x[i] if keep is None else x[i] * keep[i]

    def backward(self, keep: Array | None, dy: Array, dx: Array) -> None:
        for i in cells(dx):
            dx[i] = dy[i] if keep is None else dy[i] * keep[i]
