"""LLVM: a module made into machine code for the processor at hand."""

from __future__ import annotations

import ctypes
import time
from functools import lru_cache
from importlib import import_module
from typing import Any

from backproof.compiled import cache

llvm: Any = import_module("llvmlite.binding")

WORTH_KEEPING = 0.05
"""Seconds of compiling from which on machine code is kept on disk."""


@lru_cache(maxsize=1)
def host() -> tuple[str, str]:
    """The processor's name and features, as LLVM calls them."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@lru_cache(maxsize=1)
def vector_bits() -> int:
    """The widest vector that the processor has."""
    has = set(host()[1].split(","))
    return 512 if "+avx512f" in has else 256 if "+avx" in has else 128


class Engine:
    """Machine code in memory, for as long as this object lives."""

    def __init__(self, text: str) -> None:
        cpu, features = host()
        self.machine = llvm.Target.from_default_triple().create_target_machine(cpu=cpu, features=features, opt=2)
        compiler = (llvm.get_default_triple(), cpu, features, str(llvm.llvm_version_info), PASSES)
        key = cache.key_of(text, *compiler)
        kept = cache.read(key)
        self.found = kept is not None
        """Whether the machine code was found on disk."""
        started = time.perf_counter()
        self.module = llvm.parse_assembly("" if self.found else text)
        if not self.found:
            self.module.verify()
            self.optimise()
        self.engine = llvm.create_mcjit_compiler(self.module, self.machine)
        made: list[bytes] = []
        self.engine.set_object_cache(lambda module, code: made.append(bytes(code)), lambda module: kept)
        self.engine.finalize_object()
        if made and time.perf_counter() - started > WORTH_KEEPING:
            cache.write(key, made[0])

    def optimise(self) -> None:
        """LLVM's own passes; which loops are vectors and which are unrolled has been decided."""
        tuning = llvm.create_pipeline_tuning_options(speed_level=2)
        tuning.loop_vectorization = tuning.slp_vectorization = tuning.loop_unrolling = False
        builder = llvm.create_pass_builder(self.machine, tuning)
        builder.getModulePassManager().run(self.module, builder)

    def assembly(self) -> str:
        """The machine's own instructions, as text; of a program that was found on disk there is none."""
        return self.machine.emit_assembly(self.module)

    def function(self, name: str, arguments: int) -> Any:
        """A function that takes so many pointers or whole numbers, and gives nothing."""
        return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * arguments)(self.engine.get_function_address(name))


PASSES = "level 2, no vectorisation, no unrolling"
