"""Where everything lies: the order of each array's axes, the room around it, its place in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from backproof.arithmetic.array import Places, Shape
from backproof.arithmetic.code import Index, Load, Place, Store
from backproof.compiled.assembly import FACTOR, LOSS, MANY, SCALE, SHARE, WEIGHT, Assembly, inward
from backproof.compiled.kernels import RATE, Kernel
from backproof.compiled.memory import Buffer, aligned, strides_of
from backproof.compiled.schedule import walk
from backproof.network.plan import bare


@dataclass
class Memory:
    """Which buffer lies in which region, and how large each region is, in bytes."""

    shared: dict[str, int] = field(default_factory=dict[str, int])
    arena: dict[str, int] = field(default_factory=dict[str, int])
    sums: dict[str, int] = field(default_factory=dict[str, int])
    """What each group of samples adds up for itself."""
    shared_bytes: int = 0
    arena_bytes: int = 0
    sums_bytes: int = 0
    lives: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


def place(whole: Assembly) -> None:
    """A buffer for every array: its strides, the room around it."""
    orders = layouts(whole)
    for piece in whole.kernels:
        for name, array in piece.arrays.items():
            if name in whole.buffers:
                continue
            shared = array.sample is None
            order = orders.get(base_name(name.removesuffix("*"), whole))
            if order is not None and name.endswith("*"):
                order = (0, *(axis + 1 for axis in order))
            if order is not None and len(order) != len(array.shape):
                order = None
            whole.buffers[name] = buffer_of(whole, name, array.shape, order, shared)
    for name, shape in {**whole.given, **whole.chance}.items():
        if name not in whole.buffers:
            whole.buffers[name] = buffer_of(whole, name, shape, None, False)
    for piece in whole.kernels:
        widen(piece, whole.buffers)


def buffer_of(whole: Assembly, name: str, shape: Shape, order: tuple[int, ...] | None, shared: bool) -> Buffer:
    """A buffer with its cells in this order of axes, room for windows around them, samples one after another or in lanes."""
    lanes = whole.options.lanes
    halo = tuple((low, high) for low, high in whole.halos.get(name, [[0, 0]] * len(shape)))
    padded = [low + n + high for n, (low, high) in zip(shape, halo, strict=True)]
    if order is not None and padded[order[-1]] > lanes // 2 and shared:
        padded[order[-1]] = -(-padded[order[-1]] // lanes) * lanes
    size = prod(padded)
    samples = 1 if shared else whole.samples
    strides = strides_of(tuple(padded), order, samples if whole.across and not shared else 1)
    sample = 0 if shared else 1 if whole.across else size if size < lanes else -(-size // lanes) * lanes
    before = sum(low * stride for (low, _), stride in zip(halo, strides, strict=True))
    after = sum(high * stride for (_, high), stride in zip(halo, strides, strict=True))
    return Buffer(
        name, shape, strides, sample, samples, isinstance(shape, Places), halo=halo if any(map(any, halo)) else (),
        before=lanes + before, after=4 * lanes + after,
    )  # fmt: skip


def base_name(name: str, whole: Assembly) -> str:
    """The quantity whose layout an array shares: `dL/dW@3` -> `W`, and `W.velocity` -> `W`."""
    loss = whole.network.loss
    name = name.partition("@")[0] or name
    if loss and name.startswith(f"d{loss.output}/d"):
        return bare(name, loss.output)
    parameter, _, _ = name.rpartition(".")
    return parameter if name not in whole.network.parameters and parameter in whole.network.parameters else name


def layouts(whole: Assembly) -> dict[str, tuple[int, ...]]:
    """The order of axes of those arrays that do not lie as they are written, the last running fastest.

    A weight whose outputs are many lies with them innermost, so that a vector of outputs reads a vector of weights;
    and so do the outputs themselves where they are images, and all that is made of them cell by cell.
    """
    orders: dict[str, tuple[int, ...]] = {}
    if whole.across:
        return orders
    network = whole.network
    for layer in network.layers:
        weight = layer.name("weight") if "weight" in layer.rule.parameters else ""
        output, first = network.shapes[layer.output], network.shapes[layer.inputs[0]]
        shape = network.shapes.get(weight, ())
        if len(shape) > 1 and output and shape[0] == output[0] and shape[0] >= MANY and len(shape) > len(output):
            orders[whole.twice.get(weight, weight)] = (*range(1, len(shape)), 0)
            if len(output) > 1:
                orders[layer.output] = (*range(1, len(output)), 0)
        elif layer.inputs[0] in orders and len(output) == len(first) and output[0] == first[0] and not weight:
            orders[layer.output] = orders[layer.inputs[0]]
        if layer.output in whole.visited and len(shape) == 4:
            orders[weight] = (0, 2, 3, 1)
            if layer.inputs[0] not in network.inputs and first[0] > 1:
                orders[layer.inputs[0]] = (1, 2, 0)
        for name in layer.rule.scratch:
            own = layer.name(name)
            if layer.output in orders and network.shapes.get(own) == output:
                orders[own] = orders[layer.output]
    return orders


TRUSTED = ("place", "winner", "choose")
"""What points into an array by itself, and never past its ends."""


def widen(piece: Kernel, buffers: Mapping[str, Buffer]) -> None:
    """Room for what is read past the ends of an array under a condition that then fails."""
    for item in walk(piece.block):
        if not isinstance(item, (Load, Store)) or isinstance(item.index, Place) or item.array.name not in buffers:
            continue
        buffer = buffers[item.array.name]
        low = high = 0
        for i, stride in zip(item.index, buffer.strides, strict=True):
            a, b = Index(
                {atom: n for atom, n in i.terms.items() if getattr(atom, "kind", "") not in TRUSTED}, i.constant
            ).range
            low, high = low + a * stride, high + b * stride
        most = sum((n - 1) * stride for n, stride in zip(buffer.shape, buffer.strides, strict=True))
        buffer.before = max(buffer.before, -low + 16 if low < 0 else 0)
        buffer.after = max(buffer.after, high - most + 64 if high > most else 0)


def regions(whole: Assembly) -> Memory:
    """Every buffer's place. In the arena those that are never alive together share theirs."""
    memory = Memory()
    network, kernels = whole.network, whole.kernels
    lasting = {*network.parameters, *whole.state, *whole.twice.values(), RATE, SCALE, FACTOR}
    summed = set[str]() if whole.fused else {*whole.gradients.values(), LOSS, SHARE}
    for name in whole.buffers:
        front, room = sizes(whole, name)
        if name in lasting:
            memory.shared[name], memory.shared_bytes = memory.shared_bytes + front, memory.shared_bytes + room
        elif name in summed:
            memory.sums[name], memory.sums_bytes = memory.sums_bytes + front, memory.sums_bytes + room
        elif name.partition("@")[0] in summed or name.rpartition("@")[0] in summed:
            continue  # of one group or another
        else:
            used = [k for k, piece in enumerate(kernels) if name in piece.arrays]
            early = name in whole.given or name in whole.chance or name == WEIGHT
            memory.lives[name] = (0 if early else min(used), max(used, default=0))
            if name in (network.prediction, LOSS, *inward(network), *whole.seeds, *whole.halos):
                memory.lives[name] = (0, len(kernels))
    taken: list[tuple[int, int, str]] = []
    for name in sorted(memory.lives, key=lambda n: (-sizes(whole, n)[1], n)):
        front, room = sizes(whole, name)
        first, last = memory.lives[name]
        at = 0
        for start, end, other in sorted(taken):
            a, b = memory.lives[other]
            if a <= last and first <= b and start < at + room and at < end:
                at = end
        taken.append((at, at + room, name))
        memory.arena[name] = at + front
        memory.arena_bytes = max(memory.arena_bytes, at + room)
    return memory


def sizes(whole: Assembly, name: str) -> tuple[int, int]:
    """The bytes in front of a buffer's first cell, and those of all its room, in whole cache lines."""
    buffer = whole.buffers[name]
    width = 4 if buffer.places else whole.options.width
    front = aligned(buffer.before * width)
    return front, front + aligned((buffer.cells + buffer.after) * width)
