"""Contenders run in turns: round after round each once, so that a change of the machine meets all of them alike.

Every contender is checked first: a wrong one is named and not timed. Of several variants of one family ("scan, NHWC",
"scan, NCHW") those go on that come near the fastest in a first heat, and tables show the best.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from bench import reference, works

TOLERANCE = 2e-3  # of the largest change of an array's weights
NEAR = 1.2  # times the seconds of a family's fastest in the heat, to go on

# glibc keeps memory that was freed, so that no contender waits for fresh pages at each step
KEEP = {"mmap_max": 0, "trim_threshold": 1 << 36, "top_pad": 1 << 28}
MEMORY = {"GLIBC_TUNABLES": ":".join(f"glibc.malloc.{key}={value}" for key, value in KEEP.items())}


class Workers:
    """One process for each library and number of threads, begun when first needed."""

    def __init__(self, libraries: list[str], log: str | None = None) -> None:
        self.libraries, self.running, self.log = libraries, {}, log
        self.absent: dict[str, str] = {}

    def ask(self, library: str, threads: int, do: str, **request: Any) -> dict[str, Any]:
        """The answer, or `{"error": ...}`."""
        key = (library, threads)
        if key not in self.running:
            err = open(self.log, "a") if self.log else subprocess.DEVNULL  # noqa: SIM115
            command = [sys.executable, "-m", "bench.worker", library, str(threads)]
            pipes: Any = {
                "stdin": subprocess.PIPE,
                "stdout": subprocess.PIPE,
                "stderr": err,
                "env": os.environ | MEMORY,
            }
            self.running[key] = subprocess.Popen(command, text=True, **pipes)
        process = self.running[key]
        try:
            process.stdin.write(json.dumps({"do": do, **request}) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError):
            del self.running[key]
            return {"error": f"the process of {library} ended with {process.wait()}"}

    def versions(self) -> dict[str, str]:
        """Of the libraries that are here; the others are left out from now on, with a word."""
        found = {}
        for library in list(self.libraries):
            answer = self.ask(library, 1, "version")
            if "error" in answer:
                self.libraries.remove(library)
                self.absent[library] = answer["error"]
                print(f"{library} is skipped: {answer['error']}")
            else:
                found[library] = answer["version"]
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.running.values():
            process.stdin.close()
        for process in self.running.values():
            process.wait()


def contest(workers: Workers, work: list[Any], threads: int, rounds: int) -> dict[str, Any]:
    """One row of a table: `work` is `["lenet", 64]` or `["softmax", 4096, 1000]`."""
    entries = heat(workers, work, threads)
    running = [e for e in entries if "steps" in e and "dropped" not in e]
    for _ in range(rounds):
        for e in running:
            answer = workers.ask(e["library"], threads, "measure", form=e["form"], steps=e["steps"], times=e["times"])
            if "error" in answer:
                e.setdefault("skipped", answer["error"])
            else:
                e["seconds"].append(statistics.median(answer["seconds"]))
    for e in running:
        workers.ask(e["library"], threads, "drop", form=e["form"])
    batch = works.batch_of(work)
    for e in entries:
        if e.get("seconds"):
            e |= summary(e["seconds"], e["steps"], batch)
    return {"work": work, "threads": threads, "contenders": entries}


def summary(seconds: list[float], steps: int, batch: int) -> dict[str, Any]:
    """Medians and quartiles of seconds a step, and the rate in data a second."""
    low, middle, high = statistics.quantiles(seconds, n=4) if len(seconds) > 1 else seconds * 3
    return {
        "runs": len(seconds),
        "seconds": seconds,
        "rate": steps * batch / middle,
        "rate_best": steps * batch / min(seconds),
        "rate_quartiles": [steps * batch / high, steps * batch / low],
        "seconds_a_step": middle / steps,
    }


def heat(workers: Workers, work: list[Any], threads: int) -> list[dict[str, Any]]:
    """All contenders, made, checked and run once; those that are wrong or far slower than their family's best end here."""
    check = checker(work)
    entries: list[dict[str, Any]] = []
    for library in workers.libraries:
        answer = workers.ask(library, threads, "forms", work=work)
        if "error" in answer:
            entries.append({"library": library, "form": "", "skipped": answer["error"]})
        entries += [{"library": library, "form": form, "seconds": []} for form in answer.get("forms", ())]
    with tempfile.TemporaryDirectory() as folder:
        for e in entries:
            if "skipped" in e:
                continue
            out = str(Path(folder) / "out.npz")
            answer = workers.ask(e["library"], threads, "prepare", work=work, form=e["form"], out=out)
            if "error" in answer:
                e["skipped"] = answer["error"]
                continue
            e |= {"heat": answer["seconds"] / answer["steps"], "first": answer["first"]}
            with np.load(out) as found:
                verdict = check(e["form"], dict(found))
            e |= verdict
            if "wrong" not in verdict:
                e["steps"] = answer["steps"]
                e["times"] = max(1, min(9, round(0.2 / answer["seconds"])))
    best: dict[tuple[str, str], float] = {}
    family = lambda e: (e["library"], e["form"].split(",")[0])
    for e in entries:
        if "steps" in e:
            best[family(e)] = min(best.get(family(e), np.inf), e["heat"])
    for e in entries:
        if "steps" in e and e["heat"] > NEAR * best[family(e)]:
            e["dropped"] = "another variant was much faster in the heat"
            workers.ask(e["library"], threads, "drop", form=e["form"])
        if "skipped" in e or "wrong" in e:
            print(f"  {e['library']} {e['form']}: {e.get('skipped') or 'WRONG, ' + e['wrong']}")
    return entries


def checker(work: list[Any]) -> Any:
    """A function of form and arrays found: their error, and "wrong" where it is too large."""
    if work[0] == "softmax":
        x, t = works.logits(*work[1:])

        def gradient(form: str, found: works.Arrays) -> dict[str, Any]:
            if form == "scaling alone":
                return {"ulps": None}
            ulps = reference.gradient_ulps(x, t, found["gradient"])
            return {"ulps": ulps} | ({"wrong": f"the gradient is {ulps:.0f} ULP off"} if not ulps < 1000 else {})

        return gradient
    made = works.make(*work)
    truth = reference.trained(made, made.chunk)

    def weights(form: str, found: works.Arrays) -> dict[str, Any]:
        error = reference.update_error(made, truth, found)
        return {"error": error} | ({"wrong": f"error {error:.2g}"} if not error <= TOLERANCE else {})

    return weights
