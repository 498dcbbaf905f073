"""A loss that is no longer a number: where, why, and by which arithmetic."""

import time

import numpy as np
import pytest

import backproof as bp
from backproof.training.checkpoint import read_checkpoint
from backproof.training.diverged import first_wrong
from training.networks import classes, classifier, line, numbers, regression


@pytest.mark.parametrize("lr", [1e9, 1e18, 1e25])
def test_a_learning_rate_of_a_billion_is_stopped_and_explained(tmp_path, lr):
    network, (x, y) = regression(), line()
    path = tmp_path / "a"
    network.fit(x, y, checkpoint=path)
    before = path.read_bytes()
    with pytest.raises(bp.Diverged) as stopped:
        network.fit(x, y, epochs=3, lr=lr, checkpoint=path, resume=True)
    error = stopped.value
    assert error.epoch == 2
    assert error.batch < 10
    assert error.datum is None or f"for datum {error.datum + 1}" in str(error)
    assert f"Try a smaller learning rate (lr), or gradients kept short (clip_norm=1); lr was {lr:g}" in str(error)
    sheet = str(error.worksheet)
    if error.quantity == "L":
        assert error.layer == "layer L (MSELoss), forward"
        assert "L = (y[0] − t[0])² = " in sheet
        assert sheet.rstrip().endswith("= inf")
    elif error.quantity == "y[0]":
        assert "y[0] = W[0,0]·x[0] + W[0,1]·x[1] + W[0,2]·x[2] + b[0]" in sheet
    else:
        assert (lr, error.quantity, error.layer) == (1e25, "W'[0,0]", "layer W (SGD), update")
        assert "W'[0,0] = W[0,0] − 1e+25·∂L/∂W[0,0] = " in sheet
        assert "= −inf" in sheet or "= inf" in sheet
    assert path.read_bytes() == before
    assert read_checkpoint(path, network, {}).place.epoch == 1


def test_a_loss_that_explodes_but_stays_finite_is_stopped_as_well():
    network, (x, t) = classifier(update=bp.Adam(lr="1e9")), classes()
    with pytest.raises(
        bp.Diverged, match=r"the loss is .* and was 1\.\d+ at first. The first number beyond all bounds"
    ):
        network.fit(x, t, epochs=100)


def test_clipping_does_what_the_advice_says():
    network, (x, y) = regression(), line()
    with pytest.raises(bp.Diverged):
        network.fit(x, 1e3 * y, epochs=50, lr=0.6)
    assert np.isfinite(regression().fit(x, 1e3 * y, epochs=2, lr=0.6, clip_norm=1)["loss"]).all()


def test_the_first_number_is_found_in_the_plans_order():
    network = bp.Network(
        {"x": (2,)},
        [
            bp.Layer("h", bp.Linear(out_features=2, bias=False), weight="W"),
            bp.Layer("y", bp.Linear(bias=False), weight="V"),
        ],
        bp.HalfSquaredError(),
        parameters={"W": [[1, 1e30], [2, 1]], "V": [1, 1]},
    )
    datum = {"x": np.array([1, 1e10]), "t": np.array(0)}
    found = first_wrong(network, datum, "float32", float("inf"))
    assert (found.quantity, found.value) == ("h[0]", float("inf"))
    assert "h[0] = W[0,0]·x[0] + W[0,1]·x[1] = " in str(found.worksheet)
    found = first_wrong(network, datum, "float64", float("inf"))
    assert found is None
    found = first_wrong(network, datum, "float64", 1e20)
    assert (found.quantity, found.value) == ("h[0]", 1e40)


def test_a_parameter_that_is_no_number_is_named():
    network = classifier().with_parameters({"V": classifier().parameters["V"].map(lambda v: float("nan"))})
    found = first_wrong(network, {"x": np.ones(2), "t": np.array(0)}, "float32", float("inf"))
    assert found.quantity == "V[0,0]"
    assert found.worksheet is None
    assert "what training had made" in found.layer


def test_parameters_are_those_before_the_update_that_was_not_made():
    network, (x, y) = regression(), line()
    with pytest.raises(bp.Diverged) as stopped:
        network.fit(x, y, lr=1e25, shuffle=False)
    other = regression()
    other.fit(x[: stopped.value.batch - 1], y[: stopped.value.batch - 1], lr=1e25, shuffle=False)
    assert numbers(network) == numbers(other)


def test_large_networks_are_explained_in_bounded_time():
    network = bp.Network(
        {"x": (400,)},
        [bp.Linear(out_features=300), bp.ReLU(), bp.Linear(out_features=10)],
        bp.CrossEntropyLoss(),
        update=bp.SGD(lr="1e30"),
    )
    x = np.random.default_rng(0).normal(size=(200, 400))
    started = time.monotonic()
    with pytest.raises(bp.Diverged) as stopped:
        network.fit(x, np.arange(200) % 10, batch_size=50)
    assert stopped.value.worksheet is not None
    assert len(str(stopped.value.worksheet)) < 20_000 * 5
    assert time.monotonic() - started < 30
