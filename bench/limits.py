"""What one core can do: fused multiply-adds that wait for nothing, and float32 matrix products of a good library."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from bench.worker import pin


def measure(rounds: int) -> dict[str, Any]:
    """The best of each in GFLOP/s, each kind in a process of its own, in turns."""
    found: dict[str, Any] = {"fma": [], "numpy": [], "torch": []}
    for _ in range(max(2, rounds // 3)):
        for kind in found:
            done = subprocess.run([sys.executable, "-m", "bench.limits", kind], capture_output=True, text=True)
            if done.returncode == 0:
                found[kind].append(json.loads(done.stdout))
    return {kind: max(values) for kind, values in found.items() if values}


def fma() -> float:
    import ctypes

    from bench.peers import c

    function = c.library("fma", "-mprefer-vector-width=512").fma_peak
    function.restype = ctypes.c_int64
    out = ctypes.c_float()
    return best(lambda: function(ctypes.c_int64(1_000_000), ctypes.byref(out)))


def numpy() -> float:
    import numpy as np

    def product(n: int) -> float:
        a = np.random.default_rng(0).random((n, n), "f4")
        b, c = a.T.copy(), np.empty_like(a)

        def run() -> int:
            np.matmul(a, b, out=c)
            return 2 * n**3

        return best(run)

    return max(product(n) for n in (512, 1024, 2048))


def torch() -> float:
    import torch as pytorch

    pytorch.set_num_threads(1)

    def product(n: int) -> float:
        a, c = pytorch.rand(n, n), pytorch.empty(n, n)

        def run() -> int:
            pytorch.mm(a, a, out=c)
            return 2 * n**3

        return best(run)

    return max(product(n) for n in (512, 1024, 2048))


def best(run: Any) -> float:
    """GFLOP/s of the fastest of the runs of a second; `run` gives its FLOP."""
    run()
    end, rate = time.perf_counter() + 1, 0.0
    while time.perf_counter() < end:
        begin = time.perf_counter()
        flop = run()
        rate = max(rate, flop / (time.perf_counter() - begin) / 1e9)
    return rate


if __name__ == "__main__":
    pin(1)
    print(json.dumps({"fma": fma, "numpy": numpy, "torch": torch}[sys.argv[1]]()))
