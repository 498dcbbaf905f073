"""Conv2d against hand-worked numbers and PyTorch, every option."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.conv2d import Conv2d
from rules.referee import Values, agree, exactly, floats, pytorch, q

IMAGE = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]


def test_by_hand():
    kernel = [[[[1, 0], ["1/2", -1]]]]
    got = exactly(Conv2d(1, 2), x=IMAGE, weight=kernel, bias=[10], dy=[[[1, 2], [3, 4]]])
    assert got["y"] == q([[[8, "17/2"], ["19/2", 10]]])
    assert got["dx"] == q([[[1, 2, 0], ["7/2", 4, -2], ["3/2", -1, -4]]])
    assert got["dweight"] == q([[[[37, 47], [67, 77]]]])
    assert got["dbias"] == q([10])


def test_a_wide_kernel_with_padding_on_the_sides_alone():
    got = exactly(Conv2d(1, (1, 3), padding=(0, 1), bias=False), x=[[[1, 2, 3]]], weight=[[[[1, 10, 100]]]], dy=[[[1, 0, 0]]])
    assert got["y"] == q([[[210, 321, 32]]])
    assert got["dx"] == q([[[10, 100, 0]]])
    assert got["dweight"] == q([[[[0, 1, 2]]]])


def test_same_padding_puts_the_odd_cell_on_the_far_side():
    got = exactly(Conv2d(1, (1, 2), padding="same", bias=False), x=[[[1, 2, 3]]], weight=[[[[1, 10]]]], dy=[[[1, 1, 1]]])
    assert got["y"] == q([[[21, 32, 3]]])
    assert got["dx"] == q([[[1, 11, 11]]])


def test_padding_is_never_multiplied():
    """PyTorch multiplies the padding's zeros by the infinite weight too, and gets NaN; nothing lies there."""
    x, weight = np.array([[[1.0, 2.0]]]), np.array([[[[np.inf, 1.0, 1.0]]]])
    got = floats(Conv2d(1, (1, 3), padding=(0, 1), bias=False), x=x, weight=weight, dy=np.array([[[np.inf, 1.0]]]))
    agree(got, {"y": np.array([[[3.0, np.inf]]]), "dweight": np.array([[[[1.0, np.inf, np.inf]]]])})


def test_a_window_that_sees_padding_alone_gives_the_bias():
    got = exactly(Conv2d(1, 1, padding=(0, 1)), x=[[[2]]], weight=[[[[5]]]], bias=[3], dy=[[[10, 20, 30]]])
    assert got["y"] == q([[[3, 13, 3]]])
    assert (got["dx"], got["dweight"], got["dbias"]) == (q([[[100]]]), q([[[[40]]]]), q([60]))


def test_refusals():
    for options in ({"out_channels": 0}, {"out_channels": 3, "groups": 2}, {"out_channels": 1, "padding": "same", "stride": 2}):
        with pytest.raises(BadOption):
            Conv2d(**options, kernel_size=2)
    for rule, shape in [(Conv2d(1, 4), (1, 3, 3)), (Conv2d(2, 1, groups=2), (3, 3, 3)), (Conv2d(1, 1), (3, 3)), (Conv2d(1, 1, in_channels=2), (1, 2, 2))]:
        with pytest.raises(BadShape):
            rule.shapes(shape)


def settings(values):
    """Random options with an input that they fit."""
    while True:
        groups = values.one_of(1, 1, 2, 3)
        padding = values.one_of(0, 0, 1, (1, 0), (0, 1), "same", "valid")
        rule = Conv2d(
            groups * values.number(1, 2),
            values.one_of(1, 2, 3, (1, 3), (3, 2)),
            stride=1 if padding == "same" else values.one_of(1, 2, 3, (2, 1)),
            padding=padding,
            dilation=values.one_of(1, 1, 2, (1, 2)),
            groups=groups,
            bias=values.one_of(True, False),
        )
        shape = groups * values.number(1, 2), values.number(1, 6), values.number(1, 6)
        try:
            rule.shapes(shape)
        except BadShape:
            continue
        return rule, shape


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("kind", ["real", "ties", "special"])
def test_pytorch_agrees(torch, kind, seed):
    """n terms in whichever order: n + 2 ULP of the sum of absolute terms, 0 where sums are exact."""
    values = Values(kind, seed)
    rule, shape = settings(values)
    shapes = rule.shapes(shape)
    # PyTorch multiplies the padding's zeros by infinities, so beside padding only the input may be infinite.
    others = "ties" if kind == "special" and rule.padding not in (0, "valid") else kind
    given = {"x": values.array(*shape), "weight": values.array(*shapes["weight"], kind=others)}
    given |= {"bias": values.array(*shapes["bias"])} if rule.bias else {}
    dy = values.array(*shapes["y"], kind=others)

    def layer(x, weight, bias=None):
        options = {name: getattr(rule, name) for name in ("stride", "padding", "dilation", "groups")}
        return torch.nn.functional.conv2d(x[None], weight, bias, **options)[0]

    sizes = pytorch(torch, layer, abs(dy), **{name: abs(array) for name, array in given.items()})
    terms = max(given["weight"].size, dy.size) + 2
    agree(floats(rule, **given, dy=dy), pytorch(torch, layer, dy, **given), 0 if kind == "ties" else terms, sizes)
