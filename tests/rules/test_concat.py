"""Concat against hand-worked numbers and PyTorch."""

import pytest

from backproof.errors import BadShape
from backproof.rules.concat import Concat
from rules.referee import agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(Concat(dim=2), xs=[[[1, 2], [3, 4]], [["1/2"], [6]]], dy=[[10, 20, 30], [40, 50, 60]])
    assert got["y"] == q([[1, 2, "1/2"], [3, 4, 6]])
    assert got["dxs"] == [q([[10, 20], [40, 50]]), q([[30], [60]])]


def test_refusals():
    for dim, shapes in [
        (1, [(2,)]),
        (0, [(2,), (2,)]),
        (1, [(2, 3), (2, 4)]),
        (3, [(2, 3), (2, 3)]),
        (1, [(2,), (2, 1)]),
    ]:
        with pytest.raises(BadShape):
            Concat(dim).shapes(*shapes)


def test_pytorch_agrees_to_the_last_bit(torch, values):
    shape = values.shape((1, 3))
    at = values.number(0, len(shape) - 1)
    dim = values.one_of(at + 1, at - len(shape))
    lengths = [values.number(1, 3) for _ in range(values.number(2, 4))]
    xs = [values.array(*shape[:at], n, *shape[at + 1 :]) for n in lengths]
    dy = values.array(*shape[:at], sum(lengths), *shape[at + 1 :])

    def layer(**xs):
        return torch.cat([x[None] for x in xs.values()], dim=dim)[0]

    ours = floats(Concat(dim), xs=xs, dy=dy)
    theirs = pytorch(torch, layer, dy, **{f"x{i}": x for i, x in enumerate(xs)})
    agree({"y": ours["y"]} | {f"dx{i}": dx for i, dx in enumerate(ours["dxs"])}, theirs)
