"""The works: what is trained, on which data, from which weights. Every contender is given the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

DATA = 4096  # data in every data set of a training work
BATCHES = (1, 8, 64, 512)
LOGITS = ((4096, 1000), (256, 32000), (64, 131072))

# multiplications with an addition of one datum: forward, backward (no gradient for X itself)
MACS = {"question-1": (9, 9), "lenet": (416_520, 715_440), "mlp": (101_632, 102_912)}

Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Work:
    """A network to be trained by SGD: step k takes the data k·batch … (k+1)·batch − 1, and after the last the first again.

    x: (4096, ...) float32. t: (4096,), int64 classes or float32. weights: by name, float32, in PyTorch's shapes.
    chunk: contenders are asked for a multiple of so many steps, and checked after that many.
    """

    name: str
    batch: int
    lr: float
    chunk: int
    x: np.ndarray[Any, Any]
    t: np.ndarray[Any, Any]
    weights: Arrays

    @property
    def network(self) -> str:
        """`mlp` of `mlp-dense`, ..."""
        return self.name.removesuffix("-dense")


def make(name: str, batch: int = 1) -> Work:
    """`question-1`, `lenet`, `mlp` or `mlp-dense`, at a batch size."""
    random = np.random.default_rng(2024)
    if name == "question-1":
        x = random.normal(size=(DATA, 4, 4)) * 2
        t = random.normal(size=DATA)
        weights = {"W": np.array([[1, 2], [10, 4]], "f4"), "alpha": np.array(0.1, "f4")}
        return Work(name, 1, 1e-4, DATA, x.astype("f4"), t.astype("f4"), weights)
    t = random.integers(0, 10, DATA)
    x = random.random((DATA, 784), dtype="f4") if name == "mlp-dense" else images(random, t)
    shapes = LENET if name == "lenet" else MLP
    weights = {key: uniform(random, shape, fan) for key, (shape, fan) in shapes.items()}
    x = x.reshape(DATA, 1, 28, 28) if name == "lenet" else x.reshape(DATA, 784)
    return Work(name, batch, 0.01, min(256, DATA // batch), x, t, weights)


def batch_of(work: list[Any]) -> int:
    """Data a step of `["lenet", 64]`; 1 of `["question-1"]` and `["softmax", 4096, 1000]`."""
    return work[1] if work[0] != "softmax" and len(work) > 1 else 1


def images(random: np.random.Generator, t: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Drawn like MNIST: a stroke of each class on exact zeros (about 80 of 100), moved, with noise. (N, 784) float32."""
    strokes = np.zeros((10, 28, 28))
    for c in range(10):
        turns = random.normal(size=(2, 3)) * (7.0, 3.5, 2.0)
        s = np.linspace(0, np.pi, 60)
        rows, columns = 13.5 + turns @ np.cos(np.outer([1, 2, 3], s))
        grid = np.arange(28)
        for r, k in zip(rows.clip(4, 23), columns.clip(4, 23), strict=True):
            near = np.exp(-((grid[:, None] - r) ** 2 + (grid - k) ** 2) / 2)
            strokes[c] = np.maximum(strokes[c], near)
    x = strokes[t]
    for n, (down, right) in enumerate(random.integers(-2, 3, (len(t), 2))):
        x[n] = np.roll(x[n], (down, right), (0, 1))
    x *= random.uniform(0.8, 1.0, x.shape)
    cut = np.quantile(x, 0.8)
    return np.where(x > cut, x, 0).astype("f4").reshape(len(t), 784)


LENET: dict[str, tuple[tuple[int, ...], int]] = {
    "C1.weight": ((6, 1, 5, 5), 25),
    "C1.bias": ((6,), 25),
    "C2.weight": ((16, 6, 5, 5), 150),
    "C2.bias": ((16,), 150),
    "F1.weight": ((120, 400), 400),
    "F1.bias": ((120,), 400),
    "F2.weight": ((84, 120), 120),
    "F2.bias": ((84,), 120),
    "z.weight": ((10, 84), 84),
    "z.bias": ((10,), 84),
}
MLP: dict[str, tuple[tuple[int, ...], int]] = {
    "F1.weight": ((128, 784), 784),
    "F1.bias": ((128,), 784),
    "z.weight": ((10, 128), 128),
    "z.bias": ((10,), 128),
}


def uniform(random: np.random.Generator, shape: tuple[int, ...], fan: int) -> np.ndarray[Any, Any]:
    """PyTorch's own first weights: uniform within ± 1 / √fan."""
    return random.uniform(-(fan**-0.5), fan**-0.5, shape).astype("f4")


def logits(rows: int, classes: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """x: (rows, classes) float32, standard normal times 3. t: (rows,) int64."""
    random = np.random.default_rng(7)
    return random.standard_normal((rows, classes), "f4") * np.float32(3), random.integers(0, classes, rows)
