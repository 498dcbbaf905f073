"""Derivations as Markdown, formulas in LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.arithmetic.shown import Shown
from backproof.derivations.derivation import Derivation
from backproof.derivations.terminal import verdict
from backproof.notation.latex import LATEX
from backproof.notation.markdown import escaped, of_table
from backproof.notation.writing import written

RELATIONS = {"!=": r"\ne", "<": r"\lt", ">": r"\gt"}


def markdown(derivation: Derivation) -> str:
    """The whole of it."""
    return "\n".join(of_derivation(derivation)) + "\n"


def of_derivation(derivation: Derivation) -> Iterator[str]:
    yield f"# {escaped(derivation.title or derivation.name)}\n"
    if derivation.about:
        yield f"{escaped(derivation.about)}\n"
    for left, right, reason in derivation.definitions:
        yield f"$$\n{latex(left)} = {latex(right)}\n$$\n"
        if reason:
            yield f"{escaped(reason)}\n"
    for chain in derivation.chains:
        conditions = ", ".join(
            f"${latex(a)} {RELATIONS.get(sign, sign)} {latex(b)}$" for a, sign, b in chain.conditions
        )
        title = ": ".join(part for part in (escaped(chain.title), f"where {conditions}" if conditions else "") if part)
        if title:
            yield f"## {title}\n"
        for line in chain.lines:
            reason = f" {escaped(line.reason)}" if line.reason else ""
            yield f"**{line.number}.**{reason}\n"
            yield f"$$\n{'' if line.first else '= '}{latex(line.expression)}\n$$\n"
            if line.status != "proved":
                yield f"> **{line.status}**: {escaped(line.trouble)}\n"
    for table in derivation.tables:
        yield from of_table(table)
    yield f"*{verdict(derivation)}*"


def latex(e: Shown) -> str:
    return written(e, LATEX)
