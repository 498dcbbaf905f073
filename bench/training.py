"""backproof's compiled training and its peers, in turns: `python -m bench.training [--only NAME] [--quick] [--json FILE]`."""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

from bench import cold, limits, machine, tables, works
from bench.contest import Workers, contest
from bench.worker import LIBRARIES

ROWS: dict[str, list[tuple[list[Any], int]]] = {
    "question-1": [(["question-1"], 1)],
    "lenet": [*((["lenet", batch], 1) for batch in works.BATCHES), (["lenet", 512], 2)],
    "mlp": [(["mlp", batch], 1) for batch in works.BATCHES],
    "mlp-dense": [(["mlp-dense", batch], 1) for batch in works.BATCHES],
    "softmax": [(["softmax", *shape], 1) for shape in works.LOGITS],
}
PARTS = ["limits", *ROWS, "cold"]


def main() -> None:
    """Run the parts asked for, print their tables, write the JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.training", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be given again")
    parser.add_argument("--batch", type=int, action="append", help="of the works with batches, only this size")
    parser.add_argument("--threads", type=int, help="only the rows with so many")
    parser.add_argument(
        "--peer", action="append", choices=list(LIBRARIES), help="only this library; may be given again"
    )
    parser.add_argument(
        "--quick", action="store_true", help="3 rounds in place of 11, of the cold starts 1 in place of 3"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="what was measured, written after each row")
    parser.add_argument("--log", help="what the libraries print to standard error goes to this file")
    asked = parser.parse_args()
    rounds = 3 if asked.quick else 11
    with Workers(list(asked.peer or LIBRARIES), asked.log) as workers:
        result: dict[str, Any] = {
            "date": datetime.date.today().isoformat(),
            "machine": machine.describe(),
            "versions": machine.versions() | workers.versions(),
            "skipped": workers.absent,
            "rows": [],
        }
        for part in asked.only or PARTS:
            if part == "limits":
                result["limits"] = limits.measure(rounds)
                print(tables.limits(result))
            elif part == "cold":
                result["cold"] = cold.measure(workers.libraries, 1 if asked.quick else 3)
                print(tables.cold(result))
            for work, threads in ROWS.get(part, ()):
                if asked.batch and len(work) == 2 and work[1] not in asked.batch:
                    continue
                if asked.threads not in (None, threads):
                    continue
                result["rows"].append(contest(workers, work, threads, rounds))
                print(tables.row(result, result["rows"][-1]), flush=True)
            if asked.json:
                asked.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
