"""The whole command `backproof solve question-01` beside `python -c "import numpy"`, alternating."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "import numpy": [sys.executable, "-c", "import numpy"],
    "import backproof": [sys.executable, "-c", "import backproof"],
    "solve question-01": [sys.executable, "-m", "backproof", "solve", "question-01"],
    "… as a page": [sys.executable, "-m", "backproof", "solve", "question-01", "--format", "html"],
    "solve question-02": [sys.executable, "-m", "backproof", "solve", "question-02"],
}


def main(runs: int = 11) -> None:
    """Print medians in milliseconds, and medians of the ratios to NumPy's import, pair by pair."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for run in range(runs + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if run:
                seconds[name].append(time.perf_counter() - start)
    for name, times in seconds.items():
        ratios = [t / base for t, base in zip(times, seconds["import numpy"], strict=True)]
        print(f"{name:20} {1000 * statistics.median(times):6.0f} ms   {statistics.median(ratios):.2f} × import numpy")


if __name__ == "__main__":
    main()
