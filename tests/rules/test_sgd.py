"""SGD against hand-worked steps and PyTorch's optimiser, with every option, over several steps."""

import numpy as np
import pytest

from backproof.errors import BadOption
from backproof.rules.sgd import SGD
from rules.referee import agree, exactly, pytorch_stepped, q, stepped


def test_by_hand():
    assert exactly(SGD("0.1"), p=[1, "1/2"], dp=[3, -5])["p"] == q(["0.7", 1])


def test_momentum_by_hand():
    rule = SGD("1/2", momentum="1/4", weight_decay=2)
    first = exactly(rule, p=[1], dp=[6])
    assert (first["p"], first["velocity"]) == (q([-3]), q([8]))
    second = exactly(rule, p=first["p"], dp=[10], velocity=first["velocity"])
    assert (second["p"], second["velocity"]) == (q([-6]), q([6]))


def test_nesterov_looks_ahead_by_hand():
    got = exactly(SGD(1, momentum="1/2", nesterov=True), p=[0], dp=[4], velocity=[2])
    assert (got["velocity"], got["p"]) == (q([5]), q(["-13/2"]))


def test_the_first_gradient_is_not_dampened():
    rule = SGD(1, momentum="1/2", dampening="3/4")
    first = exactly(rule, p=[0], dp=[4])
    assert (first["p"], first["started"]) == (q([-4]), q(1))
    second = exactly(rule, p=first["p"], dp=[4], velocity=first["velocity"], started=first["started"])
    assert (second["p"], second["velocity"]) == (q([-7]), q([3]))


def test_state_is_kept_only_where_it_is_needed():
    assert SGD().shapes((2,)) == {}
    assert SGD(momentum="0.9").shapes((2,)) == {"velocity": (2,)}
    assert SGD(momentum="0.9", dampening="0.5").shapes((2,)) == {"velocity": (2,), "started": ()}


def test_refusals():
    for options in ({"nesterov": True}, {"nesterov": True, "momentum": "0.9", "dampening": "0.1"}):
        with pytest.raises(BadOption):
            SGD(**options)


def test_pytorch_agrees(torch, values):
    """Five steps, 8 ULP of all that was ever added."""
    momentum = values.one_of(0.0, 0.9, 0.5)
    dampening = values.one_of(0.0, 0.0, 0.25, 1.0)
    options = {
        "lr": values.one_of(0.1, 1.0, 0.003),
        "momentum": momentum,
        "dampening": dampening,
        "weight_decay": values.one_of(0.0, 0.01, 0.5),
        "nesterov": momentum > 0 and dampening == 0 and values.one_of(True, False),
        "maximize": values.one_of(True, False),
    }
    shape = values.shape()
    p, gradients = values.array(*shape), [values.array(*shape) for _ in range(5)]
    ours = stepped(SGD(**options), p, gradients)
    names = {"velocity": "momentum_buffer"}
    theirs = pytorch_stepped(lambda ps: torch.optim.SGD(ps, **options), torch.tensor(p), gradients, names)
    with np.errstate(all="ignore"):
        added = np.nan_to_num(abs(p) + np.abs(gradients).sum(0), posinf=0, nan=0) * 5
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other, 8, dict.fromkeys(other, added))
