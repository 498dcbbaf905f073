"""From nothing: seconds until LeNet-5's first step is compiled and done, and whole processes that train Question 1's network.

`python -m bench.cold LIBRARY FORM WORK BATCH STEPS` is such a process; it prints its own seconds from the first use of the
network on, imports left out.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

COMPILE = (
    ("backproof", "compiled"),
    ("JAX", "step, patches NHWC"),
    ("JAX", "scan, patches NHWC"),
    ("PyTorch", "compile"),
)
PROCESS = (
    ("backproof", "compiled"),
    ("C", "C"),
    ("NumPy", "by hand"),
    ("JAX", "scan"),
    ("PyTorch", "eager"),
    ("PyTorch", "compile"),
)


def measure(libraries: list[str], rounds: int) -> dict[str, Any]:
    """Medians: `compile` (seconds of compiling and one chunk, imports left out), `process` (the whole process's)."""
    return {
        "compile": turns(COMPILE, libraries, ["lenet", "64", "1"], rounds, inside=True),
        "process": turns(PROCESS, libraries, ["question-1", "1", "1000"], rounds, inside=False),
    }


def turns(forms: Any, libraries: list[str], work: list[str], rounds: int, inside: bool) -> list[dict[str, Any]]:
    """The contenders in turns; caches on disk are empty for each."""
    entries = [{"library": library, "form": form, "seconds": []} for library, form in forms if library in libraries]
    for _ in range(rounds):
        for e in entries:
            if "skipped" in e:
                continue
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-m", "bench.cold", e["library"], e["form"], *work]
                empty = {"TORCHINDUCTOR_CACHE_DIR": folder, "XDG_CACHE_HOME": folder, "TMPDIR": folder}
                begin = time.perf_counter()
                done = subprocess.run(command, capture_output=True, text=True, env=os.environ | empty)
                whole = time.perf_counter() - begin
            if done.returncode:
                e["skipped"] = (done.stderr.strip().splitlines() or ["it failed"])[-1][:300]
            else:
                e["seconds"].append(json.loads(done.stdout.splitlines()[-1]) if inside else whole)
    for e in entries:
        if e["seconds"]:
            e["median"] = statistics.median(e["seconds"])
    return entries


def main(library: str, form: str, name: str, batch: int, steps: int) -> None:
    """Train, and print the seconds from the network's first use on."""
    from dataclasses import replace

    from bench import worker, works

    module = worker.module(library)
    work = works.make(name, batch)
    if name == "question-1":
        work = replace(work, chunk=steps, x=work.x[:steps], t=work.t[:steps])
    else:
        work = replace(work, chunk=8)
        steps = 8 if form.startswith("scan") else steps
    begin = time.perf_counter()
    contender = module.prepare(work, form, 1)
    contender.start()
    contender.run(steps)
    print(json.dumps(time.perf_counter() - begin))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
