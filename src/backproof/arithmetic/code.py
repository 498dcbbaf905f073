"""An arithmetic whose numbers are places in a program being written: running a rule writes the program.

What is written is a `Block` of items in the order in which they happen: loops, conditions, stores, and numbers. It says
what is computed and nothing of how: which loop becomes lanes of a vector, which outputs are made side by side and
where an array lies in memory is decided afterwards, by `compiled`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeAlias, cast

from backproof.arithmetic.array import Array, Places, Shape
from backproof.arithmetic.functions import FUNCTIONS, register
from backproof.arithmetic.numeral import Numeral

NAMES = count()


class Var:
    """The index of a loop: 0 … size − 1."""

    __slots__ = ("name", "size")

    def __init__(self, size: int) -> None:
        self.size, self.name = size, f"i{next(NAMES)}"

    def __repr__(self) -> str:
        return self.name


class Opaque:
    """A whole number that is no sum of loop indices: `floor`, `mod`, `min`, `max`, `choose`, `table`, `place`."""

    __slots__ = ("args", "kind", "range")

    def __init__(self, kind: str, args: tuple[Any, ...], range: tuple[int, int]) -> None:
        self.kind, self.args, self.range = kind, args, range

    def __repr__(self) -> str:
        return f"{self.kind}({', '.join(map(repr, self.args))})"


Atom: TypeAlias = "Var | Opaque"


class Index:
    """Whole-number arithmetic on loop indices: a sum of multiples, and a constant.

    >>> i = Index({Var(4): 1})
    >>> (2 * i + 1).range
    (1, 7)
    """

    __slots__ = ("constant", "terms")

    def __init__(self, terms: Mapping[Atom, int], constant: int = 0) -> None:
        self.terms = {atom: n for atom, n in terms.items() if n}
        self.constant = constant

    def __repr__(self) -> str:
        parts = [repr(a) if n == 1 else f"{n}{a!r}" for a, n in self.terms.items()]
        parts += [str(self.constant)] if self.constant or not parts else []
        return "+".join(parts).replace("+-", "-")

    @property
    def range(self) -> tuple[int, int]:
        """The least and the largest that it can be."""
        low = high = self.constant
        for atom, n in self.terms.items():
            a, b = (0, atom.size - 1) if isinstance(atom, Var) else atom.range
            low, high = low + min(n * a, n * b), high + max(n * a, n * b)
        return low, high

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Code):
            return NotImplemented
        other = whole(other)
        terms = dict(self.terms)
        for atom, n in other.terms.items():
            terms[atom] = terms.get(atom, 0) + n
        return Index(terms, self.constant + other.constant)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Code):
            return NotImplemented
        a, b = self, whole(other)
        if b.terms:
            a, b = b, a
        if b.terms:
            (a0, a1), (b0, b1) = a.range, b.range
            ends = [a0 * b0, a0 * b1, a1 * b0, a1 * b1]
            return Index({Opaque("times", (a, b), (min(ends), max(ends))): 1})
        return Index({atom: n * b.constant for atom, n in a.terms.items()}, a.constant * b.constant)

    def __sub__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, Code) else self + whole(other) * -1

    def __rsub__(self, other: Any) -> Any:
        return self * -1 + other

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, n: int) -> Index:
        low, high = self.range
        if low // n == high // n:
            return Index({}, low // n)
        if all(k % n == 0 for k in (*self.terms.values(), self.constant)):
            return Index({a: k // n for a, k in self.terms.items()}, self.constant // n)
        return Index({Opaque("floor", (self, n), (low // n, high // n)): 1})

    def __mod__(self, n: int) -> Index:
        low, high = self.range
        if low // n == high // n:
            return self - low // n * n
        return Index({Opaque("mod", (self, n), (0, n - 1)): 1})

    def __eq__(self, other: object) -> Any:
        return Condition("==", self, whole(other))

    def __ne__(self, other: object) -> Any:
        return Condition("!=", self, whole(other))

    __hash__ = None  # type: ignore[assignment]  # == gives a condition, which no dictionary can ask

    def overlap(self, start: Index, length: int, low: int, high: int) -> Index:
        """See `loops.overlap`."""
        end = start + length
        (s, t), (e, f) = start.range, end.range
        last = Index({Opaque("min", (end, Index({}, high)), (min(e, high), min(f, high))): 1})
        first = Index({Opaque("max", (start, Index({}, low)), (max(s, low), max(t, low))): 1})
        return last - first


def whole(value: Any) -> Index:
    return value if isinstance(value, Index) else Index({}, int(value))


class Place(Index):
    """Where in an array a number stands, known only when the program runs."""

    __slots__ = ()


class Code:
    """A number that the program computes: an operation on others, or what one of the subclasses says."""

    __slots__ = ("args", "op")

    def __init__(self, op: str, *args: Any) -> None:
        self.op, self.args = op, args
        BLOCKS[-1].items.append(self)

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __add__(self, o: Any) -> Any: return self if is_zero(o) else Code("add", self, o)  # fmt: skip

    def __radd__(self, o: Any) -> Any: return self if is_zero(o) else Code("add", o, self)  # fmt: skip

    def __sub__(self, o: Any) -> Any: return self if is_zero(o) else Code("sub", self, o)  # fmt: skip

    def __rsub__(self, o: Any) -> Any: return Code("sub", o, self)  # fmt: skip

    def __mul__(self, o: Any) -> Any: return self if is_one(o) else Code("mul", self, o)  # fmt: skip

    def __rmul__(self, o: Any) -> Any: return self if is_one(o) else Code("mul", o, self)  # fmt: skip

    def __truediv__(self, o: Any) -> Any: return self if is_one(o) else Code("div", self, o)  # fmt: skip

    def __rtruediv__(self, o: Any) -> Any: return Code("div", o, self)  # fmt: skip

    def __neg__(self) -> Any: return Code("neg", self)  # fmt: skip

    def __gt__(self, o: Any) -> Any: return Condition(">", self, o)  # fmt: skip

    def __ge__(self, o: Any) -> Any: return Condition(">=", self, o)  # fmt: skip

    def __lt__(self, o: Any) -> Any: return Condition("<", self, o)  # fmt: skip

    def __le__(self, o: Any) -> Any: return Condition("<=", self, o)  # fmt: skip

    def __eq__(self, o: object) -> Any: return Condition("==", self, o)  # fmt: skip

    def __ne__(self, o: object) -> Any: return Condition("!=", self, o)  # fmt: skip

    __hash__ = object.__hash__

    def __pow__(self, n: int) -> Any:
        result: Any = self
        for _ in range(n - 1):
            result = result * self
        return result


def is_zero(value: Any) -> bool:
    return isinstance(value, int) and value == 0


def is_one(value: Any) -> bool:
    return isinstance(value, int) and value == 1


class Constant(Code):
    """A number that is known when the program is written."""

    __slots__ = ("numeral",)

    def __init__(self, numeral: Numeral) -> None:
        self.numeral = numeral
        super().__init__("constant")

    def __repr__(self) -> str:
        return str(self.numeral)


class Load(Code):
    """The number at an index of an array, as it is at this point of the program."""

    __slots__ = ("array", "index")

    def __init__(self, array: Coded, at: Any) -> None:
        self.array, self.index = array, at
        super().__init__("load")

    def __repr__(self) -> str:
        return f"{self.array.name}[{shown(self.index)}]"


class Sum(Code):
    """The sum of the terms that a block gives."""

    __slots__ = ("block",)

    def __init__(self, block: Block) -> None:
        self.block = block
        super().__init__("sum")


class Largest(Code):
    """The largest of the candidates that a block gives, and where it was found."""

    __slots__ = ("block", "placed")

    def __init__(self, block: Block) -> None:
        self.block = block
        self.placed = False
        super().__init__("largest")


class Condition:
    """A comparison of numbers or of indices."""

    __slots__ = ("left", "relation", "right")

    def __init__(self, relation: str, left: Any, right: Any) -> None:
        self.relation, self.left, self.right = relation, left, right

    def __repr__(self) -> str:
        return f"{self.left!r} {self.relation} {self.right!r}"

    def __choose__(self, a: Any, b: Any) -> Any:
        if isinstance(a, Index) or isinstance(b, Index):
            a, b = whole(a), whole(b)
            (a0, a1), (b0, b1) = a.range, b.range
            return Index({Opaque("choose", (self, a, b), (min(a0, b0), max(a1, b1))): 1})
        return Code("select", self, a, b)


class Loop:
    """A block that runs once for each value of an index."""

    __slots__ = ("block", "var")

    def __init__(self, var: Var, block: Block) -> None:
        self.var, self.block = var, block


class Guard:
    """A block that runs where an index is within a size (`within`) or divisible (`divides`)."""

    __slots__ = ("block", "index", "kind", "n")

    def __init__(self, kind: str, at: Index, n: int, block: Block) -> None:
        self.kind, self.index, self.n, self.block = kind, at, n, block


class Store:
    """A number put at an index of an array."""

    __slots__ = ("array", "index", "value")

    def __init__(self, array: Coded, at: Any, value: Any) -> None:
        self.array, self.index, self.value = array, at, value


class Term:
    """What a block gives to the sum or to the choice of the largest that it belongs to."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


Item: TypeAlias = "Code | Loop | Guard | Store | Term"


class Block:
    """Items in the order in which they happen."""

    __slots__ = ("items",)

    def __init__(self, items: list[Any] | None = None) -> None:
        self.items: list[Any] = items or []


BLOCKS: list[Block] = []
"""The blocks that are being written, the innermost last."""


@contextmanager
def writing(block: Block) -> Generator[Block]:
    """What happens here is written into the block."""
    BLOCKS.append(block)
    try:
        yield block
    finally:
        BLOCKS.pop()


class Writer:
    """A walker whose loops are written down."""

    def span(self, n: int) -> Iterator[Any]:
        if n == 1:
            yield 0
            return
        var = Var(n)
        loop = Loop(var, Block())
        BLOCKS[-1].items.append(loop)
        with writing(loop.block):
            yield Index({var: 1})

    def total(self, terms: Iterator[Any]) -> Any:
        with writing(Block()) as block:
            for term in terms:
                BLOCKS[-1].items.append(Term(term))
        return Sum(block)

    def largest(self, candidates: Iterator[tuple[Any, Any]]) -> tuple[Any, Any]:
        with writing(Block()) as block:
            for value, _ in candidates:
                BLOCKS[-1].items.append(Term(value))
        result = Largest(block)
        return result, Place({Opaque("winner", (result,), (0, 1 << 31)): 1})

    def guarded(self, kind: str, at: Index, n: int, value: Any) -> Iterator[Any]:
        guard = Guard(kind, at, n, Block())
        BLOCKS[-1].items.append(guard)
        with writing(guard.block):
            yield value

    def within(self, index: Any, size: int) -> Iterator[Any]:
        at = whole(index)
        low, high = at.range
        return iter([at]) if low >= 0 and high < size else self.guarded("within", at, size, at)

    def quotient(self, index: Any, divisor: int) -> Iterator[Any]:
        at = whole(index)
        if divisor == 1:
            return iter([at])
        return self.guarded("divides", at, divisor, at // divisor)

    def listed(self, table: Mapping[Any, list[tuple[Any, Any]]], key: Any) -> Iterator[tuple[Any, Any]]:
        """Pairs that only a table knows."""
        most = max(map(len, table.values()))
        lengths = tuple(len(table[k]) for k in range(len(table)))
        columns = [tuple(row[n][side] if n < len(row) else 0 for row in (table[k] for k in range(len(table)))
                         for n in range(most)) for side in (0, 1)]  # fmt: skip
        for n in self.span(most):
            length = looked_up(lengths, whole(key))
            at = whole(key) * most + n
            for _ in self.below(whole(n), length):
                yield looked_up(columns[0], at), looked_up(columns[1], at)

    def below(self, n: Index, length: Index) -> Iterator[Any]:
        """Where n is less than a length."""
        if not length.terms and n.range[1] < length.constant:
            return iter([n])
        return self.guarded("within", length - n - 1, 1 << 30, n)


def looked_up(table: tuple[int, ...], at: Index) -> Index:
    """A whole number out of a table that the program carries with it."""
    if not at.terms:
        return Index({}, table[at.constant])
    return Index({Opaque("table", (table, at), (min(table), max(table))): 1})


class Coded(Array):
    """An array of the program: any index of it can be read and written."""

    __slots__ = ("name", "numbers", "places", "sample")

    def __init__(self, name: str, shape: Shape, sample: Var | None = None, numbers: tuple[Numeral, ...] = ()) -> None:
        super().__init__(shape)
        self.name, self.sample, self.numbers = name, sample, numbers
        self.places = isinstance(shape, Places)

    def __hash__(self) -> int:  # type: ignore[override]  # a dictionary has none; an array of a program has a name
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coded) and other.name == self.name

    def __getitem__(self, at: Any) -> Any:
        if self.places:
            return Place({Opaque("place", (self, at), (-(1 << 31), 1 << 31)): 1})
        return Load(self, at if isinstance(at, Place) else tuple(whole(i) for i in at))

    def __setitem__(self, at: Any, value: Any) -> None:
        where = at if isinstance(at, Place) else tuple(whole(i) for i in at)
        for atom in value.terms if isinstance(value, Place) else ():
            if isinstance(atom, Opaque) and atom.kind == "winner":
                atom.args[0].placed = True
        BLOCKS[-1].items.append(Store(self, where, value))


def constant(numeral: Numeral) -> Constant:
    """A hyperparameter as a number of the program."""
    return Constant(numeral)


def table(name: str, numbers: list[Any]) -> Array:
    """A row of hyperparameters, to be read at any index."""
    return Coded(f"#{name}", (len(numbers),), numbers=tuple(cast("Constant", n).numeral for n in numbers))


def shown(at: Any) -> str:
    return repr(at) if isinstance(at, Index) else ", ".join(map(repr, at))


def called(name: str) -> Callable[[Any], Code]:
    """The elementary function of this name."""

    def function(x: Any) -> Code:
        return Code(name, x)

    return function


register(Code, {name: called(name) for name in FUNCTIONS})
