"""C by hand, made by `gcc -O3 -march=native -ffast-math` when it is first asked for."""

from __future__ import annotations

import ctypes
import hashlib
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench.works import Work

NAME = "C"
FLAGS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")
QUESTION = {"C": "train_scalar", "C, vector": "train_vector", "C looking ahead": "train_ahead"}


def version() -> str:
    try:
        line = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except OSError as error:
        raise ImportError("gcc is not here") from error
    return f"{line}, {' '.join(FLAGS[:3])}"


def library(name: str, *flags: str) -> Any:
    """The compiled file `name`.c of this folder, kept in the temporary folder by the hash of what it is made from."""
    source = Path(__file__).with_name(name + ".c")
    key = hashlib.sha256(source.read_bytes() + repr((FLAGS, flags, version())).encode()).hexdigest()[:16]
    out = Path(tempfile.gettempdir()) / f"backproof-bench-{name}-{key}.so"
    if not out.exists():
        subprocess.run(["gcc", *FLAGS, *flags, str(source), "-o", str(out) + ".new", "-lm"], check=True)
        Path(str(out) + ".new").replace(out)
    return ctypes.CDLL(str(out))


def pointer(array: np.ndarray[Any, Any]) -> ctypes.c_void_p:
    assert array.flags.c_contiguous
    return ctypes.c_void_p(array.ctypes.data)


def forms(work: Work) -> list[str]:
    return list(QUESTION) if work.network == "question-1" else []


class Training:
    """Question 1's network; the losses are kept."""

    def __init__(self, work: Work, form: str, threads: int) -> None:
        self.work = work
        self.function = library("question_1")[QUESTION[form]]
        self.order, self.losses = np.arange(0), np.empty(0, "f4")

    def start(self) -> None:
        self.w = np.append(self.work.weights["W"].ravel(), self.work.weights["alpha"]).astype("f4")

    def ready(self, steps: int) -> None:
        """Room for that many steps; not timed when the run before it was as long."""
        self.order = np.arange(steps) % len(self.work.x)
        self.losses = np.zeros(steps, "f4")

    def run(self, steps: int) -> None:
        if steps != len(self.order):
            self.ready(steps)
        w = self.work
        self.function(
            *(pointer(w.x), pointer(w.t), pointer(self.order), ctypes.c_int64(steps)),
            *(ctypes.c_float(w.lr), pointer(self.w), pointer(self.losses)),
        )

    def result(self) -> Any:
        return {"W": self.w[:4].reshape(2, 2), "alpha": self.w[4:].reshape(())}


prepare = Training


def softmax_forms() -> list[str]:
    return ["scaling alone", "C", "C, 512 bits"]


class Softmax:
    """In place; `scaling alone` is the measure of the others."""

    def __init__(self, x: Any, t: Any, form: str) -> None:
        self.form, self.first, self.t = form, x, t
        self.x = x.copy()
        self.c = library("softmax", *(["-mprefer-vector-width=512"] if "512" in form else []))
        self.c.softmax_cross_entropy.restype = ctypes.c_double

    def start(self) -> None:
        np.copyto(self.x, self.first)

    def run(self, steps: int) -> None:
        for _ in range(steps):
            if self.form == "scaling alone":
                self.c.scale(pointer(self.x), ctypes.c_int64(self.x.size))
            else:
                rows, classes = map(ctypes.c_int64, self.x.shape)
                self.c.softmax_cross_entropy(pointer(self.x), pointer(self.t), rows, classes)

    def result(self) -> Any:
        return {"gradient": self.x}


softmax = Softmax
