"""BCEWithLogitsLoss against hand-worked numbers, enclosures and PyTorch, with every option."""

import numpy as np
import pytest
from flint import arb

from backproof.arithmetic.ball import precision
from backproof.errors import BadShape
from backproof.rules.bce_with_logits_loss import BCEWithLogitsLoss
from rules.referee import agree, enclosed, floats, pytorch, q, whole_loss


def test_by_hand():
    """σ(0) = 1/2, so the loss is w · (p t + 1 − t) · log 2."""
    got = enclosed(BCEWithLogitsLoss(weight=(3, 5), pos_weight=(2, 4)), x=[0, 0], t=[1, "1/4"], dloss=[1, 10])
    assert got["share"] == q([1, 1])
    assert got["dx"] == q(["-3", "-25/4"])
    with precision(100):
        for i, times in enumerate(("6", "35/4")):
            assert got["loss"][i,].value.overlaps(arb(2).log() * arb(q(times)[()]))


def test_extremes():
    """A large logit is no trouble; of an infinite one PyTorch's loss is NaN, from 0 · ∞, and only the slope is held."""
    x, t = np.array([1e300, -1e300, 1e300, -1e300, np.nan]), np.array([1.0, 0, 0, 1, 1])
    got = floats(BCEWithLogitsLoss(), x=x, t=t, dloss=np.ones(5))
    agree(got, {"loss": np.array([0, 0, 1e300, 1e300, np.nan]), "dx": np.array([0, 0, 1, -1, np.nan])})
    got = floats(BCEWithLogitsLoss(), x=x[:4] * np.inf, t=t[:4], dloss=np.ones(4))
    agree(got, {"dx": np.array([0.0, 0, 1, -1])})


FAR = np.array([-700.0, -40, -20, -1, 0, 1, 20, 30, 36, 37, 40, 100, 700])


def certain(t):
    """log(1 + e^±x) and its slope for targets that are certain, at far more digits than a float has."""
    with precision(4000):
        exps = [arb(float(-v if t else v)).exp() for v in FAR]
        slope = [(-e if t else e) / (1 + e) for e in exps]
        return [np.array([float(v.mid()) for v in column]) for column in ([(1 + e).log() for e in exps], slope)]


@pytest.mark.parametrize("t", [0, 1])
def test_a_small_loss_keeps_its_digits(t):
    """An exp, a log1p, a product and a sum: 8 ULP. PyTorch gives 0 far below 0 where t is 0: −40 + (40 + 4e-18)."""
    got = floats(BCEWithLogitsLoss(), x=FAR, t=np.full(13, float(t)), dloss=np.ones(13))
    agree(got, {"loss": certain(t)[0]}, 8)


@pytest.mark.parametrize("t", [0, 1])
def test_a_small_slope_keeps_its_digits(t):
    """PyTorch computes σ(x) − t, which is 0 from x = 37 on where t is 1."""
    got = floats(BCEWithLogitsLoss(), x=FAR, t=np.full(13, float(t)), dloss=np.ones(13))
    agree(got, {"dx": certain(t)[1]}, 8)


def test_refusals():
    for rule, shapes in [
        (BCEWithLogitsLoss(), [(2,), (3,)]),
        (BCEWithLogitsLoss(weight=(1, 2)), [(3,), (3,)]),
        (BCEWithLogitsLoss(pos_weight=(1, 2)), [(2, 3), (2, 3)]),
    ]:
        with pytest.raises(BadShape):
            rule.shapes(*shapes)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_pytorch_agrees(torch, reduction, values):
    """16 ULP and one for each cell, of the absolute terms."""
    shape = (values.one_of(1, 3), *values.shape((0, 2)))
    x = np.nan_to_num(values.array(*shape), nan=np.nan, posinf=800, neginf=-800)
    t = values.one_of(values.rng.integers(0, 2, shape) * 1.0, values.rng.random(shape))
    upstream = values.finite(*(shape if reduction == "none" else ()))
    lengths = (1,) if len(shape) == 1 else (1, shape[-1])
    weight, positive = (values.one_of(None, values.positive(values.one_of(*lengths))) for _ in range(2))

    def loss(x):
        options = {n: None if w is None else torch.tensor(w) for n, w in (("weight", weight), ("pos_weight", positive))}
        return torch.nn.functional.binary_cross_entropy_with_logits(x, torch.tensor(t), reduction=reduction, **options)

    rule = BCEWithLogitsLoss(weight, reduction, positive)
    with np.errstate(all="ignore"):
        finite = np.nan_to_num(abs(x), nan=0, posinf=0, neginf=0)
        parts = {"mean": x.size, "sum": 1, "none": 1}[reduction]
        cells = 2 * finite + 2
        sizes = {
            "y": cells if reduction == "none" else cells.sum() / parts,
            "dx": 2 * abs(upstream) / parts + 0 * finite,
        }
    agree(whole_loss(rule, x, t, upstream), pytorch(torch, loss, upstream, x=x), 16 + x.size, sizes)
