"""Flatten against hand-worked numbers and PyTorch."""

import numpy as np
import pytest

from backproof.errors import BadShape
from backproof.rules.flatten import Flatten
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(Flatten(), x=[[1, 2, 3], [4, 5, 6]], dy=[10, 20, 30, 40, 50, 60])
    assert got["y"] == q([1, 2, 3, 4, 5, 6])
    assert got["dx"] == q([[10, 20, 30], [40, 50, 60]])


def test_only_the_named_axes_are_laid_out():
    x = np.arange(24.0).reshape(2, 3, 2, 2)
    assert floats(Flatten(2, 3), x=x, dy=np.ones((2, 6, 2)))["y"].shape == (2, 6, 2)


def test_refusals():
    for rule, shape in [(Flatten(), ()), (Flatten(0), (2,)), (Flatten(2, 1), (2, 2)), (Flatten(1, 3), (2, 2))]:
        with pytest.raises(BadShape):
            rule.shapes(shape)


def test_pytorch_agrees_to_the_last_bit(torch, values):
    shape = values.shape((1, 4), most=3)
    start = values.number(0, len(shape) - 1)
    end = values.number(start, len(shape) - 1)
    start_dim, end_dim = (values.one_of(i + 1, i - len(shape)) for i in (start, end))
    x = values.array(*shape)

    def layer(x):
        return torch.flatten(x[None], start_dim, end_dim)[0]

    dy = values.array(*layer(torch.tensor(x)).shape)
    agree(floats(Flatten(start_dim, end_dim), x=x, dy=dy), pytorch(torch, layer, dy, x=x))
