"""A compiled elementary function as a function of NumPy arrays, and the truth about it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from flint import arb, ctx
from llvmlite import ir

from backproof.compiled.machine import Machine

llvm.initialize_native_target()
llvm.initialize_native_asmprinter()
TYPES = {"float32": np.float32, "float64": np.float64}
AVX512 = all(llvm.get_host_cpu_features().get(f, False) for f in ("avx512f", "avx512vl", "avx512dq"))
I64 = ir.IntType(64)


def program(function: Callable[..., Any], scalar: str, lanes: int, arguments: int = 1, avx512: bool = False) -> str:
    """f(n, out, in…): the function at n numbers, n being a multiple of the lanes."""
    module = ir.Module()
    kind = ir.FloatType() if scalar == "float32" else ir.DoubleType()
    types = [I64, *[kind.as_pointer()] * (1 + arguments)]
    f = ir.Function(module, ir.FunctionType(ir.VoidType(), types), "f")
    set.add(f.attributes, '"prefer-vector-width"="512"')  # llvmlite knows no such attribute
    for pointer in f.args[1:]:
        pointer.add_attribute("noalias")
    start, loop, done = (f.append_basic_block(name) for name in ("start", "loop", "done"))
    b = ir.IRBuilder(start)
    b.branch(loop)
    b.position_at_end(loop)
    i = b.phi(I64)
    i.add_incoming(I64(0), start)
    m = Machine(b, module, scalar, lanes, avx512)
    size = 4 if scalar == "float32" else 8
    places = [b.bitcast(b.gep(p, [i]), m.float_type.as_pointer()) for p in f.args[1:]]
    b.store(function(m, *[b.load(p, align=size) for p in places[1:]]), places[0], align=size)
    following = b.add(i, I64(lanes))
    i.add_incoming(following, loop)
    b.cbranch(b.icmp_signed("<", following, f.args[0]), loop, done)
    b.position_at_end(done)
    b.ret_void()
    return str(module)


@cache
def native(function: Callable[..., Any], scalar: str, lanes: int, arguments: int = 1, avx512: bool = False) -> Any:
    """The function on arrays of any length."""
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3
    )
    compiled = llvm.parse_assembly(program(function, scalar, lanes, arguments, avx512))
    compiled.verify()
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(compiled, builder)
    engine = llvm.create_mcjit_compiler(compiled, target)
    engine.finalize_object()
    f = ctypes.CFUNCTYPE(None, ctypes.c_int64, *[ctypes.c_void_p] * (1 + arguments))(engine.get_function_address("f"))

    def call(*given: Any) -> Any:
        count = len(given[0])
        n = -(-count // lanes) * lanes
        arrays = [np.zeros(n, TYPES[scalar]) for _ in range(1 + arguments)]
        for a, g in zip(arrays[1:], given, strict=True):
            a[:count] = g
        f(n, *[a.ctypes.data for a in arrays])
        return arrays[0][:count]

    call.engine, call.address, call.assembly = engine, f, target.emit_assembly(compiled)
    return call


TRUTH: dict[str, Callable[..., arb]] = {
    "exp": lambda x: x.exp(),
    "log": lambda x: x.log(),
    "log1p": lambda x: x.log1p(),
    "tanh": lambda x: x.tanh(),
    "erf": lambda x: x.erf(),
    "erfc": lambda x: x.erfc(),
    "exp_of_difference": lambda a, b: (a - b).exp(),
}


def last_place(y: arb, precision: int, bias: int) -> arb:
    """The unit in the last place of the numbers around |y|, y ≠ 0; the smallest subnormal below these."""
    _, exponent = abs(y).mid().man_exp() if not y.is_zero() else (0, 0)
    binade = int(abs(y).mid().man_exp()[0]).bit_length() + int(exponent) - 1
    return arb(2) ** (max(binade, 1 - bias) - precision + 1)


def errors(name: str, scalar: str, got: Any, *given: Any) -> list[float]:
    """In ULP, of finite results at finite numbers."""
    precision, bias = (24, 127) if scalar == "float32" else (53, 1023)
    out: list[float] = []
    old, ctx.prec = ctx.prec, 200
    for y, *x in zip(got, *given, strict=True):
        true = TRUTH[name](*[arb(float(v)) for v in x])
        out.append(abs(float((arb(float(y)) - true) / last_place(true, precision, bias))))
    ctx.prec = old
    return out
