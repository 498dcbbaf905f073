"""LLVM: a module made into machine code for the processor at hand."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from importlib import import_module
from typing import Any

llvm: Any = import_module("llvmlite.binding")


@lru_cache(maxsize=1)
def host() -> tuple[str, str]:
    """The processor's name and features, as LLVM calls them."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@lru_cache(maxsize=1)
def vector_bits() -> int:
    """The widest vector that the processor has."""
    _, features = host()
    has = set(features.split(","))
    return 512 if "+avx512f" in has else 256 if "+avx" in has else 128


class Engine:
    """Machine code in memory, for as long as this object lives."""

    def __init__(self, text: str, level: int = 2) -> None:
        cpu, features = host()
        module = llvm.parse_assembly(text)
        module.verify()
        target = llvm.Target.from_default_triple()
        machine = target.create_target_machine(cpu=cpu, features=features, opt=level)
        tuning = llvm.create_pipeline_tuning_options(speed_level=level)
        tuning.loop_vectorization = False
        tuning.slp_vectorization = False
        tuning.loop_unrolling = False
        builder = llvm.create_pass_builder(machine, tuning)
        builder.getModulePassManager().run(module, builder)
        self.optimised = module
        self.machine = machine
        self.engine = llvm.create_mcjit_compiler(module, machine)
        self.engine.finalize_object()

    def function(self, name: str, arguments: int) -> Any:
        """A function that takes so many pointers or whole numbers, and gives nothing."""
        return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arguments)(self.engine.get_function_address(name))
