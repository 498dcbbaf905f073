"""The cases of numbers that hold several branches: conditions, and what the numbers are where these hold.

Every comparison has three outcomes, so that a boundary (a tie, a kink) is a case of its own. Outcomes that contradict the
conditions before them are left out; `check` shows from the list alone that the cases cover everything and exclude
each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from backproof.algebra.inequalities import Point, point
from backproof.algebra.normal import is_bound
from backproof.algebra.patience import TooLarge, tick
from backproof.arithmetic.symbol import Expr, Largest, Positive, Wins, sp

Conditions: TypeAlias = tuple[tuple[Expr, int], ...]

MOST_CASES = 1000
SIGNS = 1, 0, -1


class TooMany(TooLarge):
    """More cases than can be written out."""


@dataclass(frozen=True)
class Case:
    """Where every expression of `conditions` has its sign, the numbers are `values`; `point` is such a place."""

    conditions: Conditions
    values: tuple[Expr, ...]
    point: Point

    @property
    def ties(self) -> list[Expr]:
        """What is 0 in this case by its conditions."""
        return [expression for expression, sign in self.conditions if sign == 0]

    def on_boundary(self, unknowns: Set[Expr]) -> bool:
        """Whether one of its conditions is an equality in which the unknowns stand."""
        return any(tie.free_symbols & unknowns for tie in self.ties)

    def __str__(self) -> str:
        return " and ".join(relation(*each) for each in self.conditions) or "always"


def cases(numbers: Sequence[Expr], most: int = MOST_CASES, known: Conditions = ()) -> list[Case]:
    """Every case of the numbers where the known conditions hold. Raises `TooMany` where there are more than `most`.

    >>> x = sp.Symbol("x", real=True)
    >>> for case in cases([Positive(x) * x]):
    ...     print(case, case.values)
    x > 0 (x,)
    x = 0 (0,)
    x < 0 (0,)
    """
    compared = max((len(e.args) for number in numbers for e in number.atoms(Largest)), default=1) - 1
    alone = {s for number in numbers for e in number.atoms(Positive) for s in e.args[0].free_symbols
             if e.args[0] in (s, -s)}  # fmt: skip
    if 3 ** max(compared, len(alone)) > most:
        raise TooMany
    found: list[Case] = []
    for case in apart(known, tuple(numbers), point(known) or {}):
        found.append(case)
        if len(found) > most:
            raise TooMany
    return found


@dataclass(frozen=True)
class Block:
    """Numbers by name, and their cases, whose `values` are in the order of the names."""

    names: tuple[str, ...]
    cases: tuple[Case, ...]

    @property
    def covered(self) -> bool:
        return check([case.conditions for case in self.cases])

    def __str__(self) -> str:
        return "\n".join(
            f"{case}: {', '.join(f'{name} = {value}' for name, value in zip(self.names, case.values, strict=True))}"
            for case in self.cases
        )


def blocks(numbers: Mapping[str, Expr]) -> list[Block]:
    """The cases of numbers that hold branches, in groups whose comparisons have no symbol in common: every case of one
    group goes with every case of another. Raises `TooMany` where a group has too many.

    >>> x, y = sp.symbols("x y", real=True)
    >>> [block.names for block in blocks({"a": Positive(x), "b": Positive(y), "c": 1 - Positive(x) * y, "d": y})]
    [('a', 'c'), ('b',)]
    """
    parent: dict[Expr, Expr] = {}

    def root(symbol: Expr) -> Expr:
        while parent.setdefault(symbol, symbol) is not symbol:
            symbol = parent[symbol]
        return symbol

    first: dict[str, Expr] = {}
    for name, number in numbers.items():
        compared = [s for e in number.atoms(Positive, Largest, Wins) for s in e.free_symbols]
        for symbol in compared:
            parent[root(symbol)] = root(compared[0])
            first[name] = compared[0]
    groups: dict[Expr, list[str]] = {}
    for name, symbol in first.items():
        groups.setdefault(root(symbol), []).append(name)
    return [Block(tuple(names), tuple(cases([numbers[n] for n in names]))) for names in groups.values()]


def apart(conditions: Conditions, numbers: tuple[Expr, ...], where: Point) -> Iterator[Case]:
    tick()
    question = open_question(numbers)
    if question is None:
        yield Case(conditions, numbers, where)
    elif isinstance(question, Positive):
        for sign, more, place in outcomes(question.args[0], conditions, where):
            yield from apart(more, tuple(settled(n, question.args[0], sign) for n in numbers), place)
    else:
        compared = question.args[isinstance(question, Wins) :]
        for winner, more, place in winners(compared, conditions, where):
            changes = {Largest(*compared): compared[winner]}
            changes |= {Wins(sp.Integer(i), *compared): sp.Integer(i == winner) for i in range(len(compared))}
            yield from apart(more, tuple(n.xreplace(changes) for n in numbers), place)


def winners(compared: Sequence[Expr], conditions: Conditions, where: Point) -> Iterator[tuple[int, Conditions, Point]]:
    """Who may win, compared from left to right with the largest so far, as `largest` does."""

    def from_here(n: int, best: int, known: Conditions, at: Point) -> Iterator[tuple[int, Conditions, Point]]:
        if n == len(compared):
            yield best, known, at
            return
        for sign, more, place in outcomes(compared[n] - compared[best], known, at):
            yield from from_here(n + 1, n if sign > 0 else best, more, place)

    return from_here(1, 0, conditions, where)


def outcomes(expression: Expr, known: Conditions, where: Point) -> list[tuple[int, Conditions, Point]]:
    """The signs that the expression can have where the known conditions hold; one that is certain adds no condition."""
    places = [(sign, point([*known, (expression, sign)])) for sign in SIGNS]
    possible = [(sign, place) for sign, place in places if place is not None]
    if len(possible) == 1:
        return [(possible[0][0], known, where)]
    return [(sign, (*known, (expression, sign)), place) for sign, place in possible]


def open_question(numbers: Sequence[Expr]) -> Expr | None:
    """A bracket or a largest number inside which there is none."""
    innermost = [e for e in questions(numbers) if not any(a.has(Positive, Largest, Wins) for a in e.args)]
    return min(innermost, key=str, default=None)


def questions(numbers: Iterable[Expr]) -> set[Expr]:
    """Every comparison that the numbers depend on; those inside a sum, which come out otherwise in each term, apart."""
    found = set[Expr]().union(*(n.atoms(Positive, Largest, Wins) for n in numbers))
    return {e for e in found if not any(map(is_bound, e.free_symbols))}


def where_zero(u: Expr, symbols: Iterable[Expr]) -> dict[Expr, Expr] | None:
    """One of the symbols in terms of the others, so that the expression is 0; None where none stands in it linearly."""
    for symbol in sorted(symbols, key=str):
        slope = u.diff(symbol)
        if slope.is_nonzero and symbol not in slope.free_symbols:
            return {symbol: symbol - u / slope}
    return None


def settled(number: Expr, u: Expr, sign: int) -> Expr:
    """The number where `u` has this sign."""
    return number.xreplace({Positive(u): sp.Integer(sign > 0), Positive(-u): sp.Integer(sign < 0)})


def check(conditions: Sequence[Conditions], known: Conditions = ()) -> bool:
    """Whether these cases cover everything that `known` allows, and no two of them hold together.

    They must come from one tree of questions: all ask the same one first, and so on.
    """
    if len(conditions) == 1 and not conditions[0]:
        return True
    if not conditions or not all(conditions):
        return False
    question = conditions[0][0][0]
    if any(case[0][0] != question for case in conditions):
        return False
    for sign in SIGNS:
        rest = [case[1:] for case in conditions if case[0][1] == sign]
        below = (*known, (question, sign))
        if point(below) is not None if not rest else not check(rest, below):
            return False
    return True


def relation(expression: Expr, sign: int) -> str:
    """`x > 0`, `a < b`: a condition as people write it."""
    sign_text = {1: ">", 0: "=", -1: "<"}[sign]
    terms = expression.args if expression.is_Add else (expression,)
    left = [t for t in terms if not t.could_extract_minus_sign()]
    right = [-t for t in terms if t.could_extract_minus_sign()]
    if not left:
        left, right, sign_text = right, left, {">": "<", "<": ">", "=": "="}[sign_text]
    return f"{sp.Add(*left)} {sign_text} {sp.Add(*right)}"
