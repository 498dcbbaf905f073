"""JAX: a jitted step called batch by batch, and lax.scan over the batches; convolutions by the library or as matrix products."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from bench.works import Work

NAME = "JAX"
SLICE = 8  # data of a larger batch that are taken at a time in the "slices" variants: their arrays stay in the cache


def version() -> str:
    return f"JAX {jax.__version__}"


def forms(work: Work) -> list[str]:
    if work.network == "question-1":
        return ["scan", "step"]
    if work.network == "mlp":
        one = ["scan, vector", "step, vector"] if work.batch == 1 else []
        return ["scan", "scan, unrolled 4 times", *one, "step"]
    if work.batch == 1:
        return [f"{family}, patches {way}, vector" for family in ("scan", "step") for way in ("CNHW", "NHWC")]
    ways = ["patches NHWC", "patches CNHW"] + ["patches NHWC, in slices"] * (work.batch > SLICE)
    # the library's convolutions are several times slower within a loop, so that they are no match in a scan
    return [f"scan, {way}" for way in ways] + [f"step, {way}" for way in ["library convolutions", *ways]]


def cross_entropy(z: jax.Array, t: jax.Array) -> jax.Array:
    return -jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], 1).mean()


def dense(x: jax.Array, w: Any, name: str) -> jax.Array:
    """x: (N, in), or (in,), whose weight's gradient is then a product cell by cell and no matrix product."""
    return w[name + ".weight"] @ x + w[name + ".bias"] if x.ndim == 1 else x @ w[name + ".weight"].T + w[name + ".bias"]


def conv_library(x: jax.Array, w: jax.Array) -> jax.Array:
    return lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=("NHWC", "OIHW", "NHWC"))


def conv_nhwc(x: jax.Array, w: jax.Array) -> jax.Array:
    """The windows laid out as rows, times the weights. x: (N, H, W, C)."""
    n, height, width, c = x.shape
    h, v = height - 4, width - 4
    windows = jnp.stack([x[:, i : i + h, j : j + v] for i in range(5) for j in range(5)], 3).reshape(n * h * v, 25 * c)
    return (windows @ w.transpose(2, 3, 1, 0).reshape(25 * c, -1)).reshape(n, h, v, -1)


def conv_cnhw(x: jax.Array, w: jax.Array) -> jax.Array:
    """The weights times the windows laid out as columns. x: (C, N, H, W)."""
    c, n, height, width = x.shape
    h, v = height - 4, width - 4
    windows = jnp.stack([x[:, :, i : i + h, j : j + v] for i in range(5) for j in range(5)], 1).reshape(c * 25, -1)
    return (w.reshape(w.shape[0], -1) @ windows).reshape(-1, n, h, v)


def lenet(w: Any, x: jax.Array, way: str) -> jax.Array:
    """The logits. x: (N, 1, 28, 28)."""
    n = len(x)
    if "CNHW" in way:
        x = jnp.pad(x.reshape(1, n, 28, 28), ((0, 0), (0, 0), (2, 2), (2, 2)))
        for name in ("C1", "C2"):
            x = jax.nn.relu(conv_cnhw(x, w[name + ".weight"]) + w[name + ".bias"][:, None, None, None])
            x = x.reshape(*x.shape[:2], x.shape[2] // 2, 2, x.shape[3] // 2, 2).max((3, 5))
        x = x.transpose(1, 0, 2, 3)
    else:
        conv = conv_library if "library" in way else conv_nhwc
        x = jnp.pad(x.reshape(n, 28, 28, 1), ((0, 0), (2, 2), (2, 2), (0, 0)))
        for name in ("C1", "C2"):
            x = jax.nn.relu(conv(x, w[name + ".weight"]) + w[name + ".bias"])
            x = x.reshape(n, x.shape[1] // 2, 2, x.shape[2] // 2, 2, x.shape[3]).max((2, 4))
        x = x.transpose(0, 3, 1, 2)
    x = x.reshape(400) if "vector" in way else x.reshape(n, 400)
    return dense(jax.nn.relu(dense(jax.nn.relu(dense(x, w, "F1")), w, "F2")), w, "z")


def loss_of(work: Work, form: str) -> Any:
    """w, x, t -> the batch's loss."""
    if work.network == "question-1":

        def question(w: Any, x: jax.Array, t: jax.Array) -> jax.Array:
            u = x[0].reshape(2, 2, 2, 2).max((1, 3))
            return 0.5 * (jnp.vdot(w["W"], jnp.where(u > 0, u, w["alpha"] * u)) - t[0]) ** 2

        return question
    if work.network == "mlp":
        if "vector" in form:
            return lambda w, x, t: cross_entropy(dense(jax.nn.relu(dense(x[0], w, "F1")), w, "z")[None], t)
        return lambda w, x, t: cross_entropy(dense(jax.nn.relu(dense(x, w, "F1")), w, "z"), t)
    return lambda w, x, t: cross_entropy(lenet(w, x, form).reshape(-1, 10), t)


def step_of(work: Work, form: str) -> Any:
    """w, x, t -> new w, loss."""
    both = jax.value_and_grad(loss_of(work, form))

    def sliced(w: Any, x: jax.Array, t: jax.Array) -> Any:
        parts = work.batch // SLICE
        zero = (jnp.zeros(()), jax.tree.map(jnp.zeros_like, w))
        add = lambda total, part: (jax.tree.map(jnp.add, total, both(w, *part)), None)
        total, _ = lax.scan(add, zero, (x.reshape(parts, SLICE, *x.shape[1:]), t.reshape(parts, SLICE)))
        return jax.tree.map(lambda a: a / parts, total)

    def step(w: Any, x: jax.Array, t: jax.Array) -> Any:
        loss, g = (sliced if "slices" in form else both)(w, x, t)
        return jax.tree.map(lambda p, d: p - work.lr * d, w, g), loss

    return step


class Training:
    """The data lie on the device beforehand; weights are donated."""

    def __init__(self, work: Work, form: str, threads: int) -> None:
        self.work = work
        n = len(work.x) // work.batch
        x = jnp.array(work.x).reshape(n, work.batch, *work.x.shape[1:])
        t = jnp.array(work.t.astype("i4") if work.t.dtype == "i8" else work.t).reshape(n, work.batch)
        step = step_of(work, form)
        unroll = int(form.split()[-2]) if "unrolled" in form else 1
        if form.startswith("scan"):

            @partial(jax.jit, donate_argnums=0)
            def chunk(w: Any, x: jax.Array, t: jax.Array) -> Any:
                return lax.scan(lambda w, xt: step(w, *xt), w, (x, t), unroll=unroll)

            pieces = range(0, n, work.chunk)
            self.parts, self.steps = [(x[k : k + work.chunk], t[k : k + work.chunk]) for k in pieces], work.chunk
            self.function = chunk
        else:
            self.parts, self.steps = list(zip(x, t, strict=True)), 1
            self.function = jax.jit(step, donate_argnums=0)
        self.w: Any = None

    def start(self) -> None:
        self.w = {key: jnp.array(w) for key, w in self.work.weights.items()}

    def run(self, steps: int) -> None:
        for k in range(steps // self.steps):
            self.w, _ = self.function(self.w, *self.parts[k % len(self.parts)])
        jax.block_until_ready(self.w)

    def result(self) -> Any:
        return {key: jax.device_get(w) for key, w in self.w.items()}


prepare = Training


def softmax_forms() -> list[str]:
    return ["jit", "jit, by hand"]


class Softmax:
    """Loss and gradient (sum) in one jitted function."""

    def __init__(self, x: Any, t: Any, form: str) -> None:
        self.first, self.t = jnp.array(x), jnp.array(t.astype("i4"))
        self.x = self.first

        def by_hand(x: jax.Array, t: jax.Array) -> Any:
            top = x.max(1, keepdims=True)
            e = jnp.exp(x - top)
            total = e.sum(1, keepdims=True)
            loss = (jnp.log(total) + top - jnp.take_along_axis(x, t[:, None], 1)).sum()
            hot = jnp.arange(x.shape[1], dtype="i4") == t[:, None]
            return loss, e / total - hot

        whole = jax.value_and_grad(lambda x, t: cross_entropy(x, t) * len(x))
        self.function = jax.jit(by_hand if "by hand" in form else whole)
        self.gradient: Any = None

    def start(self) -> None:
        self.gradient = None

    def run(self, steps: int) -> None:
        for _ in range(steps):
            _, self.gradient = self.function(self.x, self.t)
        jax.block_until_ready(self.gradient)

    def result(self) -> Any:
        return {"gradient": jax.device_get(self.gradient)}


softmax = Softmax
