"""Proofs as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from backproof.algebra.cases import relation
from backproof.arithmetic.rounding import significant
from backproof.proofs.proof import Claim, Part, Proof


def to_json(proofs: Sequence[Proof], cases: bool = False) -> str:
    """A list of proofs; every case of each if so wished."""
    return json.dumps([of_proof(each, cases) for each in proofs], ensure_ascii=False, indent=1) + "\n"


def of_proof(proof: Proof, cases: bool = False) -> dict[str, Any]:
    parts = [of_part(part) | ({"blocks": of_blocks(part)} if cases else {}) for part in proof.parts]
    return {
        "title": proof.title,
        "kind": proof.kind,
        "status": proof.status,
        "seconds": round(proof.seconds, 3),
        "parts": parts,
    }


def of_part(part: Part) -> dict[str, Any]:
    return {
        "title": part.title,
        "group": part.group,
        "shapes": part.shapes,
        "status": part.status,
        "cases": number(part.cases) if part.counted else None,
        "boundaries": number(part.boundaries) if part.counted else None,
        "convention": part.convention,
        "seconds": round(part.seconds, 3),
        "claims": [of_claim(claim) for claim in part.claims],
    }


def number(n: int) -> int | str:
    """A whole number; of one that readers of JSON would not take exactly the first digits, as text.

    >>> number(531_441), number(3**4704)
    (531441, '2.39e+2244')
    """
    return n if n < 2**53 else significant(n, 1, 3)


def of_blocks(part: Part) -> list[dict[str, Any]]:
    return [
        {
            "target": target,
            "cases": [
                {"conditions": [relation(*each) for each in case.conditions],
                 "values": {name: str(value) for name, value in zip(block.names, case.values, strict=True)}}
                for case in block.cases
            ],
        }
        for target, block in part.blocks
    ]  # fmt: skip


def of_claim(claim: Claim) -> dict[str, Any]:
    shown = claim.counterexample
    found = None
    if shown:
        found = {
            "inputs": dict(shown.inputs),
            "cell": shown.cell,
            "given": shown.given,
            "true": shown.true,
            "float64": shown.floats,
        }
    return {"statement": claim.statement, "status": claim.status, "reason": claim.reason, "counterexample": found}
