"""The operations of a float format as LLVM instructions, on one number or on several lanes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from backproof.compiled.operations import FORMATS, Operations

ir: Any = import_module("llvmlite.ir")


class Machine(Operations):
    """Writes instructions where the builder stands; with one lane on scalars, else on vectors.

    scalar: "float32" or "float64".
    avx512: whether the program will run on a processor with AVX-512 (F, and VL for vectors of less than 512 bits),
    where `scale` is one instruction. The results are the same bits.
    No instruction carries a fast-math flag, so infinities, NaN and the compensated sums are safe.
    """

    def __init__(self, builder: Any, module: Any, scalar: str, lanes: int, avx512: bool = False) -> None:
        self.builder, self.module, self.lanes = builder, module, lanes
        self.format = FORMATS[scalar]
        size = f"f{self.format.bits}"
        self.suffix = f"v{lanes}{size}" if lanes > 1 else size
        self.float_type = self.wide(ir.FloatType() if scalar == "float32" else ir.DoubleType())
        self.int_type = self.wide(ir.IntType(self.format.bits))
        self.avx512 = avx512

    def wide(self, kind: Any) -> Any:
        return ir.VectorType(kind, self.lanes) if self.lanes > 1 else kind

    def splat(self, kind: Any, number: Any) -> Any:
        return ir.Constant(kind, [number] * self.lanes if self.lanes > 1 else number)

    def call(self, name: str, *arguments: Any) -> Any:
        kind = ir.FunctionType(self.float_type, [a.type for a in arguments])
        return self.builder.call(self.module.declare_intrinsic(f"llvm.{name}.{self.suffix}", (), kind), arguments)

    def constant(self, number: float) -> Any:
        return self.splat(self.float_type, float(number))

    def add(self, a: Any, b: Any) -> Any:
        return self.builder.fadd(a, b)

    def sub(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b)

    def mul(self, a: Any, b: Any) -> Any:
        return self.builder.fmul(a, b)

    def div(self, a: Any, b: Any) -> Any:
        return self.builder.fdiv(a, b)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        return self.call("fma", a, b, c)

    def neg(self, a: Any) -> Any:
        return self.builder.fneg(a)

    def abs(self, a: Any) -> Any:
        return self.call("fabs", a)

    def copysign(self, a: Any, sign: Any) -> Any:
        return self.call("copysign", a, sign)

    def sqrt(self, a: Any) -> Any:
        return self.call("sqrt", a)

    def round(self, a: Any) -> Any:
        return self.call("roundeven", a)

    def lt(self, a: Any, b: Any) -> Any:
        return self.builder.fcmp_ordered("<", a, b)

    def gt(self, a: Any, b: Any) -> Any:
        return self.builder.fcmp_ordered(">", a, b)

    def eq(self, a: Any, b: Any) -> Any:
        return self.builder.fcmp_ordered("==", a, b)

    def isnan(self, a: Any) -> Any:
        return self.builder.fcmp_unordered("uno", a, a)

    def select(self, mask: Any, a: Any, b: Any) -> Any:
        return self.builder.select(mask, a, b)

    def integer(self, number: int) -> Any:
        return self.splat(self.int_type, number)

    def from_int(self, i: Any) -> Any:
        if self.format.bits == 64 and not self.avx512:
            return super().from_int(i)
        return self.builder.sitofp(i, self.float_type)

    def as_int(self, a: Any) -> Any:
        return self.builder.bitcast(a, self.int_type)

    def as_float(self, i: Any) -> Any:
        return self.builder.bitcast(i, self.float_type)

    def iadd(self, i: Any, j: Any) -> Any:
        return self.builder.add(i, j)

    def isub(self, i: Any, j: Any) -> Any:
        return self.builder.sub(i, j)

    def iand(self, i: Any, j: Any) -> Any:
        return self.builder.and_(i, j)

    def ior(self, i: Any, j: Any) -> Any:
        return self.builder.or_(i, j)

    def shl(self, i: Any, places: int) -> Any:
        return self.builder.shl(i, self.integer(places))

    def shr(self, i: Any, places: int) -> Any:
        return self.builder.ashr(i, self.integer(places))

    def scale(self, x: Any, n: Any) -> Any:
        size = self.lanes * self.format.bits
        if not self.avx512 or self.lanes == 1 or size not in (128, 256, 512):
            return super().scale(x, n)
        mask, control = ir.IntType(max(8, self.lanes)), ir.IntType(32)
        rounding = [ir.Constant(control, 4)] if size == 512 else []
        arguments = [x, n, self.constant(0.0), ir.Constant(mask, -1), *rounding]
        name = f"llvm.x86.avx512.mask.scalef.p{'s' if self.format.bits == 32 else 'd'}.{size}"
        kind = ir.FunctionType(self.float_type, [a.type for a in arguments])
        return self.builder.call(self.module.declare_intrinsic(name, (), kind), arguments)
