"""NumPy by hand: the fewest calls, results put into arrays made beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.works import Work

NAME = "NumPy"


def version() -> str:
    return f"NumPy {np.__version__}"


def forms(work: Work) -> list[str]:
    return [] if work.network == "lenet" else ["by hand"]


def prepare(work: Work, form: str, threads: int) -> Any:
    return Question(work) if work.network == "question-1" else MLP(work)


class Question:
    """Question 1's network, flat: y = W·max(U, 0) + α W·min(U, 0)."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.data = [(x.reshape(2, 2, 2, 2), float(t)) for x, t in zip(work.x, work.t, strict=True)]

    def start(self) -> None:
        self.w, self.alpha = self.work.weights["W"].reshape(4).copy(), np.float32(self.work.weights["alpha"])
        self.loss = 0.0

    def run(self, steps: int) -> None:
        w, alpha, lr, data, loss = self.w, self.alpha, np.float32(self.work.lr), self.data, 0.0
        largest, zero = np.maximum.reduce, np.float32(0)
        for k in range(steps):
            x, t = data[k % len(data)]
            u = largest(x, (1, 3)).ravel()
            below = np.minimum(u, zero)
            v = u + (alpha - 1) * below  # U where it is positive, αU elsewhere
            d = w.dot(v) - np.float32(t)
            loss += 0.5 * d * d
            step = lr * d
            alpha = alpha - step * w.dot(below)
            w -= step * v
        self.alpha, self.loss = alpha, loss

    def result(self) -> Any:
        return {"W": self.w.reshape(2, 2), "alpha": np.array(self.alpha)}


class MLP:
    """784-128-10; the learning rate is put into the gradient of the logits, so that updates are plain subtractions."""

    def __init__(self, work: Work) -> None:
        self.work, b = work, work.batch
        self.batches = [(work.x[k : k + b], work.t[k : k + b]) for k in range(0, len(work.x), b)]
        self.h, self.z = np.empty((b, 128), "f4"), np.empty((b, 10), "f4")
        self.dw1, self.dh = np.empty((128, 784), "f4"), np.empty((b, 128), "f4")
        self.rows = np.arange(b)

    def start(self) -> None:
        self.w = {key: w.copy() for key, w in self.work.weights.items()}
        self.loss = 0.0

    def run(self, steps: int) -> None:
        w1, b1, w2, b2 = (self.w[key] for key in ("F1.weight", "F1.bias", "z.weight", "z.bias"))
        h, z, dh, dw1, rows, batches = self.h, self.z, self.dh, self.dw1, self.rows, self.batches
        share, lr = np.float32(1 / len(z)), np.float32(self.work.lr)
        product = np.multiply if len(z) == 1 else np.matmul  # of one datum it is an outer product
        for k in range(steps):
            x, t = batches[k % len(batches)]
            np.matmul(x, w1.T, out=h)
            h += b1
            np.maximum(h, 0, out=h)
            np.matmul(h, w2.T, out=z)
            z += b2
            z -= z.max(1, keepdims=True)
            at = z[rows, t]
            np.exp(z, out=z)
            total = z.sum(1, keepdims=True)
            self.loss += float((np.log(total[:, 0]) - at).mean())
            z /= total
            z[rows, t] -= 1
            z *= share * lr
            np.matmul(z, w2, out=dh)
            dh *= h > 0
            w2 -= z.T @ h
            b2 -= z.sum(0)
            product(dh.T, x, out=dw1)
            np.subtract(w1, dw1, out=w1)
            b1 -= dh.sum(0)

    def result(self) -> Any:
        return self.w
