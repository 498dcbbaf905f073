"""A written program as LLVM instructions: loops, lanes, tiles.

Several outputs are made side by side: a tile. Every number is then a table of LLVM values, one for each point of those
tiled loops that it depends on, so that what several outputs share is computed once. One loop may run in the lanes of a
vector: a number that depends on it is a vector, any other a scalar.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from backproof.arithmetic.code import (
    Block,
    Code,
    Guard,
    Largest,
    Loop,
    Store,
    Sum,
    Var,
)
from backproof.compiled.gathering import Gathering
from backproof.compiled.kernels import nest_of
from backproof.compiled.schedule import Schedule, uses
from backproof.compiled.state import I1, I64, Point, Values, ir

UNROLLED = 160
"""Operations that an unrolled loop may have."""
CROWDED = 12
"""Sums side by side from which on registers are wanted for them, and not for what an unrolled loop could share."""


class Lowering(Gathering):
    """Writes one function of a program."""

    def block(self, block: Block) -> None:
        for item in block.items:
            self.item(item)

    def item(self, item: Any) -> None:
        if isinstance(item, Sum):
            self.sum(item)
        elif isinstance(item, Largest):
            self.largest(item)
        elif isinstance(item, Code):
            self.values[item] = self.tabulated(uses(item), lambda point: self.compute(item, point))
        elif isinstance(item, Store):
            self.store(item)
        elif isinstance(item, Loop):
            self.loop(item)
        elif isinstance(item, Guard):
            self.guard(item)
        else:
            assert self.sink is not None
            self.sink(item)

    # Loops

    def loop(self, loop: Loop) -> None:
        if loop.var is self.lane:
            self.across(loop)
        elif self.scheduled:
            self.run(loop.var, self.unrolling(loop), lambda: self.block(loop.block))
        else:
            chain, body = nest_of(loop)
            self.nest(self.scheduler.nest(chain, body, self.lane), body)

    def nest(self, schedule: Schedule, body: Block) -> None:
        before = self.lane, self.scheduled, list(self.tiles), dict(self.sizes)
        self.scheduled = schedule.inner
        if schedule.lane is not None:
            self.lane = schedule.lane

        def over(k: int) -> None:
            if k == len(schedule.order):
                self.block(body)
                return
            var = schedule.order[k]
            unit = self.lanes if var is schedule.lane else 1
            count = schedule.tiles.get(var, 1)
            step = unit * count
            full, rest = divmod(self.sizes.get(var, var.size), step)
            if full:
                with self.tiled(var, count, unit):
                    self.repeat(var, full, step, lambda: over(k + 1))
            if rest:
                with self.tiled(var, -(-rest // unit), unit):
                    self.env[var] = (None, full * step)
                    over(k + 1)

        self.sizes.update(schedule.sizes)
        for var in schedule.merged:
            self.env[var] = (None, 0)
        over(0)
        self.lane, self.scheduled, self.tiles, self.sizes = before

    @contextmanager
    def tiled(self, var: Var, count: int, unit: int) -> Generator[None]:
        self.tiles.append((var, count, unit))
        yield
        self.tiles.pop()

    def repeat(self, var: Var, times: int, step: int, body: Callable[[], None], start: Any = None) -> None:
        """The body `times` times, the index going up by `step`, from 0 or from `start`."""
        if times == 1 or self.unroll_all:
            for k in range(times):
                self.env[var] = (start, k * step)
                body()
            return
        head, again = self.b.block, self.b.append_basic_block("loop")
        self.b.branch(again)
        self.b.position_at_end(again)
        self.loads.clear()
        i = self.b.phi(I64)
        i.add_incoming(I64(0), head)
        self.env[var] = (i if start is None else self.b.add(i, start), 0)
        body()
        following = self.b.add(i, I64(step), flags=("nuw", "nsw"))
        i.add_incoming(following, self.b.block)
        done = self.b.append_basic_block("done")
        self.b.cbranch(self.b.icmp_signed("<", following, I64(times * step)), again, done)
        self.b.position_at_end(done)
        self.loads.clear()

    def run(self, var: Var, unroll: int, body: Callable[[], None]) -> None:
        """A loop in order, its body written `unroll` times over."""
        full, rest = divmod(var.size, unroll)

        def several() -> None:
            dynamic, constant = self.env[var]
            for k in range(unroll):
                self.env[var] = (dynamic, constant + k)
                body()

        if full:
            self.repeat(var, full, unroll, several)
        for k in range(rest):
            self.env[var] = (None, full * unroll + k)
            body()

    def unrolling(self, loop: Loop) -> int:
        points = self.tile_points(uses(loop))
        if points >= CROWDED and not self.unroll_all:
            return 1
        cost = max(1, self.scheduler.operations(loop.block) * points)
        if self.unroll_all or loop.var.size * cost <= UNROLLED:
            return loop.var.size
        return max(1, min(4, UNROLLED // cost))

    def guard(self, guard: Guard) -> None:
        """A block under a condition: left out, as it is, in a branch, or with a predicate for each point and lane."""
        used = uses(guard.index)
        conditions = self.tabulated(used, lambda point: self.holds(guard, point))
        known = set(map(str, (c for c in conditions.at.values() if isinstance(c, bool))))
        if all(isinstance(c, bool) for c in conditions.at.values()) and len(known) == 1:
            if known == {"True"}:
                self.block(guard.block)
            return
        values = {k: I1(c) if isinstance(c, bool) else c for k, c in conditions.at.items()}
        (first, *others) = values.values()
        if not others and isinstance(first.type, ir.IntType) and self.predicate is None:
            then, after = self.b.append_basic_block("then"), self.b.append_basic_block("after")
            self.b.cbranch(first, then, after)
            self.b.position_at_end(then)
            self.loads.clear()
            self.block(guard.block)
            self.b.branch(after)
            self.b.position_at_end(after)
            self.loads.clear()
            return
        outer = self.predicate
        if outer is None:
            self.predicate = Values(conditions.deps, values)
        else:
            both = frozenset((*conditions.deps, *outer.deps))
            inner = Values(conditions.deps, values)
            self.predicate = self.tabulated(both, lambda p: self.both(inner(p), outer(p)))
        self.block(guard.block)
        self.predicate = outer

    def both(self, a: Any, b: Any) -> Any:
        a, b = self.alike(a, b, I1)
        return self.b.and_(a, b)

    def holds(self, guard: Guard, point: Point) -> Any:
        """The condition at a point: known, or an LLVM value."""
        at = self.whole(guard.index, point)
        if isinstance(at, int):
            return 0 <= at < guard.n if guard.kind == "within" else at % guard.n == 0
        n = self.like(at, guard.n)
        if guard.kind == "within":
            return self.b.icmp_unsigned("<", at, n)
        return self.b.icmp_signed("==", self.b.srem(at, n), self.like(at, 0))
