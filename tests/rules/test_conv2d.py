"""Conv2d against hand-worked numbers and PyTorch, every option."""

import numpy as np
import pytest

from backproof.arithmetic.windows import pair
from backproof.errors import BadOption, BadShape
from backproof.rules.conv2d import Conv2d
from rules.referee import Values, agree, exactly, floats, pytorch, q

MODES = "zeros", "reflect", "replicate", "circular"
IMAGE = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]


def layer(out_channels, kernel_size, **options):
    """The rule for an input of any number of channels."""
    return Conv2d(out_channels=out_channels, kernel_size=kernel_size, **options)


def test_by_hand():
    kernel = [[[[1, 0], ["1/2", -1]]]]
    got = exactly(layer(1, 2), x=IMAGE, weight=kernel, bias=[10], dy=[[[1, 2], [3, 4]]])
    assert got["y"] == q([[[8, "17/2"], ["19/2", 10]]])
    assert got["dx"] == q([[[1, 2, 0], ["7/2", 4, -2], ["3/2", -1, -4]]])
    assert got["dweight"] == q([[[[37, 47], [67, 77]]]])
    assert got["dbias"] == q([10])


def test_a_wide_kernel_with_padding_on_the_sides_alone():
    got = exactly(
        layer(1, (1, 3), padding=(0, 1), bias=False), x=[[[1, 2, 3]]], weight=[[[[1, 10, 100]]]], dy=[[[1, 0, 0]]]
    )
    assert got["y"] == q([[[210, 321, 32]]])
    assert got["dx"] == q([[[10, 100, 0]]])
    assert got["dweight"] == q([[[[0, 1, 2]]]])


def test_same_padding_puts_the_odd_cell_on_the_far_side():
    got = exactly(layer(1, (1, 2), padding="same", bias=False), x=[[[1, 2, 3]]], weight=[[[[1, 10]]]], dy=[[[1, 1, 1]]])
    assert got["y"] == q([[[21, 32, 3]]])
    assert got["dx"] == q([[[1, 11, 11]]])


@pytest.mark.parametrize(
    ("mode", "y", "dx", "dweight"),
    [
        ("reflect", [212, 321, 232], [10, 101, 0], [2, 1, 2]),
        ("replicate", [211, 321, 332], [11, 100, 0], [1, 1, 2]),
        ("circular", [213, 321, 132], [10, 100, 1], [3, 1, 2]),
    ],
)
def test_padding_with_cells_of_the_image_itself(mode, y, dx, dweight):
    rule = layer(1, (1, 3), padding=(0, 1), bias=False, padding_mode=mode)
    got = exactly(rule, x=[[[1, 2, 3]]], weight=[[[[1, 10, 100]]]], dy=[[[1, 0, 0]]])
    assert (got["y"], got["dx"], got["dweight"]) == (q([[y]]), q([[dx]]), q([[[dweight]]]))


def test_padding_is_never_multiplied():
    """PyTorch multiplies the padding's zeros by the infinite weight too, and gets NaN; nothing lies there."""
    x, weight = np.array([[[1.0, 2.0]]]), np.array([[[[np.inf, 1.0, 1.0]]]])
    got = floats(layer(1, (1, 3), padding=(0, 1), bias=False), x=x, weight=weight, dy=np.array([[[np.inf, 1.0]]]))
    agree(got, {"y": np.array([[[3.0, np.inf]]]), "dweight": np.array([[[[1.0, np.inf, np.inf]]]])})


def test_a_window_that_sees_padding_alone_gives_the_bias():
    got = exactly(layer(1, 1, padding=(0, 1)), x=[[[2]]], weight=[[[[5]]]], bias=[3], dy=[[[10, 20, 30]]])
    assert got["y"] == q([[[3, 13, 3]]])
    assert (got["dx"], got["dweight"], got["dbias"]) == (q([[[100]]]), q([[[[40]]]]), q([60]))


def test_refusals():
    for options in (
        {"out_channels": 0},
        {"out_channels": 3, "groups": 2},
        {"out_channels": 1, "padding": "same", "stride": 2},
    ):
        with pytest.raises(BadOption):
            Conv2d(**options, kernel_size=2)
    for rule, shape in [
        (layer(1, 4), (1, 3, 3)),
        (layer(2, 1, groups=2), (3, 3, 3)),
        (layer(1, 1), (3, 3)),
        (layer(1, 1, in_channels=2), (1, 2, 2)),
    ]:
        with pytest.raises(BadShape):
            rule.shapes(shape)


def settings(values):
    """Random options with an input that they fit."""
    while True:
        groups = values.one_of(1, 1, 2, 3)
        padding = values.one_of(0, 0, 1, (1, 0), (0, 1), "same", "valid")
        rule = layer(
            groups * values.number(1, 2),
            values.one_of(1, 2, 3, (1, 3), (3, 2)),
            stride=1 if padding == "same" else values.one_of(1, 2, 3, (2, 1)),
            padding=padding,
            dilation=values.one_of(1, 1, 2, (1, 2)),
            groups=groups,
            bias=values.one_of(True, False),
            padding_mode=values.one_of("zeros", "zeros", *MODES),
        )
        shape = groups * values.number(1, 2), values.number(1, 6), values.number(1, 6)
        try:
            rule.shapes(shape)
        except BadShape:
            continue
        return rule, shape


def padded(torch, x, rule):
    """The image inside its padding, as PyTorch lays it out: an odd cell on the far side."""
    axes = zip(pair("kernel_size", rule.kernel_size, 1), pair("dilation", rule.dilation, 1), strict=True)
    whole = {"same": [d * (k - 1) for k, d in axes], "valid": [0, 0]}.get(rule.padding)
    (top, bottom), (left, right) = (
        [(n // 2, n - n // 2) for n in whole] if whole else [(p, p) for p in pair("padding", rule.padding, 0)]
    )
    mode = "constant" if rule.padding_mode == "zeros" else rule.padding_mode
    return torch.nn.functional.pad(x[None], (left, right, top, bottom), mode=mode)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["real", "ties", "special"])
def test_pytorch_agrees(torch, kind, seed):
    """n terms in whichever order: n + 2 ULP of the sum of absolute terms, 0 where sums are exact."""
    values = Values(kind, seed)
    rule, shape = settings(values)
    shapes = rule.shapes(shape)
    # PyTorch multiplies the padding's zeros by infinities, so beside them only the input may be infinite.
    others = "ties" if kind == "special" and rule.padding not in (0, "valid") else kind
    given = {"x": values.array(*shape), "weight": values.array(*shapes["weight"], kind=others)}
    given |= {"bias": values.array(*shapes["bias"])} if rule.bias else {}
    dy = values.array(*shapes["y"], kind=others)

    def convolution(x, weight, bias=None):
        options = {name: getattr(rule, name) for name in ("stride", "dilation", "groups")}
        return torch.nn.functional.conv2d(padded(torch, x, rule), weight, bias, **options)[0]

    sizes = pytorch(torch, convolution, abs(dy), **{name: abs(array) for name, array in given.items()})
    terms = max(given["weight"].size, dy.size) + 2
    theirs = pytorch(torch, convolution, dy, **given)
    agree(floats(rule, **given, dy=dy), theirs, 0 if kind == "ties" else terms, sizes)
