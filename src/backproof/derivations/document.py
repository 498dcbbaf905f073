"""Derivations as JSON."""

from __future__ import annotations

import json
from typing import Any

from backproof.derivations.derivation import Derivation
from backproof.notation.latex import LATEX
from backproof.notation.text import TEXT
from backproof.notation.writing import written


def to_json(derivation: Derivation) -> str:
    """Every line, in text and in LaTeX."""
    return json.dumps(of_derivation(derivation), ensure_ascii=False, indent=1) + "\n"


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
