"""Linear against hand-worked numbers and PyTorch."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.linear import Linear
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(Linear(2, 2), x=[1, "1/2"], weight=[[2, 4], [-1, 6]], bias=[1, "1/3"], dy=[3, 5])
    assert got["y"] == q([5, "7/3"])
    assert got["dx"] == q([3 * 2 - 5, 3 * 4 + 5 * 6])
    assert got["dweight"] == q([[3, "3/2"], [5, "5/2"]])
    assert got["dbias"] == q([3, 5])


def test_one_output_is_a_plain_number():
    got = exactly(Linear(), x=[[1, 2], [3, 4]], weight=[[8, 6], [10, 4]], bias="1/2", dy=2)
    assert got["y"] == q("133/2")
    assert got["dx"] == q([[16, 12], [20, 8]])
    assert got["dweight"] == q([[2, 4], [6, 8]])
    assert got["dbias"] == q(2)


def test_extremes():
    got = floats(Linear(bias=False), x=np.array([np.inf, 0.0]), weight=np.array([0.0, 1.0]), dy=np.array(1.0))
    agree(got, {"y": np.array(np.nan), "dx": np.array([0.0, 1.0]), "dweight": np.array([np.inf, 0.0])})


def test_refusals():
    for options in ({"in_features": 0}, {"out_features": 0}):
        with pytest.raises(BadOption):
            Linear(**options)
    with pytest.raises(BadShape):
        Linear(3, 2).shapes((2, 2))


def test_pytorch_agrees(torch, values):
    """A sum of n products and a bias, in whichever order: n + 2 ULP of the absolute terms, 0 where it is exact."""
    shape, outs, bias = values.shape(), values.one_of(None, 1, 3), values.one_of(True, False)
    y = () if outs is None else (outs,)
    given = {"x": values.array(*shape), "weight": values.array(*y, *shape)} | (
        {"bias": values.array(*y)} if bias else {}
    )
    dy = values.array(*y)

    def layer(x, weight, bias=None):
        flat = torch.nn.functional.linear(
            x.reshape(1, -1), weight.reshape(outs or 1, -1), None if bias is None else bias.reshape(-1)
        )
        return flat.reshape(y)

    rule = Linear(values.one_of(None, given["x"].size), outs, bias)
    sizes = pytorch(torch, layer, abs(dy), **{name: abs(array) for name, array in given.items()})
    ulps = 0 if values.kind == "ties" else max(given["x"].size, outs or 1) + 2
    agree(floats(rule, **given, dy=dy), pytorch(torch, layer, dy, **given), ulps, sizes)
