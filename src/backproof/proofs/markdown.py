"""Proofs and derivations as Markdown, formulas in LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.arithmetic.shown import Shown
from backproof.notation.styles import LATEX
from backproof.notation.writing import written
from backproof.proofs.derivation import Derivation
from backproof.proofs.proof import Proof
from backproof.proofs.table import Table
from backproof.proofs.terminal import branches, closing, verdict

RELATIONS = {"!=": r"\ne", "<": r"\lt", ">": r"\gt"}


def markdown(what: Proof | Derivation) -> str:
    """The whole of it."""
    lines = of_proof(what) if isinstance(what, Proof) else of_derivation(what)
    return "\n".join(lines) + "\n"


def of_proof(proof: Proof) -> Iterator[str]:
    yield f"# {escaped(proof.title)}: {proof.status}\n"
    group = ""
    for part in proof.parts:
        if part.group != group:
            group = part.group
            yield f"## {escaped(group)}\n"
        yield f"**{escaped(part.title)}** · {escaped(part.shapes)} · {branches(part)}\n"
        for claim in part.claims:
            yield f"- *{claim.status}*: {escaped(claim.statement)}" + (
                f". {escaped(claim.reason)}" if claim.reason else ""
            )
            if claim.counterexample:
                yield f"  - {escaped(str(claim.counterexample))}"
        yield ""
    yield f"{closing(proof)}."


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


def of_table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{escaped(table.title)}**\n"
    yield f"| {' | '.join(map(escaped, table.columns))} |"
    yield "|---" * len(table.columns) + "|"
    for row in table.rows:
        yield f"| {' | '.join(map(escaped, row))} |"
    yield f"\n{escaped(table.note)}\n" if table.note else ""


def latex(e: Shown) -> str:
    return written(e, LATEX)


def escaped(text: str) -> str:
    """Text without signs that Markdown would take for its own."""
    return "".join(f"\\{c}" if c in r"\`*_[]<>|#$" else c for c in text)
