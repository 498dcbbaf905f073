"""Formulas: a rule run on numbers without values, its loops written once with letters for indices.

Running `Linear.forward` this way gives y[i] = Σ_j W[i,j]·x[j]: the formula that is printed comes out of the
rule that computes, so the two cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from backproof.arithmetic.array import Array, Index, Number, Shape
from backproof.arithmetic.shown import LARGEST, NAME, NUMBER, TOTAL, Comparison, Shown, shown

LETTERS = "ijklmnabcdefghopqrsuvw"
TOKEN = re.compile("⟦\\d+⟧")
"""A running index before it has its letter: each loop has a token of its own."""


def lettered(text: str, taken: Container[str] = ()) -> str:
    """The text with letters for tokens, i first, in the order in which they appear, none of those that are taken.

    >>> lettered("y[⟦7⟧] = Σ_⟦3⟧ x[⟦7⟧+⟦3⟧]")
    'y[i] = Σ_j x[i+j]'
    """
    letters = [letter for letter in LETTERS if letter not in taken] or list(LETTERS)
    names: dict[str, str] = {}
    return TOKEN.sub(lambda m: names.setdefault(m[0], letters[len(names) % len(letters)]), text)


class Subscript:
    """An index that is a letter, or whole-number arithmetic on letters: `i`, `2i + k − 1`.

    >>> 2 * Subscript({"i": 1}) + Subscript({"k": 1}) - 1
    2i+k-1
    """

    __slots__ = ("constant", "letters", "size")

    def __init__(self, letters: dict[str, int], constant: int = 0, size: int | None = None) -> None:
        self.letters = {k: n for k, n in letters.items() if n}
        self.constant = constant
        self.size = size
        """Where known, a number that the index stays below."""

    def __repr__(self) -> str:
        parts = [("" if n == 1 else "-" if n == -1 else str(n)) + k for k, n in self.letters.items()]
        parts += [str(self.constant)] if self.constant or not parts else []
        return "+".join(parts).replace("+-", "-")

    def __add__(self, other: Subscript | int) -> Subscript:
        other = subscript(other)
        letters = {k: self.letters.get(k, 0) + other.letters.get(k, 0) for k in self.letters | other.letters}
        return Subscript(letters, self.constant + other.constant)

    def __mul__(self, n: Subscript | int) -> Subscript:
        if isinstance(n, Subscript):
            return Subscript({f"({grouped(self)}·{grouped(n)})": 1})
        return Subscript({k: n * m for k, m in self.letters.items()}, n * self.constant)

    def __sub__(self, other: Subscript | int) -> Subscript:
        return self + subscript(other) * -1

    __radd__ = __add__
    __rmul__ = __mul__

    def __floordiv__(self, n: int) -> Subscript:
        if self.size is not None and self.size <= n:
            return Subscript({})
        return self if n == 1 else Subscript({f"⌊{grouped(self)}/{n}⌋": 1})

    def __mod__(self, n: int) -> Subscript:
        if self.size is not None and self.size <= n:
            return self
        return Subscript({}) if n == 1 else Subscript({f"({grouped(self)} mod {n})": 1})

    def __eq__(self, other: object) -> Any:
        return Comparison("=", shown_index(self), shown_index(other))

    def overlap(self, start: Subscript, length: int, low: int, high: int) -> Subscript:
        return Subscript({f"|window {self}|": 1})

    def __shown__(self) -> Shown:
        return shown_index(self)


def subscript(value: Subscript | int) -> Subscript:
    return value if isinstance(value, Subscript) else Subscript({}, value)


def grouped(value: Subscript) -> str:
    text = repr(value)
    return text if len(value.letters) + bool(value.constant) <= 1 else f"({text})"


def shown_index(value: object) -> Shown:
    return value if isinstance(value, Shown) else Shown(NAME, (repr(value), ()), None)


class Label(Shown):
    """A class index that stands in a formula; taken not to be the ignored one."""

    __slots__ = ()

    def __ne__(self, other: object) -> Any:
        return self is not other


class Writer:
    """A walker whose loops run once, with a token for the index."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}

    def span(self, n: int) -> Iterator[Any]:
        if n == 1:
            yield 0
            return
        token = f"⟦{len(self.sizes)}⟧"
        self.sizes[token] = n
        yield Subscript({token: 1}, size=n)

    def total(self, terms: Iterator[Number]) -> Number:
        parts = list[Number]()
        for term, tokens in self.collected(terms):
            count = 1
            for token in tokens:
                count *= self.sizes[token]
            if isinstance(term, int):
                parts.append(term * count)
            else:
                parts.append(Shown(TOTAL, (shown(term), tokens), None) if tokens else term)
        if len(parts) > 4:
            parts = [*parts[:2], Shown(NAME, ("…", ()), None), parts[-1]]
        return sum(parts[1:], parts[0]) if parts else 0

    def largest(self, candidates: Iterator[tuple[Number, Any]]) -> tuple[Number, Any]:
        ((value, place), tokens), *_ = self.collected(candidates)
        return (Shown(LARGEST, (value, tokens), None) if tokens else value), place

    def collected(self, terms: Iterator[Any]) -> list[tuple[Any, tuple[str, ...]]]:
        """Each term of the written loops, with the tokens of the loops that it runs in."""
        found: list[tuple[Any, tuple[str, ...]]] = []
        before = len(self.sizes)
        for term in terms:
            found.append((term, tuple(list(self.sizes)[before:])))
            before = len(self.sizes)
        return found

    def within(self, index: Any, size: int) -> Iterator[Any]:
        yield index

    def listed(self, table: Mapping[Any, list[tuple[Any, Any]]], key: Any) -> Iterator[tuple[Any, Any]]:
        """Pairs that only a table knows: a letter, and what lies there for it."""
        for a in self.span(max(map(len, table.values()))):
            yield a, Subscript({f"pad({key},{a})": 1})

    def quotient(self, index: Any, divisor: int) -> Iterator[Any]:
        yield index if divisor == 1 else Subscript({f"{grouped(subscript(index))}/{divisor}": 1})


class Lettered(Array):
    """An array to be read in a formula: any index gives its name with that index."""

    __slots__ = ("first", "leaf", "name")

    def __init__(self, name: str, shape: Shape, first: Index = (), leaf: type[Shown] = Shown) -> None:
        super().__init__(shape)
        self.name, self.first, self.leaf = name, first, leaf

    def __getitem__(self, index: Index) -> Number:
        return self.leaf(NAME, (self.name, (*self.first, *index)), None)


class Stated(Array):
    """An array to be written by a formula: what was set, where, and whether it was added to."""

    __slots__ = ("accumulates", "statements")

    def __init__(self, shape: Shape) -> None:
        super().__init__(shape)
        self.statements: list[tuple[Any, Number]] = []
        self.accumulates = False

    def __getitem__(self, index: Any) -> Number:
        self.accumulates = True
        return 0

    def __setitem__(self, index: Any, value: Any) -> None:
        self.statements.append((index, value))


class Changed(Stated):
    """An array that a formula changes in place: it reads as `old` until it is set, and as `new` from then on."""

    __slots__ = ("new", "old")

    def __init__(self, old: Array, new: Array) -> None:
        super().__init__(new.shape)
        self.old, self.new = old, new

    def __getitem__(self, index: Any) -> Number:
        return (self.new if self.statements else self.old)[index]


class Inlined(Array):
    """An array whose statement stands in a formula in place of its name."""

    __slots__ = ("stated",)

    def __init__(self, stated: Stated) -> None:
        super().__init__(stated.shape)
        self.stated = stated

    def __getitem__(self, index: Any) -> Number:
        at, value = self.stated.statements[-1]
        letters = {
            next(iter(a.letters)): subscript(i) for a, i in zip(at, index, strict=True) if isinstance(a, Subscript)
        }
        return replaced(value, letters)


def replaced(value: Any, letters: Mapping[str, Subscript]) -> Any:
    """An expression with other indices for some tokens."""
    if isinstance(value, Subscript):
        result = Subscript({}, value.constant)
        for token, n in value.letters.items():
            result = result + letters.get(token, Subscript({token: 1})) * n
        return result
    if isinstance(value, tuple):
        return tuple(replaced(part, letters) for part in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, Comparison):
        return Comparison(value.relation, replaced(value.left, letters), replaced(value.right, letters))
    if isinstance(value, Shown) and value.op != NUMBER:
        return type(value)(value.op, replaced(value.args, letters), value.value)
    return value


class Table(Array):
    """A row of hyperparameters: a number where the place is known, `weight[i]` where it is a letter."""

    __slots__ = ("name", "numbers")

    def __init__(self, name: str, numbers: list[Number]) -> None:
        super().__init__((len(numbers),))
        self.name, self.numbers = name, numbers

    def __getitem__(self, index: Index) -> Number:
        return self.numbers[index[0]] if isinstance(index[0], int) else Shown(NAME, (self.name, index), None)


def constant(text: str) -> Shown:
    """A hyperparameter as the digits it was given in."""
    return Shown(NUMBER, (text,), None)
