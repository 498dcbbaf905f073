"""A program for a person to read: what runs in which order, its loops, and where everything lies."""

from __future__ import annotations

from math import ceil

from backproof.compiled.assembly import Assembly
from backproof.compiled.module import Written
from backproof.compiled.schedule import Schedule


def outline(whole: Assembly, written: Written, threads: int) -> str:
    """Kernels in order with their loops, then the memory.

    A loop reads `28` where it runs 28 times, `28/16` where it runs in vectors of 16, `6 by 2` where two turns are made
    side by side.
    """
    options, memory = whole.options, written.memory
    at_once = "numbers in registers, no loop" if whole.tiny else f"{options.lanes} numbers in a vector"
    head = f"{options.float_name}, {at_once}, {whole.samples} of a batch of {options.batch_size} at a time"
    lines = [head]
    if whole.groups > 1:
        lines.append(
            f"gradients added up in {whole.groups} groups of {whole.group} samples, shared by {threads} thread(s)"
        )
    for title, pieces in (("forward", whole.forward), ("backward", whole.backward), ("update", whole.update)):
        lines += ["", title] if pieces else []
        for piece in pieces:
            nests = [loops(s, [v.size for v in chain], options.lanes) for chain, s in written.schedules[piece.title]]
            lines.append(f"  {piece.title:40} {'; '.join(nests)}".rstrip())
    lines += [
        "",
        f"memory: {memory.shared_bytes:,} bytes last, {memory.arena_bytes:,} a thread, {memory.sums_bytes:,} a group",
    ]
    for name, offset in sorted(memory.arena.items(), key=lambda pair: pair[1]):
        buffer = whole.buffers[name]
        around = f", room around it {buffer.halo}" if buffer.halo else ""
        first, last = memory.lives[name]
        lines.append(
            f"  {offset:>10,}  {name} {buffer.shape} strides {buffer.strides}{around}, from kernel {first} to {last}"
        )
    return "\n".join(lines) + "\n"


def loops(schedule: Schedule, sizes: list[int], lanes: int) -> str:
    """One nest's loops, outermost first."""
    words: list[str] = []
    for var in schedule.order:
        n = schedule.sizes.get(var, var.size)
        word = f"{n}/{lanes}" if var is schedule.lane else str(n)
        tile = schedule.tiles.get(var, 1)
        words.append(f"{word} by {min(tile, ceil(n / lanes) if var is schedule.lane else n)}" if tile > 1 else word)
    return " × ".join(words) or " × ".join(map(str, sizes))
