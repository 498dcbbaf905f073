"""LeakyReLU against hand-worked numbers and PyTorch."""

import numpy as np

from backproof.rules.leaky_relu import LeakyReLU
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(LeakyReLU("0.1"), x=[-2, 0, "1/2"], dy=[3, 5, 7])
    assert got["y"] == q(["-1/5", 0, "1/2"])
    assert got["dx"] == q(["3/10", "1/2", 7])


def test_the_slope_is_a_hundredth_unless_given():
    assert exactly(LeakyReLU(), x=-1, dy=1)["dx"] == q("1/100")


def test_kink_and_extremes():
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan])
    got = floats(LeakyReLU("0.25"), x=x, dy=np.ones(5))
    agree(got, {"y": np.array([0, 0, np.inf, -np.inf, np.nan]), "dx": np.array([0.25, 0.25, 1, 0.25, 0.25])})


def test_a_slope_of_0_leaves_nothing_of_a_negative_number():
    got = floats(LeakyReLU(0), x=np.array([-3.0, -np.inf]), dy=np.ones(2))
    agree(got, {"y": np.array([0, np.nan]), "dx": np.zeros(2)})


def test_pytorch_agrees_to_the_last_bit(torch, values):
    """One product is rounded once, so nothing may differ."""
    shape, slope = values.shape(), values.one_of(0.01, 0.1, 0.0, 1.0, 2.5, -0.5, float(values.rng.normal()))
    x, dy = values.array(*shape), values.array(*shape)

    def layer(x):
        return torch.nn.functional.leaky_relu(x, negative_slope=slope)

    agree(floats(LeakyReLU(slope), x=x, dy=dy), pytorch(torch, layer, dy, x=x))
