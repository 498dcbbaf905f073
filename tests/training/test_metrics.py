"""Metrics: counted by hand, in blocks and all at once, and only where they make sense."""

import numpy as np
import pytest

import backproof as bp
from backproof.errors import BackproofError
from backproof.training.metrics import Tally, chosen, top5
from training.networks import classifier, regression


def tallied(network, names, prediction, target, size):
    tally = Tally(network, names)
    for start in range(0, len(target), size):
        tally.add(prediction[start : start + size], target[start : start + size])
    return tally.result()


@pytest.mark.parametrize("size", [1, 7, 100])
def test_classes(size):
    random = np.random.default_rng(0)
    scores, target = random.normal(size=(100, 3)), random.integers(0, 3, 100)
    found = tallied(classifier(), ["accuracy", "error"], scores, target, size)
    right = sum(int(np.argmax(s)) == t for s, t in zip(scores, target, strict=True)) / 100
    assert found["accuracy"] == pytest.approx(right)
    assert found["error"] == pytest.approx(1 - right)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_numbers(size):
    random = np.random.default_rng(0)
    target = random.normal(size=(100, 1)) + 5
    prediction = target + random.normal(size=(100, 1))
    found = tallied(regression(), ["mae", "mse", "r2"], prediction, target, size)
    assert found["mae"] == pytest.approx(np.abs(prediction - target).mean())
    assert found["mse"] == pytest.approx(((prediction - target) ** 2).mean())
    assert found["r2"] == pytest.approx(1 - ((prediction - target) ** 2).sum() / (len(target) * target.var()))


def test_r2_over_equal_targets_is_not_a_number():
    assert np.isnan(tallied(regression(), ["r2"], np.ones((3, 1)), np.ones((3, 1)), 3)["r2"])


def test_ignored_targets_do_not_count():
    scores = np.array([[0.0, 1, 0], [0.0, 1, 0], [1, 0, 0]])
    assert tallied(classifier(), ["accuracy"], scores, np.array([1, -100, 1]), 2)["accuracy"] == 0.5
    assert np.isnan(tallied(classifier(), ["accuracy"], scores, np.array([-100] * 3), 2)["accuracy"])


def test_probabilities_as_targets_and_two_classes():
    scores = np.array([[0.0, 1, 0], [3, 1, 0]])
    assert tallied(classifier(), ["accuracy"], scores, np.array([[0.1, 0.8, 0.1], [0, 0, 1]]), 2)["accuracy"] == 0.5
    two = bp.Network((2,), [bp.Linear(out_features=1)], bp.BCEWithLogitsLoss())
    assert tallied(two, ["accuracy"], np.array([[-1.0], [2]]), np.array([[0.0], [0]]), 2)["accuracy"] == 0.5


def test_the_first_of_equals_counts_as_larger_as_it_does_for_accuracy():
    scores = np.zeros((1, 7))
    assert [bool(top5(scores, np.array([t]))[0]) for t in range(7)] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("network", "name", "message"),
    [
        (classifier, "acuracy", "did you mean accuracy"),
        (classifier, "mse", "tells classes apart"),
        (regression, "accuracy", "MSELoss has none"),
    ],
)
def test_metrics_that_make_no_sense_are_refused(network, name, message):
    with pytest.raises(BackproofError, match=message):
        chosen(network(), name)
