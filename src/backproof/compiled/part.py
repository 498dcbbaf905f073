"""An assembly as machine code, with the memory that it works in."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread
from typing import Any

import numpy as np

from backproof.compiled.assembly import Assembly, inward
from backproof.compiled.driver import FIELDS
from backproof.compiled.engine import Engine
from backproof.compiled.layout import Memory
from backproof.compiled.memory import Buffer
from backproof.compiled.module import Written, write


class Part:
    """An assembly as machine code, with its memory."""

    def __init__(self, whole: Assembly, threads: int) -> None:
        self.whole = whole
        self.written: Written = write(whole)
        self.engine = Engine(self.written.text)
        self.function = self.engine.function("run", 2)
        self.threads = min(threads, whole.groups) if whole.purpose == "train" and not whole.fused else 1
        memory: Memory = self.written.memory
        self.sizes = memory.shared_bytes, memory.arena_bytes * self.threads, memory.sums_bytes * (whole.groups + 1) + 64
        self.shared, self.arenas, self.sums = map(room, self.sizes)
        self.barrier, self.stopped = room(128), np.zeros(1, np.int64)

    def views(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Parameters and state as they lie in memory, their axes in their own order."""
        shared = self.written.memory.shared
        return {
            name: view(self.shared, shared[name], self.whole.buffers[name], v.dtype)
            for name, v in values.items()
            if name in shared
        }

    def run(self, told: Mapping[str, Any], data: Mapping[str, Any]) -> int:
        """Run, on as many threads as there are; the batch at which it stopped, counted from 1, or 0."""
        own = {
            "shared": self.shared,
            "arenas": self.arenas,
            "sums": self.sums,
            "stopped": self.stopped,
            "barrier": self.barrier,
        }
        known = {**dict.fromkeys(FIELDS), **own, "threads": self.threads, **told}
        names = [*self.whole.given, *inward(self.whole.network)]
        fields = [known[name] for name in FIELDS] + [data.get(name) for name in names]
        words = np.array([word(field) for field in fields], np.uint64)
        self.barrier[:] = 0
        self.stopped[0] = 0
        helpers = [Thread(target=self.function, args=(words.ctypes.data, k)) for k in range(1, self.threads)]
        for helper in helpers:
            helper.start()
        self.function(words.ctypes.data, 0)
        for helper in helpers:
            helper.join()
        return int(self.stopped[0])


def word(value: Any) -> int:
    """A field in 8 bytes: an array's address, or a whole number."""
    return 0 if value is None else value % (1 << 64) if isinstance(value, int) else value.ctypes.data


def room(count: int) -> Any:
    """So many bytes, all 0, that begin a cache line."""
    raw = np.zeros(count + 128, np.uint8)
    skip = -raw.ctypes.data % 64
    return raw[skip : skip + count + 64]


def view(memory: Any, offset: int, buffer: Buffer, number: Any) -> Any:
    """An array in memory, its axes in their own order."""
    start = memory[offset : offset + buffer.cells * number.itemsize].view(number)
    return np.lib.stride_tricks.as_strided(start, buffer.shape, [s * number.itemsize for s in buffer.strides])
