"""Orders: permutations that a seed and an epoch alone decide, in one piece or in blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.training import order
from backproof.training.order import Order, held_out

SHUFFLES = st.sampled_from([True, False, "blocks"])


@given(st.integers(1, 200), SHUFFLES, st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 50), st.data())
def test_parts_of_an_order_are_pieces_of_one_permutation(count, shuffle, seed, epoch, block, data):
    whole = Order(count, shuffle, seed, epoch, block).part(0, count)
    assert sorted(whole) == list(range(count))
    start = data.draw(st.integers(0, count - 1))
    stop = data.draw(st.integers(start + 1, count))
    part = Order(count, shuffle, seed, epoch, block).part(start, stop)
    assert part.dtype == np.int64
    assert part.tolist() == whole[start:stop].tolist()


def test_the_generator_is_the_documented_one():
    drawn = np.random.Generator(np.random.PCG64(np.random.SeedSequence([7, 3]))).permutation(100)
    assert Order(100, True, seed=7, epoch=3).part(0, 100).tolist() == drawn.tolist()


@pytest.mark.parametrize("shuffle", [True, "blocks"])
def test_epochs_and_seeds_have_orders_of_their_own(shuffle):
    drawn = {tuple(Order(50, shuffle, seed, epoch, 8).part(0, 50)) for seed in range(4) for epoch in range(1, 5)}
    assert len(drawn) == 16


def test_blocks_are_walked_one_after_another():
    parts = Order(100, "blocks", 0, 1, 10).part(0, 100).reshape(10, 10) // 10
    assert (parts == parts[:, :1]).all()
    assert parts[:, 0].tolist() != list(range(10))


def test_very_many_data_are_not_drawn_all_at_once(monkeypatch):
    monkeypatch.setattr(order, "LONGEST", 99)
    assert Order(100, True, 0, 1, 10).part(0, 100).tolist() == Order(100, "blocks", 0, 1, 10).part(0, 100).tolist()
    kept, out = held_out(100, 0.1, 0)
    assert (kept.tolist(), out.tolist()) == (list(range(90)), list(range(90, 100)))


@given(st.integers(2, 100), st.floats(0.001, 0.999), st.integers(0, 100))
def test_what_is_held_out_is_not_learned_from(count, fraction, seed):
    kept, out = held_out(count, fraction, seed)
    assert len(kept)
    assert len(out)
    assert sorted([*kept, *out]) == list(range(count))
