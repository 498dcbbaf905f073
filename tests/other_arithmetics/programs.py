"""A sketch of numbers that are LLVM values: running a rule writes a program, one number or several lanes at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from backproof.arithmetic.array import Array
from backproof.arithmetic.functions import register
from backproof.arithmetic.loops import walking

I32, I64, DOUBLE = ir.IntType(32), ir.IntType(64), ir.DoubleType()
llvm.initialize_native_target()
llvm.initialize_native_asmprinter()


class Writer:
    """Where code is being written; a walker whose loops are emitted once."""

    def __init__(self, module: ir.Module, builder: ir.IRBuilder, lanes: int) -> None:
        self.module, self.b, self.lanes = module, builder, lanes
        self.type = ir.VectorType(DOUBLE, lanes) if lanes > 1 else DOUBLE
        self.places = ir.VectorType(I64, lanes) if lanes > 1 else I64
        self.bits = ir.VectorType(ir.IntType(1), lanes) if lanes > 1 else ir.IntType(1)

    def spread(self, value: Any, kind: Any) -> Any:
        """A value in every lane."""
        if value.type == kind:
            return value
        one = self.b.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(I32, 0))
        return self.b.shuffle_vector(one, one, ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes))

    def number(self, value: Any) -> Any:
        return self.spread(value.v if isinstance(value, Code) else ir.Constant(DOUBLE, float(value)), self.type)

    def index(self, value: Any) -> Any:
        return value.v if isinstance(value, Place) else ir.Constant(I64, int(value))

    def slot(self, kind: Any) -> Any:
        with self.b.goto_entry_block():
            return self.b.alloca(kind)

    def table(self, name: str, numbers: list[float]) -> Memory:
        """Constants that the program carries with it."""
        kind = ir.ArrayType(DOUBLE, len(numbers))
        data = ir.GlobalVariable(self.module, kind, self.module.get_unique_name(name))
        data.initializer, data.global_constant = ir.Constant(kind, numbers), True
        return Memory(self, self.b.bitcast(data, DOUBLE.as_pointer()), (len(numbers),), True, False)

    def span(self, n: int) -> Iterator[Place]:
        head, body = self.b.block, self.b.function.append_basic_block("loop")
        self.b.branch(body)
        self.b.position_at_end(body)
        i = self.b.phi(I64)
        i.add_incoming(ir.Constant(I64, 0), head)
        yield Place(self, i)
        following = self.b.add(i, ir.Constant(I64, 1))
        i.add_incoming(following, self.b.block)
        done = self.b.function.append_basic_block("done")
        self.b.cbranch(self.b.icmp_signed("<", following, ir.Constant(I64, n)), body, done)
        self.b.position_at_end(done)

    def guarded(self, condition: Any, value: Place) -> Iterator[Place]:
        then, after = (self.b.function.append_basic_block(k) for k in ("then", "after"))
        self.b.cbranch(condition, then, after)
        self.b.position_at_end(then)
        yield value
        self.b.branch(after)
        self.b.position_at_end(after)

    def within(self, index: Any, size: int) -> Iterator[Any]:
        index = Place(self, self.index(index))
        return self.guarded(self.b.icmp_unsigned("<", index.v, ir.Constant(I64, size)), index)

    def quotient(self, index: Place, divisor: int) -> Iterator[Any]:
        if divisor == 1:
            return iter([index])
        d = ir.Constant(I64, divisor)
        whole = self.b.icmp_signed("==", self.b.srem(index.v, d), ir.Constant(I64, 0))
        return self.guarded(whole, Place(self, self.b.sdiv(index.v, d)))

    def total(self, terms: Iterator[Any]) -> Code:
        slot = self.slot(self.type)
        self.b.store(self.number(0), slot)
        for term in terms:
            self.b.store(self.b.fadd(self.b.load(slot), self.number(term)), slot)
        return Code(self, self.b.load(slot))

    def largest(self, candidates: Iterator[tuple[Any, Any]]) -> tuple[Code, Any]:
        best, where, fresh = self.slot(self.type), self.slot(self.places), self.slot(self.bits)
        self.b.store(self.spread(ir.Constant(ir.IntType(1), 1), self.bits), fresh)
        for value, _place in candidates:
            v, old = self.number(value), self.b.load(best)
            wins = self.b.or_(self.b.fcmp_ordered(">", v, old), self.b.fcmp_unordered("uno", v, v))
            wins = self.b.or_(wins, self.b.load(fresh))
            self.b.store(self.b.select(wins, v, old), best)
            flat = self.spread(value.flat, self.places)
            self.b.store(self.b.select(wins, flat, self.b.load(where)), where)
            self.b.store(self.spread(ir.Constant(ir.IntType(1), 0), self.bits), fresh)
        return Code(self, self.b.load(best)), Flat(self, self.b.load(where))


class Code:
    """A number that is a piece of a program."""

    def __init__(self, w: Writer, v: Any, flat: Any = None) -> None:
        self.w, self.v, self.flat = w, v, flat

    def op(self, name: str, a: Any, b: Any) -> Code:
        return Code(self.w, getattr(self.w.b, name)(self.w.number(a), self.w.number(b)))

    def __add__(self, o): return self.op("fadd", self, o)  # fmt: skip

    def __mul__(self, o): return self.op("fmul", self, o)  # fmt: skip

    def __sub__(self, o): return self.op("fsub", self, o)  # fmt: skip

    def __rsub__(self, o): return self.op("fsub", o, self)  # fmt: skip

    def __truediv__(self, o): return self.op("fdiv", self, o)  # fmt: skip

    def __rtruediv__(self, o): return self.op("fdiv", o, self)  # fmt: skip

    def __pow__(self, n): return self * self if n == 2 else NotImplemented  # fmt: skip

    def __lt__(self, o): return Truth(self.w, self.w.b.fcmp_ordered("<", self.w.number(self), self.w.number(o)))  # fmt: skip

    def __gt__(self, o): return Truth(self.w, self.w.b.fcmp_ordered(">", self.w.number(self), self.w.number(o)))  # fmt: skip

    __radd__, __rmul__ = __add__, __mul__


def intrinsic(name: str) -> Any:
    def call(x: Code) -> Code:
        kind = f"v{x.w.lanes}f64" if x.w.lanes > 1 else "f64"
        f = x.w.module.declare_intrinsic(f"llvm.{name}.{kind}", (), ir.FunctionType(x.w.type, [x.w.type]))
        return Code(x.w, x.w.b.call(f, [x.w.number(x)]))

    return call


register(Code, {f: intrinsic(f) for f in ("exp", "log", "sqrt")})


class Truth:
    """A comparison, which has an answer for each lane."""

    def __init__(self, w: Writer, v: Any) -> None:
        self.w, self.v = w, v

    def __choose__(self, a: Any, b: Any) -> Any:
        if isinstance(a, Place) or isinstance(b, Place):
            a, b = (self.w.spread(self.w.index(x), self.w.places) for x in (a, b))
            return Place(self.w, self.w.b.select(self.w.spread(self.v, self.w.bits), a, b))
        return Code(self.w, self.w.b.select(self.w.spread(self.v, self.w.bits), self.w.number(a), self.w.number(b)))


class Place:
    """An index: one for all lanes, or one for each."""

    def __init__(self, w: Writer, v: Any) -> None:
        self.w, self.v = w, v

    def op(self, name: str, o: Any) -> Place:
        a, b = self.v, self.w.index(o)
        if a.type != b.type:
            a, b = self.w.spread(a, self.w.places), self.w.spread(b, self.w.places)
        return Place(self.w, getattr(self.w.b, name)(a, b))

    def compare(self, o: Any, relation: str) -> Truth:
        a, b = self.v, self.w.index(o)
        if a.type != b.type:
            a, b = self.w.spread(a, self.w.places), self.w.spread(b, self.w.places)
        return Truth(self.w, self.w.b.icmp_signed(relation, a, b))

    def __add__(self, o): return self.op("add", o)  # fmt: skip

    def __sub__(self, o): return self.op("sub", o)  # fmt: skip

    def __mul__(self, o): return self.op("mul", o)  # fmt: skip

    def __floordiv__(self, o): return self.op("sdiv", o)  # fmt: skip

    def __mod__(self, o): return self.op("srem", o)  # fmt: skip

    def __eq__(self, o): return self.compare(o, "==")  # fmt: skip

    def __ne__(self, o): return self.compare(o, "!=")  # fmt: skip

    __radd__, __rmul__ = __add__, __mul__
    __hash__ = None


class Flat(Place):
    """A place that was stored: already counted from the start of its array."""


class Memory(Array):
    """Numbers of a fixed shape somewhere in memory, `lanes` samples side by side, or shared by all samples."""

    __slots__ = ("places", "pointer", "shared", "w")

    def __init__(self, w: Writer, pointer: Any, shape: Any, shared: bool, places: bool) -> None:
        super().__init__(tuple(shape))
        self.w, self.pointer, self.shared, self.places = w, pointer, shared, places

    def flat(self, index: Any) -> Any:
        if isinstance(index, Flat):
            return index.v
        at = Place(self.w, ir.Constant(I64, 0))
        for i, n in zip(index, self.shape, strict=True):
            at = at * n + i
        return at.v

    def address(self, at: Any) -> Any:
        if self.w.lanes == 1 or self.shared:
            return self.w.b.gep(self.pointer, [at])
        p = self.w.b.gep(self.pointer, [self.w.b.mul(at, ir.Constant(I64, self.w.lanes))])
        return self.w.b.bitcast(p, (self.w.places if self.places else self.w.type).as_pointer())

    def lane(self, at: Any, k: int) -> tuple[Any, Any]:
        lane = ir.Constant(I32, k)
        one = self.w.b.extract_element(at, lane)
        if not self.shared:
            one = self.w.b.add(self.w.b.mul(one, ir.Constant(I64, self.w.lanes)), ir.Constant(I64, k))
        return lane, self.w.b.gep(self.pointer, [one])

    def __getitem__(self, index: Any) -> Any:
        at = self.flat(index)
        if isinstance(at.type, ir.VectorType):
            value = ir.Constant(self.w.type, ir.Undefined)
            for k in range(self.w.lanes):
                lane, address = self.lane(at, k)
                value = self.w.b.insert_element(value, self.w.b.load(address), lane)
            return Code(self.w, value)
        value = self.w.b.load(self.address(at))
        value.align = 8
        return Flat(self.w, value) if self.places else Code(self.w, value, at)

    def __setitem__(self, index: Any, value: Any) -> None:
        at = self.flat(index)
        v = self.w.spread(self.w.index(value), self.w.places) if self.places else self.w.number(value)
        if isinstance(at.type, ir.VectorType):
            for k in range(self.w.lanes):
                lane, address = self.lane(at, k)
                self.w.b.store(self.w.b.extract_element(v, lane), address)
            return
        self.w.b.store(v, self.address(at)).align = 8


def program(run: Any, arrays: dict[str, tuple[Any, bool, bool]], lanes: int) -> Any:
    """`run` as machine code; arrays: name -> (shape, shared by all samples, holds places)."""
    module = ir.Module()
    pointers = [(I64 if places else DOUBLE).as_pointer() for _, _, places in arrays.values()]
    f = ir.Function(module, ir.FunctionType(ir.VoidType(), pointers), "run")
    entry, body = f.append_basic_block("entry"), f.append_basic_block("body")
    ir.IRBuilder(entry).branch(body)
    w = Writer(module, ir.IRBuilder(body), lanes)
    with walking(w):
        run(w, {name: Memory(w, p, *about) for (name, about), p in zip(arrays.items(), f.args, strict=True)})
    w.b.ret_void()
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=2)
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(arrays))(engine.get_function_address("run"))
    call.keep = engine
    return call
