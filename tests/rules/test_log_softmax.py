"""LogSoftmax against hand-worked numbers, enclosures and PyTorch."""

import numpy as np
import pytest
from flint import arb

from backproof.arithmetic.ball import precision
from backproof.errors import BadShape
from backproof.rules.log_softmax import LogSoftmax
from rules.referee import agree, enclosed, exactly, floats, pytorch, q, truth


def test_by_hand():
    """The logarithm of 1 is 0 and e⁰ is 1: a line of one number is the rational case."""
    got = exactly(LogSoftmax(dim=1), x=[["5/3", 2]], dy=[[4, 5]])
    assert got["y"] == q([[0, 0]])
    assert got["dx"] == q([[0, 0]])


def test_two_equal_numbers():
    got = enclosed(LogSoftmax(), x=[3, 3], dy=[1, 0])
    with precision(100):
        for i, slope in ((0, "1/2"), (1, "-1/2")):
            assert got["y"][i,].value.overlaps(-arb(2).log())
            assert got["dx"][i,].value.contains(q(slope)[()])


def test_no_probability_rounds_to_0_before_its_logarithm():
    agree(floats(LogSoftmax(), x=np.array([0.0, 2000.0])), {"y": np.array([-2000.0, 0.0])})


def test_extremes():
    """−∞ stays −∞; a line of −∞ alone, or one with +∞ or NaN, is NaN, as in PyTorch."""
    inf, nan = np.inf, np.nan
    x = np.array([[-inf, 0, -inf], [-inf] * 3, [inf, 0, 0], [nan, 0, 0]])
    got = floats(LogSoftmax(), x=x, dy=np.ones((4, 3)))
    agree(got, {"y": np.array([[-inf, 0, -inf], [nan] * 3, [nan] * 3, [nan] * 3])})
    agree({"dx": got["dx"][0]}, {"dx": np.array([1.0, -2, 1])})


def test_refusals():
    for dim, shape in [(-1, ()), (0, (2,)), (2, (2,)), (-2, (2,))]:
        with pytest.raises(BadShape):
            LogSoftmax(dim).shapes(shape)


def settings(values):
    shape = values.shape((1, 3))
    at = values.number(0, len(shape) - 1)
    return LogSoftmax(values.one_of(at + 1, at - len(shape))), at, values.array(*shape), values.array(*shape)


def sizes(x, y, dy, at):
    """The absolute terms: x, its largest and the logarithm; dy and its whole."""
    with np.errstate(all="ignore"):
        slope = abs(dy) + (1 + abs(y)) * np.exp(y) * abs(dy).sum(axis=at, keepdims=True)
        return {"y": abs(x) + abs(x).max(axis=at, keepdims=True) + 2, "dx": np.nan_to_num(slope, posinf=1.0)}


def test_the_truth_is_near(values):
    """Four exps of 1 ULP, their sum, its logarithm and two differences: 16 ULP of the absolute terms."""
    rule, at, x, dy = settings(values)
    x, dy = (np.nan_to_num(a, nan=1, posinf=500, neginf=-500).clip(-500, 500) for a in (x, dy))
    found = truth(rule, x=x, dy=dy)
    agree(floats(rule, x=x, dy=dy), found, 16, sizes(x, found["y"], dy, at))


def test_pytorch_agrees(torch, values):
    """The same bound."""
    rule, at, x, dy = settings(values)
    theirs = pytorch(torch, lambda x: torch.log_softmax(x[None], rule.dim)[0], dy, x=x)
    agree(floats(rule, x=x, dy=dy), theirs, 16, sizes(x, theirs["y"], dy, at))
