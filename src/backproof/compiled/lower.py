"""A written program as LLVM instructions: loops, lanes, tiles.

Several outputs are made side by side: a tile. Every number is then a table of LLVM values, one for each point of those
tiled loops that it depends on, so that what several outputs share is computed once. One loop may run in the lanes of a
vector: a number that depends on it is a vector, any other a scalar.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from math import prod
from typing import Any, TypeAlias

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
    whole,
)
from backproof.arithmetic.numeral import Numeral
from backproof.compiled import elementary
from backproof.compiled.kernels import nest_of
from backproof.compiled.machine import Machine
from backproof.compiled.memory import Buffer
from backproof.compiled.once import FUNCTIONS
from backproof.compiled.schedule import Schedule, Scheduler, flat, uses, walk

ir: Any = import_module("llvmlite.ir")
I1, I32, I64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
POINTER = ir.PointerType()
Point: TypeAlias = "dict[Var, int]"

LONG = 32
"""Additions to one number after which a long sum is added to another, so that its error stays small."""
UNROLLED = 160
"""Operations that an unrolled loop may have."""
CROWDED = 12
"""Sums side by side from which on registers are wanted for them, and not for what an unrolled loop could share."""


@dataclass
class Values:
    """A number at each point of the tiled loops that it depends on."""

    deps: tuple[Var, ...]
    at: dict[tuple[int, ...], Any]

    def __call__(self, point: Point) -> Any:
        return self.at[tuple(point[v] for v in self.deps)]


@dataclass
class Address:
    """constant + Σ dynamic + lane · step (+ a vector of offsets)."""

    constant: int
    dynamic: list[tuple[Any, int]]
    step: int
    vectors: list[tuple[Any, int]]

    @property
    def varies(self) -> bool:
        """Whether it is not the same in every lane."""
        return bool(self.step or self.vectors)


class Lowering:
    """Writes one function of a program."""

    def __init__(
        self,
        builder: Any,
        float_name: str,
        lanes: int,
        buffers: Mapping[Coded, tuple[Buffer, Any]],
        scheduler: Scheduler,
        unroll_all: bool = False,
    ) -> None:
        self.b, self.lanes, self.float_name = builder, lanes, float_name
        self.module = builder.module
        self.scalar = ir.FloatType() if float_name == "float32" else ir.DoubleType()
        self.width = 4 if float_name == "float32" else 8
        self.vector = ir.VectorType(self.scalar, lanes)
        wide = lanes * self.width == 64
        self.machines = {n: Machine(builder, self.module, float_name, n, avx512=wide) for n in {1, lanes}}
        self.buffers, self.scheduler, self.unroll_all = buffers, scheduler, unroll_all
        self.sizes: dict[Var, int] = {}
        self.tables: dict[Any, Any] = {}
        """Numbers that are part of the program, once each."""
        self.env: dict[Var, tuple[Any, int]] = {}
        self.tiles: list[tuple[Var, int, int]] = []
        self.lane: Var | None = None
        self.scheduled = False
        self.flags = ("contract", "reassoc", "nsz", "arcp") if unroll_all else ("contract",)
        """What LLVM may do with sums and products: join them; in a step without loops, also put them in another order."""
        self.ways = 1
        self.fold: Callable[[], None] | None = None
        self.predicate: Values | None = None
        self.values: dict[Code, Values] = {}
        self.loads: dict[Any, Any] = {}
        self.sink: Callable[[Term], None] | None = None

    # Blocks

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

    def points(self, used: frozenset[Var]) -> tuple[tuple[Var, ...], list[Point]]:
        """The points of the tiled loops among these."""
        tiles = [(v, n) for v, n, _ in self.tiles if v in used]
        deps = tuple(v for v, _ in tiles)
        return deps, [dict(zip(deps, k, strict=True)) for k in product(*(range(n) for _, n in tiles))]

    def tabulated(self, used: frozenset[Var], value: Callable[[Point], Any]) -> Values:
        deps, points = self.points(used)
        return Values(deps, {tuple(p.values()): value(p) for p in points})

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

    def tile_points(self, used: frozenset[Var]) -> int:
        return prod(count for var, count, _ in self.tiles if var in used)

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

    def like(self, value: Any, n: int) -> Any:
        kind = value.type
        return ir.Constant(kind, [n] * kind.count) if isinstance(kind, ir.VectorType) else kind(n)

    # Whole numbers

    def address(self, at: Index, point: Point) -> Address:
        result = Address(at.constant, [], 0, [])
        for atom, n in at.terms.items():
            if isinstance(atom, Var):
                dynamic, constant = self.env[atom]
                unit = next((u for v, _, u in self.tiles if v is atom), 0)
                result.constant += n * (constant + point.get(atom, 0) * unit)
                if dynamic is not None:
                    result.dynamic.append((dynamic, n))
                if atom is self.lane:
                    result.step += n
            else:
                value = self.opaque(atom, point)
                if isinstance(value, int):
                    result.constant += n * value
                elif isinstance(value.type, ir.VectorType):
                    result.vectors.append((value, n))
                else:
                    result.dynamic.append((value, n))
        return result

    def whole(self, at: Index, point: Point) -> Any:
        """An index at a point: a Python number where it is known, else a value, a vector of 32 bits where lanes differ."""
        where = self.address(at, point)
        if not where.dynamic and not where.varies:
            return where.constant
        base: Any = I64(where.constant)
        for value, n in where.dynamic:
            base = self.b.add(base, value if n == 1 else self.b.mul(value, I64(n)))
        if not where.varies:
            return base
        return self.offsets(where, self.b.trunc(base, I32))

    def offsets(self, where: Address, base: Any) -> Any:
        """One whole number for each lane."""
        kind = ir.VectorType(I32, self.lanes)
        result = self.spread(base, kind)
        if where.step:
            steps = ir.Constant(kind, [k * where.step for k in range(self.lanes)])
            result = self.b.add(result, steps)
        for value, n in where.vectors:
            result = self.b.add(result, self.b.mul(value, ir.Constant(kind, [n] * self.lanes)))
        return result

    def opaque(self, atom: Opaque, point: Point) -> Any:
        if atom.kind in ("floor", "mod"):
            value, n = self.whole(atom.args[0], point), atom.args[1]
            if isinstance(value, int):
                return value // n if atom.kind == "floor" else value % n
            return (self.b.sdiv if atom.kind == "floor" else self.b.srem)(value, self.like(value, n))
        if atom.kind in ("min", "max", "times"):
            a, b = (self.whole(arg, point) for arg in atom.args)
            if isinstance(a, int) and isinstance(b, int):
                return {"min": min, "max": max, "times": int.__mul__}[atom.kind](a, b)
            a, b = self.wholes(a, b)
            if atom.kind == "times":
                return self.b.mul(a, b)
            return self.b.select(self.b.icmp_signed("<" if atom.kind == "min" else ">", a, b), a, b)
        if atom.kind == "choose":
            condition, *arms = atom.args
            truth = self.condition(condition, point)
            a, b = self.wholes(*(self.whole(arm, point) for arm in arms), lanes=is_vector(truth))
            return self.b.select(truth if not is_vector(a) else self.spread(truth, ir.VectorType(I1, self.lanes)), a, b)
        if atom.kind == "table":
            numbers, at = atom.args
            return self.looked_up(numbers, self.whole(at, point))
        if atom.kind == "coordinate":
            return self.coordinate(atom, point)
        if atom.kind == "winner":
            return self.values[atom.args[0]](point)[1]
        array, at = atom.args
        return self.fetch(array, at, point, places=True)

    def coordinate(self, atom: Opaque, point: Point) -> Any:
        """One axis of the index of a cell, of which only the place in memory is known."""
        array, place = atom.args[:2]
        axis: int = atom.args[2]
        strides = self.buffers[array][0].strides
        stride = strides[axis]
        larger = [s for s in strides if s > stride]
        at = self.whole(place, point)
        at = self.b.udiv(at, self.like(at, stride)) if stride > 1 else at
        return self.b.urem(at, self.like(at, min(larger) // stride)) if larger else at

    def wholes(self, a: Any, b: Any, lanes: bool = False) -> tuple[Any, Any]:
        """Two whole numbers of one kind."""
        if lanes or is_vector(a) or is_vector(b):
            kind = ir.VectorType(I32, self.lanes)
            return self.lanewise(a, kind), self.lanewise(b, kind)
        return (I64(a) if isinstance(a, int) else a), (I64(b) if isinstance(b, int) else b)

    def lanewise(self, value: Any, kind: Any) -> Any:
        if isinstance(value, int):
            return ir.Constant(kind, [value] * self.lanes)
        return value if is_vector(value) else self.spread(self.b.trunc(value, I32), kind)

    def looked_up(self, numbers: tuple[int, ...], at: Any) -> Any:
        if isinstance(at, int):
            return numbers[at]
        if numbers not in self.tables:
            self.tables[numbers] = self.constants(ir.ArrayType(I32, len(numbers)), list(numbers))
        data = self.tables[numbers]
        if is_vector(at):
            return self.gather(data, at, I32, None)
        return self.b.sext(self.b.load(self.b.gep(data, [at], source_etype=I32), typ=I32), I64)

    def constants(self, kind: Any, numbers: list[Any]) -> Any:
        """Numbers that are part of the program."""
        data = ir.GlobalVariable(self.module, kind, self.module.get_unique_name("table"))
        data.initializer, data.global_constant, data.linkage = ir.Constant(kind, numbers), True, "internal"
        return data

    # Memory

    def flat(self, array: Coded, at: Any) -> Index:
        """Where a cell lies, from the start of its array."""
        buffer, _ = self.buffers[array]
        if not isinstance(at, Place):
            return flat(buffer, at, array.sample)
        sample = {array.sample: buffer.sample} if array.sample and buffer.sample else {}
        return Index({**at.terms, **sample}, at.constant)

    def pointer(self, array: Coded, where: Address, kind: Any) -> Any:
        """The address of the first lane."""
        base = self.base(array)
        dynamic: Any = None
        for value, n in where.dynamic:
            value = value if n == 1 else self.b.mul(value, I64(n), flags=("nsw",))
            dynamic = value if dynamic is None else self.b.add(dynamic, value, flags=("nsw",))
        if dynamic is not None:
            base = self.b.gep(base, [dynamic], source_etype=kind)
        return self.b.gep(base, [I64(where.constant)], source_etype=kind) if where.constant else base

    def base(self, array: Coded) -> Any:
        buffer, pointer = self.buffers[array]
        if not buffer.numbers:
            return pointer
        if array not in self.tables:
            kind = ir.ArrayType(self.scalar, len(buffer.numbers))
            self.tables[array] = self.constants(kind, [self.number(n) for n in buffer.numbers])
        return self.tables[array]

    def number(self, numeral: Numeral) -> float:
        from backproof.arithmetic import floats

        return float(getattr(floats, self.float_name).number(numeral))

    def fetch(self, array: Coded, at: Any, point: Point, places: bool = False) -> Any:
        """What lies at an index: in each lane, or the same for all."""
        kind = I32 if places else self.scalar
        where = self.address(self.flat(array, at), point)
        key = (array, where.constant, tuple((id(v), n) for v, n in where.dynamic), where.step)
        if not where.vectors and key in self.loads:
            return self.loads[key]
        if not where.varies:
            value = self.b.load(self.pointer(array, where, kind), typ=kind, align=self.align(kind))
            value = self.b.sext(value, I64) if places else value
        else:
            value = self.fetch_lanes(array, where, kind, point)
        if not where.vectors:
            self.loads[key] = value
        return value

    def fetch_lanes(self, array: Coded, where: Address, kind: Any, point: Point) -> Any:
        if not where.vectors and 1 <= where.step <= 4:
            wide = ir.VectorType(kind, self.lanes * where.step)
            value = self.b.load(self.pointer(array, where, kind), typ=wide, align=self.align(kind))
            if where.step == 1:
                return value
            picked = [k * where.step for k in range(self.lanes)]
            mask = ir.Constant(ir.VectorType(I32, self.lanes), picked)
            return self.b.shuffle_vector(value, ir.Constant(wide, ir.Undefined), mask)
        base = self.pointer(array, Address(where.constant, where.dynamic, 0, []), kind)
        offsets = self.offsets(Address(0, [], where.step, where.vectors), I32(0))
        return self.gather(base, offsets, kind, self.active(point))

    def gather(self, base: Any, offsets: Any, kind: Any, active: Any) -> Any:
        many = ir.VectorType(kind, self.lanes)
        pointers = self.vector_gep(base, offsets, kind)
        bits = ir.VectorType(I1, self.lanes)
        mask = active if active is not None else ir.Constant(bits, [1] * self.lanes)
        name = f"llvm.masked.gather.{suffix(many)}.v{self.lanes}p0"
        zeros = ir.Constant(many, [kind(0)] * self.lanes)
        f = self.declared(name, many, [pointers.type, I32, bits, many])
        return self.b.call(f, [pointers, I32(self.align(kind)), mask, zeros])

    def vector_gep(self, base: Any, offsets: Any, kind: Any) -> Any:
        result = self.b.gep(base, [offsets], source_etype=kind)
        result.type = ir.VectorType(POINTER, self.lanes)
        return result

    def declared(self, name: str, result: Any, arguments: list[Any]) -> Any:
        found = self.module.globals.get(name)
        return found or ir.Function(self.module, ir.FunctionType(result, arguments), name)

    def align(self, kind: Any) -> int:
        return 4 if kind == I32 or self.width == 4 else 8

    def active(self, point: Point) -> Any:
        """The lanes that count at a point, where not all do: past the end of the loop, or where a condition fails."""
        tail = self.tail(point)
        if self.predicate is not None and all(v in point for v in self.predicate.deps):
            value = self.predicate(point)
            if is_vector(value):
                return value if tail is None else self.b.and_(value, tail)
        return tail

    def tail(self, point: Point) -> Any:
        if self.lane is None or self.lane not in self.env:
            return None
        dynamic, constant = self.env[self.lane]
        unit_point = point.get(self.lane, 0) * self.lanes if any(v is self.lane for v, _, _ in self.tiles) else 0
        left = self.sizes.get(self.lane, self.lane.size) - constant - unit_point
        if dynamic is not None or left >= self.lanes:
            return None
        return ir.Constant(ir.VectorType(I1, self.lanes), [k < left for k in range(self.lanes)])

    def store(self, store: Store) -> None:
        array = store.array
        used = uses(store)
        _, points = self.points(used)
        for point in points:
            self.store_at(array, store, point)
        self.loads = {key: v for key, v in self.loads.items() if key[0] != array}

    def store_at(self, array: Coded, store: Store, point: Point) -> None:
        where = self.address(self.flat(array, store.index), point)
        if array.places:
            value = self.whole(store.value if isinstance(store.value, Index) else whole(store.value), point)
            value = I32(value) if isinstance(value, int) else value if is_vector(value) else self.b.trunc(value, I32)
            kind: Any = I32
        else:
            value, kind = self.value(store.value, point), self.scalar
        many = ir.VectorType(kind, self.lanes)
        active = self.active(point)
        if not where.varies:
            assert not is_vector(value), f"{array.name}: lanes differ in what is one cell"
            with self.only_where(self.predicate(point) if self.predicate else None):
                self.b.store(value, self.pointer(array, where, kind), align=self.align(kind))
            return
        value = self.spread(value, many)
        if where.step == 1 and not where.vectors:
            pointer = self.pointer(array, where, kind)
            if active is None:
                self.b.store(value, pointer, align=self.align(kind))
            else:
                f = self.declared(
                    f"llvm.masked.store.{suffix(many)}.p0", ir.VoidType(), [many, POINTER, I32, active.type]
                )
                self.b.call(f, [value, pointer, I32(self.align(kind)), active])
            return
        base = self.pointer(array, Address(where.constant, where.dynamic, 0, []), kind)
        pointers = self.vector_gep(base, self.offsets(Address(0, [], where.step, where.vectors), I32(0)), kind)
        bits = ir.VectorType(I1, self.lanes)
        mask = active if active is not None else ir.Constant(bits, [1] * self.lanes)
        name = f"llvm.masked.scatter.{suffix(many)}.v{self.lanes}p0"
        f = self.declared(name, ir.VoidType(), [many, pointers.type, I32, bits])
        self.b.call(f, [value, pointers, I32(self.align(kind)), mask])

    @contextmanager
    def only_where(self, condition: Any) -> Generator[None]:
        if condition is None:
            yield
            return
        with self.b.if_then(condition):
            yield

    # Numbers

    def value(self, number: Any, point: Point) -> Any:
        """A number at a point, as an LLVM value."""
        if isinstance(number, Code):
            found = self.values[number](point)
            return found[0] if isinstance(number, Largest) else found
        if isinstance(number, Index):
            at = self.whole(number, point)
            if not isinstance(at, int):
                return self.b.sitofp(at, self.vector if is_vector(at) else self.scalar)
            number = at
        return self.scalar(float(number))

    def spread(self, value: Any, kind: Any) -> Any:
        """The same value in every lane."""
        if value.type == kind or is_vector(value):
            return value
        if isinstance(value, ir.Constant) and value.constant is not ir.Undefined:
            return ir.Constant(kind, [value] * self.lanes)
        one = self.b.insert_element(ir.Constant(kind, ir.Undefined), value, I32(0))
        return self.b.shuffle_vector(one, one, ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes))

    def alike(self, a: Any, b: Any, kind: Any) -> tuple[Any, Any]:
        """Both as vectors where one is."""
        if is_vector(a) or is_vector(b):
            many = ir.VectorType(kind, self.lanes)
            return self.spread(a, many), self.spread(b, many)
        return a, b

    def compute(self, code: Code, point: Point) -> Any:
        if isinstance(code, Constant):
            return self.scalar(self.number(code.numeral))
        if isinstance(code, Load):
            return self.fetch(code.array, code.index, point)
        if code.op == "select":
            truth = self.condition(code.args[0], point)
            factored = self.factored(code, truth, point) if self.unroll_all else None
            if factored is not None:
                return factored
            a, b = self.alike(self.value(code.args[1], point), self.value(code.args[2], point), self.scalar)
            if is_vector(truth) or is_vector(a):
                truth = self.spread(truth, ir.VectorType(I1, self.lanes))
                a, b = (self.spread(x, self.vector) for x in (a, b))
            return self.b.select(truth, a, b)
        if code.op == "neg":
            return self.b.fneg(self.value(code.args[0], point))
        if code.op in ("add", "sub", "mul", "div"):
            a, b = self.alike(self.value(code.args[0], point), self.value(code.args[1], point), self.scalar)
            if code.op == "div" and self.shared_divisor(code, point):
                return self.divided(a, self.value(code.args[1], point))
            return getattr(self.b, "f" + code.op)(a, b, flags=self.flags)
        (inner,) = code.args
        if code.op == "exp" and isinstance(inner, Code) and inner.op == "sub":
            a, b = self.alike(self.value(inner.args[0], point), self.value(inner.args[1], point), self.scalar)
            return elementary.exp_of_difference(self.machines[self.lanes if is_vector(a) else 1], a, b)
        value = self.value(inner, point)
        machine = self.machines[self.lanes if is_vector(value) else 1]
        return machine.sqrt(value) if code.op == "sqrt" else getattr(elementary, code.op)(machine, value)

    def factored(self, code: Code, truth: Any, point: Point) -> Any:
        """A choice among products as a product of a choice: what is slow to come need not wait for it.

        0 or p · q is (0 or p) · q; x or k · x is (1 or k) · x. None where the arms are no such products.
        """
        arms = code.args[1:]
        for k, arm in enumerate(arms):
            other = arms[1 - k]
            if not isinstance(arm, Code) or arm.op != "mul":
                continue
            p, q = (self.value(factor, point) for factor in arm.args)
            if isinstance(other, int) and other == 0:
                first, rest = p, q
            elif isinstance(other, Code) and self.value(other, point) in (p, q):
                rest = self.value(other, point)
                first, other = (p if rest is q else q), 1
            else:
                continue
            pair = (first, self.scalar(float(other))) if k == 0 else (self.scalar(float(other)), first)
            return self.b.fmul(self.b.select(truth, *pair), rest, flags=self.flags)
        return None

    def divided(self, top: Any, bottom: Any) -> Any:
        """Every lane divided by one number, by its reciprocal; what that loses is made good.

        q + r · (top − q · bottom) with r = 1 / bottom and q = top · r: Muller et al., Handbook of floating-point
        arithmetic, 2nd edition, section 4.7. Where r or the divisor is infinite, q stands as it is.
        """
        zero = self.scalar(0)
        r = self.b.fdiv(self.scalar(1), bottom)
        good = self.b.and_(*(self.b.fcmp_ordered("==", self.b.fsub(x, x), zero) for x in (r, bottom)))
        q = self.b.fmul(top, self.spread(r, self.vector))
        bottom, r = (self.spread(self.b.select(good, x, zero), self.vector) for x in (bottom, r))
        machine = self.machines[self.lanes]
        return machine.fma(machine.fma(machine.neg(q), bottom, top), r, q)

    def shared_divisor(self, code: Code, point: Point) -> bool:
        """Whether all lanes are divided by one number that a loop does not change, so that a reciprocal serves them all."""
        top, bottom = (self.value(arg, point) for arg in code.args)
        constant = isinstance(bottom, ir.Constant)
        return isinstance(code.args[1], Sum) and is_vector(top) and not is_vector(bottom) and not constant

    def condition(self, condition: Condition, point: Point) -> Any:
        left, right = condition.left, condition.right
        if isinstance(left, Index) or isinstance(right, Index):
            a, b = self.wholes(self.whole(whole(left), point), self.whole(whole(right), point))
            return self.b.icmp_signed(condition.relation, a, b)
        a, b = self.alike(self.value(left, point), self.value(right, point), self.scalar)
        if condition.relation == "!=":
            return self.b.fcmp_unordered("!=", a, b)
        return self.b.fcmp_ordered(condition.relation, a, b)

    # What is gathered from many terms

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


def is_vector(value: Any) -> bool:
    return isinstance(getattr(value, "type", None), ir.VectorType)


def suffix(kind: Any) -> str:
    names = {"float": "f32", "double": "f64", "i32": "i32"}
    return f"v{kind.count}{names[str(kind.element)]}"
