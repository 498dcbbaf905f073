"""Windows against counting by hand: which cells a window sees, from either side, for every option."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backproof.arithmetic.windows import Windows, check_padding, plane, same
from backproof.errors import BadOption, BadShape


@st.composite
def axes(draw):
    """An axis and a window that fits on it, as pooling and convolution allow it."""
    size, kernel, stride = draw(st.integers(1, 9)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    dilation, ceil_mode = draw(st.integers(1, 3)), draw(st.booleans())
    reach = dilation * (kernel - 1) + 1
    padding = draw(st.integers(0, reach // 2))
    assume(reach <= size + 2 * padding)
    return SimpleNamespace(
        size=size, kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )


def seen(a):
    """(window, tap, cell) by sliding the kernel along the padded cells until it falls off."""
    reach, found, i = a.dilation * (a.kernel - 1) + 1, [], 0
    while True:
        start = i * a.stride - a.padding
        overhang = start + reach - (a.size + a.padding)
        fits = overhang <= 0 or (a.ceil_mode and overhang < a.stride and start < a.size)
        if not fits:
            return i, found
        taps = [(i, t, start + t * a.dilation) for t in range(a.kernel)]
        found += [(i, t, cell) for i, t, cell in taps if 0 <= cell < a.size]
        i += 1


@given(axes())
def test_windows_cells_and_taps_are_three_views_of_the_same(a):
    windows = Windows(**vars(a))
    count, found = seen(a)
    assert windows.count == count
    assert [(i, t, h) for i in range(count) for t, h in windows.window(i)] == found
    assert sorted((i, t, h) for h in range(a.size) for t, i in windows.cell(h)) == found
    assert sorted((i, t, h) for t in range(a.kernel) for i, h in windows.tap(t)) == found
    assert windows.sees == [sum(i == j for j, _, _ in found) for i in range(count)]


@given(axes())
def test_extents(a):
    assume(a.dilation == 1)
    windows = Windows(**vars(a))
    for i in range(windows.count):
        taps = [i * a.stride - a.padding + t for t in range(a.kernel)]
        assert windows.extent(i) == sum(-a.padding <= cell < a.size + a.padding for cell in taps)
        assert windows.extent(i, include_padding=False) == sum(0 <= cell < a.size for cell in taps)


@given(axes())
def test_pytorch_counts_as_many(a):
    torch = pytest.importorskip("torch")
    try:
        pooled = torch.nn.functional.max_pool1d(
            torch.zeros(1, 1, a.size), a.kernel, a.stride, a.padding, a.dilation, a.ceil_mode
        )
    except RuntimeError:
        assume(False)
    assert Windows(**vars(a)).count == pooled.shape[-1]


@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 3))
def test_same_padding_keeps_the_size(size, kernel, dilation):
    rows, columns = same((size, size + 1), kernel, dilation)
    assert (rows.count, columns.count) == (size, size + 1)
    assert rows.after - rows.padding in (0, 1)
    assert rows.padding + rows.after == dilation * (kernel - 1)


def test_a_kernel_larger_than_its_input_is_refused():
    with pytest.raises(BadShape, match="the kernel spans 5 columns, the input with its padding has only 4"):
        plane((9, 4), 5, 1, 0)


MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@given(st.integers(2, 7), st.integers(1, 4), st.integers(1, 3), st.data(), st.sampled_from(sorted(MODES)))
def test_padding_modes_see_the_cells_that_numpy_pads_with(size, kernel, stride, data, mode):
    padding = data.draw(st.integers(0, size - 1))
    assume(kernel <= size + 2 * padding)
    padded = np.pad(np.arange(size), padding, mode=MODES[mode])
    rows, _ = plane((size, size), kernel, stride, padding, mode=mode)
    for i in range(rows.count):
        assert [h for _, h in rows.window(i)] == list(padded[i * stride : i * stride + kernel])
    triples = sorted((i, t, h) for i in range(rows.count) for t, h in rows.window(i))
    assert sorted((i, t, h) for h in range(size) for t, i in rows.cell(h)) == triples
    assert sorted((i, t, h) for t in range(kernel) for i, h in rows.tap(t)) == triples


def test_padding_that_asks_for_cells_that_are_not_there_is_refused():
    for mode, most in (("reflect", 2), ("circular", 3)):
        plane((3, 3), 2, 1, most, mode=mode)
        with pytest.raises(BadShape, match=f"{mode} padding of rows is {most + 1}; 3 rows allow {most}"):
            plane((3, 3), 2, 1, most + 1, mode=mode)


@pytest.mark.parametrize(
    ("options", "message"),
    [((0, 1, 0), "kernel_size is 0"), ((2, 0, 0), "stride is 0"), ((2, 1, -1), "padding is -1"), (((1, 2, 3), 1, 0), "kernel_size")],
)  # fmt: skip
def test_options_are_checked(options, message):
    with pytest.raises(BadOption, match=message):
        plane((4, 4), *options)


@given(st.integers(1, 6), st.integers(0, 6), st.integers(1, 3))
def test_pooling_pads_half_a_kernel_at_most(kernel, padding, dilation):
    if padding <= (dilation * (kernel - 1) + 1) / 2:
        check_padding(kernel, padding, dilation)
    else:
        with pytest.raises(BadOption, match=f"padding is {padding}"):
            check_padding(kernel, padding, dilation)
