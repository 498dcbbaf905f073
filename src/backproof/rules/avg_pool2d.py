"""Average pooling: each window gives the mean of its numbers."""

from dataclasses import dataclass
from typing import Any

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells
from backproof.arithmetic.windows import Pair, Windows, check_padding, check_seen, pair, plane
from backproof.errors import BadOption, BadShape
from backproof.rules.rule import Array, Example, Rule, Shape


@dataclass(frozen=True)
class AvgPool2d(Rule):
    """y[c, i, j] = the sum of x[c, h, w] over window (i, j), divided by the window's size.

    x: (C, H, W) or (H, W). The padding's zeros count towards the size unless `count_include_pad` is false;
    cells past the padding, where `ceil_mode` lets a window reach, never do.
    """

    kernel_size: Pair
    stride: Pair | None = None
    padding: Pair = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None

    why = "Each window gives the mean of its numbers."
    why_backward = {
        "dx": "Every cell of a window had the same share in its mean, so each gets that share of the gradient; shares from overlapping windows add up."
    }
    source = "LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998, section II.B; conventions of torch.nn.AvgPool2d"
    examples = (
        Example({"kernel_size": (2, 3), "stride": 1, "padding": (0, 1)}, {"x": (3, 4)}),
        Example({"kernel_size": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}, {"x": (2, 3, 4)}),
        Example({"kernel_size": 2, "padding": 1, "ceil_mode": True}, {"x": (2, 3, 4)}),
        Example({"kernel_size": 2, "divisor_override": 3}, {"x": (2, 4)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        pair("stride", 1 if self.stride is None else self.stride, 1)
        check_padding(self.kernel_size, self.padding)
        if self.divisor_override == 0:
            raise BadOption("divisor_override is 0; expected another whole number")

    def windows(self, x: Shape) -> tuple[Windows, Windows]:
        stride = self.kernel_size if self.stride is None else self.stride
        return plane(x[-2:], self.kernel_size, stride, self.padding, 1, self.ceil_mode)

    def shapes(self, x: Shape) -> dict[str, Shape]:
        if len(x) not in (2, 3):
            raise BadShape(f"expected an input of shape (C, H, W) or (H, W), not {x}")
        rows, columns = self.windows(x)
        check_seen(rows, columns)
        return {"y": (*x[:-2], rows.count, columns.count)}

    def forward(self, x: Array, y: Array) -> None:
        rows, columns = self.windows(x.shape)
        for *c, i, j in cells(y):
            y[*c, i, j] = total(x[*c, h, w] for _, h in rows.window(i) for _, w in columns.window(j)) / self.size(
                x, i, j
            )

    def backward(self, x: Array, dy: Array, dx: Array) -> None:
        rows, columns = self.windows(x.shape)
        for *c, h, w in cells(dx):
            dx[*c, h, w] = total(dy[*c, i, j] / self.size(x, i, j) for _, i in rows.cell(h) for _, j in columns.cell(w))

    def size(self, x: Array, i: Any, j: Any) -> Any:
        """What window (i, j) divides its sum by."""
        if self.divisor_override is not None:
            return self.divisor_override
        rows, columns = self.windows(x.shape)
        return rows.extent(i, self.count_include_pad) * columns.extent(j, self.count_include_pad)
