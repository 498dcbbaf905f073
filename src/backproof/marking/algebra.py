"""Formulas on a sheet judged: each side of a chain of equals signs held against what the quantity at its head is.

A side is right if it is equal to that quantity whatever the numbers are; if it is not, but equal to the line before, it
follows. Nothing is parsed here: the reader has done that.
"""

from __future__ import annotations

from backproof.algebra.patience import patience
from backproof.marking.claims import Chain
from backproof.marking.marking import Formula
from backproof.marking.question import Question

SECONDS = 2.0
"""How long one chain may take."""


def judge_chain(chain: Chain, question: Question) -> tuple[Formula, ...]:
    """What is to be said of each side of a chain, but of the first where that only names a quantity.

    Never raises for what a chain holds.
    """
    if not chain.sides:
        return ()
    from backproof.marking.formulas.sides import (
        judged,  # SymPy, which takes a while to load and is needed for nothing else
    )

    with patience(SECONDS):
        return tuple(judged(chain, question))
