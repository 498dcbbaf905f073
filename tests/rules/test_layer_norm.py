"""LayerNorm against hand-worked numbers, enclosures and PyTorch."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.layer_norm import LayerNorm
from rules.referee import agree, exactly, floats, pytorch, q, truth

EDGE = 1e-292
"""Below the smallest normal number a result is held to be right within that number."""


def test_by_hand():
    """Mean 3, variance 1: the root is rational."""
    got = exactly(LayerNorm(2, eps=0), x=[2, 4], weight=[3, 5], bias=[1, "1/2"], dy=[1, 7])
    assert got["mean"] == q(3)
    assert got["rstd"] == q(1)
    assert got["y"] == q([-2, "11/2"])
    assert got["dx"] == q([0, 0])
    assert got["dweight"] == q([-1, 7])
    assert got["dbias"] == q([1, 7])


def test_eps_leaves_a_gradient_to_two_numbers():
    """Variance 9, eps 16: what comes back is 1/2 in common, and 1/2 along x̂ = (−3/5, 3/5), of whose square the mean is 9/25."""
    got = exactly(LayerNorm(2, eps=16, elementwise_affine=False), x=[0, 6], dy=[0, 1])
    assert got["rstd"] == q("1/5")
    assert got["y"] == q(["-3/5", "3/5"])
    assert got["dx"] == q(["-8/125", "8/125"])
    assert got["weight"] is None
    assert got["bias"] is None


def test_each_row_is_normalised_by_itself_and_a_weight_gathers_from_all():
    got = exactly(LayerNorm((2,), eps=0, bias=False), x=[[2, 4], [0, 6]], weight=[1, 10], dy=[[1, 0], [2, 3]])
    assert got["mean"] == q([3, 3])
    assert got["rstd"] == q([1, "1/3"])
    assert got["y"] == q([[-1, 10], [-1, 10]])
    assert got["dweight"] == q([-3, 3])


def test_several_axes_are_normalised_together():
    got = exactly(LayerNorm((2, 2), eps=0, elementwise_affine=False), x=[[1, 3], [3, 1]], dy=[[1, 0], [0, 0]])
    assert got["mean"] == q(2)
    assert got["y"] == q([[-1, 1], [1, -1]])
    assert got["dx"] == q([["1/2", 0], [0, "-1/2"]])


def test_one_number_alone_and_equal_numbers_give_the_bias():
    """The variance is 0: only eps is left under the root."""
    assert exactly(LayerNorm(1, eps="1/4"), x=[5], weight=[3], bias=[7], dy=[1])["y"] == q([7])
    got = exactly(LayerNorm(3, eps="1/4", elementwise_affine=False), x=[5, 5, 5], dy=[1, 4, 1])
    assert got["y"] == q([0, 0, 0])
    assert got["dx"] == q([-2, 4, -2])


def test_extremes():
    """Equal numbers without eps are divided by 0; an infinity or NaN leaves nothing; numbers too far apart become 0."""
    x = np.array([[2.0, 2.0], [np.inf, 0], [np.nan, 0], [1e200, -1e200]])
    got = floats(LayerNorm(2, eps=0, elementwise_affine=False), x=x, dy=np.ones((4, 2)))
    agree(got, {"y": np.array([[np.nan] * 2] * 3 + [[0, 0]])})


def test_far_from_0_the_variance_keeps_its_digits():
    """The mean of squares less the square of the mean would have none left."""
    x = 1e8 + np.array([1.0, 2.0, 3.0])
    got = floats(LayerNorm(3, eps=0, elementwise_affine=False), x=x)
    agree(got, {"y": np.sqrt(1.5) * np.array([-1.0, 0.0, 1.0])}, 4)


def test_refusals():
    for shape in (0, (), (2, 0), -1):
        with pytest.raises(BadOption, match=r"normalized_shape is .*; expected a whole number above 0, or several"):
            LayerNorm(shape)
    with pytest.raises(BadOption, match=r"eps is -0\.1; expected 0 or more"):
        LayerNorm(2, eps="-0.1")
    for own, x in ((2, (2, 3)), ((2, 3), (3,)), ((3, 2), (2, 3)), (1, ())):
        with pytest.raises(BadShape, match=r"normalized_shape is .*; expected the last axes of the input's shape"):
            LayerNorm(own).shapes(x)


def test_the_rule_begins_as_in_pytorch(torch):
    rule, theirs = LayerNorm(3), torch.nn.LayerNorm(3)
    for name in rule.parameters:
        assert set(getattr(theirs, name).tolist()) == {float(rule.initial(name))}
    assert float(rule.eps) == theirs.eps


def drawn(values):
    """A rule with random options, and what it reads."""
    shape = values.shape((1, 3))
    own = shape[values.number(0, len(shape) - 1) :]
    affine, bias = values.one_of(True, False), values.one_of(True, False)
    rule = LayerNorm(values.one_of(own, own[0]) if len(own) == 1 else own, values.one_of("1e-5", "0.5"), affine, bias)
    given = {"x": values.array(*shape)}
    if affine:
        given["weight"] = values.array(*own)
        given |= {"bias": values.array(*own)} if bias else {}
    return rule, given, values.array(*shape)


def sizes(rule, x, dy, weight=None, bias=None):
    """The absolute terms that each result is made of; of x the largest, for it is what the mean is rounded to."""
    axes = tuple(range(x.ndim - len(rule.normalized), x.ndim))
    with np.errstate(all="ignore"):
        rstd = 1 / np.sqrt(x.var(axes, keepdims=True) + float(rule.eps))
        far = np.broadcast_to(abs(x).max(axes, keepdims=True) * rstd, x.shape)
        g = abs(dy) if weight is None else abs(dy * weight)
        lead = tuple(range(x.ndim - len(rule.normalized)))
        # What is rounded in x̂ once is rounded in the gradient twice: in x̂ itself and in the mean of g · x̂.
        common = g + g.mean(axes, keepdims=True) * (1 + far) ** 2
        found = {"y": far * (1 if weight is None else abs(weight)) + (0 if bias is None else abs(bias)),
                 "dx": rstd * common, "dweight": (abs(dy) * far).sum(lead), "dbias": abs(dy).sum(lead)}  # fmt: skip
        return {n: np.nan_to_num(a, nan=1, posinf=1, neginf=1) + EDGE for n, a in found.items()}


def test_the_truth_is_near(values):
    rule, given, dy = drawn(values)
    given = {n: np.nan_to_num(a, nan=1, posinf=3, neginf=-3).clip(-1e3, 1e3) for n, a in given.items()}
    dy = np.nan_to_num(dy, nan=1, posinf=3, neginf=-3).clip(-1e3, 1e3)
    found = truth(rule, **given, dy=dy)
    found = {n: found[n] for n in ("y", *(f"d{n}" for n in given))}
    agree(floats(rule, **given, dy=dy), found, 10 + 4 * dy.size, sizes(rule, **given, dy=dy))


def test_pytorch_agrees(torch, values):
    """Sums of n terms in whichever order, and some ten operations. What overflows in dx is ∞ in one order and NaN in another."""
    rule, given, dy = drawn(values)

    def layer(x, weight=None, bias=None):
        return torch.nn.functional.layer_norm(x, rule.normalized, weight, bias, float(rule.eps))

    ours, theirs = floats(rule, **given, dy=dy), pytorch(torch, layer, dy, **given)
    for found in (ours, theirs):
        found["dx"] = np.where(np.isfinite(found["dx"]), found["dx"], np.nan)
    agree(ours, theirs, 10 + 4 * dy.size, sizes(rule, **given, dy=dy))
