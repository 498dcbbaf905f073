"""Convolution: each output is a weighted sum of the window below it, the weights the same at every place."""

from dataclasses import dataclass
from typing import Literal

from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells, span
from backproof.arithmetic.windows import Pair, Windows, pair, plane, same
from backproof.errors import BadOption, BadShape
from backproof.rules.rule import Array, Example, Rule, Shape


@dataclass(frozen=True)
class Conv2d(Rule):
    """y[o, i, j] = Σ weight[o, c, a, b] · x[c, h, w] + bias[o] over window (i, j) and the channels c of o's group.

    x: (C, H, W), C being `in_channels` where that is given. weight: (out_channels, C / groups, kernel rows, kernel columns). bias: (out_channels,).
    `padding="same"` keeps the size (stride 1 only), `"valid"` is no padding. As in PyTorch the kernel is not
    turned round: this is a cross-correlation.
    """

    in_channels: int = 0
    out_channels: int = 0
    kernel_size: Pair = 0
    stride: Pair = 1
    padding: Pair | Literal["same", "valid"] = 0
    dilation: Pair = 1
    groups: int = 1
    bias: bool = True
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros"

    required = ("out_channels", "kernel_size")
    parameters = ("weight", "bias")
    why = "Each output is the sum of the numbers under its window, each times the kernel's weight at that place."
    why_backward = {
        "dx": "A cell reaches every output whose window covers it, through the weight at that place; all these paths add up.",
        "dweight": "A weight is used once in every window; each use adds the cell it met times the gradient of that output.",
        "dbias": "The bias is added to every output of its channel, so the gradients of them all add up.",
    }
    source = "Goodfellow, Bengio, Courville: Deep Learning, 2016, section 9.1; conventions of torch.nn.Conv2d"
    examples = (
        Example({"out_channels": 2, "kernel_size": (2, 3), "in_channels": 2}, {"x": (2, 3, 4)}),
        Example(
            {"out_channels": 1, "kernel_size": 3, "stride": 2, "padding": (2, 1), "dilation": (2, 1), "bias": False},
            {"x": (2, 3, 4)},
        ),
        Example({"out_channels": 4, "kernel_size": 2, "groups": 2, "padding": "same"}, {"x": (2, 3, 4)}),
        Example({"out_channels": 1, "kernel_size": 3, "padding": 1, "padding_mode": "circular"}, {"x": (2, 3, 4)}),
        Example({"out_channels": 1, "kernel_size": 3, "padding": (1, 2), "padding_mode": "reflect"}, {"x": (2, 3, 4)}),
        Example({"out_channels": 1, "kernel_size": 2, "padding": 2, "padding_mode": "replicate"}, {"x": (2, 3, 4)}),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("kernel_size", "stride", "dilation"):
            pair(name, getattr(self, name), 1)
        if self.out_channels < 1 or self.groups < 1 or self.out_channels % self.groups:
            raise BadOption(
                f"out_channels is {self.out_channels} in {self.groups} groups; expected a multiple of groups, at least 1"
            )
        if self.padding == "same" and pair("stride", self.stride, 1) != (1, 1):
            raise BadOption(f'padding = "same" needs stride 1, not {self.stride}')

    def windows(self, x: Shape) -> tuple[Windows, Windows]:
        if self.padding == "same":
            return same(x[-2:], self.kernel_size, self.dilation, self.padding_mode)
        padding = 0 if self.padding == "valid" else self.padding
        return plane(x[-2:], self.kernel_size, self.stride, padding, self.dilation, mode=self.padding_mode)

    def shapes(self, x: Shape) -> dict[str, Shape]:
        if len(x) != 3:
            raise BadShape(f"expected an input of shape (C, H, W), not {x}; a single image of one channel is (1, H, W)")
        if x[0] % self.groups or self.in_channels not in (0, x[0]):
            expected = self.in_channels or f"a multiple of groups = {self.groups}"
            raise BadShape(f"the input has {x[0]} channels; expected {expected}")
        rows, columns = self.windows(x)
        weight = (self.out_channels, x[0] // self.groups, *pair("kernel_size", self.kernel_size, 1))
        shapes: dict[str, Shape] = {"y": (self.out_channels, rows.count, columns.count), "weight": weight}
        return shapes | ({"bias": (self.out_channels,)} if self.bias else {})

    def forward(self, x: Array, weight: Array, bias: Array | None, y: Array) -> None:
        rows, columns = self.windows(x.shape)
        ins, outs = weight.shape[1], self.out_channels // self.groups
        for o, i, j in cells(y):
            y[o, i, j] = total(
                weight[o, c, a, b] * x[o // outs * ins + c, h, w]
                for c in span(ins) for a, h in rows.window(i) for b, w in columns.window(j)
            ) + (0 if bias is None else bias[o,])  # fmt: skip

    def backward(self, x: Array, weight: Array, dy: Array, dx: Array, dweight: Array, dbias: Array | None) -> None:
        rows, columns = self.windows(x.shape)
        ins, outs = weight.shape[1], self.out_channels // self.groups
        for c, h, w in cells(dx):
            dx[c, h, w] = total(
                weight[c // ins * outs + o, c % ins, a, b] * dy[c // ins * outs + o, i, j]
                for o in span(outs) for a, i in rows.cell(h) for b, j in columns.cell(w)
            )  # fmt: skip
        for o, c, a, b in cells(dweight):
            dweight[o, c, a, b] = total(
                dy[o, i, j] * x[o // outs * ins + c, h, w] for i, h in rows.tap(a) for j, w in columns.tap(b)
            )
        if dbias is not None:
            for (o,) in cells(dbias):
                dbias[o,] = total(dy[k] for k in cells(dy, start=(o,)))
