"""Softmax against hand-worked numbers, enclosures and PyTorch."""

import numpy as np
import pytest

from backproof.errors import BadShape
from backproof.rules.softmax import Softmax
from rules.referee import agree, exactly, floats, pytorch, q, truth

EDGE = 1e-292
"""Below the smallest normal number a result is held to be right within that number."""


def test_by_hand():
    got = exactly(Softmax(), x=[[7, 7], [-1, -1]], dy=[[1, 3], ["1/3", 0]])
    assert got["y"] == q([["1/2", "1/2"], ["1/2", "1/2"]])
    assert got["dx"] == q([["-1/2", "1/2"], ["1/12", "-1/12"]])


def test_the_axis_it_runs_along():
    got = exactly(Softmax(dim=1), x=[[0], [0], [0], [0]], dy=[[4], [0], [0], [0]])
    assert got["y"] == q([["1/4"]] * 4)
    assert got["dx"] == q([["3/4"], ["-1/4"], ["-1/4"], ["-1/4"]])


def test_without_the_shift_it_is_the_same_until_exp_overflows():
    assert exactly(Softmax(shift=False), x=[0, 0, 0, 0], dy=[4, 0, 0, 0])["dx"] == q(["3/4", "-1/4", "-1/4", "-1/4"])
    x, dy = np.array([1.0, -2.0, 3.5]), np.array([1.0, 0, 0])
    shifted, straight = floats(Softmax(), x=x, dy=dy), floats(Softmax(shift=False), x=x, dy=dy)
    agree(straight, {"y": shifted["y"], "dx": shifted["dx"]}, 20)
    agree(floats(Softmax(shift=False), x=np.array([1000.0, 0.0])), {"y": np.array([np.nan, 0])})


def test_extremes():
    """−∞ has no probability; a row of −∞ alone, or one with +∞ or NaN, has none at all, as in PyTorch."""
    inf, nan = np.inf, np.nan
    x = np.array([[-inf, 0, 0], [1e300, -1e300, 1e300], [-inf, -inf, -inf], [inf, 0, 0], [nan, 0, 0]])
    got = floats(Softmax(), x=x, dy=np.ones((5, 3)))
    agree(got, {"y": np.array([[0, 0.5, 0.5], [0.5, 0, 0.5], [nan] * 3, [nan] * 3, [nan] * 3])})
    agree({"dx": got["dx"][:2]}, {"dx": np.zeros((2, 3))})


def test_refusals():
    for dim, shape in [(-1, ()), (0, (2,)), (2, (2,)), (-2, (2,))]:
        with pytest.raises(BadShape):
            Softmax(dim).shapes(shape)


def settings(values):
    shape = values.shape((1, 3))
    at = values.number(0, len(shape) - 1)
    return Softmax(values.one_of(at + 1, at - len(shape))), at, values.array(*shape), values.array(*shape)


def slope_size(y, dy, at):
    """The absolute terms that each gradient is made of."""
    with np.errstate(all="ignore"):
        return np.nan_to_num(y * (abs(dy) + (abs(dy) * y).sum(axis=at, keepdims=True)), posinf=1.0) + EDGE


def test_the_truth_is_near(values):
    """Four exps of 1 ULP, their sum and a quotient: 10 ULP, and for the gradient 20 of its absolute terms.

    An exp multiplies the half ULP of the difference x − m by that difference, which is log y or a little less.
    """
    rule, at, x, dy = settings(values)
    x, dy = (np.nan_to_num(a, nan=1, posinf=500, neginf=-500).clip(-500, 500) for a in (x, dy))
    found = truth(rule, x=x, dy=dy)
    spread = 2 + abs(x - x.max(axis=at, keepdims=True))
    sizes = {"y": spread * found["y"] + EDGE, "dx": spread.max() * slope_size(found["y"], dy, at)}
    agree(floats(rule, x=x, dy=dy), found, 20, sizes)


def test_pytorch_agrees(torch, values):
    """The same bounds, without what the difference x − m adds: PyTorch rounds that just as we do."""
    rule, at, x, dy = settings(values)
    theirs = pytorch(torch, lambda x: torch.softmax(x[None], rule.dim)[0], dy, x=x)
    agree(floats(rule, x=x, dy=dy), theirs, 20, {"y": EDGE, "dx": slope_size(theirs["y"], dy, at)})
