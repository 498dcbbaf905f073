"""What a formula on a sheet means in the network at hand: an array of symbols, once its letters are given numbers.

`V` is the whole array, `V[i,j]` a cell of it, `V[i]` the i-th in the order in which one reads.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from math import prod
from typing import Any

from backproof.algebra.patience import tick
from backproof.arithmetic.array import Array, Index, Shape
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.shown import NAME, NUMBER, TOTAL, Comparison, Shown
from backproof.arithmetic.symbol import Expr, Positive, sp
from backproof.derivations.meaning import APPLIED, Meaningless, exponential, power
from backproof.marking.formulas.cellwise import (
    Slopes,
    joined,
    largest,
    mapped,
    multiplied,
    plain,
    single,
    slopes,
    summed,
)
from backproof.marking.formulas.letters import compared, indices_in
from backproof.marking.formulas.quantities import Quantities

CLASS = "y", "t", "c"
"""Letters that stand for the right class, where no quantity is called so."""
DISTRIBUTION = "q", "y", "t"
"""Names of the target as a probability for each class."""
OTHER = "y'"
"""The letter of any other class."""
LARGEST = "max"
"""`z[max]`: the largest cell of z."""

Letters = Mapping[str, int]


class Expressions:
    """Formulas about the quantities of one pass. Raises `Meaningless` for what says nothing there."""

    def __init__(self, quantities: Quantities, sides: Sequence[Shown]) -> None:
        self.quantities = quantities
        self.dots = False
        self.sizes: dict[str, int] = {}
        """How many values each letter has that stands for an index."""
        self.fixed: dict[str, int] = {}
        """Letters for the right class."""
        right = quantities.right_class
        if right is not None:
            self.fixed = {letter: right for letter in CLASS if quantities.find(letter) in (None, quantities.classes)}
        found = [pair for side in sides for pair in self.indices(side)]
        for letter, size in found:
            if size and self.sizes.setdefault(letter, size) != size:
                raise Meaningless(f"{letter} runs over {self.sizes[letter]} cells in one place, over {size} in another")
        for letter, _ in found:
            if letter not in self.sizes:
                self.sizes[letter] = self.partner(letter, sides)

    # Letters.

    def indices(self, e: Any) -> Iterator[tuple[str, int]]:
        """Every letter that stands as an index, with how many cells it runs over; 0 where that is not known there."""
        if isinstance(e, Comparison):
            yield from self.indices(e.left)
            yield from self.indices(e.right)
        elif isinstance(e, Shown) and e.op == NAME:
            shape = self.shape_of(e.args[0])
            for n, i in enumerate(e.args[1]):
                if isinstance(i, str) and i != LARGEST:
                    axes = (prod(shape),) if shape and len(e.args[1]) == 1 else shape or ()
                    yield i, axes[n] if n < len(axes) else 0
        elif isinstance(e, Shown):
            if e.op == TOTAL:
                yield e.args[1][0], 0
            for part in e.args:
                yield from self.indices(part)

    def partner(self, letter: str, sides: Sequence[Shown]) -> int:
        """How far a letter runs that is only compared with others; of what nothing is known, over the classes."""
        for a, b in (pair for side in sides for pair in compared(side)):
            other = b if a == letter else a if b == letter else None
            if other in self.sizes and other not in self.fixed:
                return self.sizes[other]
        logits = self.quantities.logits
        return self.quantities.shape(logits)[0] if logits else 0

    def shape_of(self, name: str) -> Shape | None:
        q = self.quantities
        found = q.find(name)
        if (found is None or found == q.classes) and name in (*DISTRIBUTION, q.classes) and q.logits:
            return q.shape(q.logits)
        if (pair := q.fraction(name)) is not None and found is None:
            found = pair[1]
        return None if found is None else q.shape(found)

    def free(self, e: Any, bound: frozenset[str] = frozenset()) -> set[str]:
        """The letters of an expression that have to be given numbers."""
        if isinstance(e, Comparison):
            return self.free(e.left, bound) | self.free(e.right, bound)
        if not isinstance(e, Shown) or e.op == NUMBER:
            return set()
        if e.op == NAME:
            used = {i for i in e.args[1] if isinstance(i, str)} | ({e.args[0]} if not e.args[1] else set[str]())
            return {i for i in used if i in self.sizes and i not in bound and i not in self.fixed and i != LARGEST}
        inside = bound | {e.args[1][0]} if e.op == TOTAL else bound
        return set[str]().union(*(self.free(part, inside) for part in e.args))

    def assignments(self, letters: set[str]) -> Iterator[dict[str, int]]:
        """Every choice of numbers for these letters."""
        names = sorted(letters)
        for values in product(*(range(self.sizes[name]) for name in names)):
            chosen = dict(zip(names, values, strict=True))
            if OTHER in chosen and chosen[OTHER] == self.quantities.right_class:
                continue
            yield {**self.fixed, **chosen}

    # Values.

    def value(self, e: Shown, at: Letters) -> Array:
        """The expression as an array of SymPy expressions; `at` gives its letters numbers."""
        found = plain(self.of(e, at))
        if any(cell.has(sp.zoo, sp.nan, sp.oo, sp.I) for cell in found.values()):
            raise Meaningless("this divides by 0, or is no real number")
        return found

    def of(self, e: Shown, at: Letters) -> Array:
        tick()
        match e.op:
            case "name":
                return self.name(e, at)
            case "number":
                return single(sp.Rational(*Numeral(str(e.args[0])).ratio()))
            case "total":
                return self.total(e, at)
            case "derivative":
                return self.derivative(e, at)
            case "bracket":
                return self.bracket(e.args[0], at)
            case "max":
                return largest([plain(self.of(a, at)) for a in e.args])
            case "*":
                return self.product(self.of(e.args[0], at), self.of(e.args[1], at))
            case "neg":
                return mapped(self.of(e.args[0], at), operator.neg)
            case "^":
                return joined(power, *(plain(self.of(a, at)) for a in e.args))
            case "exp":
                return mapped(plain(self.of(e.args[0], at)), exponential)
            case op if op in APPLIED:
                return joined(APPLIED[op], *(plain(self.of(a, at)) for a in e.args))
            case op:
                raise Meaningless(f"nothing is known of {op}")

    @contextmanager
    def adding_products(self) -> Generator[None]:
        """Within this, the product of two arrays of one shape is the sum of their cells' products."""
        self.dots = True
        try:
            yield
        finally:
            self.dots = False

    def product(self, a: Array, b: Array) -> Array:
        if self.dots and a.shape == b.shape and not isinstance(a, Slopes) and not isinstance(b, Slopes):
            return summed(multiplied(a, b))
        return multiplied(a, b)

    def name(self, e: Shown, at: Letters) -> Array:
        name, index = e.args
        if not index and name in ("pi", "π"):
            return single(sp.pi)
        if not index and name in at and self.quantities.find(name) is None:
            return self.letter(name, at)
        array = self.named(name, bool(index))
        if not index:
            return array
        if index == (LARGEST,):
            return largest([array])
        return single(array[self.place(name, array.shape, index, at)])

    def named(self, name: str, indexed: bool = False) -> Array:
        """The whole array that has this name; for a name that means nothing a symbol."""
        q = self.quantities
        found = q.find(name)
        if found is not None and found != q.classes:
            return q.array(found)
        if name in (*DISTRIBUTION, q.classes) and q.logits:
            return self.target()
        if (stem := largest_of(name)) and (found := q.find(stem)) is not None:
            return largest([q.array(found)])
        if (pair := q.fraction(name)) is not None and (not indexed or not q.shape(pair[0])):
            above, below = pair
            return slopes(q.array(above), list(q.array(below).items()), q.shape(below), lambda u: q.toward(u, below))
        if indexed:
            raise Meaningless(q.unknown([name]))
        return single(q.stranger(name))

    def target(self) -> Array:
        """What the target puts on each class: 1 on the right one and 0 on the others, or the distribution given."""
        q = self.quantities
        assert q.logits is not None
        if q.classes is None:
            assert q.record.network.loss is not None
            return q.array(q.record.network.loss.target)
        shape = q.shape(q.logits)
        return Array(shape, {i: sp.Integer(i == (q.right_class,)) for i in Array(shape).indices()})

    def letter(self, name: str, at: Letters) -> Array:
        """An index where a number is asked for: the right class is then its row of ones and zeros."""
        if name not in self.fixed:
            return single(sp.Integer(at[name]))
        return (
            self.target()
            if name in (*DISTRIBUTION, self.quantities.classes)
            else single(self.quantities.stranger(name))
        )

    def place(self, name: str, shape: Shape, index: Sequence[Any], at: Letters) -> Index:
        """The cell that an index names. One index of an array of several axes counts its cells as one reads."""
        numbers = [self.number(i, at) for i in index]
        if len(numbers) == 1 != len(shape):
            cells = list(Array(shape).indices())
            if numbers[0] < len(cells):
                return cells[numbers[0]]
        elif len(numbers) == len(shape) and all(i < n for i, n in zip(numbers, shape, strict=True)):
            return tuple(numbers)
        cell = f"{name}[{','.join(map(str, index))}]"
        raise Meaningless(f"there is no cell {cell}: {name} has shape {shape}")

    def number(self, i: Any, at: Letters) -> int:
        if isinstance(i, int):
            return i
        if isinstance(i, str) and i in at:
            return at[i]
        raise Meaningless(f"nobody knows what the index {i if isinstance(i, str) else 'there'} runs over")

    def total(self, e: Shown, at: Letters) -> Array:
        """A sum over a letter; over all cells, where its letter does not stand in what is added up."""
        body, (letter,) = e.args
        if letter not in indices_in(body):
            whole = plain(self.of(body, at))
            if whole.shape:
                return summed(whole)
        if not self.sizes.get(letter):
            raise Meaningless(f"nobody knows how far {letter} runs")
        terms = [plain(self.of(body, {**at, letter: n})) for n in range(self.sizes[letter])]
        return joined(sp.Add, *terms)

    def derivative(self, e: Shown, at: Letters) -> Array:
        """∂body/∂by: the body in terms of `by` and what was made before it, differentiated."""
        body, by = e.args
        name = self.quantities.find(by.args[0])
        if name is None or name == self.quantities.classes:
            raise Meaningless(f"there is no derivative by {by.args[0]}")
        array, index = self.quantities.array(name), by.args[1]
        shape: Shape = () if index else array.shape
        held = [((), array[self.place(name, array.shape, index, at)])] if index else list(array.items())
        return slopes(plain(self.of(body, at)), held, shape, lambda u: self.quantities.toward(u, name))

    def bracket(self, c: Comparison, at: Letters) -> Array:
        """[u > 0], cell by cell; [i = j] compares indices."""
        sides = [self.index(side, at) for side in (c.left, c.right)]
        if None not in sides and c.relation in "=≠":
            return single(sp.Integer((sides[0] == sides[1]) == (c.relation == "=")))
        a, b = plain(self.of(c.left, at)), plain(self.of(c.right, at))
        return joined(BRACKETS[c.relation], a, b)

    def index(self, e: Shown, at: Letters) -> int | None:
        """One side of a comparison, where it is an index."""
        if e.op == NUMBER and str(e.args[0]).isdigit():
            return int(e.args[0])
        if e.op == NAME and not e.args[1] and e.args[0] in at:
            return at[e.args[0]]
        return None


BRACKETS: dict[str, Callable[[Expr, Expr], Expr]] = {
    ">": lambda a, b: Positive(a - b),
    "<": lambda a, b: Positive(b - a),
    "≤": lambda a, b: 1 - Positive(a - b),
    "≥": lambda a, b: 1 - Positive(b - a),
    "=": lambda a, b: 1 - unequal(a, b),
    "≠": lambda a, b: unequal(a, b),
}


def unequal(a: Expr, b: Expr) -> Expr:
    over: Expr = Positive(a - b)
    under: Expr = Positive(b - a)
    return over + under


def largest_of(name: str) -> str | None:
    """`z_max`, `zmax`: the z of which it is the largest."""
    stem = name.removesuffix(LARGEST).rstrip("_")
    return stem if stem and stem != name else None
