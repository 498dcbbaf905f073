"""Whole numbers and memory as instructions: where a cell lies, what lies there, and what is put there."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backproof.arithmetic.code import (
    Coded,
    Index,
    Opaque,
    Place,
    Store,
    Var,
    whole,
)
from backproof.arithmetic.numeral import Numeral
from backproof.compiled.schedule import flat, uses
from backproof.compiled.state import I1, I32, I64, POINTER, Point, State, ir, is_vector


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


class Access(State):
    """Reads and writes arrays: a number for all lanes, or a vector of them."""

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


def suffix(kind: Any) -> str:
    names = {"float": "f32", "double": "f64", "i32": "i32"}
    return f"v{kind.count}{names[str(kind.element)]}"
