"""Reduction: losses joined by hand, and as PyTorch's sums and means join them."""

import numpy as np
import pytest

from backproof.rules.reduction import Reduction
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    losses, shares = [[1, 2], [4, "1/2"]], [[1, 1], [3, 0]]
    got = exactly(Reduction("mean"), losses=losses, shares=shares, dL=10)
    assert got["L"] == q("3/2")
    assert got["dlosses"] == [q([2, 2]), q([2, 2])]
    got = exactly(Reduction("sum"), losses=losses, shares=shares, dL=10)
    assert got["L"] == q("15/2")
    assert got["dlosses"] == [q([10, 10]), q([10, 10])]


def test_where_nothing_counts_there_is_nothing_to_learn():
    """PyTorch gives NaN."""
    got = exactly(Reduction(), losses=[[0, 0]], shares=[[0, 0]], dL=1)
    assert (got["L"], got["dlosses"]) == (q(0), [q([0, 0])])
    got = floats(Reduction(), losses=[np.zeros(2)], shares=[np.zeros(2)], dL=np.array(1.0))
    assert (got["L"], got["dlosses"][0].tolist()) == (0, [0, 0])


def test_a_sum_asks_for_no_shares():
    got = exactly(Reduction("sum"), losses=[3, 4], shares=[0, 0], dL=2)
    assert (got["L"], got["dlosses"]) == (q(7), [q(2), q(2)])


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_pytorch_agrees(torch, reduction, values):
    """A sum of n losses and one of n shares, each in whichever order: 2n + 2 ULP of the absolute terms."""
    shape, count = values.shape((0, 2)), values.number(1, 4)
    losses, shares = [values.array(*shape) for _ in range(count)], [values.positive(*shape) for _ in range(count)]
    dL = values.array()

    def whole(**losses):
        sum_of = torch.stack(list(losses.values())).sum()
        return sum_of / torch.tensor(np.array(shares)).sum() if reduction == "mean" else sum_of

    ours = floats(Reduction(reduction), losses=losses, shares=shares, dL=dL)
    theirs = pytorch(torch, whole, dL, **{f"{i}": loss for i, loss in enumerate(losses)})
    named = {"y": ours["L"]} | {f"d{i}": dloss for i, dloss in enumerate(ours["dlosses"])}
    agree(
        named,
        theirs,
        2 * count * losses[0].size + 2,
        {"y": np.abs(losses).sum() / (reduction == "sum" or np.sum(shares))},
    )
