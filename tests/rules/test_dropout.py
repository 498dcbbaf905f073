"""Dropout against hand-worked numbers and PyTorch, which is handed the same chance."""

import numpy as np
import pytest

from backproof.arithmetic.array import Array
from backproof.errors import BadOption
from backproof.rules.dropout import Dropout
from backproof.rules.relu import ReLU
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    """Below p is dropped, p itself is kept; what stays is divided by 3/4."""
    got = exactly(Dropout("1/4"), x=[8, 8, 8, -6], u=["1/5", "1/4", "1/2", 0], dy=[1, 2, 3, 4])
    assert got["keep"] == q([0, "4/3", "4/3", 0])
    assert got["y"] == q([0, "32/3", "32/3", 0])
    assert got["dx"] == q([0, "8/3", 4, 0])


def test_a_mask_of_0_and_1_says_who_is_dropped():
    for p in ("0.01", "0.5", "0.99"):
        got = exactly(Dropout(p), x=[5, 6], u=[0, 1])
        assert got["y"][0,] == 0
        assert got["y"][1,] == 6 / (1 - q(p)[()])


def test_p_0_keeps_all_and_p_1_drops_all_and_both_draw_nothing():
    assert Dropout(0).shapes((2, 3)) == {"y": (2, 3)}
    assert exactly(Dropout(0), x=[5, 6], dy=[1, 2])["dx"] == q([1, 2])
    assert exactly(Dropout(0), x=[5, 6])["y"] == q([5, 6])
    assert Dropout("1.0").shapes((2,)) == {"y": (2,), "keep": (2,)}
    got = exactly(Dropout(1), x=[5, 6], dy=[1, 2])
    assert got["y"] == got["dx"] == q([0, 0])


def test_in_evaluation_nothing_is_dropped():
    assert Dropout("0.9").evaluating == Dropout(0)
    assert ReLU().evaluating == ReLU()


def test_extremes():
    """A dropped cell is multiplied by 0, which an infinity and NaN survive, as in PyTorch."""
    x = np.array([np.inf, np.nan, 1.0, np.inf])
    got = floats(Dropout(), x=x, u=np.array([0.0, 0.1, 0.2, 0.9]), dy=np.array([1.0, 1.0, np.inf, 1.0]))
    agree(got, {"y": np.array([np.nan, np.nan, 0, np.inf]), "dx": np.array([0, 0, np.nan, 2])})


def test_on_average_nothing_changes():
    rng = np.random.default_rng(5)
    for p in ("0.1", "0.5", "0.8"):
        y = floats(Dropout(p), x=np.ones(4000), u=rng.uniform(size=4000))["y"]
        assert abs(y.mean() - 1) < 0.1


def test_refusals():
    for p in ("-0.1", "1.01", 2, "-1e-9"):
        with pytest.raises(BadOption, match=f"p is {p}; expected a probability, a number from 0 to 1"):
            Dropout(p)
    with pytest.raises(BadOption, match="Dropout's p is nan"):
        Dropout("nan")


def test_pytorch_agrees(torch, values):
    """PyTorch draws for itself which cells it keeps: they are found by dropping 1s from the same seed, and handed to the rule."""
    shape, p = values.shape(), values.one_of("0", "0.1", "0.5", "0.75", "1")
    x, dy, seed = values.array(*shape), values.array(*shape), values.number(0, 10**6)

    def layer(x):
        torch.manual_seed(seed)
        return torch.nn.functional.dropout(x, float(p))

    kept = layer(torch.ones(shape, dtype=torch.float64)).numpy() != 0
    given = {"u": kept.astype(float)} if p not in "01" else {}
    agree(floats(Dropout(p), x=x, dy=dy, **given), pytorch(torch, layer, dy, x=x), 1)


def test_pytorch_in_evaluation_agrees(torch, values):
    shape, layer = values.shape(), torch.nn.Dropout(0.3).eval()
    x, dy = values.array(*shape), values.array(*shape)
    agree(floats(Dropout("0.3").evaluating, x=x, dy=dy), pytorch(torch, lambda x: layer(x), dy, x=x))


def test_any_shape():
    assert Dropout().shapes(()) == {"y": (), "keep": (), "u": ()}
    assert isinstance(exactly(Dropout(), x=3, u="1/2")["y"], Array)
