"""Whether linear equations and bounds can hold together, exactly: the first phase of the simplex method, by Bland's rule."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

ZERO, ONE = fmpq(0), fmpq(1)
MOST_TURNS = 2_000
"""Steps of the simplex method; what is not decided by then is taken for infeasible."""


def feasible(rows: Sequence[tuple[Sequence[fmpq], fmpq, fmpq]], unknowns: int) -> bool:
    """Whether there are unknowns, none negative, with low ≤ Σ coefficient · unknown ≤ high for every (coefficients, low, high).

    >>> feasible([([ONE, ONE], ONE, ONE), ([ONE, -ONE], ONE, fmpq(2))], 2)
    True
    >>> feasible([([ONE, ONE], ONE, ONE), ([ONE, ZERO], fmpq(2), fmpq(3))], 2)
    False
    """
    if any(low > high for _, low, high in rows):
        return False
    equations: list[tuple[list[fmpq], fmpq]] = []
    slacks = sum(1 if low == high else 2 for _, low, high in rows)
    slack = unknowns
    for coefficients, low, high in rows:
        sides = [(low, ZERO)] if low == high else [(low, -ONE), (high, ONE)]
        for bound, sign in sides:
            row = [*coefficients, *[ZERO] * slacks]
            if sign != 0:
                row[slack] = sign
                slack += 1
            equations.append(([-v for v in row], -bound) if bound < 0 else (row, bound))
    return reducible(equations)


def reducible(equations: list[tuple[list[fmpq], fmpq]]) -> bool:
    """Whether equations with right sides that are not negative have a solution that is not negative."""
    n = len(equations)
    width = len(equations[0][0]) if equations else 0
    table = [[*row, *(ONE if i == k else ZERO for k in range(n)), bound] for i, (row, bound) in enumerate(equations)]
    basis = [width + i for i in range(n)]
    cost = [-sum((table[i][j] for i in range(n)), ZERO) for j in range(width)] + [ZERO] * n
    left = sum((row[-1] for row in table), ZERO)
    for _ in range(MOST_TURNS):
        if left == 0:
            return True
        enter = next((j for j in range(width) if cost[j] < 0), None)
        if enter is None:
            return False
        ratios = [(table[i][-1] / table[i][enter], basis[i], i) for i in range(n) if table[i][enter] > 0]
        if not ratios:
            return False
        _, _, leave = min(ratios)
        pivot = table[leave][enter]
        table[leave] = [v / pivot for v in table[leave]]
        for i in range(n):
            factor = table[i][enter]
            if i != leave and factor != 0:
                table[i] = [a - factor * b for a, b in zip(table[i], table[leave], strict=True)]
        factor = cost[enter]
        left += factor * table[leave][-1]
        cost = [c - factor * v for c, v in zip(cost, table[leave], strict=False)]
        basis[leave] = enter
    return False
