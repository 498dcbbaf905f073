"""GELU in both its forms against hand-worked numbers, enclosures and PyTorch."""

import numpy as np
import pytest
from flint import arb

from backproof.arithmetic.ball import precision
from backproof.rules.gelu import GELU
from rules.referee import Values, agree, enclosed, exactly, floats, pytorch, q, truth

FORMS = "none", "tanh"


@pytest.mark.parametrize("form", FORMS)
def test_by_hand(form):
    assert enclosed(GELU(form), x=[0], dy=["1/3"])["y"] == q([0])
    agree(floats(GELU(form), x=np.zeros(1), dy=np.ones(1)), {"y": np.zeros(1), "dx": np.array([0.5])})


def test_the_exact_form_starts_at_half_the_slope():
    """Φ(0) = 1/2, and the density is multiplied by 0."""
    got = enclosed(GELU(), x=[0], dy=[6])
    assert got["dx"] == q([3])


def formula(form, x):
    """GELU and its slope as they are printed in the paper, at the working precision."""
    if form == "none":
        below, density = (1 + (x / arb(2).sqrt()).erf()) / 2, (-x * x / 2).exp() / (2 * arb.pi()).sqrt()
        return x * below, below + x * density
    c, k = (2 / arb.pi()).sqrt(), arb("0.044715")
    t = (c * (x + k * x**3)).tanh()
    return x * (1 + t) / 2, (1 + t) / 2 + x * (1 - t**2) * c * (1 + 3 * k * x**2) / 2


@pytest.mark.parametrize("form", FORMS)
def test_the_formula_of_the_paper(form):
    """PyTorch computes 1 + erf and 1 + tanh, which have no digits left below x = −8; ours are held to the formula.

    Of a tail like e^(−x²/2) no float arithmetic can promise more than x² ULP, since x has half an ULP itself; the
    slope changes sign near −0.75, and there its ULP is that of its terms.
    """
    x = np.array([-30.0, -12, -8, -5, -3, -1, -0.75, -1e-8, 0, 1e-300, 0.5, 1, 3, 8, 40, 1e10])
    with precision(8000):
        y, slope = (
            np.array(column)
            for column in zip(*[map(float, map(arb.mid, formula(form, arb(v)))) for v in x], strict=True)
        )
    got = floats(GELU(form), x=x, dy=np.ones(16))
    for i, v in enumerate(x):
        ulps = 12 + 4 * abs(v) ** (2 if form == "none" else 3) if v < 0 else 12
        part = {name: got[name][i : i + 1] for name in ("y", "dx")}
        agree(part, {"y": y[i : i + 1], "dx": slope[i : i + 1]}, ulps, {"dx": 0.25 * (v == -0.75)})


@pytest.mark.parametrize("form", FORMS)
def test_extremes(form):
    """PyTorch gives NaN at −∞, and NaN slopes for large numbers; the limits are 0 and x, the slopes 0 and 1."""
    x = np.array([np.inf, -np.inf, 1e100, -1e100, np.nan])
    got = floats(GELU(form), x=x, dy=np.ones(5))
    agree(got, {"y": np.array([np.inf, 0, 1e100, 0, np.nan]), "dx": np.array([1, 0, 1, 0, np.nan])})


@pytest.mark.parametrize("form", FORMS)
def test_the_largest_numbers(form):
    """x² and x³ overflow, their limits do not."""
    x = np.array([1e160, -1e160, 1e308, -1e308])
    got = floats(GELU(form), x=x, dy=np.ones(4))
    agree(got, {"y": np.array([1e160, 0, 1e308, 0]), "dx": np.array([1.0, 0, 1, 0])})


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(8))
def test_the_truth_is_near(form, seed):
    """16 ULP of the terms' size between −2 and ∞."""
    x = np.maximum(Values("real", seed).array(4), -2)
    found = truth(GELU(form), x=x, dy=np.ones(4))
    agree(floats(GELU(form), x=x, dy=np.ones(4)), found, 16, {"dx": 0.5})


@pytest.mark.parametrize("form", FORMS)
def test_pytorch_agrees(torch, form, values):
    """To 16 ULP of x and dy, since PyTorch's Φ(x) = (1 + erf …) / 2 has no more digits."""
    shape = values.shape()
    # At ±∞ and where x² overflows PyTorch's numbers are NaN; `test_extremes` holds ours to the limits.
    # Its tanh form also multiplies dy into two terms, ∞ − ∞ where dy is infinite.
    x, dy = (np.nan_to_num(values.array(*shape), nan=np.nan, posinf=9, neginf=-9).clip(-1e5, 1e5) for _ in range(2))
    theirs = pytorch(torch, lambda x: torch.nn.functional.gelu(x, approximate=form), dy, x=x)
    agree(floats(GELU(form), x=x, dy=dy), theirs, 16, {"y": abs(x), "dx": abs(dy)})


def test_only_its_two_forms_are_known():
    with pytest.raises(ValueError, match="approximate"):
        GELU("sigmoid")


def test_exp_and_erfc_are_refused_by_rationals_elsewhere():
    with pytest.raises(ArithmeticError):
        exactly(GELU(), x=[1])
