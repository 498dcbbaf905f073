"""The LLVM module of an assembly: a function for each kernel, and one that walks over the data batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from backproof.compiled.assembly import Assembly
from backproof.compiled.driver import Driver
from backproof.compiled.kernels import Kernel
from backproof.compiled.layout import Memory, base_name, regions
from backproof.compiled.lower import Lowering
from backproof.compiled.memory import Buffer
from backproof.compiled.schedule import HOLDS, USES, Scheduler
from backproof.compiled.state import POINTER

ir: Any = import_module("llvmlite.ir")


@dataclass
class Written:
    """A module as text, and what is to be known to run it."""

    text: str
    memory: Memory
    schedules: dict[str, list[Any]]


def write(whole: Assembly) -> Written:
    """The whole module."""
    USES.clear()
    memory = regions(whole)
    module = ir.Module("backproof")
    module.triple = ""
    schedules: dict[str, list[Any]] = {}
    functions = {id(k): kernel_function(module, whole, k, schedules) for k in whole.kernels}
    Driver(module, whole, memory, functions).write()
    USES.clear()
    HOLDS.clear()
    return Written(str(module), memory, schedules)


def kernel_function(
    module: Any, whole: Assembly, piece: Kernel, schedules: dict[str, list[Any]]
) -> tuple[Any, list[str]]:
    """One kernel: it takes the addresses of its arrays, none of which overlap."""
    names = list(piece.arrays)
    f = ir.Function(
        module, ir.FunctionType(ir.VoidType(), [POINTER] * len(names)), module.get_unique_name(f"kernel {piece.title}")
    )
    f.linkage = "internal"
    f.attributes.add("alwaysinline" if whole.tiny else "noinline")
    f.attributes.add("nounwind")
    for argument, name in zip(f.args, names, strict=True):
        argument.add_attribute("noalias")
        argument.name = name
    entry, body = f.append_basic_block("entry"), f.append_basic_block("body")
    ir.IRBuilder(entry).branch(body)
    builder = ir.IRBuilder(body)
    buffers = {piece.arrays[n]: (whole.buffers[n], a) for n, a in zip(names, f.args, strict=True)}
    lanes = 1 if whole.tiny else whole.options.lanes
    tables = Tables(buffers, whole)
    scheduler = Scheduler(lanes, tables)
    lowering = Lowering(builder, whole.options.float_name, lanes, tables, scheduler, whole.tiny)
    lowering.block(piece.block)
    builder.ret_void()
    schedules[piece.title] = scheduler.chosen
    return f, names


class Tables(dict[Any, Any]):
    """The buffers of a kernel with their addresses; of others it may ask how they lie, of tables what they hold."""

    def __init__(self, buffers: dict[Any, Any], whole: Assembly) -> None:
        super().__init__(buffers)
        self.whole = whole

    def __missing__(self, array: Any) -> Any:
        if array.numbers:
            buffer = Buffer(array.name, array.shape, (1,) * len(array.shape), numbers=array.numbers)
        else:
            buffer = self.whole.buffers[base_name(array.name, self.whole)]
        found = self[array] = buffer, None
        return found
