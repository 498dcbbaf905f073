"""The jobs of a plan as pieces of a program: each rule's own function, run once on `code`.

A piece works on all samples that are taken at a time. What a datum has of its own gets a loop over the samples; what
all of them share and add to, the gradients of parameters, becomes a sum over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from backproof.arithmetic.array import Array, Shape
from backproof.arithmetic.code import (
    BLOCKS,
    Block,
    Code,
    Coded,
    Condition,
    Constant,
    Guard,
    Index,
    Largest,
    Load,
    Loop,
    Opaque,
    Place,
    Store,
    Sum,
    Term,
    Var,
    Writer,
    constant,
    table,
    writing,
)
from backproof.arithmetic.loops import cells, walking
from backproof.compiled.schedule import walk
from backproof.network.plan import Job, Slots
from backproof.rules.rule import Update


@dataclass
class Kernel:
    """A piece of the program, and the arrays that it works on by name."""

    title: str
    block: Block
    arrays: dict[str, Coded]
    sample: Var | None = None
    """The loop over the samples that are taken at once."""
    fills: tuple[str, ...] = ()
    """The arrays in which it counts on finding 0."""

    def array(self, name: str, shape: Shape, shared: bool = False) -> Coded:
        """The array of this name, which is added where it is new."""
        if name not in self.arrays:
            self.arrays[name] = Coded(name, shape, None if shared else self.sample)
        return self.arrays[name]


@dataclass(frozen=True)
class Names:
    """What the quantities of a plan are to a program."""

    samples: int
    shared: frozenset[str]
    """Those that all samples have in common."""
    gradients: frozenset[str]
    """Those of them that every sample adds to."""
    adds: bool
    """Whether gradients are added to what is there already."""
    shapes: Mapping[str, Shape]
    alias: Mapping[str, str]
    """Quantities that lie in another's place: `W'` in that of `W`."""

    def place(self, name: str) -> str:
        return self.alias.get(name, name)


def kernel(
    job: Job, names: Names, needed: Callable[[str], bool], dp: Callable[[Kernel], Array] | None = None
) -> Kernel:
    """One job written down for one datum. needed: whether a quantity that it writes is wanted by anybody."""
    sample = Var(names.samples) if names.samples > 1 and job.direction != "update" else None
    piece = Kernel(f"{job.layer} {type(job.rule).__name__} {job.direction}", Block(), {}, sample)

    def bound(slots: Slots) -> Any:
        if isinstance(slots, list):
            return [bound(slot) for slot in slots]
        place = names.place(slots.name) if slots else ""
        return piece.array(place, names.shapes[slots.name], place in names.shared) if slots else None

    with writing(piece.block), walking(Writer()):
        rule = job.rule.read(constant, table)
        given = {name: bound(slots) for name, slots in (*job.reads.items(), *job.writes.items())}
        if isinstance(rule, Update):
            object.__setattr__(rule, "lr", piece.array(RATE, (), True)[()])
            if dp:
                given["dp"] = dp(piece)
        getattr(rule, job.function)(**given)
    written = {names.place(slot.name) for slot in job.written}
    in_place = {names.place(slot.name) for slot in job.starts}
    read = {item.array.name for item in walk(piece.block) if isinstance(item, Load)}
    kept = {name for name in written if needed(name) or name in read}
    drop(piece.block, {id(piece.arrays[name]) for name in written - kept})
    piece.block = tidy(piece.block)
    piece.fills = tuple(name for name in sorted(kept - in_place) if counts_on_zeros(piece.arrays[name], piece.block))
    return piece


def finished(piece: Kernel, names: Names) -> Kernel:
    """A kernel for all samples that are taken at once."""
    fills = [fill for name in piece.fills for fill in zeros(piece.arrays[name])]
    piece.block = Block([*fills, *piece.block.items])
    if piece.sample is not None:
        piece.block = over_samples(piece.block, piece.sample, names)
    elif names.adds:
        add_up(piece.block, names)
    piece.block = tidy(piece.block)
    used = {item.array.name for item in walk(piece.block) if isinstance(item, (Load, Store))}
    used |= {array.name for item in walk(piece.block) for array in pointed(item)}
    piece.arrays = {name: array for name, array in piece.arrays.items() if name in used}
    return piece


def pointed(x: Any) -> Iterator[Coded]:
    """The arrays of places that something reads."""
    if isinstance(x, Load):
        yield from pointed(x.index)
    elif isinstance(x, Code):
        yield from pointed(x.args)
    elif isinstance(x, Store):
        yield from pointed((x.index, x.value if isinstance(x.value, Index) else ()))
    elif isinstance(x, Guard):
        yield from pointed(x.index)
    elif isinstance(x, Term):
        yield from pointed(x.value if isinstance(x.value, Index) else ())
    elif isinstance(x, tuple):
        for part in x:  # pyright: ignore[reportUnknownVariableType]
            yield from pointed(part)
    elif isinstance(x, Condition):
        yield from pointed((x.left, x.right) if isinstance(x.left, Index) or isinstance(x.right, Index) else ())
    elif isinstance(x, Index):
        for atom in x.terms:
            if isinstance(atom, Opaque):
                if atom.kind == "place":
                    yield atom.args[0]
                yield from pointed(tuple(arg for arg in atom.args if not isinstance(arg, Coded)))


RATE = "@lr"
"""The learning rate, which may differ from batch to batch."""


def drop(block: Block, arrays: set[int]) -> None:
    """Stores that nobody needs are left out."""
    block.items = [item for item in block.items if not (isinstance(item, Store) and id(item.array) in arrays)]
    for item in block.items:
        if isinstance(item, (Loop, Guard)):
            drop(item.block, arrays)


def tidy(block: Block) -> Block:
    """Without loops that do nothing, and numbers that nobody reads."""
    used: set[int] = set()

    def use(x: Any) -> None:
        if isinstance(x, Code):
            used.add(id(x))
        elif isinstance(x, Condition):
            use((x.left, x.right))
        elif isinstance(x, Index):
            for atom in x.terms:
                if isinstance(atom, Opaque):
                    for arg in atom.args:
                        use(arg)
        elif isinstance(x, tuple):
            for part in x:  # pyright: ignore[reportUnknownVariableType]
                use(part)

    def visit(block: Block) -> Block:
        kept: list[Any] = []
        for item in reversed(block.items):
            if isinstance(item, (Loop, Guard)):
                item.block = visit(item.block)
                if not item.block.items:
                    continue
                if isinstance(item, Guard):
                    use(item.index)
            elif isinstance(item, (Sum, Largest)):
                if id(item) not in used:
                    continue
                item.block = visit(item.block)
            elif isinstance(item, Code):
                if id(item) not in used:
                    continue
                use(item.args)
                if isinstance(item, Load):
                    use(item.index)
            elif isinstance(item, Store):
                use((item.value, item.index))
            else:
                use(item.value)
            kept.append(item)
        return Block(kept[::-1])

    return visit(block)


def counts_on_zeros(array: Coded, block: Block) -> bool:
    """Whether a rule reads what it has not written, or leaves cells as they are."""
    stored = 0

    def visit(block: Block, times: int) -> bool:
        nonlocal stored
        reads = False
        for item in block.items:
            if isinstance(item, Loop):
                reads |= visit(item.block, times * item.var.size)
            elif isinstance(item, (Sum, Largest)):
                reads |= visit(item.block, times)
            elif isinstance(item, Guard):
                reads |= visit(item.block, 0)
            elif isinstance(item, Load):
                reads |= item.array == array
            elif isinstance(item, Store) and item.array == array and not isinstance(item.index, Place):
                stored += times
        return reads

    return visit(block, 1) or stored < prod(array.shape)


def zeros(array: Coded) -> list[Any]:
    """A loop that fills an array with 0."""
    with writing(Block()) as result, walking(Writer()):
        for i in cells(array):
            array[i] = 0
    return result.items


def over_samples(block: Block, sample: Var, names: Names) -> Block:
    """The block for each sample; what is added up over samples, as a sum."""
    constants = [item for item in block.items if isinstance(item, Constant)]
    rest = [item for item in block.items if not isinstance(item, Constant)]
    if not all(isinstance(item, Loop) for item in rest):
        add_up(block, names)
        rest = [item for item in block.items if not isinstance(item, Constant)]
        return Block([*constants, *filling(block, names), Loop(sample, Block(rest))])
    return Block([*constants, *(summed(loop, sample, names) for loop in rest)])


def filling(block: Block, names: Names) -> list[Any]:
    """Gradients begin as 0 where they are not added to what is there."""
    if names.adds:
        return []
    arrays = {id(s.array): s.array for s in stores(block) if s.array.name in names.gradients}
    return [fill for array in arrays.values() for fill in zeros(array)]


def stores(block: Block) -> Iterator[Store]:
    for item in block.items:
        if isinstance(item, Store):
            yield item
        elif isinstance(item, (Loop, Guard)):
            yield from stores(item.block)


def add_up(block: Block, names: Names) -> None:
    """Every store to a gradient adds to what is there."""
    for at, item in reversed(list(enumerate(block.items))):
        if isinstance(item, (Loop, Guard)):
            add_up(item.block, names)
        elif isinstance(item, Store) and item.array.name in names.gradients and not accumulates(item):
            with writing(Block()) as extra:
                item.value = Load(item.array, item.index) + item.value
            block.items[at:at] = extra.items


def accumulates(store: Store) -> bool:
    """Whether it adds already."""
    value = store.value
    return (
        isinstance(value, Code) and value.op == "add"
        and any(isinstance(arg, Load) and arg.array == store.array for arg in value.args)
    )  # fmt: skip


def summed(loop: Loop, sample: Var, names: Names) -> Any:
    """A nest with its loop over samples: outermost, or as a sum where it makes a gradient."""
    if not any(store.array.name in names.gradients for store in stores(Block([loop]))):
        return Loop(sample, Block([loop]))
    _, body = nest_of(loop)
    *before, last = body.items
    alone = isinstance(last, Store) and not any(isinstance(item, (Store, Loop, Guard)) for item in before)
    if not alone or accumulates(last):
        add_up(body, names)
        fill = filling(Block([loop]), names)
        assert not fill or names.adds, "a gradient that is added to in pieces begins at 0"
        return Loop(sample, Block([loop]))
    with writing(Block()) as extra:
        if len(before) == 1 and isinstance(before[0], Sum) and last.value is before[0]:
            inner = Loop(sample, before[0].block)
        else:
            inner = Loop(sample, Block([*before, Term(last.value)]))
        value: Any = Sum(Block([inner]))
        if names.adds:
            value = Load(last.array, last.index) + value
    body.items = [*extra.items, Store(last.array, last.index, value)]
    return loop


def nest_of(loop: Loop) -> tuple[list[Var], Block]:
    """Loops with nothing between them, and what the innermost does."""
    chain, block = [loop.var], loop.block
    while len(block.items) == 1 and isinstance(block.items[0], Loop):
        chain.append(block.items[0].var)
        block = block.items[0].block
    return chain, block


class Expression(Array):
    """An array that is computed where it is read."""

    __slots__ = ("value",)

    def __init__(self, shape: Shape, value: Callable[[Any], Any]) -> None:
        super().__init__(shape)
        self.value = value

    def __getitem__(self, at: Any) -> Any:
        return self.value(at)


def copied(
    items: list[Any],
    indices: Mapping[Var, Index],
    numbers: dict[int, Any],
    array: Callable[[Coded], Coded] = lambda a: a,
) -> None:
    """Items with other indices for some loops, and other arrays, written where the program stands now.

    numbers: what stands for a number in the copy, by the identity of the original; those that are there are kept.
    """

    def whole(x: Any) -> Any:
        if isinstance(x, Index):
            result: Any = Index({}, x.constant)
            for atom, n in x.terms.items():
                result = result + (indices.get(atom, Index({atom: 1})) if isinstance(atom, Var) else other(atom)) * n
            return type(x)(result.terms, result.constant) if isinstance(x, Place) else result
        if isinstance(x, tuple):
            return tuple(whole(part) for part in x)  # pyright: ignore[reportUnknownVariableType]
        if isinstance(x, Condition):
            return Condition(x.relation, whole(x.left), whole(x.right))
        return array(x) if isinstance(x, Coded) else numbers.get(id(x), x)

    def other(atom: Opaque) -> Index:
        return Index({Opaque(atom.kind, whole(atom.args), atom.range): 1})

    for item in items:
        if id(item) in numbers:
            continue
        if isinstance(item, Constant):
            numbers[id(item)] = Constant(item.numeral)
        elif isinstance(item, Load):
            numbers[id(item)] = Load(array(item.array), whole(item.index))
        elif isinstance(item, (Sum, Largest)):
            with writing(Block()) as inner:
                copied(item.block.items, indices, numbers, array)
            numbers[id(item)] = type(item)(inner)
        elif isinstance(item, Code):
            numbers[id(item)] = Code(item.op, *(whole(arg) for arg in item.args))
        elif isinstance(item, Store):
            BLOCKS[-1].items.append(Store(array(item.array), whole(item.index), whole(item.value)))
        elif isinstance(item, Term):
            BLOCKS[-1].items.append(Term(whole(item.value)))
        elif isinstance(item, (Loop, Guard)):
            inner = Block()
            fresh = (
                Loop(item.var, inner) if isinstance(item, Loop) else Guard(item.kind, whole(item.index), item.n, inner)
            )
            BLOCKS[-1].items.append(fresh)
            with writing(inner):
                copied(item.block.items, indices, numbers, array)
