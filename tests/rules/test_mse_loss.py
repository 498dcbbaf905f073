"""MSELoss against hand-worked numbers and PyTorch, with every reduction, of one datum and of several."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.mse_loss import MSELoss
from rules.referee import agree, exactly, floats, pytorch, q, whole_loss


def test_by_hand():
    got = exactly(MSELoss(), x=[1, "1/2"], t=[3, "1/4"], dloss=[5, 8])
    assert got["loss"] == q([4, "1/16"])
    assert got["share"] == q([1, 1])
    assert got["dx"] == q([-20, 4])


def test_kink_and_extremes():
    x, t = np.array([2.0, np.inf, np.inf, np.nan, 1e200]), np.array([2.0, 1.0, np.inf, 1.0, -1e200])
    got = floats(MSELoss(), x=x, t=t, dloss=np.ones(5))
    agree(
        got, {"loss": np.array([0, np.inf, np.nan, np.nan, np.inf]), "dx": np.array([0, np.inf, np.nan, np.nan, 4e200])}
    )


def test_refusals():
    with pytest.raises(BadShape):
        MSELoss().shapes((2,), (1, 2))
    with pytest.raises(BadOption):
        MSELoss("average")


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_pytorch_agrees(torch, reduction, values):
    """n squares, none of them negative, in whichever order: n + 3 ULP of the result itself."""
    shape = (values.one_of(1, 2, 4), *values.shape((0, 2)))
    x, t = values.array(*shape), values.array(*shape)
    upstream = values.finite(*(shape if reduction == "none" else ()))
    theirs = pytorch(
        torch, lambda x: torch.nn.functional.mse_loss(x, torch.tensor(t), reduction=reduction), upstream, x=x
    )
    agree(whole_loss(MSELoss(reduction), x, t, upstream), theirs, x.size + 3)
