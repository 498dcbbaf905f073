"""MaxPool2d against hand-worked numbers and PyTorch: overlapping, padded, dilated and overhanging windows."""

import numpy as np
import pytest

from backproof.errors import BadOption, BadShape
from backproof.rules.max_pool2d import MaxPool2d
from rules.referee import Values, agree, exactly, floats, pytorch, q


def test_by_hand():
    got = exactly(MaxPool2d(2), x=[[1, 8, "1/2", 6], [2, 3, 5, 4]], dy=[["1/3", 7]])
    assert got["y"] == q([[8, 6]])
    assert got["dx"] == q([[0, "1/3", 0, 7], [0, 0, 0, 0]])


def test_a_cell_that_wins_several_windows_gathers_from_all_of_them():
    got = exactly(MaxPool2d(2, stride=1), x=[[1, 2, 3], [4, 9, 5], [6, 7, 8]], dy=[[1, 10], [100, 1000]])
    assert got["y"] == q([[9, 9], [9, 9]])
    assert got["dx"] == q([[0, 0, 0], [0, 1111, 0], [0, 0, 0]])


def test_of_equal_numbers_the_first_in_reading_order_wins():
    got = exactly(MaxPool2d((2, 3), stride=1), x=[[5, 5, 5, 5], [5, 5, 5, 5]], dy=[[1, 10]])
    assert got["dx"] == q([[1, 10, 0, 0], [0, 0, 0, 0]])
    assert got["winner"] == {(0, 0): (0, 0), (0, 1): (0, 1)}


def test_padding_never_wins():
    got = exactly(MaxPool2d(2, padding=1), x=[[-1, -2], [-3, -4]], dy=[[1, 2], [3, 4]])
    assert got["y"] == q([[-1, -2], [-3, -4]])
    assert got["dx"] == q([[1, 2], [3, 4]])


def test_minus_infinity_beside_padding_still_gets_its_gradient():
    x = np.full((2, 2), -np.inf)
    got = floats(MaxPool2d(2, padding=1), x=x, dy=np.ones((2, 2)))
    agree(got, {"y": x, "dx": np.ones((2, 2))})


def test_nan_wins_its_windows_and_gets_their_gradients():
    x = np.array([[1.0, np.nan, 3.0]])
    got = floats(MaxPool2d((1, 2), stride=1), x=x, dy=np.array([[5.0, 7.0]]))
    agree(got, {"y": np.full((1, 2), np.nan), "dx": np.array([[0.0, 12.0, 0.0]])})


def test_ceil_mode_starts_no_window_in_the_far_padding():
    """Five cells and one of padding hold three windows of two at stride 2, the fourth would start in the padding."""
    rule = MaxPool2d((1, 2), stride=(1, 2), padding=(0, 1), ceil_mode=True)
    assert rule.shapes((1, 5))["y"] == (1, 3)
    assert MaxPool2d((1, 2), ceil_mode=True).shapes((1, 5))["y"] == (1, 3)
    got = exactly(MaxPool2d((1, 2), ceil_mode=True), x=[[1, 2, 3, 4, 0]], dy=[[1, 10, 100]])
    assert got["dx"] == q([[0, 1, 0, 10, 100]])


def test_a_dilated_kernel_may_be_padded_by_half_of_its_span():
    """PyTorch allows half of the undilated kernel only."""
    got = exactly(MaxPool2d((1, 2), 1, (0, 2), (1, 3)), x=[[1, 2, 3, 4, 5]], dy=[[1, 10, 100, 1000, 10000, 100000]])
    assert got["y"] == q([[2, 3, 4, 5, 3, 4]])
    assert got["dx"] == q([[0, 1, 10010, 100100, 1000]])


def test_refusals():
    for options in ({"padding": 2}, {"stride": 0}, {"dilation": 0}, {"kernel_size": 0}):
        with pytest.raises(BadOption):
            MaxPool2d(**{"kernel_size": 2, **options}).shapes((4, 4))
    for shape in [(4,), (1, 1, 4, 4), (1, 4)]:
        with pytest.raises(BadShape):
            MaxPool2d(2).shapes(shape)


def drawn(values):
    """Random options."""
    kernel = values.number(1, 3), values.number(1, 3)
    return MaxPool2d(
        kernel,
        values.one_of(None, 1, 2, 3, (1, 2), (2, 1)),
        tuple(values.number(0, k // 2) for k in kernel),
        values.one_of((1, 1), (1, 1), (2, 1), (2, 2), (1, 3)),
        values.one_of(True, False),
    )


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["real", "ties", "special"])
def test_pytorch_agrees(torch, kind, seed):
    """The numbers to the last bit; a gradient is a sum of at most one term a tap, exact among the ties."""
    values = Values(kind, seed)
    rule, shape = values.fitting(drawn)
    x, dy = values.array(*shape), values.array(*rule.shapes(shape)["y"])
    places = []

    def layer(x):
        options = rule.kernel_size, rule.stride, rule.padding, rule.dilation, rule.ceil_mode
        y, place = torch.nn.functional.max_pool2d(x.reshape(-1, *shape[-2:]), *options, return_indices=True)
        places.append(place)
        return y.reshape(dy.shape)

    ours, theirs = floats(rule, x=x, dy=dy), pytorch(torch, layer, dy, x=x)
    agree(ours, {"y": theirs["y"]})
    flat = [h * shape[-1] + w for *_, h, w in (ours["winner"][i] for i in ours["winner"].indices())]
    assert flat == places[0].flatten().tolist()
    agree(ours, {"dx": theirs["dx"]}, 0 if kind == "ties" else 9, {"dx": gathered(ours["winner"], abs(dy), shape)})


def gathered(winner, size, shape):
    """The sum of absolute gradients that each cell won."""
    sizes = np.zeros(shape)
    for i, place in winner.items():
        sizes[place] += size[i]
    return sizes
