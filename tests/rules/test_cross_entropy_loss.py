"""CrossEntropyLoss against hand-worked numbers, enclosures and PyTorch, with every option and kind of target."""

import numpy as np
import pytest
from flint import arb

from backproof.arithmetic.ball import precision
from backproof.errors import BadNumber, BadOption, BadShape
from backproof.rules.cross_entropy_loss import CrossEntropyLoss
from rules.referee import agree, classes, enclosed, exactly, floats, pytorch, q, whole_loss


def is_log(value, n, times="1"):
    """Whether an enclosure holds so many times log n."""
    with precision(200):
        return value.value.overlaps(arb(n).log() * arb(q(times)[()]))


def test_by_hand():
    """Equal logits: every probability is 1/3 and the loss log 3."""
    got = enclosed(CrossEntropyLoss(), x=[5, 5, 5], t=classes(1), dloss=6)
    assert is_log(got["loss"][()], 3)
    assert got["share"] == q(1)
    assert got["p"] == q(["1/3", "1/3", "1/3"])
    assert got["dx"] == q([2, -4, 2])


def test_a_single_class_is_never_a_surprise():
    got = exactly(CrossEntropyLoss(), x=[[7, "1/2"]], t=classes([0, 0]), dloss=[1, 2])
    assert (got["loss"], got["dx"]) == (q([0, 0]), q([[0, 0]]))


def test_the_right_class_weighs_the_loss():
    got = enclosed(CrossEntropyLoss(weight=("1/2", 4)), x=[[0, 3], [0, 3]], t=classes([0, 1]), dloss=[1, 1])
    assert is_log(got["loss"][0,], 2, "1/2")
    assert is_log(got["loss"][1,], 2, "4")
    assert got["share"] == q(["1/2", 4])
    assert got["dx"] == q([["-1/4", 2], ["1/4", -2]])


def test_a_distribution_as_the_target():
    got = enclosed(CrossEntropyLoss(weight=(2, 1)), x=[0, 0], t=["1/4", "3/4"], dloss=1)
    assert is_log(got["loss"][()], 2, "5/4")
    assert got["share"] == q(1)
    assert got["dx"] == q(["1/8", "-1/8"])


def test_smoothing_spreads_part_of_the_target():
    """Masses 3/4 + 1/8 and 1/8, each times its class's weight; the share is the right class's weight alone."""
    got = enclosed(CrossEntropyLoss(weight=(8, 16), label_smoothing="1/4"), x=[0, 0], t=classes(0), dloss=1)
    assert is_log(got["loss"][()], 2, "9")
    assert got["share"] == q(8)
    assert got["dx"] == q(["-5/2", "5/2"])


def test_an_ignored_place_counts_nowhere():
    for smoothing in (0, "0.1"):
        rule = CrossEntropyLoss(ignore_index=1, label_smoothing=smoothing)
        got = floats(
            rule, x=np.array([[1.0, np.nan], [2.0, np.inf]]), t=np.array([1, 1]), dloss=np.array([1.0, np.nan])
        )
        agree(got, {"loss": np.zeros(2), "share": np.zeros(2)})
        agree(got, {"dx": np.zeros((2, 2))})


@pytest.mark.parametrize("kind", ["mean", "sum"])
def test_where_all_is_ignored_loss_and_gradients_are_0(kind):
    """PyTorch's mean is NaN."""
    got = whole_loss(CrossEntropyLoss(reduction=kind), np.ones((2, 3)), np.array([-100, -100]), np.array(1.0))
    agree(got, {"y": np.array(0.0), "dx": np.zeros((2, 3))})


def test_extremes():
    """A logit of −∞ has no probability; where it is the right class the loss is ∞, its slope still −1."""
    inf = np.inf
    for t, loss, dx in ((1, np.log(2), [0, -0.5, 0.5]), (0, inf, [-1, 0.5, 0.5])):
        got = floats(CrossEntropyLoss(), x=np.array([-inf, 4, 4]), t=np.array(t), dloss=np.array(1.0))
        agree(got, {"loss": np.array(loss), "dx": np.array(dx)}, 1)
    got = floats(CrossEntropyLoss(), x=np.array([1e300, -1e300]), t=np.array(1), dloss=np.array(1.0))
    agree(got, {"loss": np.array(2e300), "dx": np.array([1.0, -1])})


@pytest.mark.parametrize("t", [np.array(2), np.array([0.5, 0.25, 0.25])])
def test_without_the_shift_it_is_the_same_until_exp_overflows(t):
    x, dloss = np.array([1.0, -2.0, 3.5]), np.array(3.0)
    shifted = floats(CrossEntropyLoss(), x=x, t=t, dloss=dloss)
    straight = floats(CrossEntropyLoss(shift=False), x=x, t=t, dloss=dloss)
    agree(straight, {what: shifted[what] for what in ("loss", "p", "dx")}, 20, {"loss": 4.0, "dx": 3.0})
    assert floats(CrossEntropyLoss(shift=False), x=np.array([1000.0, 0.0]), t=np.array(1))["loss"] == np.inf


def test_ten_logits_of_1e8_share_the_probability():
    got = floats(CrossEntropyLoss(), x=np.full(10, 1e8), t=np.array(0), dloss=np.array(1.0))
    agree(got, {"loss": np.array(np.log(10)), "p": np.full(10, 0.1)}, 1)


def test_refusals():
    with pytest.raises(BadOption):
        CrossEntropyLoss(label_smoothing="1.1")
    for rule, shapes in [
        (CrossEntropyLoss(), [(), ()]),
        (CrossEntropyLoss(), [(3, 2), (3,)]),
        (CrossEntropyLoss(weight=(1, 2)), [(3,), ()]),
    ]:
        with pytest.raises(BadShape):
            rule.shapes(*shapes)
    for wrong in (3, -1):
        with pytest.raises(BadNumber, match="from 0 to 2"):
            CrossEntropyLoss().check((3,), classes(wrong))
    CrossEntropyLoss(ignore_index=-1).check((3, 3), classes([-1, 0, 2]))


def settings(values):
    """Random options, logits and targets."""
    count, rest = values.number(1, 4), values.shape((0, 2), most=3)
    shape = (values.one_of(1, 3), count, *rest)
    weight = values.one_of(None, values.positive(count))
    ignore = -100
    smoothing = values.one_of(0.0, 0.0, 0.1, 0.5) if values.kind == "special" else values.one_of(0.0, 0.0, 0.1, 1.0)
    if values.one_of(True, True, False):
        t, ignore = values.rng.integers(0, count, (shape[0], *rest)), values.one_of(-100, 0)
        t = np.asarray(np.where(values.rng.random(t.shape) < 0.2, ignore, t))
    else:
        t = values.positive(*shape)
    return CrossEntropyLoss(weight, ignore, "mean", smoothing), values.array(*shape), t


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_pytorch_agrees(torch, reduction, values):
    """C exps, their sum, its logarithm; the terms, their sum over all places: 16 + C + places ULP of absolute terms."""
    rule, x, t = settings(values)
    rule = CrossEntropyLoss(rule.weight, rule.ignore_index, reduction, rule.label_smoothing)
    weight = None if rule.weight is None else np.array([float(w) for w in rule.weight])
    places = (x.shape[0], *x.shape[2:])
    upstream = values.finite(*(places if reduction == "none" else ()))

    def loss(x):
        options = {"ignore_index": rule.ignore_index, "label_smoothing": float(rule.label_smoothing)}
        options["weight"] = None if weight is None else torch.tensor(weight)
        return torch.nn.functional.cross_entropy(x, torch.tensor(t), reduction=reduction, **options)

    ours, theirs = whole_loss(rule, x, t, upstream), pytorch(torch, loss, upstream, x=x)
    ignored = (t == rule.ignore_index) & (t.dtype.kind == "i")
    if t.dtype.kind == "i":  # beside an ignored NaN or ∞ PyTorch's gradient is NaN, since it multiplies by 0
        theirs["dx"] = np.where(ignored[:, None], 0, theirs["dx"])
    if ignored.all() and reduction == "mean":
        theirs["y"] = np.zeros(())
    heaviest = 1 if weight is None else weight.max()
    mass = t.sum(axis=1).max() if t.dtype.kind == "f" else 1
    counted = 1 if reduction != "mean" else np.prod(places) if t.dtype.kind == "f" else weights_of(weight, t[~ignored])
    with np.errstate(all="ignore"):
        finite = np.nan_to_num(abs(x), nan=0, posinf=0, neginf=0).max()
        whole = mass * heaviest * (2 * finite + 3) * (1 if reduction == "none" else np.prod(places)) / counted
        slopes = 2 * mass * heaviest * np.nan_to_num(abs(upstream), posinf=0).max() / counted
    agree(ours, theirs, 16 + x.shape[1] + np.prod(places), {"y": whole, "dx": slopes})


def weights_of(weight, t):
    """What the mean divides by, 1 where nothing counts."""
    return (len(t) if weight is None else weight[t].sum()) or 1
