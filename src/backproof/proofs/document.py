"""Proofs and derivations as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from backproof.notation.styles import LATEX, TEXT
from backproof.notation.writing import written
from backproof.proofs.cases import relation
from backproof.proofs.derivation import Derivation
from backproof.proofs.proof import Claim, Part, Proof


def to_json(what: Proof | Derivation | Sequence[Proof], cases: bool = False) -> str:
    """JSON text, a proof or a list of them, or a derivation; of a proof every case if so wished."""
    if isinstance(what, Derivation):
        found: Any = of_derivation(what)
    else:
        found = of_proof(what, cases) if isinstance(what, Proof) else [of_proof(each, cases) for each in what]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


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
        "cases": part.cases if part.counted else None,
        "boundaries": part.boundaries if part.counted else None,
        "convention": part.convention,
        "seconds": round(part.seconds, 3),
        "claims": [of_claim(claim) for claim in part.claims],
    }


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


def of_derivation(derivation: Derivation) -> dict[str, Any]:
    def forms(e: Any) -> dict[str, str]:
        return {"text": written(e, TEXT), "latex": written(e, LATEX)}

    chains = [
        {
            "title": chain.title,
            "where": [{"left": forms(a), "relation": sign, "right": forms(b)} for a, sign, b in chain.conditions],
            "lines": [
                {"number": line.number, **forms(line.expression), "first": line.first, "reason": line.reason,
                 "status": line.status, "trouble": line.trouble}
                for line in chain.lines
            ],
        }
        for chain in derivation.chains
    ]  # fmt: skip
    return {
        "name": derivation.name,
        "title": derivation.title,
        "about": derivation.about,
        "status": derivation.status,
        "definitions": [
            {"name": forms(a), "is": forms(b), "reason": reason} for a, b, reason in derivation.definitions
        ],
        "chains": chains,
        "tables": [{"title": t.title, "columns": t.columns, "rows": t.rows, "note": t.note} for t in derivation.tables],
    }
