"""AvgPool2d against hand-worked numbers and PyTorch: every way of counting a window's size."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.avg_pool2d import AvgPool2d
from rules.referee import Values, agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(AvgPool2d(2), x=[[1, 8, "1/2", 6], [2, 3, 5, 4]], dy=[["1/3", 8]])
    assert got["y"] == q([["7/2", "31/8"]])
    assert got["dx"] == q([["1/12", "1/12", 2, 2], ["1/12", "1/12", 2, 2]])


def test_overlapping_windows_add_their_shares():
    got = exactly(AvgPool2d((1, 2), stride=1), x=[[1, 2, 5]], dy=[[2, 20]])
    assert got["y"] == q([["3/2", "7/2"]])
    assert got["dx"] == q([[1, 11, 10]])


@pytest.mark.parametrize(
    ("options", "y"),
    [
        ({}, ["2/3", 3, "14/3", 4]),
        ({"count_include_pad": False}, [1, 3, "14/3", 6]),
        ({"divisor_override": 2}, [1, "9/2", 7, 6]),
    ],
)
def test_what_a_window_counts_as_its_size(options, y):
    got = exactly(AvgPool2d((1, 3), 2, (0, 1), **options), x=[[0, 2, 3, 4, 5, 5, 7]], dy=[[1, 1, 1, 1]])
    assert got["y"] == q([y])


def test_cells_past_the_padding_never_count():
    """The last window reaches one cell past the far padding: it counts one real cell and one of padding, not three."""
    rule = AvgPool2d((1, 3), (1, 3), (0, 1), ceil_mode=True)
    got = exactly(rule, x=[[1, 2, 3, 4, 5, 6]], dy=[[6, 6, 6]])
    assert got["y"] == q([[1, 4, 3]])
    assert got["dx"] == q([[2, 2, 2, 2, 2, 3]])


def test_extremes():
    got = floats(AvgPool2d((1, 2)), x=np.array([[np.inf, -np.inf, 1.0, np.inf, np.nan, 2.0]]), dy=np.ones((1, 3)))
    agree(got, {"y": np.array([[np.nan, np.inf, np.nan]]), "dx": np.full((1, 6), 0.5)})


def test_refusals():
    for options in ({"padding": 2}, {"divisor_override": 0}, {"kernel_size": (1, 2, 3)}):
        with pytest.raises(BadOption):
            AvgPool2d(**{"kernel_size": 2, **options})
    for shape in [(4,), (1, 1, 4, 4), (1, 4)]:
        with pytest.raises(BadShape):
            AvgPool2d(2).shapes(shape)


def drawn(values):
    """Random options."""
    kernel = values.number(1, 3), values.number(1, 4)
    return AvgPool2d(
        kernel,
        values.one_of(None, 1, 2, 3, (1, 2), (2, 1)),
        tuple(values.number(0, k // 2) for k in kernel),
        values.one_of(True, False),
        values.one_of(True, False),
        values.one_of(None, None, None, 1, 3, -2),
    )


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["real", "ties", "special"])
def test_pytorch_agrees(torch, kind, seed):
    """At most 12 terms and a division, in whichever order: 16 ULP of the mean of absolute terms."""
    values = Values(kind, seed)
    rule, shape = values.fitting(drawn)
    x, dy = values.array(*shape), values.array(*rule.shapes(shape)["y"])

    def layer(x):
        options = (
            rule.kernel_size,
            rule.stride,
            rule.padding,
            rule.ceil_mode,
            rule.count_include_pad,
            rule.divisor_override,
        )
        return torch.nn.functional.avg_pool2d(x.reshape(-1, *shape[-2:]), *options).reshape(dy.shape)

    sizes = {name: abs(size) for name, size in pytorch(torch, layer, abs(dy), x=abs(x)).items()}
    agree(floats(rule, x=x, dy=dy), pytorch(torch, layer, dy, x=x), 16, sizes)
