"""Drawn parameters: the same for the same seed, untouched by other layers, inside their bounds, as spread as promised."""

from math import prod, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backproof as bp
from backproof.errors import BadOption, UnknownName
from backproof.network.initialise import INITIALISERS, Initial, fans

names, seeds = st.sampled_from(sorted(INITIALISERS)), st.integers(0, 10**9)
LIMITS = {
    "default": lambda i, o: 1 / sqrt(i),
    "xavier_uniform": lambda i, o: sqrt(6 / (i + o)),
    "kaiming_uniform": lambda i, o: sqrt(6 / i),
}
SPREADS = {"xavier_normal": lambda i, o: sqrt(2 / (i + o)), "kaiming_normal": lambda i, o: sqrt(2 / i)}


def parameters(layers, seed=0, init="default"):
    return bp.Network((3,), layers, initial=Initial(seed, init)).parameters


@given(names, seeds)
def test_the_same_seed_gives_the_same_numbers_and_another_gives_others(init, seed):
    layers = [bp.Linear(out_features=4), bp.PReLU(), bp.Linear()]
    first = parameters(layers, seed, init)
    assert parameters(layers, seed, init) == first
    if init not in ("zeros", "ones"):
        assert parameters(layers, seed + 1, init)["h1.weight"] != first["h1.weight"]
        assert first["h1.weight"].at(0) != first["h1.weight"].at(1)


@given(st.sampled_from(sorted({*LIMITS, *SPREADS})), seeds)
def test_parameters_of_one_shape_differ(init, seed):
    drawn = parameters([bp.Linear(out_features=3), bp.Linear(out_features=3)], seed, init)
    assert drawn["h1.weight"] != drawn["h2.weight"]


@given(names, seeds)
def test_adding_a_layer_changes_no_other(init, seed):
    first = bp.Layer("a", bp.Linear(out_features=4))
    added = [first, bp.Layer("new", bp.Linear(out_features=4)), bp.Layer("y", bp.Linear())]
    before, after = parameters([first, added[-1]], seed, init), parameters(added, seed, init)
    assert {name: after[name] for name in before} == before


@given(st.sampled_from(sorted(LIMITS)), seeds, st.integers(1, 60), st.integers(1, 60), st.integers(3, 9))
def test_uniform_draws_keep_their_bounds(init, seed, ins, outs, decimals):
    drawn = Initial(seed, init, decimals).draw("W", (outs, ins), (ins, outs))
    limit = LIMITS[init](ins, outs)
    assert all(abs(float(v.p) / float(v.q)) <= limit + 10**-decimals for v in drawn.values())
    assert all(10**decimals % int(v.q) == 0 for v in drawn.values())


@pytest.mark.parametrize("init", sorted([*LIMITS, *SPREADS]))
def test_draws_are_spread_as_promised(init):
    drawn = [float(v.p) / float(v.q) for v in Initial(7, init, 9).draw("W", (50, 100), (100, 50)).values()]
    deviation = SPREADS[init](100, 50) if init in SPREADS else LIMITS[init](100, 50) / sqrt(3)
    assert abs(sum(drawn) / 5000) < deviation / 10
    assert 0.95 < sqrt(sum(v * v for v in drawn) / 5000) / deviation < 1.05


def test_constants():
    assert set(parameters([bp.Linear(out_features=2)], init="zeros")["h1.weight"].values()) == {0}
    assert set(parameters([bp.Linear(out_features=2)], init="ones")["h1.weight"].values()) == {1}
    assert float(parameters([bp.PReLU()])["h1.weight"][()].p) / 4 == 0.25


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_fans_are_counted_as_pytorch_counts_them(outs, ins, rows, columns, groups):
    init = pytest.importorskip("torch.nn.init")
    import torch

    for shape, outputs in (((outs, ins), (outs,)), ((outs * groups, ins, rows, columns), (outs * groups, 2, 2))):
        assert fans(shape, outputs) == init._calculate_fan_in_and_fan_out(torch.zeros(shape))


def test_the_weight_of_one_output_reaches_one_output():
    assert fans((4, 5), ()) == (prod((4, 5)), 1)


def test_refusals():
    with pytest.raises(UnknownName, match="there is no initialiser 'xavier'; did you mean xavier_"):
        Initial(init="xavier")
    for decimals in (-1, 31):
        with pytest.raises(BadOption, match=f"decimals is {decimals}; expected 0 to 30"):
            Initial(decimals=decimals)
