"""backproof's own side of the contest. The API stands in `backproof.compiled`; where it is missing, backproof is skipped."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

import backproof as bp
from bench.works import Work

NAME = "backproof"


def version() -> str:
    if importlib.util.find_spec("backproof.compiled") is None:
        raise ImportError("backproof.compiled is not here yet")
    return f"backproof {bp.__version__}"


def forms(work: Work) -> list[str]:
    return ["compiled"]


def network(work: Work) -> Any:
    """The work's network, with its first weights and its learning rate."""
    L = bp.Layer
    if work.network == "question-1":
        layers = [
            L("U", bp.MaxPool2d(2)),
            L("V", bp.PReLU(), weight="alpha"),
            L("y", bp.Linear(bias=False), weight="W"),
        ]
        shape, loss = (4, 4), bp.HalfSquaredError()
    elif work.network == "mlp":
        layers = [L("F1", bp.Linear(784, 128)), L("R1", bp.ReLU()), L("z", bp.Linear(128, 10))]
        shape, loss = (784,), bp.CrossEntropyLoss()
    else:
        layers = [
            *(L("C1", bp.Conv2d(1, 6, 5, padding=2)), L("R1", bp.ReLU()), L("P1", bp.MaxPool2d(2))),
            *(L("C2", bp.Conv2d(6, 16, 5)), L("R2", bp.ReLU()), L("P2", bp.MaxPool2d(2))),
            *(L("F1", bp.Linear(400, 120)), L("R3", bp.ReLU()), L("F2", bp.Linear(120, 84)), L("R4", bp.ReLU())),
            L("z", bp.Linear(84, 10)),
        ]
        shape, loss = (1, 28, 28), bp.CrossEntropyLoss()
    weights = dict(work.weights)
    if work.network == "lenet":  # a Linear's weight has the shape of its input
        weights["F1.weight"] = weights["F1.weight"].reshape(120, 16, 5, 5)
    update = bp.SGD(lr=f"{work.lr:.10f}".rstrip("0"))
    return bp.Network({"X": shape}, layers, loss, update=update, parameters=weights)


class Training:
    """`Program.train`, which keeps the loss of each batch."""

    def __init__(self, work: Work, form: str, threads: int) -> None:
        self.work = work
        self.program = network(work).compiled(batch_size=work.batch, dtype="float32", threads=threads)
        self.order = np.arange(0)

    def start(self) -> None:
        shapes = self.program.network.shapes
        self.program.load({key: w.reshape(shapes[key]) for key, w in self.work.weights.items()})

    def run(self, steps: int) -> None:
        if len(self.order) != steps * self.work.batch:
            self.order = np.arange(steps * self.work.batch) % len(self.work.x)
        self.program.train({"X": self.work.x, "t": self.work.t}, self.order)

    def result(self) -> Any:
        weights = self.work.weights
        return {key: np.array(w).reshape(weights[key].shape) for key, w in self.program.parameters.items()}


prepare = Training


def softmax_forms() -> list[str]:
    return ["compiled"]


class Softmax:
    """`Program.differentiate` of a network that is nothing but its loss, in place, as the C is."""

    def __init__(self, x: Any, t: Any, form: str) -> None:
        self.first, self.t, self.x = x, t, x.copy()
        self.program = bp.Network({"x": x.shape[1:]}, [], bp.CrossEntropyLoss(reduction="sum")).compiled()

    def start(self) -> None:
        np.copyto(self.x, self.first)

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.program.differentiate({"x": self.x, "t": self.t}, out={"x": self.x})

    def result(self) -> Any:
        return {"gradient": self.x}


softmax = Softmax
