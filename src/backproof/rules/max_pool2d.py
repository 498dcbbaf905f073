"""Max pooling: each window gives its largest number."""

from dataclasses import dataclass

from backproof.arithmetic.functions import largest
from backproof.arithmetic.loops import cells
from backproof.arithmetic.windows import Pair, Windows, check_padding, check_seen, pair, plane
from backproof.errors import BadShape
from backproof.rules.rule import Array, Example, Places, Rule, Shape


@dataclass(frozen=True)
class MaxPool2d(Rule):
    """y[c, i, j] = the largest x[c, h, w] in window (i, j).

    x: (C, H, W) or (H, W). The stride is the kernel's size where none is given. Cells in the padding never win.
    """

    kernel_size: Pair
    stride: Pair | None = None
    padding: Pair = 0
    dilation: Pair = 1
    ceil_mode: bool = False

    scratch = ("winner",)
    why = "Each window keeps its largest number."
    why_backward = {
        "dx": "Each gradient goes to the cell that won its window; a cell that won none changed nothing and gets 0."
    }
    because = {"dx": "{x} won its window for {y}"}
    convention = "Of equal largest numbers the first in reading order wins, as in PyTorch; any share among them is a subgradient."
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 9.3; conventions of torch.nn.MaxPool2d"
    examples = (
        Example({"kernel_size": (2, 3), "stride": 1, "padding": (0, 1)}, {"x": (2, 3)}),
        Example({"kernel_size": 2, "stride": 2, "padding": 1, "dilation": 2, "ceil_mode": True}, {"x": (2, 3, 4)}),
        Example({"kernel_size": 2, "stride": 1}, {"x": (2, 3)}),
        Example({"kernel_size": 2, "stride": 1}, {"x": (3, 3)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        pair("stride", 1 if self.stride is None else self.stride, 1)
        check_padding(self.kernel_size, self.padding, self.dilation)

    def windows(self, x: Shape) -> tuple[Windows, Windows]:
        stride = self.kernel_size if self.stride is None else self.stride
        return plane(x[-2:], self.kernel_size, stride, self.padding, self.dilation, self.ceil_mode)

    def shapes(self, x: Shape) -> dict[str, Shape]:
        if len(x) not in (2, 3):
            raise BadShape(f"expected an input of shape (C, H, W) or (H, W), not {x}")
        rows, columns = self.windows(x)
        check_seen(rows, columns)
        y = (*x[:-2], rows.count, columns.count)
        return {"y": y, "winner": Places(y)}

    def forward(self, x: Array, y: Array, winner: Array) -> None:
        rows, columns = self.windows(x.shape)
        for *c, i, j in cells(y):
            y[*c, i, j], winner[*c, i, j] = largest(
                (x[*c, h, w], (*c, h, w)) for _, h in rows.window(i) for _, w in columns.window(j)
            )

    def backward(self, dy: Array, winner: Array, dx: Array) -> None:
        for i in cells(dy):
            dx[winner[i]] += dy[i]
