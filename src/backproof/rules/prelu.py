"""PReLU: the identity for positive numbers, a learned slope for the rest."""

from dataclasses import dataclass
from typing import Literal

from backproof.arithmetic.functions import choose, total
from backproof.arithmetic.loops import cells
from backproof.errors import BadOption, BadShape
from backproof.rules.rule import Array, Example, Numeral, Rule, Shape


@dataclass(frozen=True)
class PReLU(Rule):
    """y = x where x > 0, weight · x elsewhere; the weight is learned.

    x: any shape, the channel first. weight: () for one slope shared by all cells (`num_parameters=1`),
    (C,) for one a channel (`num_parameters=C`), the shape of x for one a cell (`num_parameters="cell"`). A slope
    that is not given begins as `init`.
    """

    num_parameters: int | Literal["cell"] = 1
    init: Numeral = Numeral("0.25")

    parameters = ("weight",)
    why = "A positive number passes unchanged; any other is multiplied by the slope, which is learned."
    why_backward = {
        "dx": "The slope of the branch that was taken: 1 for a positive number, the learned slope elsewhere.",
        "dweight": "The slope touched only the cells that were not positive; each adds its own number times what came back to it.",
    }
    convention = "At 0 the slope of the negative side is taken, as PyTorch does; there any value between the two is a subgradient."
    source = "He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015, equations 1 and 10"
    examples = (
        Example({"init": "0.1"}, {"x": (3,)}),
        Example({"num_parameters": 2}, {"x": (2, 3)}),
        Example({"num_parameters": "cell"}, {"x": (2, 2)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.num_parameters != "cell" and self.num_parameters < 1:
            raise BadOption(f'num_parameters is {self.num_parameters}; expected 1, the number of channels, or "cell"')

    def initial(self, parameter: str) -> Numeral:
        return self.init

    def shapes(self, x: Shape) -> dict[str, Shape]:
        if self.num_parameters == "cell":
            return {"y": x, "weight": x}
        if self.num_parameters == 1:
            return {"y": x, "weight": ()}
        if x[:1] != (self.num_parameters,):
            raise BadShape(
                f"num_parameters = {self.num_parameters} expects {self.num_parameters} channels first; the input's shape is {x}"
            )
        return {"y": x, "weight": x[:1]}

    def forward(self, x: Array, weight: Array, y: Array) -> None:
        slope = len(weight.shape)
        for i in cells(y):
            y[i] = choose(x[i] > 0, x[i], weight[i[:slope]] * x[i])

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array) -> None:
        slope = len(weight.shape)
        for i in cells(dx):
            dx[i] = choose(x[i] > 0, dy[i], weight[i[:slope]] * dy[i])
        for k in cells(dweight):
            dweight[k] = total(choose(x[i] > 0, 0, x[i] * dy[i]) for i in cells(x, start=k))
