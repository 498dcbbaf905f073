"""Boundaries between branches: ties and kinks, where a gradient is a convention.

At a boundary the gradient is held to be the limit of gradients along a direction d, the same for every boundary: moved
along d by however little, no comparison that the gradient depends on changes its outcome, and none is at its boundary
any more. There the gradient was proved to be the derivative, so that its limit lies in Clarke's subdifferential, if only
the outputs are continuous.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from flint import fmpq

from backproof.algebra.cases import questions, settled, where_zero
from backproof.algebra.equality import zero
from backproof.algebra.inequalities import Linear, solution
from backproof.algebra.normal import normal
from backproof.algebra.patience import TooLarge
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins, sp
from backproof.proofs.proof import Claim

CONTINUOUS = "the outputs are continuous where branches meet"
CONVENTION = "at ties and kinks the gradient is a limit of gradients: a subgradient"


def boundary_claims(outputs: Sequence[Expr], gradients: Sequence[Expr], unknowns: set[Expr]) -> list[Claim]:
    """Both claims; none where no comparison depends on what gradients are taken by."""
    if not any(map(may_branch, [*outputs, *gradients])):
        return []
    try:
        gradients = [normal(gradient) for gradient in gradients]
    except TooLarge:
        return [Claim(CONVENTION, "undecided", "the gradient is too large to be worked out")]
    meeting = [b for b in indicators([*outputs, *gradients]) if b.free_symbols & unknowns]
    if not meeting:
        return []
    pairs = ((y, b) for y in outputs for b in y.atoms(Positive) if b.free_symbols & unknowns)
    apart = next((b for y, b in pairs if not continuous(y, b.args[0], unknowns)), None)
    jumps = apart or next((b for b in indicators(outputs) if isinstance(b, Wins)), None)
    continuity = Claim(CONTINUOUS, "undecided", f"at the boundary of {jumps}") if jumps else Claim(CONTINUOUS, "proved")
    return [continuity, convention(meeting, gradients, unknowns)]


def may_branch(number: Expr) -> bool:
    """Whether its normal form may hold a comparison: √(x²) is |x|, too. What a linear layer computes need not be worked out."""
    return bool(number.has(Positive, Largest, Wins, sp.Abs, sp.sign)) or any(
        not power.exp.is_Integer for power in number.atoms(sp.Pow)
    )


def indicators(numbers: Iterable[Expr]) -> list[Expr]:
    """Every comparison that the numbers depend on, in order."""
    return sorted(questions(numbers), key=str)


def continuous(y: Expr, u: Expr, unknowns: set[Expr]) -> bool:
    """Whether y is the same on both sides of u = 0, and on it."""
    there = where_zero(u, u.free_symbols & unknowns)
    if there is None:
        return False
    sides = [settled(y, u, sign).subs(there) for sign in (1, 0, -1)]
    return all(bool(zero(a - b)) for a, b in pairwise(sides))


def convention(meeting: Sequence[Expr], gradients: Sequence[Expr], unknowns: set[Expr]) -> Claim:
    kept = [c for b in indicators(gradients) if b.free_symbols & unknowns for c in kept_by(b)]
    system = [c for u in kept if (c := moved(u, unknowns)) is not None]
    if len(system) < len(kept):
        return Claim(CONVENTION, "undecided", "a boundary is not linear")
    direction = falling(unknowns, system) or solution(system)
    if direction is None:
        return Claim(CONVENTION, "undecided", "no direction keeps every outcome of the ties and kinks as it is there")
    for b in meeting:
        if isinstance(b, Positive):
            u: Expr = b.args[0]
            slope = moved(u, unknowns)
            if slope is None or slope.at(direction) == 0:
                return Claim(CONVENTION, "undecided", f"moving along {direction} stays on the boundary {u} = 0")
    return Claim(CONVENTION, "proved")


def kept_by(b: Expr) -> list[Expr]:
    """What must grow along the direction so that an outcome stays as it is on the boundary: [u > 0] is 0 there."""
    if isinstance(b, Positive):
        return [-b.args[0]]
    compared = b.args[isinstance(b, Wins) :]
    return [first - later for i, first in enumerate(compared) for later in compared[i + 1 :]]


def moved(u: Expr, unknowns: set[Expr]) -> Linear | None:
    """The derivative of u along d is positive, as a condition on d; None where it is no number."""
    coefficients: dict[Expr, fmpq] = {}
    for cell in u.free_symbols & unknowns:
        slope = u.diff(cell)
        if not slope.is_Rational:
            return None
        coefficients[cell] = fmpq(int(slope.p), int(slope.q))
    return Linear(coefficients, fmpq(0), ">")


def falling(unknowns: set[Expr], system: Sequence[Linear]) -> dict[Expr, fmpq] | None:
    """Every cell lowered, a later one more: what keeps the first of equals ahead and a kink on its negative side."""
    order = sorted(unknowns, key=lambda s: [int(part) if part.isdigit() else part for part in split(str(s))])
    direction = {cell: fmpq(-1 - i) for i, cell in enumerate(order)}
    return direction if all(condition.at(direction) > 0 for condition in system) else None


def split(name: str) -> list[str]:
    return name.replace("[", ",").replace("]", "").split(",")
