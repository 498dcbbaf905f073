"""Adam against hand-worked steps and PyTorch's optimiser, with every option, over several steps."""

import numpy as np
import pytest

from backproof.errors import BadOption
from backproof.rules.adam import Adam
from rules.referee import agree, exactly, pytorch_stepped, q, stepped

STATE = {"m": "exp_avg", "v": "exp_avg_sq", "peak": "max_exp_avg_sq"}


def again(rule, found, dp):
    """The next step after one that was made exactly."""
    return exactly(rule, dp=dp, **{n: found[n] for n in ("p", *rule.state) if found.get(n) is not None})


def test_by_hand():
    """The first corrected averages are g and g², so the step is lr · g / (|g| + eps)."""
    rule = Adam("1/2", ("1/2", "3/4"), 1)
    first = exactly(rule, p=[2, 2], dp=[3, 0])
    assert (first["p"], first["m"], first["v"]) == (q(["13/8", 2]), q(["3/2", 0]), q(["9/4", 0]))
    second = again(rule, first, [-3, 0])
    assert (second["seen1"], second["seen2"]) == (q("3/4"), q("7/16"))
    assert (second["p"], second["m"], second["v"]) == (q(["7/4", 2]), q(["-3/4", 0]), q(["63/16", 0]))


def test_amsgrad_divides_by_the_largest_square_so_far():
    rule = Adam(1, (0, 0), 0, amsgrad=True)
    first = exactly(rule, p=[0, 0], dp=[4, 3])
    second = again(rule, first, [2, -6])
    assert second["peak"] == q([16, 36])
    assert second["p"] == q(["-3/2", 0])


def test_weight_decay_is_added_to_the_gradient():
    got = exactly(Adam(1, (0, 0), 0, weight_decay="1/2", maximize=True), p=[4], dp=[5])
    assert (got["m"], got["p"]) == (q([-3]), q([5]))


def test_refusals():
    for betas in (("0.9", 1), ("-0.1", "0.9")):
        with pytest.raises(BadOption):
            Adam(betas=betas)


def settings(values):
    return {
        "lr": values.one_of(0.1, 0.001),
        "betas": values.one_of((0.9, 0.999), (0.5, 0.9), (0.0, 0.0)),
        "eps": values.one_of(1e-8, 0.125),
        "weight_decay": values.one_of(0.0, 0.01, 0.5),
        "amsgrad": values.one_of(True, False),
        "maximize": values.one_of(True, False),
    }


def held_to_pytorch(torch, rule, optimiser, values):
    """Five steps, to 8 ULP of the parameter and 8 / (1 − beta2) of the steps.

    PyTorch's 1 − beta2ᵗ loses that many digits by cancellation, and ours where 1 − beta2 is rounded.
    """
    options = settings(values)
    shape = values.shape()
    p, gradients = values.array(*shape), [values.array(*shape) for _ in range(5)]
    ours = stepped(rule(**options), p, gradients)
    theirs = pytorch_stepped(lambda ps: optimiser(ps, **options), torch.tensor(p), gradients, STATE)
    with np.errstate(all="ignore"):
        finite, largest = (np.nan_to_num(a, nan=0, posinf=0) for a in (abs(p), np.abs(gradients).max(0)))
    largest = largest + options["weight_decay"] * (finite + 5)
    sizes = {
        "p": finite + 15 * options["lr"] / (1 - options["betas"][1]),
        "m": 5 * largest,
        "v": 5 * largest**2,
        "peak": 5 * largest**2,
    }
    for mine, other in zip(ours, theirs, strict=True):
        if values.kind == "special":  # an infinite average stays infinite in ours and turns to NaN in PyTorch's
            mine, other = {"p": mine["p"]}, {"p": other["p"]}
        agree(mine, other, 8, sizes)


def test_pytorch_agrees(torch, values):
    held_to_pytorch(torch, Adam, torch.optim.Adam, values)
