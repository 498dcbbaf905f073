"""LeNet-5 on a 28×28 image, 61,706 parameters to 4 decimals: solved exactly, and one weight's gradient explained."""

from __future__ import annotations

import resource
import sys
import time
from random import Random
from typing import Any

import backproof as bp


def lenet(loss: Any) -> Any:
    """The network; parameters are drawn to 4 decimals."""
    layers = [
        bp.Layer("C1", bp.Conv2d(1, 6, 5, padding=2)),
        bp.Layer("R1", bp.ReLU()),
        bp.Layer("P1", bp.MaxPool2d(2)),
        bp.Layer("C2", bp.Conv2d(6, 16, 5)),
        bp.Layer("R2", bp.ReLU()),
        bp.Layer("P2", bp.MaxPool2d(2)),
        bp.Layer("F1", bp.Linear(400, 120)),
        bp.Layer("R3", bp.ReLU()),
        bp.Layer("F2", bp.Linear(120, 84)),
        bp.Layer("R4", bp.ReLU()),
        bp.Layer("z", bp.Linear(84, 10)),
    ]
    return bp.Network({"X": (1, 28, 28)}, layers, loss)


def main() -> None:
    """Print seconds for each part, and the peak memory."""
    random = Random(0)
    image = [[[random.randrange(256) / 256 for _ in range(28)] for _ in range(28)]]
    for loss, target in ((bp.HalfSquaredError(), [0] * 9 + [1]), (bp.CrossEntropyLoss(), 3)):
        start = time.perf_counter()
        network = lenet(loss)
        made = time.perf_counter()
        record = network.solve(image, target)
        solved = time.perf_counter()
        str(record.explain("dL/dC1.weight[0,0,0,0]"))
        explained = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(
            f"{type(loss).__name__:18} {sum(p.size for p in network.parameters.values()):,} parameters: "
            f"made {made - start:.2f} s, solved {solved - made:.2f} s, one gradient explained {explained - solved:.2f} s; "
            f"peak so far {peak:.0f} MiB"
        )


if __name__ == "__main__":
    main()
