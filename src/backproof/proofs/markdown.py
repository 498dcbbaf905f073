"""Proofs as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.notation.markdown import escaped
from backproof.proofs.proof import Proof
from backproof.proofs.terminal import branches, closing


def markdown(proof: Proof) -> str:
    """The whole of it."""
    return "\n".join(of_proof(proof)) + "\n"


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
