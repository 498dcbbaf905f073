"""The truth to float64, in NumPy: weights after some steps, and the gradient of softmax cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.works import Arrays, Work

Array = np.ndarray[Any, Any]


def trained(work: Work, steps: int) -> Arrays:
    """The weights after that many steps."""
    w = {key: value.astype("f8") for key, value in work.weights.items()}
    n = len(work.x) // work.batch
    for k in range(steps):
        part = slice(k % n * work.batch, (k % n + 1) * work.batch)
        x, t = work.x[part].astype("f8"), work.t[part]
        for key, g in GRADIENTS[work.network](w, x, t).items():
            w[key] = w[key] - work.lr * g
    return w


def question(w: Arrays, x: Array, t: Array) -> Arrays:
    u = x[0].reshape(2, 2, 2, 2).max((1, 3))
    v = np.where(u > 0, u, w["alpha"] * u)
    d = (w["W"] * v).sum() - float(t[0])
    return {"W": d * v, "alpha": np.asarray((d * w["W"] * np.where(u > 0, 0, u)).sum())}


def mlp(w: Arrays, x: Array, t: Array) -> Arrays:
    h = np.maximum(linear(w, "F1", x), 0)
    g, dh = linear_back(w, "z", h, softmax_gradient(linear(w, "z", h), t) / len(t))
    return g | linear_back(w, "F1", x, dh * (h > 0))[0]


def lenet(w: Arrays, x: Array, t: Array) -> Arrays:
    x = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))
    windows1, a1 = conv(w, "C1", x)
    h1, winner1 = pool(a1)
    windows2, a2 = conv(w, "C2", h1)
    h2, winner2 = pool(a2)
    f0 = h2.reshape(len(t), 400)
    f1 = np.maximum(linear(w, "F1", f0), 0)
    f2 = np.maximum(linear(w, "F2", f1), 0)
    g, d = linear_back(w, "z", f2, softmax_gradient(linear(w, "z", f2), t) / len(t))
    more, d = linear_back(w, "F2", f1, d * (f2 > 0))
    g |= more
    more, d = linear_back(w, "F1", f0, d * (f1 > 0))
    g |= more
    d = pool_back(d.reshape(h2.shape), winner2) * (a2 > 0)
    g |= conv_back("C2", windows2, d)
    d = pool_back(conv_input_back(w, "C2", d), winner1) * (a1 > 0)
    return g | conv_back("C1", windows1, d)


GRADIENTS = {"question-1": question, "mlp": mlp, "lenet": lenet}


def linear(w: Arrays, name: str, x: Array) -> Array:
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def linear_back(w: Arrays, name: str, x: Array, dy: Array) -> tuple[Arrays, Array]:
    return {name + ".weight": dy.T @ x, name + ".bias": dy.sum(0)}, dy @ w[name + ".weight"]


def conv(w: Arrays, name: str, x: Array) -> tuple[Array, Array]:
    """The 5×5 windows, and ReLU of the convolution. x: (N, C, H, W)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (5, 5), (2, 3))  # (N, C, H', W', 5, 5)
    y = np.einsum("nchwij,ocij->nohw", windows, w[name + ".weight"], optimize=True)
    return windows, np.maximum(y + w[name + ".bias"][:, None, None], 0)


def conv_back(name: str, windows: Array, dy: Array) -> Arrays:
    weight = np.einsum("nchwij,nohw->ocij", windows, dy, optimize=True)
    return {name + ".weight": weight, name + ".bias": dy.sum((0, 2, 3))}


def conv_input_back(w: Arrays, name: str, dy: Array) -> Array:
    wide = np.pad(dy, ((0, 0), (0, 0), (4, 4), (4, 4)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (5, 5), (2, 3))
    return np.einsum("nohwij,ocij->nchw", windows, w[name + ".weight"][:, :, ::-1, ::-1], optimize=True)


def pool(x: Array) -> tuple[Array, Array]:
    """2×2 max pooling, and which of the four won (the first of equals)."""
    n, c, h, w = x.shape
    fours = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
    return fours.max(-1), fours.argmax(-1)


def pool_back(dy: Array, winner: Array) -> Array:
    fours = np.where(np.arange(4) == winner[..., None], dy[..., None], 0)
    n, c, h, w = dy.shape
    return fours.reshape(n, c, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w)


def softmax_gradient(z: Array, t: Array) -> Array:
    """softmax(z) − one-hot(t), row by row. z: (N, k)."""
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(t)), t] -= 1
    return p


def update_error(work: Work, truth: Arrays, found: Arrays) -> float:
    """The worst error of any weight, as a share of the largest change that its array's weights underwent."""
    if set(found) != set(truth) or any(found[key].shape != truth[key].shape for key in truth):
        return np.inf
    change = {key: np.abs(truth[key] - work.weights[key].astype("f8")).max() for key in truth}
    return max(float(np.abs(found[key].astype("f8") - truth[key]).max() / change[key]) for key in truth)


def gradient_ulps(x: Array, t: Array, found: Array) -> float:
    """The worst error of a float32 gradient in units of the last place of the truth, which is computed in float64."""
    worst = 0.0
    for k in range(0, len(x), 16):
        truth = softmax_gradient(x[k : k + 16].astype("f8"), t[k : k + 16])
        ulp = np.spacing(np.abs(truth).astype("f4")).astype("f8")
        worst = max(worst, float((np.abs(found[k : k + 16] - truth) / ulp).max()))
    return worst
