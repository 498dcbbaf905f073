"""What is plotted is what the record holds: the sizes of its gradients, its activations and their derivatives."""

from math import inf, isnan, nan

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

import backproof as bp
from backproof import rules
from backproof.arithmetic.ball import Ball
from backproof.errors import BadOption, BadShape, UnknownName
from backproof.plots.curves import MOST_CURVES, portrait, run
from backproof.plots.numbers import as_float, power, ratio
from backproof.plots.passages import is_elementwise, passages
from backproof.plots.plot import plot
from backproof.plots.sizes import Sizes, sizes
from backproof.rules.rule import Loss, Update
from record.networks import NETWORKS, drawn, made

L = bp.Layer
ACTIVATIONS = ["GELU", "LeakyReLU", "PReLU", "ReLU", "Sigmoid", "Tanh"]


def chain(*layers, weights=(), loss=None, **options):
    """A network of layers named after their rules, with parameters h0.weight, h1.weight … as given."""
    parameters = {f"h{n}.weight": weight for n, weight in weights}
    named = [L(f"h{n}", rule) for n, rule in enumerate(layers)]
    return bp.Network((2,), named, loss or bp.HalfSquaredError(), parameters=parameters, **options)


def said(record):
    return {each.name: each.said for each in sizes(record) if each.said}


# Sizes


@pytest.mark.parametrize("number", range(len(NETWORKS)))
@pytest.mark.parametrize("batch", [False, True])
def test_sizes_are_those_of_all_gradients(number, batch):
    rng = np.random.default_rng([number, batch])
    network, _, _ = made(NETWORKS[number], rng, bp.HalfSquaredError(), None)
    first = (2,) if batch else ()
    record = network.solve(
        drawn(rng, *first, *network.inputs["x"]), drawn(rng, *first, *network.shapes[network.prediction])
    )
    found = {each.name: each for each in sizes(record)}
    L = network.loss.output
    assert set(found) == {n for n in record.names if n.startswith(f"d{L}/d") and " " not in n}
    for name, each in found.items():
        numbers = np.abs(record[name].numpy()).ravel()
        logs = np.log10(numbers[numbers > 0])
        assert each.count == numbers.size
        assert each.zeros == (numbers == 0).sum()
        np.testing.assert_allclose(each.powers, np.sort(logs), atol=1e-12)
        for part in (0, 0.25, 0.5, 0.75, 1):
            assert each.quantile(part) == pytest.approx(np.quantile(logs, part))


def test_the_order_is_that_of_depth():
    names = [each.name for each in sizes(bp.solve("branch").record)]
    assert names == [f"dL/d{q}" for q in ("X", "K", "k", "c", "r", "m", "a", "s", "f", "W", "y")]


@given(st.integers(-(10**9), 10**9).filter(bool), st.integers(1, 10**9), st.integers(-5000, 5000))
def test_powers_reach_further_than_floats(p, q, shift):
    value = fmpq(p, q) * fmpq(10) ** shift
    assert power(value) == pytest.approx(np.log10(abs(p) / q) + shift, abs=1e-9)
    assert power(Ball(arb(value))) == pytest.approx(power(value), abs=1e-9)
    assert ratio(value, fmpq(10) ** shift) == pytest.approx(p / q, rel=1e-9)
    if abs(shift) < 280:
        assert as_float(value) == pytest.approx(p / q * 10.0**shift)


def test_what_is_no_number_is_no_size():
    assert power(fmpq(0)) == -inf
    assert all(isnan(power(value)) for value in (inf, -inf, nan, arb("inf"), arb("nan")))


def test_gradients_vanish_and_explode_by_the_stated_measure():
    for factor, word in ((fmpq(1, 1000), "vanishing"), (fmpq(1000), "exploding"), (fmpq(1, 999), ""), (fmpq(999), "")):
        weight = [[factor, 0], [0, factor]]
        record = chain(bp.Linear(bias=False, out_features=2), weights=[(0, weight)]).solve([1, 1], [0, 0])
        assert [*said(record)] == (["dL/dx"] if word else [])
        assert said(record).get("dL/dx", "").startswith(word)


def test_a_deep_chain_of_sigmoids_vanishes_at_its_beginning_alone():
    layers = [rule for _ in range(6) for rule in (bp.Linear(out_features=2, bias=False), bp.Sigmoid())]
    weights = [(2 * n, [["0.5", "-0.25"], ["0.25", "0.5"]]) for n in range(6)]
    found = said(chain(*layers, weights=weights).solve([1, -1], [0, 1]))
    assert "vanishing: 10⁻" in found["dL/dx"]
    assert {"dL/dh11", "dL/dh10", "dL/dh9"}.isdisjoint(found)


@pytest.mark.parametrize(("x", "dead"), [([-1, -2], "all 2"), ([1, -2], ""), ([1, 2], "")])
def test_where_relu_ends_every_gradient_it_is_dead(x, dead):
    found = said(chain(bp.ReLU()).solve(x, [5, 5]))
    assert found == ({"dL/dx": "dead: all 2 gradients are 0"} if dead else {})


@pytest.mark.parametrize(("negative", "dead"), [(5, False), (6, True), (7, True)])
def test_three_of_four_ended_gradients_are_called_dead(negative, dead):
    x = [-1] * negative + [1] * (8 - negative)
    found = said(bp.Network((8,), [bp.ReLU()], bp.HalfSquaredError()).solve(x, [5] * 8))
    assert found == ({"dL/dx": f"dead: {negative} of 8 gradients end in h1 (ReLU)"} if dead else {})


def test_what_a_pool_passes_over_is_not_dead():
    assert said(bp.solve("question-01").record) == {}
    assert sizes(bp.solve("question-01").record)[0].zeros == 12


def test_parameters_that_hear_nothing_are_dead():
    found = said(chain(bp.Linear(out_features=2, bias=False)).solve([0, 0], [1, 1]))
    assert found["dL/dh0.weight"] == "dead: all 4 gradients are 0"


def test_numbers_that_are_not_finite_are_told():
    record = chain(bp.Linear(out_features=2, bias=False), weights=[(0, [[1, 1], [1, 1]])]).solve(
        [1e308, 1e308], [0, 0], arithmetic="float64"
    )
    assert "not finite" in said(record)["dL/dh0"]


def test_without_a_loss_there_are_no_sizes_but_activations():
    record = bp.Network((2,), [bp.ReLU()]).solve([1, -1])
    with pytest.raises(BadOption, match="no loss"):
        record.plot("gradients")
    assert record.plot().sizes == ()
    assert record.plot().portraits[0].slopes == ()
    with pytest.raises(BadOption, match="nothing to plot"):
        bp.Network((2,), [bp.Linear(out_features=1)]).solve([1, 1]).plot()
    with pytest.raises(UnknownName, match="did you mean gradients"):
        record.plot("gradient")


# Activations


def test_the_elementwise_rules_are_these():
    found = set()
    for name in rules.names():
        for example in rules.find(name).examples:
            rule, shape = rules.find(name)(**example.options), example.shapes.get("x")
            if shape is not None and not isinstance(rule, (Loss, Update)) and is_elementwise(rule, shape):
                found.add(name)
    assert sorted(found) == ACTIVATIONS


@pytest.mark.parametrize("shape", [(), (1,), (2,), (3,), (2, 2)])
def test_a_linear_layer_is_never_taken_for_one(shape):
    for bias in (True, False):
        rule = bp.Linear(out_features=2, bias=bias)
        try:
            rule.shapes(shape)
        except BadShape:
            continue
        assert not is_elementwise(rule, shape)


def cells_of(name, options, x, rng):
    """A record of one activation whose cells are the numbers given."""
    record = bp.Network(np.shape(x), [L("v", rules.find(name)(**options))], bp.HalfSquaredError()).solve(
        x, drawn(rng, *np.shape(x)) + 10
    )
    (passage,) = passages(record)
    return passage


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_record_lies_on_the_curve_and_its_derivative(name):
    rng = np.random.default_rng(5)
    for example in rules.find(name).examples:
        passage = cells_of(name, example.options, drawn(rng, *example.shapes["x"]), rng)
        for cell in passage.cells:
            ((_, v, slope),) = run(passage, tuple(map(as_float, cell.parameters)), [as_float(cell.u)])
            assert v == pytest.approx(as_float(cell.v), rel=1e-12)
            assert slope == pytest.approx(ratio(cell.du, cell.dv), rel=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_derivative_is_the_slope_of_its_curve_and_jumps_are_gaps(name):
    passage = cells_of(name, {}, np.array([-2.0, 3.0]), np.random.default_rng(1))
    (curve,) = portrait(passage).curves
    gaps = [k for k, slope in enumerate(curve.slope) if isnan(slope)]
    kinked = name.endswith("LU") and name != "GELU"
    assert [curve.u[k] for k in gaps] == ([0.0] if kinked else [])
    if kinked:
        assert (curve.u[gaps[0] - 1], curve.u[gaps[0] + 1]) == (0, pytest.approx(0, abs=1e-12))
    smooth = [k for k in range(1, len(curve.u) - 1) if not any(abs(k - gap) < 4 for gap in gaps)]
    for k in smooth:
        secant = (curve.v[k + 1] - curve.v[k - 1]) / (curve.u[k + 1] - curve.u[k - 1])
        assert curve.slope[k] == pytest.approx(secant, abs=0.02)
    assert curve.u[0] < -2
    assert curve.u[-1] > 3


def test_each_slope_of_its_own_has_a_curve():
    rng = np.random.default_rng(2)
    x = np.arange(-9.0, 0.0)
    network = bp.Network(
        (9,),
        [L("v", bp.PReLU("cell"), weight="α")],
        bp.HalfSquaredError(),
        parameters={"α": [f"0.{n}" for n in range(1, 10)]},
    )
    (passage,) = passages(network.solve(x, drawn(rng, 9)))
    found = portrait(passage)
    assert (len(found.curves), found.left_out) == (MOST_CURVES, 9 - MOST_CURVES)
    assert found.curves[1].label == "α = 0.2"
    assert found.curves[1].slope[0] == 0.2


def test_a_branch_beside_an_activation_leaves_its_derivatives_alone():
    layers = [L("h", bp.Tanh(), "x"), L("y", bp.Add(), ("x", "h"))]
    (passage,) = passages(bp.Network((2,), layers, bp.HalfSquaredError()).solve([1, 2], [0, 0]))
    for u, slope in portrait(passage).slopes:
        assert slope == pytest.approx(1 / np.cosh(u) ** 2, rel=1e-9)


def test_what_is_told_of_an_activation():
    found = portrait(passages(bp.solve("branch").record)[0])
    assert found.said == "slope 0: 19 of 32 cells"
    record = bp.Network((3,), [bp.Sigmoid()], bp.HalfSquaredError()).solve([0, 9, -9], [0, 0, 0])
    assert portrait(passages(record)[0]).said == "nearly flat: 2 of 3 cells"


def test_all_data_of_a_batch_are_there():
    record = bp.Network((2,), [bp.ReLU()], bp.HalfSquaredError()).solve([[1, -1], [2, -3], [4, 5]], [[0, 0]] * 3)
    assert len(portrait(passages(record)[0]).values) == 6
    assert sizes(record)[0].count == 6
    assert "a batch of 3" in plot(record).title


def test_quantiles_of_one_number_are_that_number():
    assert Sizes("dL/dx", "input", "", (0.5,), 0, 0).quantile(0.25) == 0.5
