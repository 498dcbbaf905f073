"""ReLU against hand-worked numbers and PyTorch."""

import numpy as np

from backproof.rules.relu import ReLU
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(ReLU(), x=[[-2, "1/3"], [0, 5]], dy=[[3, 7], [11, "-1/2"]])
    assert got["y"] == q([[0, "1/3"], [0, 5]])
    assert got["dx"] == q([[0, 7], [0, "-1/2"]])


def test_kink_and_extremes():
    x = np.array([0.0, -0.0, 5e-324, -5e-324, np.inf, -np.inf, np.nan])
    got = floats(ReLU(), x=x, dy=np.full(7, 3.0))
    agree(got, {"y": np.array([0, 0, 5e-324, 0, np.inf, 0, np.nan]), "dx": np.array([0.0, 0, 3, 0, 3, 0, 3])})


def test_pytorch_agrees_to_the_last_bit(torch, values):
    shape = values.shape()
    x, dy = values.array(*shape), values.array(*shape)
    agree(floats(ReLU(), x=x, dy=dy), pytorch(torch, lambda x: torch.nn.functional.relu(x), dy, x=x))
