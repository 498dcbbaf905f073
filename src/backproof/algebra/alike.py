"""Expressions that are the same but for the names of their symbols: what is proved of one is proved of all."""

from __future__ import annotations

from collections.abc import Set

from backproof.algebra.equality import PROVED, Known, Verdict, zero
from backproof.arithmetic.symbol import Expr, sp


class Alike:
    """Whether expressions are 0, those that are alike being looked at once. An update does the same to each of a thousand cells.

    >>> x, y = sp.symbols("x y", real=True)
    >>> alike = Alike()
    >>> [bool(alike.zero((s + 1) ** 2 - s**2 - 2 * s - 1)) for s in (x, y)], len(alike.proved)
    ([True, True], 1)
    """

    def __init__(self, aside: Set[Expr] = frozenset()) -> None:
        self.aside = aside
        self.proved: set[Expr] = set()

    def zero(self, difference: Expr) -> Verdict:
        """What `equality.zero` finds, with the symbols at whose boundaries nothing is asked."""
        if difference == 0:
            return PROVED
        renamed = self.renamed(difference)
        if renamed in self.proved:
            return PROVED
        verdict = zero(difference, Known(aside=self.aside))
        if verdict:
            self.proved.add(renamed)
        return verdict

    def renamed(self, e: Expr) -> Expr:
        """The expression with a symbol's place among those that stand in it for its name; what is known of it stays."""
        symbols = sorted((s for s in e.free_symbols if s.is_Symbol), key=str)
        return e.xreplace(
            {s: sp.Symbol(f"{n}{'aside' * (s in self.aside)}", **s.assumptions0) for n, s in enumerate(symbols)}
        )
