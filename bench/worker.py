"""A process that holds one library's contenders at one number of threads, and does what it is told over a pipe.

`python -m bench.worker MODULE THREADS`: requests come as lines of JSON on standard input, answers go as lines of JSON to
what was standard output; libraries that print do so to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any

LIBRARIES = {
    "backproof": "bench.ours",
    "C": "bench.peers.c",
    "NumPy": "bench.peers.numpy_",
    "JAX": "bench.peers.jax_",
    "PyTorch": "bench.peers.pytorch",
}


def main(library: str, threads: int) -> None:
    """Pin to the cores, import, then answer until standard input ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    pin(threads)
    holder: dict[str, Any] = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = DO[request.pop("do")](holder, library, threads, **request)
        except Exception as error:  # the contest goes on without this contender, and says why
            answer = {"error": f"{type(error).__name__}: {error}".strip()[:500]}
        out.write(json.dumps(answer) + "\n")
        out.flush()


def pin(threads: int) -> None:
    """To the last cores that this process may use, before any library makes its threads."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # threads that wait do not hold the core that the other needs
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    if threads == 1:
        os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"


def module(library: str) -> Any:
    return importlib.import_module(LIBRARIES[library])


def version(holder: dict[str, Any], library: str, threads: int) -> Any:
    return {"version": module(library).version()}


def forms(holder: dict[str, Any], library: str, threads: int, work: list[Any]) -> Any:
    """The contenders of `["lenet", 64]` or `["softmax", 4096, 1000]`."""
    from bench import works

    if work[0] == "softmax":
        return {"forms": module(library).softmax_forms() if hasattr(module(library), "softmax_forms") else []}
    return {"forms": module(library).forms(works.make(*work))}


def prepare(holder: dict[str, Any], library: str, threads: int, work: list[Any], form: str, out: str) -> Any:
    """Make a contender, run it once, write what came out to the file `out`, and find how many steps take 0.2 s."""
    import numpy as np

    from bench import works

    begin = time.perf_counter()
    if work[0] == "softmax":
        contender, chunk = module(library).softmax(*works.logits(*work[1:]), form), 1
    else:
        made = works.make(*work)
        contender, chunk = module(library).prepare(made, form, threads), made.chunk
    contender.start()
    contender.run(chunk)
    first = time.perf_counter() - begin
    np.savez(out, **contender.result())
    holder[form] = contender
    steps, seconds = chunk, 0.0
    while True:
        seconds = min(timed(contender, steps) for _ in range(5 if chunk == 1 else 1))
        if chunk == 1 or seconds > 0.15:
            break
        steps = chunk * max(2 * steps // chunk, round(0.2 / max(seconds, 1e-6) * steps / chunk))
    return {"steps": steps, "seconds": min(seconds, timed(contender, steps)), "first": first}


def timed(contender: Any, steps: int) -> float:
    """Seconds for that many steps from the first weights on."""
    contender.start()
    begin = time.perf_counter()
    contender.run(steps)
    return time.perf_counter() - begin


def measure(holder: dict[str, Any], library: str, threads: int, form: str, steps: int, times: int) -> Any:
    return {"seconds": [timed(holder[form], steps) for _ in range(times)]}


def drop(holder: dict[str, Any], library: str, threads: int, form: str) -> Any:
    return {"dropped": holder.pop(form, None) is not None}


DO = {f.__name__: f for f in (version, forms, prepare, measure, drop)}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
