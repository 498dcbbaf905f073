"""Sums, and the largest of several, as instructions: many terms gathered into one number, in registers, in lanes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backproof.arithmetic.code import (
    Block,
    Code,
    Index,
    Largest,
    Load,
    Loop,
    Place,
    Sum,
    Term,
    Var,
)
from backproof.compiled.numbers import Numbers
from backproof.compiled.once import FUNCTIONS
from backproof.compiled.schedule import flat, uses, walk
from backproof.compiled.state import I1, I32, I64, Values, ir, is_vector

LONG = 32
"""Additions to one number after which a long sum is added to another, so that its error stays small."""


class Gathering(Numbers):
    """Gathers the terms that a block gives."""

    def slot(self, kind: Any, value: Any) -> Any:
        """A variable, which LLVM keeps in a register."""
        with self.b.goto_entry_block():
            slot = self.b.alloca(kind)
        self.b.store(value, slot)
        return slot

    def inner(
        self,
        block: Block,
        lane: Var | None,
        ways: int,
        sink: Callable[[Term], None],
        fold: Callable[[], None] | None = None,
    ) -> None:
        """A block of terms, one of its loops in the lanes of a vector."""
        before = self.sink, self.lane, self.scheduled, self.ways, self.fold
        self.sink, self.scheduled, self.fold = sink, True, fold
        if lane is not None:
            self.lane, self.ways = lane, ways
        self.block(block)
        self.sink, self.lane, self.scheduled, self.ways, self.fold = before

    def across(self, loop: Loop) -> None:
        """The loop of a sum that runs in lanes, several vectors at a time."""
        step = self.lanes * self.ways
        full, rest = divmod(loop.var.size, step)

        def several() -> None:
            dynamic, constant = self.env[loop.var]
            for k in range(self.ways):
                self.env[loop.var] = (dynamic, constant + k * self.lanes)
                self.block(loop.block)

        blocks = full // LONG if self.fold else 0
        if blocks > 1:

            def block() -> None:
                self.repeat(loop.var, LONG, step, several, self.env[loop.var][0])
                assert self.fold is not None
                self.fold()

            self.repeat(loop.var, blocks, LONG * step, block)
            full_left = full - blocks * LONG
            if full_left:
                self.repeat(loop.var, full_left, step, several, I64(blocks * LONG * step))
        elif full:
            self.repeat(loop.var, full, step, several)
        for k in range(-(-rest // self.lanes)):
            self.env[loop.var] = (None, full * step + k * self.lanes)
            self.block(loop.block)

    def sum(self, node: Sum) -> None:
        lane, ways = self.scheduler.across(node.block, self.lane, self.tile_points(uses(node)))
        deps, points = self.points(uses(node))
        lanes = lane is not None or (self.lane is not None and self.lane in uses(node))
        kind = self.vector if lanes else self.scalar
        zero = ir.Constant(kind, [self.scalar(-0.0)] * self.lanes) if lanes else self.scalar(-0.0)
        slots = {tuple(p.values()): [self.slot(kind, zero) for _ in range(ways)] for p in points}
        turn = 0

        def add(term: Term) -> None:
            nonlocal turn
            for point in points:
                value = self.value(term.value, point)
                value = self.spread(value, kind) if lanes else value
                slot = slots[tuple(point.values())][turn % ways]
                old = self.b.load(slot, typ=kind)
                new = self.b.fadd(old, value, flags=self.flags)
                active = self.active(point) if lanes else None
                if self.predicate is not None and not is_vector(self.predicate(point)):
                    new = self.b.select(self.predicate(point), new, old)
                self.b.store(new if active is None else self.b.select(active, new, old), slot)
            turn += 1

        long = lane is not None and lane.size >= LONG * self.lanes
        wide = ir.VectorType(ir.DoubleType(), self.lanes) if lane is not None and is_dear(node) else kind
        nothing = ir.Constant(wide, [wide.element(-0.0)] * self.lanes) if long else None
        totals = {key: self.slot(wide, nothing) for key in slots} if long else {}

        def gathered(key: tuple[int, ...]) -> Any:
            """What has been added up so far, in numbers of twice the width where the terms are worth it."""
            parts = [self.b.load(slot, typ=kind) for slot in slots[key]]
            return self.added(parts if wide == kind else [self.b.fpext(part, wide) for part in parts], node)

        def fold() -> None:
            """What has been added up so far goes to the totals, and begins again."""
            for key, total in totals.items():
                self.b.store(self.b.fadd(self.b.load(total, typ=wide), gathered(key)), total)
                for slot in slots[key]:
                    self.b.store(zero, slot)

        self.inner(node.block, lane, ways, add, fold if totals else None)
        result: dict[tuple[int, ...], Any] = {}
        if totals:
            fold()
        for key in slots:
            whole = self.b.load(totals[key], typ=wide) if key in totals else gathered(key)
            one = whole if lane is None else self.across_lanes("fadd", whole)
            result[key] = one if wide == kind else self.b.fptrunc(one, self.scalar)
        self.values[node] = Values(deps, result)

    def added(self, parts: list[Any], node: Sum) -> Any:
        """A sum of a few, neighbours first; of choices in an order that lets LLVM find the factor they share."""
        chosen = any(isinstance(item, Code) and item.op == "select" for item in walk(node.block))
        flags = self.flags if chosen else ()
        while len(parts) > 1:
            parts = [
                self.b.fadd(*parts[k : k + 2], flags=flags) if k + 1 < len(parts) else parts[k]
                for k in range(0, len(parts), 2)
            ]
        return parts[0]

    def across_lanes(self, operation: str, value: Any) -> Any:
        """One number out of those in the lanes, halves folded onto each other."""
        n = self.lanes
        while n > 1:
            n //= 2
            kind = ir.VectorType(I32, n)
            low = self.b.shuffle_vector(value, value, ir.Constant(kind, list(range(n))))
            high = self.b.shuffle_vector(value, value, ir.Constant(kind, list(range(n, 2 * n))))
            value = self.b.fadd(low, high) if operation == "fadd" else self.larger(low, high)
        return self.b.extract_element(value, I32(0))

    def larger(self, a: Any, b: Any) -> Any:
        """The larger of two, NaN if one is."""
        wins = self.b.or_(self.b.fcmp_ordered(">", b, a), self.b.fcmp_unordered("uno", b, b))
        return self.b.select(wins, b, a)

    def largest(self, node: Largest) -> None:
        placed = node.placed
        lane, ways = (None, 1) if placed else self.scheduler.across(node.block, self.lane, self.tile_points(uses(node)))
        deps, points = self.points(uses(node))
        lanes = lane is not None or (self.lane is not None and self.lane in uses(node))
        kind = self.vector if lanes else self.scalar
        whole: Any = ir.VectorType(I32, self.lanes) if lanes else I64
        bits: Any = ir.VectorType(I1, self.lanes) if lanes else I1
        low = self.scalar(float("-inf"))
        start = self.spread(low, kind) if lanes else low
        slots = {tuple(p.values()): [self.slot(kind, start) for _ in range(ways)] for p in points}
        yes = self.spread(I1(1), bits) if lanes else I1(1)
        no = self.spread(I1(0), bits) if lanes else I1(0)
        wheres = (
            {k: (self.slot(whole, ir.Constant(whole, None)), self.slot(bits, yes)) for k in slots} if placed else {}
        )
        nans = {key: self.slot(bits, no) for key in slots} if lane is not None else {}
        turn = 0

        def consider(term: Term) -> None:
            nonlocal turn
            for point in points:
                key = tuple(point.values())
                slot = slots[key][turn % ways]
                value = self.value(term.value, point)
                value = self.spread(value, kind) if lanes else value
                old = self.b.load(slot, typ=kind)
                if not placed and lane is not None:
                    self.larger_lanes(slot, nans[key], value, old, self.active(point))
                    continue
                wins = self.b.or_(self.b.fcmp_ordered(">", value, old), self.b.fcmp_unordered("uno", value, value))
                if placed:
                    wins = self.b.or_(wins, self.b.load(wheres[key][1], typ=bits))
                active = self.active(point) if lanes else None
                if self.predicate is not None and not is_vector(self.predicate(point)):
                    scalar = self.predicate(point)
                    wins = self.b.and_(wins, self.spread(scalar, bits) if lanes else scalar)
                wins = wins if active is None else self.b.and_(wins, active)
                if not placed and self.predicate is None and active is None:
                    larger = self.b.select(self.b.fcmp_ordered(">", value, old), value, old)
                    self.b.store(self.b.select(self.b.fcmp_unordered("uno", value, value), value, larger), slot)
                    continue
                self.b.store(self.b.select(wins, value, old), slot)
                if placed:
                    found = self.whole(self.cell(term), point)
                    found = self.lanewise(found, whole) if lanes else I64(found) if isinstance(found, int) else found
                    before = self.b.load(wheres[key][0], typ=whole)
                    self.b.store(self.b.select(wins, found, before), wheres[key][0])
                    fresh = self.b.load(wheres[key][1], typ=bits)
                    self.b.store(self.b.select(wins, no, fresh), wheres[key][1])
            turn += 1

        self.inner(node.block, lane, ways, consider)
        result: dict[tuple[int, ...], Any] = {}
        for key, several in slots.items():
            parts = [self.b.load(slot, typ=kind) for slot in several]
            while len(parts) > 1:
                parts = [
                    self.larger(*parts[k : k + 2]) if k + 1 < len(parts) else parts[k] for k in range(0, len(parts), 2)
                ]
            value = parts[0]
            if lane is not None:
                nan = ir.Constant(kind, [self.scalar(float("nan"))] * self.lanes)
                value = self.b.select(self.b.load(nans[key], typ=bits), nan, value)
                value = self.across_lanes("larger", value)
            result[key] = (value, self.b.load(wheres[key][0], typ=whole)) if placed else (value, None)
        self.values[node] = Values(deps, result)

    def larger_lanes(self, slot: Any, nans: Any, value: Any, old: Any, active: Any) -> None:
        """The largest so far in each lane; whether any was NaN is kept beside it, so that no step waits for that."""
        if active is not None:
            value = self.b.select(active, value, ir.Constant(value.type, [self.scalar(float("-inf"))] * self.lanes))
        self.b.store(self.b.select(self.b.fcmp_ordered(">", value, old), value, old), slot)
        is_nan = self.b.fcmp_unordered("uno", value, value)
        self.b.store(self.b.or_(self.b.load(nans, typ=is_nan.type), is_nan), nans)

    def cell(self, term: Term) -> Index:
        """Where a candidate lies in its array, without the sample."""
        load = term.value
        assert isinstance(load, Load)
        return load.index if isinstance(load.index, Place) else flat(self.buffers[load.array][0], load.index, None)


def is_dear(node: Sum) -> bool:
    """Whether a sum is of terms with a function in them, beside which a careful addition costs little."""
    return any(isinstance(item, Code) and item.op in FUNCTIONS for item in walk(node.block))
