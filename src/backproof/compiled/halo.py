"""Windows that reach past the ends of an array read zeros there, in place of asking at every cell.

`Σ w[a] · x[i + a]` where 0 ≤ i + a < n is the same sum over all a, if x has zeros around it. Such an array gets room
around it that nobody ever writes to, and the condition is left out.
"""

from __future__ import annotations

from typing import Any

from backproof.arithmetic.code import Block, Code, Guard, Largest, Load, Loop, Place, Store, Sum, Term
from backproof.compiled.kernels import Kernel
from backproof.compiled.schedule import alike, walk


def without_conditions(pieces: list[Kernel]) -> dict[str, list[list[int]]]:
    """Leaves out the conditions that zeros make unnecessary; the room that each array then needs, axis by axis."""
    halos: dict[str, list[list[int]]] = {}
    fixed = {name for piece in pieces for name in (*piece.fills, *found_by_place(piece))}
    for piece in pieces:
        piece.block = cleared(piece.block, halos, fixed)
    return halos


def found_by_place(piece: Kernel) -> set[str]:
    """The arrays whose cells are known by where they lie in memory, which must lie alike."""
    names: set[str] = set()
    for item in walk(piece.block):
        if isinstance(item, (Load, Store)) and isinstance(item.index, Place):
            names.add(item.array.name)
        elif isinstance(item, Largest) and item.placed:
            names |= {load.array.name for load in walk(item.block) if isinstance(load, Load)}
    return names


def cleared(block: Block, halos: dict[str, list[list[int]]], fixed: set[str]) -> Block:
    items: list[Any] = []
    for item in block.items:
        if isinstance(item, (Loop, Guard, Sum, Largest)):
            item.block = cleared(item.block, halos, fixed)
        if isinstance(item, Guard):
            found = factors(item, fixed)
            if found:
                for load, axis in found:
                    low, high = item.index.range
                    halo = halos.setdefault(load.array.name, [[0, 0] for _ in load.array.shape])[axis]
                    halo[0], halo[1] = max(halo[0], -low), max(halo[1], high - item.n + 1)
                items += item.block.items
                continue
        items.append(item)
    return Block(items)


def factors(guard: Guard, fixed: set[str]) -> list[tuple[Load, int]]:
    """The factor of each term whose own index is what the condition is about; none if a term has no such factor."""
    if guard.kind != "within":
        return []
    result: list[tuple[Load, int]] = []
    for term in (item for item in walk(guard.block) if isinstance(item, Term)):
        value = term.value
        if not isinstance(value, Code) or value.op != "mul":
            return []
        for load in value.args:
            if (
                isinstance(load, Load)
                and not isinstance(load.index, Place)
                and load.array.name not in fixed
                and not load.array.numbers
            ):
                axes = [k for k, i in enumerate(load.index) if alike(i, guard.index) and load.array.shape[k] == guard.n]
                if axes:
                    result.append((load, axes[0]))
                    break
        else:
            return []
    return result
