"""Whether two expressions are equal whatever the givens are: in the quantities that they name, or in what these are made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from flint import fmpq

from backproof.algebra.equality import zero
from backproof.algebra.normal import is_zero
from backproof.algebra.numbers import BITS, evaluate
from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic.ball import precision
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins, sp
from backproof.errors import BackproofError
from backproof.marking.formulas.quantities import Quantities
from backproof.marking.formulas.refuting import plausible
from backproof.network.plan import Slot

MOST_WAYS = 50
"""Sets of quantities behind which one looks to show that a difference is 0."""


class Showing:
    """Differences shown to be 0, one after the other: what helped with one is tried first with the next."""

    def __init__(self, quantities: Quantities) -> None:
        self.quantities = quantities
        self.way = frozenset[Slot]()
        """The quantities behind which one had to look last."""

    def proved(self, difference: Expr) -> bool:
        """Whether it is 0 whatever the givens are: in the quantities that it names, or in some that they are made of."""
        q = self.quantities
        late = False
        for way in self.ways(difference):
            try:
                if self.vanishes(q.opened(difference, way)):
                    self.way = way
                    return True
            except TooLarge:
                tick()
                late = True
        if late:
            raise TooLarge
        return False

    def proved_here(self, difference: Expr) -> bool:
        """Whether it is 0 wherever the branches are taken that this question's numbers take: v_1 = u_1, where that is positive."""
        q = self.quantities
        try:
            for way in self.ways(difference):
                e = q.opened(difference, way)
                chosen = e.xreplace(branches(q, e))
                if chosen != e and self.vanishes(chosen):
                    return True
        except TooLarge:
            tick()
        return False

    def ways(self, e: Expr) -> Iterator[frozenset[Slot]]:
        """Sets of quantities to look behind, the smallest first; at last behind all. What led to the end before comes first."""
        yield self.way
        waiting, seen = deque([frozenset[Slot]()]), {frozenset[Slot]()}
        while waiting and len(seen) < MOST_WAYS:
            way = waiting.popleft()
            if way != self.way:
                yield way
            try:
                further = self.quantities.openings(self.quantities.opened(e, way))
            except TooLarge:
                tick()
                continue
            more = [way | {slot} for slot in sorted(further, key=self.quantities.made.__getitem__, reverse=True)]
            waiting += [new for new in more if new not in seen]
            seen.update(more)
        yield frozenset(self.quantities.made)

    def vanishes(self, e: Expr) -> bool:
        e = self.quantities.settled(e)
        return plausible(e) and (is_zero(e) or (e.has(Positive, Largest, Wins) and bool(zero(e))))


def branches(q: Quantities, e: Expr) -> dict[Expr, Expr]:
    """What the brackets and the maxima in an expression are with this question's numbers, but for those at a tie."""
    found: dict[Expr, Expr] = {}
    for atom in e.atoms(Positive, Largest, Wins):
        first = int(isinstance(atom, Wins))
        at = q.at(atom, q.numbers)
        try:
            with precision(BITS):
                numbers = [evaluate(argument, at).value for argument in atom.args[first:]]
        except (BackproofError, ArithmeticError, ValueError, KeyError):
            continue
        if not all(isinstance(n, fmpq) for n in numbers):
            continue
        if isinstance(atom, Positive):
            if numbers[0] != 0:
                found[atom] = sp.Integer(int(numbers[0] > 0))
            continue
        winner = numbers.index(max(numbers))
        if numbers.count(numbers[winner]) == 1:
            found[atom] = atom.args[winner] if not first else sp.Integer(int(atom.args[0] == winner))
    return found
