"""`python -m bench.marking`: what marking finds, what it makes of damaged texts, and how fast; `--docs` puts it into the page."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from backproof.marking.question import Question
from bench.marking.damage import damaged
from bench.marking.naming import Tally, alone, pairs, with_blanks
from bench.marking.questions import works
from bench.marking.right import judged_wrong, sheets
from bench.marking.slipping import single
from bench.marking.speed import as_data, as_text, processes
from bench.marking.tables import Table, confusions, damages, named, put, rights, speeds

RATES = (0.01, 0.03, 0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--docs", action="store_true", help="put the tables into docs/marking-figures.md")
    parser.add_argument("--only", choices=["named", "right", "damage", "speed"], help="one of the four alone")
    parser.add_argument(
        "--misses", action="store_true", help="list what was not named, and what must not happen to a number"
    )
    given = parser.parse_args()
    parts = {"named": naming, "right": right, "damage": damage, "speed": speed}
    for name, part in parts.items():
        if given.only in (None, name):
            for key, table in part(10 if given.quick else 1, given.misses):
                print(f"{table}\n", flush=True)
                if given.docs:
                    put(key, table)


def naming(less: int, misses: bool) -> Iterator[tuple[str, Table]]:
    """How often a misconception is named."""
    rows: list[tuple[str, str, Tally]] = []
    for kind, questions in works(12 // min(less, 4)).items():
        few = len(questions) == 1
        rows += [
            (kind, "one misconception", alone(questions)),
            (kind, "one, half of it blank", with_blanks(questions, 0.5)),
        ]
        rows.append((kind, "one slip with a number", single(questions, 30 // less if few else 4)))
        rows.append((kind, "two misconceptions", pairs(questions, (150 if few else 20) // less)))
    if misses:
        print(*(miss[:240] for _, _, tally in rows for miss in tally.misses), sep="\n")
    yield "named", named(rows)
    yield "confused", confusions([tally for _, what, tally in rows if what == "one misconception"])


def right(less: int, misses: bool) -> Iterator[tuple[str, Table]]:
    """How often something right is called wrong."""
    counts: list[tuple[str, int, int, int]] = []
    for kind, questions in works(8).items():
        marked = [judged_wrong(q, s) for seed in range(4) for q, s in sheets(questions, 420 // less, seed)]
        cells = sum(c.written.value is not None for m, _ in marked for a in m.answers for c in a.cells.values())
        wrong = [each for _, found in marked for each in found]
        counts.append((kind, len(marked), cells, len(wrong)))
        if misses and wrong:
            print(*wrong, sep="\n")
    yield "right", rights(counts)


def damage(less: int, misses: bool) -> Iterator[tuple[str, Table]]:
    """What becomes of the numbers of a damaged text."""
    kinds: list[list[Question]] = list(works(6).values())
    questions = [q for kind in kinds[:5] for q in kind]
    found = [damaged(questions, 400 // min(less, 4), rate) for rate in RATES]
    if misses:
        print(*(violation for each in found for violation in each.violations), sep="\n")
    yield "damage", damages(found)


def speed(less: int, misses: bool) -> Iterator[tuple[str, Table]]:
    """How long it takes."""
    question = works(0)["Question 1"][0]
    yield "speed", speeds(as_data(question, 10_000 // less), as_text(question, 10_000 // less), processes(question, 11))


if __name__ == "__main__":
    main()
