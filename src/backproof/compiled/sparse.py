"""Gradients that are 0 nearly everywhere: what comes back through max pooling, visited at the winners alone.

A pool's gradient puts one number into each window. Where a rule before it goes through that gradient cell by cell, it
is enough to go through the windows: `dweight[o, c, a, b] = Σ dy[o, i, j] · x[c, i + a, j + b]` has (i, j) at the winner
of each window, and `dx` is reached from there too, by adding to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backproof.arithmetic.array import Shape
from backproof.arithmetic.code import (
    Block,
    Code,
    Coded,
    Guard,
    Index,
    Load,
    Loop,
    Opaque,
    Place,
    Store,
    Sum,
    Term,
    Var,
    Writer,
    writing,
)
from backproof.arithmetic.functions import total
from backproof.arithmetic.loops import cells, walking
from backproof.compiled.kernels import Kernel, copied, nest_of
from backproof.compiled.schedule import walk


@dataclass
class Scattered:
    """An array that is 0 but for one number in each window, put where `winner` says."""

    name: str
    shape: Shape
    loops: list[Var]
    """The loops over the windows, one for each axis; None where an axis has one place."""
    at: tuple[Index, ...]
    """The window's index."""
    winner: Coded
    pooled: Coded
    """The array whose cells won."""
    items: list[Any]
    value: Any
    place: Place
    sources: list[Kernel]


def straight(loop: Any) -> tuple[list[Var], list[Any], Store] | None:
    """A nest whose body is a line of numbers and one store: its loops, the numbers, the store."""
    if not isinstance(loop, Loop):
        return None
    chain, body = nest_of(loop)
    if not body.items or not isinstance(body.items[-1], Store):
        return None
    *items, last = body.items
    plain = all(isinstance(item, Code) and not hasattr(item, "block") for item in items)
    return (chain, items, last) if plain else None


def scattered(piece: Kernel) -> Scattered | None:
    """What a kernel scatters, where that is all that it does."""
    found = straight(piece.block.items[0]) if len(piece.block.items) == 1 else None
    if found is None:
        return None
    chain, items, store = found
    place = store.index
    value = store.value
    if not isinstance(place, Place) or not isinstance(value, Code) or value.op != "add" or len(place.terms) != 1:
        return None
    (atom,) = place.terms
    old, new = value.args
    if not isinstance(atom, Opaque) or atom.kind != "place" or not isinstance(old, Load) or old.array != store.array:
        return None
    winner, at = atom.args
    at = tuple(i if isinstance(i, Index) else Index({}, i) for i in at)
    kept = [item for item in items if item is not old and item is not value]
    if len(at) != len(store.array.shape) or not all(pure(i, chain) for i in at):
        return None
    return Scattered(store.array.name, store.array.shape, chain, at, winner, store.array, kept, new, place, [piece])


def pure(i: Index, chain: list[Var]) -> bool:
    """Whether an index is one of the loops, or the only place that there is."""
    return (not i.terms and i.constant == 0) or (
        len(i.terms) == 1 and i.constant == 0 and all(n == 1 and v in chain for v, n in i.terms.items())
    )


def mapped(scatter: Scattered, piece: Kernel) -> Scattered | None:
    """What becomes of a scattered array in a kernel that works cell by cell and gives 0 for 0."""
    found = straight(piece.block.items[0]) if len(piece.block.items) == 1 else None
    if found is None:
        return None
    chain, items, store = found
    loads = [item for item in items if isinstance(item, Load)]
    if (
        isinstance(store.index, Place)
        or not all(pure(i, chain) for i in store.index)
        or store.array.shape != scatter.shape
    ):
        return None
    alike = all(
        not isinstance(load.index, Place) and same(load.index, store.index) and load.array.shape == scatter.shape
        for load in loads
    )
    if not alike or not linear(store.value, scatter.name):
        return None
    numbers: dict[int, Any] = {}
    with writing(Block()) as block:
        copied(scatter.items, {}, numbers, lambda a: renamed(a, piece))
        value = numbers.get(id(scatter.value), scatter.value)
        place = moved(scatter.place, piece)
        own: dict[int, Any] = {}
        for item in items:
            if isinstance(item, Load):
                own[id(item)] = value if item.array.name == scatter.name else Load(item.array, place)
        copied(items, {}, own)
    winner = renamed(scatter.winner, piece)
    return Scattered(
        store.array.name, scatter.shape, scatter.loops, scatter.at, winner, scatter.pooled, block.items,
        own[id(store.value)], place, [*scatter.sources, piece],
    )  # fmt: skip


def moved(place: Place, piece: Kernel) -> Place:
    (atom,) = place.terms
    assert isinstance(atom, Opaque)
    array, at = atom.args
    return Place({Opaque("place", (renamed(array, piece), at), atom.range): 1})


def renamed(array: Coded, piece: Kernel) -> Coded:
    """The array of this name in another kernel."""
    return array if array.numbers else piece.array(array.name, array.shape, array.sample is None)


def same(a: tuple[Index, ...], b: tuple[Index, ...]) -> bool:
    return len(a) == len(b) and all(i.terms == j.terms and i.constant == j.constant for i, j in zip(a, b, strict=True))


def linear(value: Any, name: str) -> bool:
    """Whether a number is 0 where the named array is, whatever the others are (short of infinities)."""
    if isinstance(value, Load):
        return value.array.name == name
    if not isinstance(value, Code):
        return isinstance(value, int) and value == 0
    if value.op == "mul":
        return any(linear(arg, name) for arg in value.args)
    if value.op == "select":
        return all(linear(arg, name) for arg in value.args[1:])
    if value.op in ("neg", "div"):
        return linear(value.args[0], name)
    return value.op in ("add", "sub") and all(linear(arg, name) for arg in value.args)


def visited(scatter: Scattered, piece: Kernel) -> Block | None:
    """A kernel that goes through the windows where it went through a scattered array; None where it can't."""
    items: list[Any] = []
    fills: list[str] = []
    for item in piece.block.items:
        if not any(isinstance(i, Load) and i.array.name == scatter.name for i in walk(Block([item]))):
            items.append(item)
            continue
        block = summed_up(scatter, piece, item) or pushed(scatter, piece, item, fills)
        if block is None:
            return None
        items += block.items
    piece.fills = (*piece.fills, *fills)
    return Block(items)


def product_of(block: Block) -> tuple[list[Var], list[Guard], list[Any], Term] | None:
    """A block of one term: the loops around it, the conditions, the numbers, the term."""
    loops, guards = list[Var](), list[Guard]()
    while len(block.items) == 1 and isinstance(block.items[0], (Loop, Guard)):
        inner = block.items[0]
        if isinstance(inner, Loop):
            loops.append(inner.var)
        else:
            guards.append(inner)
        block = inner.block
    *items, last = block.items
    plain = all(isinstance(item, Code) and not hasattr(item, "block") for item in items)
    return (loops, guards, items, last) if isinstance(last, Term) and plain else None


def parts_of(scatter: Scattered, loop: Any) -> Any:
    """A nest that stores one sum in which the scattered array is a factor."""
    if not isinstance(loop, Loop):
        return None
    chain, body = nest_of(loop)
    if len(body.items) != 2:
        return None
    node, store = body.items
    inner = product_of(node.block) if isinstance(node, Sum) else None
    if inner is None or not isinstance(store, Store) or store.value is not node or isinstance(store.index, Place):
        return None
    loops, guards, items, term = inner
    own = [item for item in items if isinstance(item, Load) and item.array.name == scatter.name]
    if len(own) != 1 or not linear(term.value, scatter.name) or isinstance(own[0].index, Place):
        return None
    return chain, store, loops, guards, items, term, own[0]


def coordinates(scatter: Scattered, place: Place, piece: Kernel) -> list[Index]:
    """The winner's index, axis by axis; along the first it is the window's own."""
    pooled = renamed(scatter.pooled, piece)
    result: list[Index] = []
    for axis, size in enumerate(scatter.shape):
        result.append(Index({Opaque("coordinate", (pooled, place, axis), (0, size - 1)): 1}))
    return result


def summed_up(scatter: Scattered, piece: Kernel, loop: Any) -> Block | None:
    """A sum over the cells of the scattered array becomes one over the windows."""
    found = parts_of(scatter, loop)
    if found is None:
        return None
    chain, store, loops, guards, items, term, own = found
    if not all(pure(i, [*chain, *loops]) for i in own.index):
        return None
    outer: dict[Var, Index] = {}
    inside: list[Var] = []
    indices: dict[Var, Index] = {}
    place = moved(scatter.place, piece)
    for axis, (i, window) in enumerate(zip(own.index, scatter.at, strict=True)):
        var, turn = only(i), only(window)
        if var is not None and var in chain:
            if axis or len(scatter.shape) < 3:
                return None
            if turn is not None:
                outer[turn] = Index({var: 1})
        elif turn is not None:
            inside.append(turn)
    place = Place(
        {
            Opaque(
                "place", (renamed(scatter.winner, piece), tuple(changed(i, outer) for i in scatter.at)), (0, 1 << 31)
            ): 1
        }
    )
    for i, where in zip(own.index, coordinates(scatter, place, piece), strict=True):
        var = only(i)
        if var is not None and var not in chain:
            indices[var] = where
    rest = [v for v in loops if v not in indices]
    with writing(Block()) as result:
        numbers: dict[int, Any] = {}
        copied(scatter.items, outer, numbers, lambda a: renamed(a, piece))
        mine: dict[int, Any] = {id(own): numbers.get(id(scatter.value), scatter.value)}
        copied(items, indices, mine)
        result.items.append(Term(mine.get(id(term.value), term.value)))
    block = result
    for guard in reversed(guards):
        block = Block([Guard(guard.kind, changed(guard.index, indices), guard.n, block)])
    for var in reversed([*inside, *rest]):
        block = Block([Loop(var, block)])
    with writing(Block()) as body:
        Sum(block)
        body.items.append(Store(store.array, store.index, body.items[-1]))
    for var in reversed(chain):
        body = Block([Loop(var, body)])
    return body


def only(i: Index) -> Var | None:
    """The loop that a pure index is; None where it is the only place there is."""
    return next((atom for atom in i.terms if isinstance(atom, Var)), None)


def changed(i: Index, outer: Mapping[Var, Index]) -> Any:
    result: Any = Index({}, i.constant)
    for atom, n in i.terms.items():
        found = outer.get(atom) if isinstance(atom, Var) else None
        result = result + (found or Index({atom: 1})) * n
    return result


def pushed(scatter: Scattered, piece: Kernel, loop: Any, fills: list[str]) -> Block | None:
    """An array that asked every cell of the scattered one is added to from each window instead."""
    found = parts_of(scatter, loop)
    if found is None or any(guard.kind != "within" for guard in found[3]):
        return None
    chain, store, loops, guards, items, term, own = found
    place = moved(scatter.place, piece)
    where = coordinates(scatter, place, piece)
    indices: dict[Var, Index] = {}
    free = [*chain, *loops]
    for axis, i in enumerate(own.index):
        inside = [v for v in chain if i.terms.get(v) == 1 and v not in indices]
        single = pure(i, loops)
        if single:
            for var in i.terms:
                indices[var] = scatter.at[axis] if axis == 0 and len(scatter.shape) > 2 else where[axis]
        elif len(inside) == 1 and i.terms[inside[0]] == 1:
            indices[inside[0]] = where[axis] - (i - Index({inside[0]: 1}))
        else:
            return None
    if not all(any(g.index.terms == i.terms and g.index.constant == i.constant for i in own.index) for g in guards):
        return None
    rest = [v for v in free if v not in indices]
    target = tuple(changed(i, indices) for i in store.index)
    for i, size in zip(target, store.array.shape, strict=True):
        low, high = i.range
        if low < 0 or high >= size:
            return None
    copies = min(COPIES, scatter.loops[-1].size)
    several = piece.array(f"{store.array.name}*", (copies, *store.array.shape))
    target = (Index({scatter.loops[-1]: 1}) % copies, *target)
    with writing(Block()) as inner:
        old = Load(several, target)
        mine: dict[int, Any] = {}
        with writing(Block()) as outside:
            numbers: dict[int, Any] = {}
            copied(scatter.items, {}, numbers, lambda a: renamed(a, piece))
            mine[id(own)] = numbers.get(id(scatter.value), scatter.value)
        copied(items, indices, mine)
        inner.items.append(Store(several, target, old + mine.get(id(term.value), term.value)))
    block = inner
    for var in sorted(rest, key=lambda v: chain.index(v) if v in chain else -1, reverse=True):
        block = Block([Loop(var, block)])
    block = Block([*outside.items, *block.items])
    for var in reversed(scatter.loops):
        block = Block([Loop(var, block)])
    fills.append(several.name)
    with writing(Block()) as joined, walking(Writer()):
        for at in cells(store.array):
            store.array[at] = total(several[k, *at] for k in range(copies))
    return Block([*block.items, *joined.items])


COPIES = 4
"""Windows side by side overlap; each of so many in turn adds to a copy of its own, lest one wait for another's store."""


def visit_winners(pieces: list[Kernel], outputs: set[str]) -> tuple[list[Kernel], list[Kernel]]:
    """The kernels of a backward pass, without those that scatter; and those that now go through windows."""
    pieces, changed = list(pieces), list[Kernel]()
    for first in list(pieces):
        scatter = scattered(first)
        while scatter is not None:
            readers = [
                k for k in pieces if k not in scatter.sources and scatter.name in k.arrays and reads(k, scatter.name)
            ]
            if len(readers) != 1 or scatter.name in outputs:
                break
            (reader,) = readers
            further = mapped(scatter, reader)
            if further is not None:
                scatter = further
                continue
            fills = reader.fills
            block = visited(scatter, reader)
            if block is None:
                reader.fills = fills
                break
            reader.block = block
            changed.append(reader)
            pieces = [k for k in pieces if k not in scatter.sources]
            break
    return pieces, changed


def reads(piece: Kernel, name: str) -> bool:
    return any(isinstance(item, Load) and item.array.name == name for item in walk(piece.block))
