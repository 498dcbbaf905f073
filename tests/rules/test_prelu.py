"""PReLU against hand-worked numbers and PyTorch, one slope, one a channel and one a cell."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.prelu import PReLU
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(PReLU(2), x=[[-1, 2], [3, -4]], weight=["1/2", "1/4"], dy=[[5, 6], [7, 8]])
    assert got["y"] == q([["-1/2", 2], [3, -1]])
    assert got["dx"] == q([["5/2", 6], [7, 2]])
    assert got["dweight"] == q([-5, -32])


def test_one_slope_gathers_from_all_cells():
    got = exactly(PReLU(), x=[[-1, 2], [3, -4]], weight="1/2", dy=[[5, 6], [7, 8]])
    assert got["dweight"] == q(-5 - 32)


def test_a_slope_for_every_cell():
    got = exactly(PReLU("cell"), x=[-1, -2, 3], weight=[2, 3, 4], dy=[1, 10, 100])
    assert got["y"] == q([-2, -6, 3])
    assert got["dx"] == q([2, 30, 100])
    assert got["dweight"] == q([-1, -20, 0])


def test_kink_and_extremes():
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan])
    got = floats(PReLU("cell"), x=x, weight=np.full(5, 0.25), dy=np.ones(5))
    agree(got, {"y": np.array([0, 0, np.inf, -np.inf, np.nan]), "dx": np.array([0.25, 0.25, 1, 0.25, 0.25])})
    agree(got, {"dweight": np.array([0, 0, 0, -np.inf, np.nan])})


def test_refusals():
    with pytest.raises(BadOption):
        PReLU(0)
    with pytest.raises(BadShape):
        PReLU(3).shapes((2, 3))


def test_pytorch_agrees(torch, values):
    """dweight is a sum of at most one term a cell; y and dx are rounded once."""
    channels = values.number(1, 3)
    shape = (channels, *values.shape((0, 2)))
    x, dy = values.array(*shape), values.array(*shape)
    count = values.one_of(1, channels, "cell")
    weight = values.array(*(() if count == 1 else (channels,) if count == channels else shape))

    def layer(x, weight):
        flat = x.reshape(1, -1) if count == "cell" else x[None]
        return torch.nn.functional.prelu(flat, weight.reshape(-1)).reshape(shape)

    theirs = pytorch(torch, layer, dy, x=x, weight=weight)
    sizes = pytorch(torch, layer, abs(dy), x=-abs(x), weight=weight)
    rule = PReLU(count)
    agree(
        floats(rule, x=x, weight=weight, dy=dy),
        theirs,
        0 if values.kind == "ties" else x.size,
        {"dweight": abs(sizes["dweight"])},
    )
    agree(floats(rule, x=x, weight=weight, dy=dy), {name: theirs[name] for name in ("y", "dx")})
