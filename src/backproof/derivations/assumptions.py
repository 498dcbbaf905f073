"""What a chain of a derivation assumes, and points at which that holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from flint import fmpq

from backproof.algebra.equality import Known
from backproof.algebra.inequalities import point
from backproof.algebra.normal import normal
from backproof.algebra.numbers import evaluate, small, whole
from backproof.arithmetic.ball import Ball
from backproof.arithmetic.symbol import Expr, Positive, sp
from backproof.derivations.language import Statement
from backproof.derivations.meaning import Meaning, Meaningless, place
from backproof.errors import BackproofError

TRIES = 200
SIGNS = {">": 1, "<": -1}


class Assumptions:
    """Indices that are equal or different, numbers of which one is larger, and the value of a name or a sum."""

    def __init__(self, meaning: Meaning, assumed: Sequence[Statement]) -> None:
        self.same: dict[Expr, Expr] = {}
        self.different: set[frozenset[Expr]] = set()
        self.signs: list[tuple[Expr, int]] = []
        self.values: dict[Expr, Expr] = {}
        for s in assumed:
            if meaning.is_index(s.left) or meaning.is_index(s.right):
                self.compare(meaning, s)
            elif s.relation == "=":
                self.assume(normal(meaning.real(s.left)), meaning.real(s.right))
            elif s.relation in SIGNS:
                self.signs.append((meaning.real(s.left) - meaning.real(s.right), SIGNS[s.relation]))
            else:
                raise Meaningless("numbers are assumed to be equal, or one of them to be larger: =, < or >")
        for _ in self.same:  # one index may be equal to another that is equal to a third
            self.same = {a: b.subs(self.same) for a, b in self.same.items()}
        self.signs = [(u.subs(self.same), sign) for u, sign in self.signs]
        self.values = {normal(a.subs(self.same)): b.subs(self.same) for a, b in self.values.items()}
        self.different = {frozenset(i.subs(self.same) for i in pair) for pair in self.different}
        if point(self.signs) is None or any(len(pair) < 2 for pair in self.different):
            raise Meaningless("nothing can be as it is assumed here")

    def assume(self, atom: Expr, value: Expr) -> None:
        if not atom.free_symbols and normal(atom - value) != 0:
            raise Meaningless("nothing can be as it is assumed here")
        if atom in self.values and normal(self.values[atom] - value) != 0:
            raise Meaningless("one thing is assumed to have two values")
        self.values[atom] = value

    def compare(self, meaning: Meaning, s: Statement) -> None:
        a, b = (meaning.place(place(side), {}) for side in (s.left, s.right))
        if s.relation == "=" and (a.is_Symbol or b.is_Symbol):
            a, b = (i.subs(self.same) for i in (a, b))
            self.same |= ({a: b} if a.is_Symbol else {b: a}) if a != b else {}
        elif s.relation == "!=":
            self.different.add(frozenset((a, b)))
        else:
            raise Meaningless("indices are assumed to be equal (=) or different (!=), one of them a letter")

    def known(self, shown: Expr, smooth: bool) -> Known:
        """What may be used, and points that give a value to everything in `shown`.

        smooth: whether derivatives are taken, so that boundaries, where there may be none, are left aside.
        """
        brackets = {normal(Positive(u * way)): sp.Integer(sign == way) for u, sign in self.signs for way in (1, -1)}
        return Known(
            {**brackets, **self.values}, tuple(self.signs), frozenset(self.different), None if smooth else frozenset(),
            points=lambda _: self.points(shown),
        )  # fmt: skip

    def points(self, shown: Expr) -> Iterator[Mapping[Expr, Any]]:
        """Points at which the assumptions hold, for every symbol, index and family in `shown`."""
        random = Random(0)
        everything = sp.Tuple(shown, *(u for u, _ in self.signs), *self.values, *self.values.values())
        indices = {i for pair in self.different for i in pair}
        for attempt in range(TRIES):
            at = drawn(sp.Tuple(everything, *indices), random, attempt)
            try:
                if all(self.arranged(atom, value, at) for atom, value in self.values.items()) and self.hold(at):
                    for part in shown.args:
                        evaluate(part, at)
                    yield at
            except (BackproofError, ArithmeticError, ValueError):
                continue

    def arranged(self, atom: Expr, value: Expr, at: dict[Expr, Any]) -> bool:
        """Give a symbol its assumed value, or scale a family until its sum has it."""
        if atom.is_Symbol:
            at[atom] = evaluate(value, at)
            return True
        body: Expr = atom.args[0] if isinstance(atom, sp.Sum) else atom
        if body is atom or not isinstance(body, sp.Indexed) or len(body.indices) != 1:
            return False
        family, wanted, size = at[body.base], evaluate(value, at), int(at[atom.args[1][2]])
        whole = sum((family(n) for n in range(1, size + 1)), Ball(fmpq(0)))
        family.cells = {i: Ball(v) * wanted / whole for i, v in family.cells.items()}
        return True

    def hold(self, at: Mapping[Expr, Any]) -> bool:
        signs = all((evaluate(u * sign, at)) > 0 for u, sign in self.signs)
        values = all((evaluate(atom - value, at)).value == 0 for atom, value in self.values.items())
        return signs and values and all(len({whole(i, at) for i in pair}) == len(pair) for pair in self.different)


class Family:
    """The cells of a family at a point: `family(1, 2)` is its cell [1,2], drawn when it is first asked for."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.cells = draw, dict[tuple[int, ...], Any]()

    def __call__(self, *index: int) -> Any:
        if index not in self.cells:
            self.cells[index] = self.draw()
        return self.cells[index]


def drawn(e: Expr, random: Random, attempt: int) -> dict[Expr, Any]:
    """Numbers for everything in an expression: small ones, every other time positive alone."""
    positive, at = attempt % 2 == 1, dict[Expr, Any]()
    symbols = sorted((s for s in e.free_symbols if s.is_Symbol), key=str)
    at |= {s: random.choice((2, 3)) for s in symbols if s.is_integer and s.is_positive}
    least = min(at.values(), default=2)
    for s in symbols:
        if s not in at:
            at[s] = random.randint(1, least) if s.is_integer else small(random, attempt, positive)
    for base in sorted(e.atoms(sp.IndexedBase), key=str):
        whole = base.label.is_integer
        at[base] = Family((lambda: random.randint(1, least)) if whole else lambda: small(random, attempt, positive))
    return at
