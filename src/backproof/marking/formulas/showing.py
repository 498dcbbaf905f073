"""Whether two expressions are equal whatever the givens are: in the quantities that they name, or in what these are made of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from backproof.algebra.equality import zero
from backproof.algebra.normal import is_zero
from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins
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
