"""HalfSquaredError against hand-worked numbers and PyTorch, with every reduction, of one datum and of several."""

import numpy as np
import pytest

from backproof.errors import BadShape
from backproof.rules.half_squared_error import HalfSquaredError
from rules.referee import agree, exactly, floats, pytorch, q, whole_loss


def test_by_hand():
    got = exactly(HalfSquaredError(), x=[1, "1/2"], t=[4, "1/4"], dloss=8)
    assert got["loss"] == q("145/32")
    assert got["share"] == q(1)
    assert got["dx"] == q([-24, 2])


def test_a_single_number():
    got = exactly(HalfSquaredError(), x="19.3", t=20, dloss=1)
    assert (got["loss"], got["dx"]) == (q("0.245"), q("-0.7"))


def test_extremes():
    got = floats(HalfSquaredError(), x=np.array([np.inf, 0.0]), t=np.zeros(2), dloss=np.array(1.0))
    agree(got, {"loss": np.array(np.inf), "dx": np.array([np.inf, 0])})


def test_refusals():
    with pytest.raises(BadShape):
        HalfSquaredError().shapes((2,), (1,))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_pytorch_agrees(torch, reduction, values):
    """PyTorch has no such loss but its parts: n squares in whichever order, n + 3 ULP of the result."""
    shape = (values.one_of(1, 2, 4), *values.shape((0, 2)))
    x, t = values.array(*shape), values.array(*shape)
    upstream = values.finite(*(shape[:1] if reduction == "none" else ()))

    def loss(x):
        each = ((x - torch.tensor(t)) ** 2).reshape(len(t), -1).sum(1) / 2
        return {"mean": each.mean, "sum": each.sum, "none": lambda: each}[reduction]()

    agree(whole_loss(HalfSquaredError(reduction), x, t, upstream), pytorch(torch, loss, upstream, x=x), x.size + 3)
