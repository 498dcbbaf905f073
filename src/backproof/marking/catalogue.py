"""Every misconception, a table for each rule: `docs/misconceptions.md`, which a test holds against this.

python -m backproof.marking.catalogue > docs/misconceptions.md
"""

from backproof import rules
from backproof.marking.wrong import misconceptions

INTRODUCTION = """# Misconceptions

A misconception is a wrong version of a rule: the same two functions, `forward` and `backward`, one of them or both gone
wrong, and run on the same exact numbers as the right ones. Where a wrong number stands on an answer sheet, marking
looks for the misconception that gives this very number, and says what was done. Each file of
[src/backproof/marking/misconceptions/](../src/backproof/marking/misconceptions/) holds those of one rule, and the folder is
the list: a class that is added there is tried on the next sheet.

The second column goes on after "You"; the third says which way went wrong. One that goes wrong with some options only
is tried with these alone.
"""


def markdown() -> str:
    """The page, as Markdown."""
    parts = [INTRODUCTION]
    for name in rules.names():
        rows = [
            f"| `{wrong.__name__}` | {wrong.says()} | {' and '.join(wrong.directions())} |\n"
            for wrong in misconceptions().values()
            if wrong.rule.__name__ == name
        ]
        parts.append(f"## {name}\n\n| misconception | what was done | direction |\n|---|---|---|\n{''.join(rows)}")
    return "\n".join(parts)


if __name__ == "__main__":
    print(markdown(), end="")
