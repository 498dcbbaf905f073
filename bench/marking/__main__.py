"""`python -m bench.marking`: what marking finds, and how fast."""

from __future__ import annotations

import argparse

from bench.marking.naming import Tally, alone, pairs, with_blanks
from bench.marking.questions import works
from bench.marking.slipping import single


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=12, help="variants of each question")
    parser.add_argument("--pairs", type=int, default=150, help="pairs tried for each question")
    parser.add_argument("--misses", action="store_true", help="list what was not named")
    given = parser.parse_args()
    for kind, questions in works(given.seeds).items():
        told("alone", kind, alone(questions), given.misses)
        told("one number", kind, single(questions, max(2, given.pairs // 5 // len(questions))), given.misses)
        told("half blank", kind, with_blanks(questions, 0.5), given.misses)
        told("pairs", kind, pairs(questions, max(20, given.pairs // len(questions))), given.misses)


def told(what: str, kind: str, tally: Tally, misses: bool) -> None:
    found = tally.named + tally.tied
    mean = 1000 * sum(tally.seconds) / max(1, len(tally.seconds))
    print(
        f"{kind:<34} {what}: {tally.sheets:>5} sheets, named {tally.named:>5}, in a tie {tally.tied:>4}, missed {tally.missed:>3}"
        f" ({100 * found / max(1, tally.sheets):.1f} %), {mean:.1f} ms a sheet, at most {1000 * max(tally.seconds, default=0):.0f}",
        flush=True,
    )
    if misses:
        for miss in tally.misses[:12]:
            print("   ", miss[:240])


if __name__ == "__main__":
    main()
