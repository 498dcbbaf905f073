"""Tanh against hand-worked numbers, enclosures and PyTorch."""

import numpy as np
from flint import arb

from backproof.arithmetic.ball import precision
from backproof.rules.tanh import Tanh
from rules.referee import agree, exactly, floats, pytorch, q, truth


def test_by_hand():
    got = exactly(Tanh(), x=[0, 0], dy=["1/3", -5])
    assert got["y"] == q([0, 0])
    assert got["dx"] == q(["1/3", -5])


def test_far_from_0_the_slope_keeps_its_digits():
    """PyTorch computes 1 − y², which is 0 from x = 19.1 on."""
    x = np.array([-370.0, -300, -20, -1, -1e-9, 0, 1e-300, 1, 18, 19.1, 20, 40, 350, 372])
    with precision(4000):
        y = [arb(float(v)).tanh() for v in x]
        slope = np.array([float((1 - t**2).mid()) for t in y])
    agree(floats(Tanh(), x=x, dy=np.ones(14)), {"y": np.array([float(t.mid()) for t in y]), "dx": slope}, 8)


def test_extremes():
    x = np.array([np.inf, -np.inf, 1e4, -1e4, np.nan])
    got = floats(Tanh(), x=x, dy=np.ones(5))
    agree(got, {"y": np.array([1, -1, 1, -1, np.nan]), "dx": np.array([0, 0, 0, 0, np.nan])})


def test_the_truth_is_8_ulp_away_at_most(values):
    """Two exps of 1 ULP, a sum and a quotient, squared, and a product."""
    x, dy = (np.nan_to_num(values.array(4), posinf=350, neginf=-350).clip(-360, 360) for _ in range(2))
    agree(floats(Tanh(), x=x, dy=dy), truth(Tanh(), x=x, dy=dy), 8)


def test_pytorch_agrees(torch, values):
    """To 4 ULP of y; of the slope only 4 ULP of dy, since PyTorch's 1 − y² has no more digits."""
    shape = values.shape()
    x, dy = values.array(*shape), values.array(*shape)
    theirs = pytorch(torch, torch.tanh, dy, input=x)
    theirs["dx"] = theirs.pop("dinput")
    agree(floats(Tanh(), x=x, dy=dy), theirs, 4, {"dx": abs(dy)})
