"""`python -m bench.practice load` (--seconds, --clients, --hurry), `python -m bench.practice fuzz` (--requests, --seed)."""

from __future__ import annotations

import argparse
import asyncio

from bench.practice.fuzz import fuzz
from bench.practice.load import load


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.practice", description=__doc__)
    parser.add_argument("what", choices=["load", "fuzz"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--hurry", action="store_true", help="clients that do not stop to think")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.what == "load":
        asyncio.run(load(given.clients, given.seconds, given.hurry, given.seed))
    else:
        asyncio.run(fuzz(given.requests, given.seed))


if __name__ == "__main__":
    main()
