"""What the expressions of a derivation mean: SymPy expressions, with definitions put in and derivatives taken.

Only SymPy's constructors are called, on names and numbers that the grammar let through; no text reaches SymPy.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.algebra.patience import tick
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.shown import Comparison, Shown
from backproof.arithmetic.symbol import Expr, Largest, Positive, sp
from backproof.derivations.language import FUNCTIONS

MOST_BITS = 2_000
MOST_PARTS = 5_000
MOST_SUMS = 5
MOST_POWER = 64


class Meaningless(ValueError):
    """An expression that says nothing: a family used as a number, a derivative by what is defined."""


@dataclass
class Meaning:
    """Names that are defined, and what indices are assumed to be."""

    definitions: dict[str, tuple[tuple[str, ...], Shown]] = field(default_factory=dict[str, Any])
    families: dict[str, int] = field(default_factory=dict[str, int])
    """How many indices a name has; the same wherever it is used."""
    indices: set[str] = field(default_factory=set[str])
    """Names that have been used as an index, and are whole numbers therefore."""
    sizes: dict[str, str] = field(default_factory=dict[str, str])
    """How far an index runs; to k where nothing is said."""
    work: int = 0
    """How many parts have been put together since the last line."""
    depth: int = 0
    ranges: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    """How far the indices at each place of a family run: (name, place) -> size; place −1 for an index that is a cell."""

    def define(self, left: Shown, right: Shown) -> None:
        if left.op != "name":
            raise Meaningless("only a name can be defined: `let p[i] = …`")
        name, index = left.args
        if name in FUNCTIONS and name != "d":
            raise Meaningless(f"{name} is a function already")
        if (
            name in FUNCTIONS
            or name in self.definitions
            or name in self.families
            or name in ("pi", "π", "k", *self.sizes.values())
        ):
            raise Meaningless(f"{name} has a meaning already; a definition comes before its first use, and once")
        if any(not isinstance(i, str) for i in index) or len(set(index)) < len(index):
            raise Meaningless(f"the indices of {name} in its definition are letters, each once")
        for used in names(right):
            if used.args[0] == name:
                raise Meaningless(f"{name} is defined by itself")
            if used.args[0] not in (*index, *self.indices):
                self.families.setdefault(used.args[0], len(used.args[1]))
        self.definitions[name] = tuple(index), right
        self.families[name] = len(index)
        for n, letter in enumerate(index):
            self.run(name, n, letter)

    def collect(self, e: Shown) -> None:
        """Note which names are indices: those in brackets, and those that run through a sum."""
        for name in names(e):
            for i in name.args[1]:
                if isinstance(i, str):
                    self.indices.add(i)
                elif isinstance(i, Shown):
                    self.indices.add(i.args[0])
        self.indices |= {letter for part in parts(e) if part.op == "total" for letter in part.args[1]}

    def collect_compared(self, pairs: Sequence[tuple[Shown, Shown]]) -> None:
        """What is compared with an index by = or != is one too."""
        known = -1
        while known < len(self.indices):
            known = len(self.indices)
            for a, b in pairs:
                if self.is_index(a) or self.is_index(b):
                    self.indices |= {side.args[0] for side in (a, b) if side.op == "name"}

    def of(self, e: Shown, where: Mapping[str, Expr] = {}, kept: frozenset[str] = frozenset()) -> Expr:
        """The expression; `where` gives the indices that run, `kept` the definitions that are not put in."""
        self.work += 1
        tick()
        if self.work > MOST_PARTS:
            raise Meaningless(f"with its definitions put in, the expression has more than {MOST_PARTS:,} parts")
        match e.op:
            case "name":
                return self.name(e, where, kept)
            case "number":
                return sp.Rational(*Numeral(e.args[0]).ratio())
            case "total":
                body, (letter,) = e.args
                self.index(letter)
                index = sp.Dummy(letter, integer=True)
                self.depth += 1
                if self.depth > MOST_SUMS:
                    raise Meaningless(f"sums and derivatives stand in each other more than {MOST_SUMS} deep")
                term = self.of(body, {**where, letter: index}, kept)
                self.depth -= 1
                return sp.Sum(term, (index, 1, size(self.size(letter))))
            case "derivative":
                body, by = e.args
                return self.derivative(body, by, where, kept)
            case "bracket":
                return self.bracket(e.args[0], where, kept)
            case "^":
                base, exponent = e.args
                return power(self.of(base, where, kept), self.of(exponent, where, kept))
            case op:
                return APPLIED[op](*(self.of(a, where, kept) for a in e.args))

    def real(self, e: Shown) -> Expr:
        """The expression, refused where it is no real number anywhere."""
        self.work = self.depth = 0
        found = self.of(e)
        if found.has(sp.zoo, sp.nan, sp.oo, sp.I):
            raise Meaningless("this divides by 0, or is no real number")
        return found

    def name(self, e: Shown, where: Mapping[str, Expr], kept: frozenset[str]) -> Expr:
        name, index = e.args
        if name in FUNCTIONS and name != "d":
            raise Meaningless(f"{name} is a function, and is written {name}(…)")
        if name == "pi" or name == "π":
            if index:
                raise Meaningless("pi is a number, and has no index")
            return sp.pi
        known = self.families.get(name, len(index))
        if known != len(index):
            much = f"{known or 'no'} {'index' if known == 1 else 'indices'}"
            raise Meaningless(f"{name} has {much} elsewhere, here {len(index) or 'none'}")
        places = tuple(self.place(i, where) for i in index)
        for n, i in enumerate(index):
            self.run(name, n, i)
        if name in self.definitions and name not in kept:
            letters, body = self.definitions[name]
            return self.of(body, dict(zip(letters, places, strict=True)), kept | {name})
        if not index:
            if name in where:
                return where[name]
            if name in self.indices:
                return self.index(name)
            if name in ("k", *self.sizes.values()):
                return size(name)
        self.families.setdefault(name, len(index))
        return sp.IndexedBase(name, real=True)[places] if index else sp.Symbol(name, real=True)

    def place(self, i: Any, where: Mapping[str, Expr]) -> Expr:
        if isinstance(i, int):
            return sp.Integer(i)
        if isinstance(i, Shown):
            name, index = i.args
            self.families.setdefault(name, len(index))
            self.indices.add(name)
            return sp.IndexedBase(name, integer=True)[tuple(self.place(j, where) for j in index)]
        return where[i] if i in where else self.index(i)

    def index(self, letter: str) -> Expr:
        if letter in self.families:
            raise Meaningless(f"{letter} is used both as an index and as a number")
        if letter in ("k", *self.sizes.values()):
            raise Meaningless(f"{letter} is how far an index runs, and no index itself")
        self.indices.add(letter)
        return sp.Symbol(letter, integer=True)

    def size(self, i: Any) -> str:
        """How far an index runs; of a whole number nothing is known."""
        if isinstance(i, Shown):
            return self.ranges.get((i.args[0], -1), "")
        return self.sizes.get(i, "k") if isinstance(i, str) else ""

    def run(self, name: str, n: int, i: Any) -> None:
        """Note that this index stands at place n of a family, where every other runs as far."""
        if isinstance(i, Shown):
            for m, j in enumerate(i.args[1]):
                self.run(i.args[0], m, j)
        known, here = self.ranges.get((name, n), ""), self.size(i)
        if known and here and known != here:
            raise Meaningless(f"the indices of {name} at place {n + 1} run to {known} elsewhere, here to {here}")
        if known or here:
            self.ranges[name, n] = known or here
            if isinstance(i, Shown):
                self.ranges[i.args[0], -1] = known or here

    def derivative(self, body: Shown, by: Shown, where: Mapping[str, Expr], kept: frozenset[str]) -> Expr:
        """∂body/∂by; where `by` is itself defined, it is a variable for as long as the derivative is taken."""
        self.depth += 1
        if self.depth > MOST_SUMS:
            raise Meaningless(f"sums and derivatives stand in each other more than {MOST_SUMS} deep")
        name = by.args[0]
        held = kept | {name}
        cell = self.name(by, where, held)
        if not (cell.is_Symbol or isinstance(cell, sp.Indexed)) or name in self.indices:
            raise Meaningless(f"there is no derivative by {name}")
        result = self.of(body, where, held).diff(cell)
        self.depth -= 1
        if name in self.definitions and name not in kept:
            letters, definition = self.definitions[name]
            cells = [c for c in result.atoms(sp.Indexed if letters else sp.Symbol) if head(c) == name]
            result = result.xreplace({
                c: self.of(definition, dict(zip(letters, getattr(c, "indices", ()), strict=True)), held) for c in cells
            })  # fmt: skip
        return result

    def bracket(self, c: Comparison, where: Mapping[str, Expr], kept: frozenset[str]) -> Expr:
        if self.is_index(c.left) or self.is_index(c.right):
            if c.relation not in "=≠":
                raise Meaningless("indices are compared by = and != alone")
            i, j = place(c.left), place(c.right)
            if self.size(i) and self.size(j) and self.size(i) != self.size(j):
                raise Meaningless(f"indices are compared that run to {self.size(i)} and to {self.size(j)}")
            delta = sp.KroneckerDelta(*(self.place(place(e), where) for e in (c.left, c.right)))
            return delta if c.relation == "=" else 1 - delta
        a, b = self.of(c.left, where, kept), self.of(c.right, where, kept)
        over: Expr = Positive(a - b)
        under: Expr = Positive(b - a)
        if c.relation in "=≠":
            return over + under if c.relation == "≠" else 1 - over - under
        return {">": over, "<": under, "≤": 1 - over, "≥": 1 - under}[c.relation]

    def is_index(self, e: Shown) -> bool:
        """Whether a side of a comparison is an index; a name that nobody knows is a number."""
        return e.op == "name" and e.args[0] in self.indices


def parts(e: Any) -> Iterator[Shown]:
    """An expression and all that stands in it."""
    if isinstance(e, Comparison):
        yield from parts(e.left)
        yield from parts(e.right)
    elif isinstance(e, Shown):
        yield e
        for part in e.args[1] if e.op == "name" else e.args:
            yield from parts(part)


def names(e: Shown) -> Iterator[Shown]:
    return (part for part in parts(e) if part.op == "name")


def compared(e: Shown) -> list[tuple[Shown, Shown]]:
    """The two sides of every bracket that asks whether they are equal."""
    found = [part.args[0] for part in parts(e) if part.op == "bracket"]
    return [(c.left, c.right) for c in found if c.relation in "=≠"]


def place(e: Shown) -> Any:
    """One side of a comparison of indices: a whole number, a letter, or a cell."""
    if e.op == "number" and e.args[0].isdigit():
        return int(e.args[0])
    if e.op != "name":
        raise Meaningless("an index is compared with a letter, a cell such as w[i], or a whole number")
    return e if e.args[1] else e.args[0]


def head(cell: Expr) -> str:
    return str(cell.base) if isinstance(cell, sp.Indexed) else str(cell)


def size(name: str) -> Expr:
    """How many an index runs over, as a symbol."""
    return sp.Symbol(name, integer=True, positive=True)


def exponential(u: Expr) -> Expr:
    """e to a power; SymPy turns e^(n · log 2) into 2ⁿ at once, so that n has to be small."""
    if u.has(sp.log):
        check_power(u)
    return sp.exp(u)


def check_power(exponent: Expr) -> None:
    for number in exponent.atoms(sp.Rational):
        if abs(number.p) > MOST_POWER or number.q > MOST_POWER:
            raise Meaningless(f"{number} is too large in an exponent; at most {MOST_POWER}")


def power(base: Expr, exponent: Expr) -> Expr:
    """A power, refused where it would be a number of very many digits."""
    check_power(exponent)
    if base.is_Rational and exponent.is_Rational:
        size = max(int(base.p).bit_length(), int(base.q).bit_length()) * abs(int(exponent.p))
        if size > MOST_BITS:
            raise Meaningless("a power of that many digits is too large to be worked out")
    return sp.Pow(base, exponent)


def largest(first: Expr, *others: Expr) -> Expr:
    return Largest(first, *others) if others else first


def quotient(a: Expr, b: Expr) -> Expr:
    return a / b


APPLIED: dict[str, Callable[..., Expr]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": quotient,
    "neg": operator.neg,
    "exp": exponential,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "tanh": sp.tanh,
    "erf": sp.erf,
    "erfc": sp.erfc,
    "abs": sp.Abs,
    "max": largest,
}
