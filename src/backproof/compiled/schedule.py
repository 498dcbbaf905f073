"""How a nest of loops is run: which loop in the lanes of a vector, which outputs side by side, in which order.

Every way that keeps the meaning is tried on a small model of the processor, and the cheapest is taken: two vector
operations and two loads a cycle, four cycles until a sum can be added to again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import ceil, prod
from typing import Any

from backproof.arithmetic.code import (
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
)
from backproof.compiled.memory import Buffer

TILES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16)
REGISTERS = 24
"""Vector registers that sums may take; the rest hold what is added."""
WRITTEN_OUT = 12
"""Vectors up to which a nest is written without any loop."""
LATENCY = 4.0
STRAIN = 0.12
"""Of a cycle, what a load costs even where others hide it: a cache further away is slower."""
GATHER = 10.0
FUNCTION = 16.0
DIVISION = 8.0


@dataclass
class Schedule:
    """The loops of a nest, outermost first; the one that runs in lanes; how many of each are made side by side."""

    order: list[Var]
    lane: Var | None = None
    tiles: dict[Var, int] = field(default_factory=dict[Var, int])
    sizes: dict[Var, int] = field(default_factory=dict[Var, int])
    """Loops that took over those outside them, as one."""
    merged: list[Var] = field(default_factory=list[Var])
    """Loops that were taken over."""
    inner: bool = False
    """Whether loops within are run as they stand."""
    cycles: float = 0.0


def flat(buffer: Buffer, at: tuple[Index, ...], sample: Var | None) -> Index:
    """Where a cell lies, counted from the first."""
    result = Index({} if sample is None or not buffer.sample else {sample: buffer.sample})
    for i, stride in zip(at, buffer.strides, strict=True):
        result = result + i * stride
    return result


def uses(x: Any) -> frozenset[Var]:
    """The loops that something depends on."""
    if isinstance(x, Index):
        return frozenset(v for atom in x.terms for v in ([atom] if isinstance(atom, Var) else uses(atom)))
    if isinstance(x, tuple):
        return frozenset(v for part in x for v in uses(part))  # pyright: ignore[reportUnknownVariableType]
    if isinstance(x, Coded):
        return frozenset([x.sample] if x.sample else [])
    if isinstance(x, Opaque):
        return uses(x.args)
    if isinstance(x, Condition):
        return uses((x.left, x.right))
    if isinstance(x, Block):
        return frozenset(v for item in x.items for v in uses(item))
    if not isinstance(x, (Code, Loop, Guard, Store, Term)):
        return frozenset()
    found = USES.get(x)
    if found is None:
        found = USES[x] = uses(parts(x))
    return found


USES: dict[Any, frozenset[Var]] = {}
"""What has been found, for as long as a network is being compiled."""


def parts(x: Any) -> tuple[Any, ...]:
    if isinstance(x, Load):
        return (x.array, x.index)
    if isinstance(x, (Sum, Largest)):
        return (x.block,)
    if isinstance(x, Code):
        return x.args
    if isinstance(x, Store):
        return (x.array, x.index, x.value)
    if isinstance(x, Guard):
        return (x.index, x.block)
    return (x.block,) if isinstance(x, Loop) else (x.value,)


def walk(block: Block) -> Iterator[Any]:
    """Every item, and those within it."""
    for item in block.items:
        yield item
        if isinstance(item, (Loop, Guard, Sum, Largest)):
            yield from walk(item.block)


def alike(a: Index, b: Index) -> bool:
    """Whether two indices are the same wherever the loops stand."""
    return a.constant == b.constant and {key(x): n for x, n in a.terms.items()} == {
        key(x): n for x, n in b.terms.items()
    }


def key(atom: Any) -> Any:
    """What tells one atom from another, by what it says."""
    return atom if isinstance(atom, Var) else (atom.kind, *map(said, atom.args))


def said(x: Any) -> Any:
    if isinstance(x, Index):
        return (x.constant, frozenset((key(a), n) for a, n in x.terms.items()))
    if isinstance(x, tuple):
        return tuple(said(part) for part in x)  # pyright: ignore[reportUnknownVariableType]
    return x if isinstance(x, (int, str)) else id(x)


class Scheduler:
    """Chooses schedules for one program."""

    def __init__(self, lanes: int, buffers: Mapping[Coded, Any]) -> None:
        self.lanes, self.buffers = lanes, buffers
        self.flats: dict[Any, Index] = {}
        self.counts: dict[int, int] = {}
        self.chosen: list[tuple[list[Var], Schedule]] = []

    def flat(self, access: Load | Store) -> Index:
        """Where an access goes."""
        found = self.flats.get(access)
        if found is None:
            if isinstance(access.index, Place):
                buffer = self.buffers[access.array][0]
                sample = {access.array.sample: buffer.sample} if access.array.sample and buffer.sample else {}
                found = Index({**access.index.terms, **sample}, access.index.constant)
            else:
                found = flat(self.buffers[access.array][0], access.index, access.array.sample)
            self.flats[access] = found
        return found

    def operations(self, block: Block) -> int:
        """Roughly how many instructions a block is."""
        found = self.counts.get(id(block))
        if found is None:
            found = 0
            for item in block.items:
                if isinstance(item, Loop):
                    found += min(item.var.size, 8) * self.operations(item.block)
                elif isinstance(item, (Guard, Sum, Largest)):
                    found += 1 + self.operations(item.block)
                elif isinstance(item, Code) and item.op in ("exp", "log", "log1p", "tanh", "erfc"):
                    found += int(FUNCTION)
                else:
                    found += not isinstance(item, Constant)
            self.counts[id(block)] = found
        return found

    # Choosing

    def nest(self, chain: list[Var], body: Block, lane: Var | None) -> Schedule:
        """The cheapest schedule of a nest."""
        accesses = [item for item in walk(body) if isinstance(item, (Load, Store))]
        stores = [item for item in accesses if isinstance(item, Store)]

        sizes: dict[Var, int] = {}

        def size(var: Var) -> int:
            return sizes.get(var, var.size)

        def reach(var: Var) -> int:
            return max((abs(self.flat(s).terms.get(var, 0)) for s in stores), default=0)

        within = frozenset(item.var for item in walk(body) if isinstance(item, Loop))
        if all(self.is_free(v, accesses, chain, within) for v in chain):
            chain = sorted(chain, key=reach, reverse=True)
        chain, found, merged = self.collapsed(chain, body, accesses)
        sizes.update(found)
        free = [v for v in chain if self.is_free(v, accesses, chain, within)]
        ordered = chain
        sums = any(isinstance(item, (Sum, Largest)) for item in walk(body))
        best = Schedule(ordered, None, {}, sizes, merged)
        best.cycles = self.cycles(body, chain, best)
        if lane is None and self.lanes > 1:
            lane_choices = [None, *(v for v in free if self.unit(v, accesses, size(v)))]
        else:
            lane_choices = [None]
        for choice in lane_choices:
            for tiles in self.tilings(free, choice, size, REGISTERS if sums else 10):
                order = [*(v for v in ordered if v is not choice), *([choice] if choice else [])]
                schedule = Schedule(order, choice, tiles, sizes, merged)
                schedule.cycles = self.cycles(body, chain, schedule)
                if schedule.cycles < best.cycles * 0.999:
                    best = schedule
        if not sums and len(free) == len(chain) and (best.lane is not None or lane is not None):
            vectors = {v: ceil(size(v) / self.lanes) if v is best.lane else size(v) for v in chain}
            if prod(vectors.values()) <= WRITTEN_OUT:
                best.tiles = {v: n for v, n in vectors.items() if n > 1}
        best.inner = lane is not None or best.lane is not None
        self.chosen.append((chain, best))
        return best

    def tilings(self, free: list[Var], lane: Var | None, size: Any, most: int) -> Iterator[dict[Var, int]]:
        """Which loops are tiled, and by how many."""
        choices: dict[Var, list[int]] = {}
        for var in free:
            n = ceil(size(var) / self.lanes) if var is lane else size(var)
            choices[var] = [
                t for t in TILES if t <= min(n, most) and (n % t == 0 or t * 3 < n or (var is lane and t * 2 <= n))
            ]
        yield {}
        for var in free:
            for t in choices[var]:
                if t > 1:
                    yield {var: t}
        for u, v in combinations(free, 2):
            for s in choices[u]:
                for t in choices[v]:
                    if s > 1 and t > 1 and s * t <= most:
                        yield {u: s, v: t}

    def is_free(self, var: Var, accesses: list[Any], chain: list[Var], inner: frozenset[Var]) -> bool:
        """Whether the turns of this loop have nothing to do with each other."""
        stores = [a for a in accesses if isinstance(a, Store)]
        moving = {*chain, *inner}
        for store in stores:
            at = self.flat(store)
            if not at.terms.get(var, 0):
                return False
            if (
                any(isinstance(atom, Opaque) and uses(atom) & moving for atom in at.terms)
                and var is not store.array.sample
            ):
                return False
            reach = 0
            for other, n in sorted(
                ((v, abs(n)) for v, n in at.terms.items() if isinstance(v, Var) and v in moving),
                key=lambda pair: pair[1],
            ):
                if n <= reach:
                    return False
                reach += n * (other.size - 1)
        written = {store.array: self.flat(store) for store in stores}
        for load in accesses:
            elsewhere = isinstance(load, Load) and load.array in written and var is not load.array.sample
            if elsewhere and not alike(self.flat(load), written[load.array]):
                return False
        return True

    def unit(self, var: Var, accesses: list[Any], size: int) -> bool:
        """Whether vectors along this loop are worth a thought: what is written lies side by side."""
        return size >= 2 and any(abs(self.flat(a).terms.get(var, 0)) == 1 for a in accesses if isinstance(a, Store))

    def collapsed(
        self, chain: list[Var], body: Block, accesses: list[Any]
    ) -> tuple[list[Var], dict[Var, int], list[Var]]:
        """Loops that run over neighbouring memory as one."""
        fixed: set[Var] = set()
        for item in walk(body):
            if isinstance(item, Guard):
                fixed |= uses(item.index)
            elif isinstance(item, Code):
                for arg in item.args:
                    if isinstance(arg, (Index, Condition)):
                        fixed |= uses(arg)
            elif isinstance(item, Store) and isinstance(item.value, Index):
                fixed |= uses(item.value)
        for a in accesses:
            for atom in self.flat(a).terms:
                if isinstance(atom, Opaque):
                    fixed |= uses(atom)
        kept, sizes, merged = list(chain), dict[Var, int](), list[Var]()
        k = len(kept) - 1
        while k > 0:
            u, v = kept[k - 1], kept[k]
            n = sizes.get(v, v.size)
            alike = all(self.flat(a).terms.get(u, 0) == self.flat(a).terms.get(v, 0) * n for a in accesses)
            if alike and u not in fixed and v not in fixed:
                sizes[v] = n * u.size
                merged.append(u)
                kept.pop(k - 1)
            k -= 1
        return kept, sizes, merged

    def across(self, block: Block, lane: Var | None, points: int) -> tuple[Var | None, int]:
        """The loop of a sum that runs in lanes, where none does yet; and how many sums take turns."""
        if lane is not None or self.lanes == 1:
            return None, (4 if points <= 2 else 2 if points <= 4 else 1)
        accesses = [item for item in walk(block) if isinstance(item, Load)]
        best, score = None, 0.0
        for var in loops(block):
            gain = 0.0
            for load in accesses:
                at = self.flat(load)
                step = abs(at.terms.get(var, 0))
                opaque = any(var in uses(atom) for atom in at.terms if isinstance(atom, Opaque))
                gain += -GATHER if opaque or step > 4 else 1.0 if step <= 1 else 0.0
            full = var.size / (ceil(var.size / self.lanes) * self.lanes)
            if gain > 0 and var.size >= 4 and full * min(var.size, 4 * self.lanes) > score:
                best, score = var, full * min(var.size, 4 * self.lanes)
        if best is None:
            return None, 1
        vectors = ceil(best.size / self.lanes)
        return best, min(vectors, 8 if points == 1 else 4 if points == 2 else 2 if points <= 4 else 1)

    # The model

    def cycles(self, body: Block, chain: list[Var], schedule: Schedule) -> float:
        """What a nest costs."""
        times = 1.0
        for var in chain:
            n = schedule.sizes.get(var, var.size)
            vectors = ceil(n / self.lanes) if var is schedule.lane else n
            times *= vectors / schedule.tiles.get(var, 1)
        return times * self.block(body, schedule.lane, schedule.tiles)

    def block(self, block: Block, lane: Var | None, tiles: dict[Var, int]) -> float:
        """Cycles that a block takes once."""
        operations = loads = others = 0.0
        for item in block.items:
            n = 1
            used = uses(item)
            for var, t in tiles.items():
                if var in used:
                    n *= t
            if isinstance(item, Load):
                at = self.flat(item)
                step = abs(at.terms.get(lane, 0)) if lane else 0
                if lane and any(lane in uses(a) for a in at.terms if isinstance(a, Opaque)):
                    step = 99
                loads += n * (1 if step <= 1 else 2 * step if step <= 4 else GATHER * self.lanes / 8)
            elif isinstance(item, Store):
                step = abs(self.flat(item).terms.get(lane, 0)) if lane else 1
                others += n * (1 if step <= 1 else GATHER)
            elif isinstance(item, (Sum, Largest)):
                others += self.gathered(item, lane, tiles, n)
            elif isinstance(item, Loop):
                size = item.var.size
                inner = lane
                if lane is None and self.lanes > 1 and self.inner_lane(item):
                    inner, size = item.var, ceil(size / self.lanes)
                others += size * self.block(item.block, inner, tiles)
            elif isinstance(item, Guard):
                others += self.block(item.block, lane, tiles) + self.guarding(item, tiles)
            elif isinstance(item, Term):
                operations += 0 if isinstance(item.value, Code) and item.value.op == "mul" else n
            elif not isinstance(item, Constant):
                operations += n * {"div": DIVISION, "select": 2.0}.get(
                    item.op, 1.0 if item.op in ARITHMETIC else FUNCTION
                )
        return max(operations, loads) / 2 + STRAIN * loads + others

    def guarding(self, guard: Guard, tiles: dict[Var, int]) -> float:
        """A condition is a branch, unless it differs from output to output."""
        n = 1
        for var, t in tiles.items():
            if var in uses(guard.index):
                n *= t
        terms = sum(isinstance(item, Term) for item in walk(guard.block))
        return 1.0 if n == 1 else 2.0 * n * max(1, terms)

    def inner_lane(self, loop: Loop) -> bool:
        accesses = [item for item in walk(loop.block) if isinstance(item, (Load, Store))]
        return all(abs(self.flat(a).terms.get(loop.var, 0)) <= 1 for a in accesses)

    def gathered(self, node: Sum | Largest, lane: Var | None, tiles: dict[Var, int], n: int) -> float:
        """What a sum costs: its turns, each at least as long as an addition lasts, and the folding of its lanes."""
        across, ways = self.across(node.block, lane, n)
        if isinstance(node, Largest) and node.placed:
            across = None
        inner = lane if across is None else across
        folding = 0.0 if across is None else 8.0 * n

        def turns(block: Block) -> float:
            plain = Block([item for item in block.items if not isinstance(item, (Loop, Guard))])
            result = self.block(plain, inner, tiles)
            if any(isinstance(item, Term) for item in block.items):
                result = max(result, LATENCY / ways)
            for item in block.items:
                if isinstance(item, Loop):
                    size = ceil(item.var.size / self.lanes) if item.var is across else item.var.size
                    result += size * turns(item.block)
                elif isinstance(item, Guard):
                    result += turns(item.block) + self.guarding(item, tiles)
            return result

        return turns(node.block) + folding


ARITHMETIC = ("add", "sub", "mul", "neg")


def loops(block: Block) -> Iterator[Var]:
    """The loops of a block of terms, however deep."""
    for item in block.items:
        if isinstance(item, Loop):
            yield item.var
            yield from loops(item.block)
        elif isinstance(item, Guard):
            yield from loops(item.block)
