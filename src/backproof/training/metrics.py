"""Metrics: what tells how good predictions are, beside the loss.

A metric gives a score for each place, or for each datum; what is reported is their mean. `r2` alone looks at all of
them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from backproof.errors import BadOption, UnknownName, listed
from backproof.network.network import Network
from backproof.training.rows import Numbers


def accuracy(prediction: Numbers, target: Numbers) -> Numbers:
    """Whether the largest score is the right class's: (N, C, …), classes (N, …) -> (N, …).

    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])).tolist()
    [True, False]
    """
    return prediction.argmax(axis=1) == target


def error(prediction: Numbers, target: Numbers) -> Numbers:
    """Whether it is another's.

    >>> error(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])).tolist()
    [False, True]
    """
    return ~accuracy(prediction, target)


def top5(prediction: Numbers, target: Numbers) -> Numbers:
    """Whether fewer than five scores are larger than the right class's; of equal ones, the first counts as larger.

    >>> top5(np.array([[6, 5, 4, 3, 2, 1, 0]]), np.array([4])).tolist()
    [True]
    """
    right = np.take_along_axis(prediction, np.expand_dims(target, 1), axis=1)
    places: Numbers = np.arange(prediction.shape[1], dtype=np.int64)
    places = np.expand_dims(places, tuple(range(1, prediction.ndim - 1)))
    before = places < np.expand_dims(target, 1)
    return np.sum((prediction > right) | (prediction == right) & before, axis=1) < 5


def mae(prediction: Numbers, target: Numbers) -> Numbers:
    """The distance from the target: |y − t|.

    >>> mae(np.array([1.0, 2.0]), np.array([1.5, 2.0])).tolist()
    [0.5, 0.0]
    """
    return np.abs(prediction.astype(np.float64) - target)


def mse(prediction: Numbers, target: Numbers) -> Numbers:
    """Its square: (y − t)².

    >>> mse(np.array([1.0, 2.0]), np.array([1.5, 2.0])).tolist()
    [0.25, 0.0]
    """
    return (prediction.astype(np.float64) - target) ** 2


def r2(prediction: Numbers, target: Numbers) -> float:
    """1 − Σ (y − t)² / Σ (t − mean t)²: 1 where all is right, 0 where the mean would do as well; nan for equal targets.

    >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0])).item()
    0.7857142857142857
    """
    spread = ((target - target.mean(dtype=np.float64)) ** 2).sum(dtype=np.float64)
    return 1 - mse(prediction, target).sum() / spread if spread else np.float64(np.nan)


Metric = Callable[[Numbers, Numbers], Any]
OF_CLASSES: dict[str, Metric] = {"accuracy": accuracy, "error": error, "top5": top5}
OF_NUMBERS: dict[str, Metric] = {"mae": mae, "mse": mse, "r2": r2}
HIGHER = {"accuracy", "top5", "r2"}
"""Those of which more is better."""


def chosen(network: Network, names: str | Iterable[str]) -> list[str]:
    """The metrics asked for; refused where they do not go with the network's loss."""
    given = [names] if isinstance(names, str) else list(names)
    loss = type(network.loss_rule).__name__
    known = [*OF_CLASSES, *OF_NUMBERS]
    for name in given:
        if name not in known:
            raise UnknownName("metric", name, known)
        classes = loss in ("CrossEntropyLoss", "BCEWithLogitsLoss")
        if name in OF_CLASSES and not classes:
            raise BadOption(f"{name} is of classes; {loss} has none. There are {listed(OF_NUMBERS)}")
        if name in OF_NUMBERS and classes:
            raise BadOption(f"{name} is of numbers; {loss} tells classes apart. There are {listed(OF_CLASSES)}")
        if name == "top5" and loss == "BCEWithLogitsLoss":
            raise BadOption("top5 needs several classes; BCEWithLogitsLoss tells two apart")
    return given


class Tally:
    """Metrics of data that come block by block."""

    def __init__(self, network: Network, names: Sequence[str]) -> None:
        self.network, self.names = network, names
        self.sums = {name: [0.0, 0] for name in names}
        self.kept: list[tuple[Numbers, Numbers]] = []

    def add(self, prediction: Numbers, target: Numbers) -> None:
        prediction, target, counted = classes_of(self.network, prediction, target)
        for name in self.names:
            if name == "r2":
                self.kept.append((prediction.copy(), target.copy()))
                continue
            scores = (OF_CLASSES | OF_NUMBERS)[name](prediction, target)
            scores = scores if counted is None else scores[counted]
            self.sums[name][0] += float(scores.sum(dtype=np.float64))
            self.sums[name][1] += scores.size

    def result(self) -> dict[str, float]:
        """Each metric's mean over all that counted; nan over nothing."""
        means = {name: total / count if count else float("nan") for name, (total, count) in self.sums.items()}
        if self.kept:
            predictions, targets = (np.concatenate(parts) for parts in zip(*self.kept, strict=True))
            means["r2"] = float(r2(predictions, targets))
        return means


def classes_of(network: Network, prediction: Numbers, target: Numbers) -> tuple[Numbers, Numbers, Numbers | None]:
    """Scores and classes as the metrics take them, and which places count; numbers stay as they are."""
    loss = network.loss_rule
    if type(loss).__name__ == "BCEWithLogitsLoss":
        return np.stack([np.zeros_like(prediction), prediction], axis=1), (target > 0.5).astype(np.int64), None
    if type(loss).__name__ != "CrossEntropyLoss":
        return prediction, target, None
    if target.shape == prediction.shape:
        return prediction, target.argmax(axis=1), None
    counted = target != getattr(loss, "ignore_index", -100)
    return prediction, np.where(counted, target, 0), counted
