"""Add against hand-worked numbers and PyTorch."""

import numpy as np
import pytest

from backproof.errors import BadShape
from backproof.rules.add import Add
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(Add(), xs=[[1, 2], ["1/2", -3], [10, 20]], dy=[5, 7])
    assert got["y"] == q(["23/2", 19])
    assert got["dxs"] == [q([5, 7])] * 3


def test_extremes():
    xs = [np.array([np.inf, np.inf, 1.0, 1e308]), np.array([-np.inf, 1.0, np.nan, 1e308])]
    agree(floats(Add(), xs=xs, dy=np.ones(4)), {"y": np.array([np.nan, np.inf, np.nan, np.inf])})


def test_refusals():
    for shapes in ([], [(2,)], [(2,), (3,)]):
        with pytest.raises(BadShape):
            Add().shapes(*shapes)


def test_pytorch_agrees_to_the_last_bit(torch, values):
    """Both add from left to right, the first two first."""
    shape, count = values.shape(), values.number(2, 4)
    xs, dy = [values.array(*shape) for _ in range(count)], values.array(*shape)
    ours = floats(Add(), xs=xs, dy=dy)
    theirs = pytorch(
        torch, lambda **xs: sum(list(xs.values())[1:], xs["x0"]), dy, **{f"x{i}": x for i, x in enumerate(xs)}
    )
    agree({"y": ours["y"]} | {f"dx{i}": dx for i, dx in enumerate(ours["dxs"])}, theirs)
