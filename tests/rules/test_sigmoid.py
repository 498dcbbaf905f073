"""Sigmoid against hand-worked numbers, enclosures and PyTorch."""

import numpy as np
from flint import arb

from backproof.arithmetic.ball import precision
from backproof.rules.sigmoid import Sigmoid
from rules.referee import agree, exactly, floats, pytorch, q, truth

EDGE = 1e-292
"""Results smaller than the smallest normal number may come out as 0, because e^|x| overflows before them."""


def test_by_hand():
    got = exactly(Sigmoid(), x=[0, 0], dy=[1, -12])
    assert got["y"] == q(["1/2", "1/2"])
    assert got["dx"] == q(["1/4", -3])


def test_far_from_0_the_slope_keeps_its_digits():
    """PyTorch computes y · (1 − y), which is 0 from x = 37 on."""
    x = np.array([-700.0, -40, -20, -1, 0, 1, 20, 36, 37, 40, 100, 700])
    with precision(4000):
        y = [1 / (1 + (-arb(float(v))).exp()) for v in x]
        slope = np.array([float((p * (1 - p)).mid()) for p in y])
    agree(floats(Sigmoid(), x=x, dy=np.ones(12)), {"y": np.array([float(p.mid()) for p in y]), "dx": slope}, 5)


def test_extremes():
    x = np.array([np.inf, -np.inf, 1e4, -1e4, np.nan])
    got = floats(Sigmoid(), x=x, dy=np.ones(5))
    agree(got, {"y": np.array([1, 0, 1, 0, np.nan]), "dx": np.array([0, 0, 0, 0, np.nan])})


def test_the_truth_is_5_ulp_away_at_most(values):
    """An exp of 1 ULP, an addition and a division; once more for the slope, and a product."""
    x, dy = (np.nan_to_num(values.array(4), posinf=700, neginf=-700).clip(-800, 800) for _ in range(2))
    agree(floats(Sigmoid(), x=x, dy=dy), truth(Sigmoid(), x=x, dy=dy), 5, dict.fromkeys(("y", "dx"), EDGE))


def test_pytorch_agrees(torch, values):
    """To 4 ULP of y; of the slope only 4 ULP of dy, since PyTorch's 1 − y has no more digits."""
    shape = values.shape()
    x, dy = values.array(*shape), values.array(*shape)
    theirs = pytorch(torch, torch.sigmoid, dy, input=x)
    theirs["dx"] = theirs.pop("dinput")
    agree(floats(Sigmoid(), x=x, dy=dy), theirs, 4, {"y": EDGE, "dx": abs(dy)})
