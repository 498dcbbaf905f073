"""A network's step as kernels in order, and where everything that they work on lies.

One chunk is as many samples as are worked on at a time. A batch is cut into groups of chunks; each group adds up its
gradients by itself, so that the outcome does not depend on how many threads share the groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, prod
from typing import Any

from backproof.arithmetic.array import Array, Places, Shape
from backproof.arithmetic.code import Block, Coded, Constant, Index, Load, Loop, Place, Store, Var, Writer, constant, writing
from backproof.arithmetic.functions import choose, sqrt, total
from backproof.arithmetic.loops import cells, walking
from backproof.arithmetic.numeral import Numeral
from backproof.compiled.halo import without_conditions
from backproof.compiled.kernels import SHAPES, Expression, Kernel, Names, copied, finished, kernel, tidy
from backproof.compiled.memory import Buffer, strides_of
from backproof.compiled.schedule import walk
from backproof.compiled.sparse import visit_winners
from backproof.network.network import Network
from backproof.network.plan import Job, Plan, bare, flat, gradient, plan
from backproof.rules.reduction import Reduction

CACHE = 1 << 20
"""Bytes of the cache that a core has to itself, of which a chunk's numbers should take a part."""
MOST_GROUPS = 16
GROUP = 32
"""Samples whose gradients are added up together, unless there would be too many groups."""
TINY = 600
"""Operations up to which a step is written without any loop, its numbers in registers."""


@dataclass(frozen=True)
class Options:
    """What a program is compiled for."""

    batch_size: int = 1
    float_name: str = "float32"
    vector_bits: int = 512
    clip_norm: Numeral | None = None
    clip_value: Numeral | None = None
    lanes_of_samples: bool | None = None

    @property
    def width(self) -> int:
        """Bytes of a number."""
        return 4 if self.float_name == "float32" else 8

    @property
    def lanes(self) -> int:
        """Numbers in a vector."""
        return self.vector_bits // 8 // self.width


@dataclass
class Assembly:
    """The kernels of a program and its buffers."""

    network: Network
    options: Options
    target: Shape
    training: bool
    samples: int = 1
    group: int = 1
    groups: int = 1
    forward: list[Kernel] = field(default_factory=list[Kernel])
    backward: list[Kernel] = field(default_factory=list[Kernel])
    update: list[Kernel] = field(default_factory=list[Kernel])
    buffers: dict[str, Buffer] = field(default_factory=dict[str, Buffer])
    chance: dict[str, Shape] = field(default_factory=dict[str, Shape])
    """What is drawn for each datum."""
    given: dict[str, Shape] = field(default_factory=dict[str, Shape])
    seeds: list[str] = field(default_factory=list[str])
    """What is 1 where the backward pass begins."""
    gradients: dict[str, str] = field(default_factory=dict[str, str])
    """Parameter -> gradient, of those that are learned."""
    state: list[str] = field(default_factory=list[str])
    twice: dict[str, str] = field(default_factory=dict[str, str])
    """Weights that lie in memory in two orders -> the other one's name."""
    visited: set[str] = field(default_factory=set[str])
    """Layers whose gradient goes through the winners of a pool."""
    halos: dict[str, list[list[int]]] = field(default_factory=dict[str, list[list[int]]])
    tiny: bool = False
    fused: bool = False

    @property
    def kernels(self) -> list[Kernel]:
        return [*self.forward, *self.backward, *self.update]


def needed_jobs(steps: Plan, outputs: set[str]) -> list[Job]:
    """The jobs on which these quantities depend."""
    wanted = set(outputs)
    kept: list[Job] = []
    for job in reversed(steps.jobs):
        if any(slot.name in wanted for slot in job.written):
            kept.append(job)
            wanted |= {slot.name for slot in job.read} | {slot.name for slot in job.starts.values()}
    return kept[::-1]


def assemble(network: Network, options: Options, target: Shape, training: bool = True) -> Assembly:
    """Everything that is to be written, and where it lies."""
    loss, rule = network.loss, network.loss_rule
    whole = Assembly(network, options, target, training)
    rules = network.update.shapes if network.update else lambda p: {}
    state = {f"{p}.{name}": shape for p, array in network.parameters.items() for name, shape in rules(array.shape).items()}
    targets = [{loss.target: target}] if loss else [{}]
    steps = plan(network, targets, False, dict.fromkeys(state, Array(())))
    updated = {slot.name for job in steps.jobs if job.direction == "update" for slot in job.written}
    outputs = updated | ({loss.output} if loss else set()) if training else {network.prediction, *([loss.output] if loss else [])}
    jobs = needed_jobs(steps, outputs)

    shapes: dict[str, Shape] = {**network.shapes, **state, "lr": ()}
    for slots in (steps.given, steps.seeds, *(job.shapes for job in steps.jobs)):
        shapes |= {slot.name: shape for slot, shape in slots.items()}
    if loss and rule:
        shapes[loss.target] = rule.shapes(network.shapes[loss.inputs[0]], target).get("t", target)
        whole.given[loss.target] = shapes[loss.target]
    whole.given = {**network.inputs, **whole.given}
    whole.chance = {slot.name: shape for slot, shape in steps.chance.items()}

    whole.gradients = {p: gradient(loss.output, p) for p in network.parameters if loss and gradient(loss.output, p) in shapes}
    clipped = options.clip_norm is not None or options.clip_value is not None
    whole.fused = training and options.batch_size == 1 and not clipped
    size = options.batch_size if training else max(options.batch_size, 8)
    whole.samples = 1 if whole.fused else samples_at_once(network, jobs, shapes, options, size, {*whole.gradients.values()})
    whole.group = min(size, max(ceil(GROUP / whole.samples) * whole.samples, ceil(ceil(size / MOST_GROUPS) / whole.samples) * whole.samples))
    whole.groups = ceil(size / whole.group)
    adds = whole.groups > 1 or size > whole.samples

    alias = {new.name: old.name for job in jobs for new, old in job.starts.items()}
    whole.state = [name for name in state if name in alias.values()]
    shared = frozenset([*network.parameters, *state, *whole.gradients.values(), "lr", SCALE])
    names = Names(whole.samples, shared, frozenset(whole.gradients.values()), adds, alias)

    wanted = outputs | {slot.name for job in jobs for slot in job.read}
    wanted |= {names.place(name) for name in wanted}
    own = [job for job in jobs if job.direction != "update" and (whole.fused or not isinstance(job.rule, Reduction))]
    SHAPES.append(shapes)
    try:
        raw = [(job, kernel(job, names, wanted.__contains__)) for job in own]
        whole.tiny = whole.fused and sum(unrolled(piece.block) for _, piece in raw) <= TINY
        whole.forward = [piece for job, piece in raw if job.direction == "forward"]
        whole.backward = [piece for job, piece in raw if job.direction != "forward"]
        if not whole.tiny:
            if not options.lanes_of_samples:
                whole.backward, changed = visit_winners(whole.backward, outputs)
                twice_laid(whole, {job.layer for job, piece in raw if any(piece is other for other in changed)})
            whole.halos = without_conditions(whole.kernels)
        whole.forward = [finished(piece, names) for piece in whole.forward]
        whole.backward = [finished(piece, names) for piece in whole.backward]
        if loss and rule:
            ends = joins(whole, jobs, rule.reduction, shapes, names)
            whole.forward.append(ends[0])
            if training and not whole.fused:
                whole.backward.insert(0, seeded(whole, jobs, steps, shapes, names))
                whole.update = [*ends[1:], *updates(whole, jobs, names, shapes)]
            elif training:
                whole.seeds = [slot.name for slot in steps.seeds]
                fuse(whole, jobs, names)
    finally:
        SHAPES.pop()
    place(whole, shapes, names)
    return whole


LOSS, SHARE, SCALE, WEIGHT = "@loss", "@share", "@scale", "@weight"
"""The loss of a batch, what it is divided by, what gradients are multiplied by, and whether a sample counts."""


def samples_at_once(network: Network, jobs: list[Job], shapes: Mapping[str, Shape], options: Options, size: int, shared: set[str]) -> int:
    """As many as keep their numbers in the cache; whole vectors of them where samples lie in the lanes."""
    if options.lanes_of_samples:
        return options.lanes
    own = {slot.name for job in jobs for slot in job.written if job.direction != "update"} - shared
    cells_each = sum(prod(shapes[name]) for name in own)
    most = max(8, min(64, CACHE // 3 // max(1, cells_each * options.width) // 8 * 8))
    return min(size, most)


def traced(title: str, write: Callable[[Callable[..., Coded]], None]) -> Kernel:
    """A kernel of the program's own, written as rules are."""
    arrays: dict[str, Coded] = {}

    def array(name: str, shape: Shape = (), sample: Var | None = None) -> Coded:
        return arrays.setdefault(name, Coded(name, shape, sample))

    with writing(Block()) as block, walking(Writer()):
        write(array)
    return Kernel(title, tidy(block), arrays)


def every(sample: Var) -> Any:
    """`for s in every(sample)`: a loop over the samples that are taken at once."""
    from backproof.arithmetic.code import BLOCKS

    loop = Loop(sample, Block())
    BLOCKS[-1].items.append(loop)
    with writing(loop.block):
        yield sample


def joins(whole: Assembly, jobs: list[Job], reduction: str, shapes: Mapping[str, Shape], names: Names) -> list[Kernel]:
    """The losses of the samples added up, and what the batch makes of them."""
    assert whole.network.loss is not None
    rule_job = next(job for job in jobs if "share" in job.writes or "loss" in job.writes)
    (own,) = flat(rule_job.writes["loss"])
    shares = flat(rule_job.writes.get("share")) if reduction == "mean" else []
    sample = Var(whole.samples) if whole.samples > 1 else None

    def add(array: Callable[..., Coded]) -> None:
        for name, slots in ((LOSS, [own]), (SHARE, shares)):
            for slot in slots:
                part, weight = array(slot.name, shapes[slot.name], sample), array(WEIGHT, (), sample)
                terms = (weight[()] * part[k] for _ in (every(sample) if sample else [0]) for k in cells(part))
                array(name)[()] = array(name)[()] + total(terms)

    def fused(array: Callable[..., Coded]) -> None:
        loss = array(whole.network.loss.output, shapes[whole.network.loss.output])  # type: ignore[union-attr]
        array(LOSS)[()] = total(loss[k] for k in cells(loss))

    def join(array: Callable[..., Coded]) -> None:
        losses = total(array(f"{LOSS}{g}")[()] for g in range(whole.groups))
        if reduction != "mean":
            array(LOSS)[()], array(SCALE)[()] = losses, constant(Numeral(1))
            return
        count = total(array(f"{SHARE}{g}")[()] for g in range(whole.groups))
        scale = choose(count == 0, 0, 1 / choose(count == 0, 1, count))
        array(SCALE)[()] = scale
        array(LOSS)[()] = choose(count == 0, 0, losses / choose(count == 0, 1, count))

    if whole.fused:
        return [traced("loss", fused)]
    return [traced("losses added up", add), traced("losses joined", join)]


def seeded(whole: Assembly, jobs: list[Job], steps: Plan, shapes: Mapping[str, Shape], names: Names) -> Kernel:
    """The backward pass of each sample begins with its weight: 1, or 0 for one that only fills the chunk."""
    sample = Var(whole.samples) if whole.samples > 1 else None
    back = [job for job in jobs if isinstance(job.rule, Reduction) and job.direction == "backward"]
    seeds = [slot.name for job in back for slot in job.written] or [slot.name for slot in steps.seeds]

    def write(array: Callable[..., Coded]) -> None:
        for name in seeds:
            seed, weight = array(name, shapes[name], sample), array(WEIGHT, (), sample)
            for _ in every(sample) if sample else [0]:
                for k in cells(seed):
                    seed[k] = weight[()] * 1

    return traced("seeds", write)


def updates(whole: Assembly, jobs: list[Job], names: Names, shapes: Mapping[str, Shape]) -> list[Kernel]:
    """Each parameter's step, its gradient added up over the groups, scaled and clipped."""
    options = whole.options
    single = Names(1, names.shared, frozenset(), False, names.alias)

    def gradient_of(parameter: str, array: Callable[..., Coded]) -> Callable[[Any], Any]:
        shape = shapes[parameter]
        parts = [array(f"{whole.gradients[parameter]}{g}", shape) for g in range(whole.groups)]
        scale = array(SCALE)[()]

        def value(at: Any) -> Any:
            g = parts[0][at]
            for part in parts[1:]:
                g = g + part[at]
            g = g * scale
            if options.clip_value is not None:
                most = constant(options.clip_value)
                g = choose(g > most, most, choose(g < -most, -most, g))
            return g

        return value

    learned = [p for p in whole.gradients if any(names.place(s.name) == p for job in jobs for s in job.written)]
    if options.clip_norm is not None:

        def norm(array: Callable[..., Coded]) -> None:
            squares: Any = 0
            for parameter in learned:
                g, p = gradient_of(parameter, array), array(parameter, shapes[parameter])
                squares = squares + total(g(i) * g(i) for i in cells(p))
            most = constant(options.clip_norm)  # type: ignore[arg-type]
            factor = most / (sqrt(squares) + constant(Numeral("1e-6")))
            array(SCALE)[()] = array(SCALE)[()] * choose(factor < 1, factor, 1)

        yield traced("clipping", norm)
    for job in jobs:
        if job.direction != "update":
            continue
        arrays: dict[str, Coded] = {}

        def array(name: str, shape: Shape = (), arrays: dict[str, Coded] = arrays) -> Coded:
            return arrays.setdefault(name, Coded(name, shape))

        dp = lambda shape, job=job, array=array: Expression(shape, gradient_of(job.layer, array))
        piece = kernel(job, single, lambda name: True, dp)
        piece.arrays |= arrays
        yield finished(piece, single)


def fuse(whole: Assembly, jobs: list[Job], names: Names) -> None:
    """Each parameter changes as soon as its gradient is known, where that can stand in the update's own loop."""
    for job in jobs:
        if job.direction != "update":
            continue
        target = whole.gradients[job.layer]
        at, source = next((k, piece) for k, piece in enumerate(whole.backward) if target in piece.arrays)
        found = single_nest(source.block, source.arrays[target])
        if found is None:
            piece = finished(kernel(job, names, lambda name: True), names)
        else:
            loop, indices, items, value = found

            def gradient_at(where: Any, indices: Any = indices, items: Any = items, value: Any = value) -> Any:
                numbers: dict[int, Any] = {}
                bound = {v: i if isinstance(i, Index) else Index({}, i) for v, i in zip(indices, where, strict=True) if v}
                copied(items, bound, numbers)
                return numbers.get(id(value), value)

            piece = kernel(job, names, lambda name: True, lambda shape: Expression(shape, gradient_at))
            source.block = Block([item for item in source.block.items if item is not loop])
            piece.arrays = {**source.arrays, **piece.arrays}
            piece = finished(piece, names)
        whole.backward.insert(at + 1, piece)


def single_nest(block: Block, array: Coded) -> Any:
    """The nest that makes an array cell by cell: its loop, the loop of each axis, what is computed, the value."""
    loops = [item for item in block.items if any(isinstance(i, (Load, Store)) and i.array == array for i in walk(Block([item])))]
    if len(loops) != 1 or not isinstance(loops[0], Loop):
        return None
    chain, body = [loops[0].var], loops[0].block
    while len(body.items) == 1 and isinstance(body.items[0], Loop):
        chain.append(body.items[0].var)
        body = body.items[0].block
    *items, last = body.items
    if not isinstance(last, Store) or isinstance(last.index, Place) or any(isinstance(i, Store) for i in walk(Block(items))):
        return None
    axes: list[Var | None] = []
    for i in last.index:
        if not i.terms and i.constant == 0:
            axes.append(None)
        elif len(i.terms) == 1 and i.constant == 0 and next(iter(i.terms.values())) == 1 and isinstance(v := next(iter(i.terms)), Var):
            axes.append(v)
        else:
            return None
    if {v for v in axes if v} != set(chain):
        return None
    return loops[0], axes, items, last.value


def unrolled(block: Block) -> int:
    """How many operations a block is, its loops written out."""
    count = 0
    for item in block.items:
        if isinstance(item, Loop):
            count += item.var.size * unrolled(item.block)
        elif hasattr(item, "block"):
            count += unrolled(item.block)
        else:
            count += not isinstance(item, (Constant, Load))
    return count


def twice_laid(whole: Assembly, visited: set[str]) -> None:
    """A weight that is read window by window on the way back, and output by output on the way there, lies in both orders."""
    whole.visited = visited
    for layer in whole.network.layers:
        weight = layer.name("weight") if "weight" in layer.rule.parameters else ""
        shape = whole.network.shapes.get(weight, ())
        if layer.output not in visited or len(shape) != 4 or shape[0] < 8:
            continue
        other = whole.twice[weight] = f"{weight}#"
        at, reader = next((k, piece) for k, piece in enumerate(whole.forward) if weight in piece.arrays)
        array = reader.arrays.pop(weight)
        array.name = other
        reader.arrays[other] = array

        def copy(array: Callable[..., Coded], weight: str = weight, other: str = other, shape: Shape = shape) -> None:
            source, target = array(weight, shape), array(other, shape)
            for i in cells(target):
                target[i] = source[i] * 1

        whole.forward.insert(at, traced(f"{weight} in another order", copy))


# Where everything lies


def place(whole: Assembly, shapes: Mapping[str, Shape], names: Names) -> None:
    """A buffer for every array: its strides, the room around it."""
    orders = layouts(whole, shapes)
    across = bool(whole.options.lanes_of_samples) and whole.samples > 1
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
            whole.buffers[name] = buffer_of(whole, name, array.shape, order, shared, across)
    for name, shape in {**whole.given, **whole.chance}.items():
        if name not in whole.buffers:
            whole.buffers[name] = buffer_of(whole, name, shape, None, False, across)
    for piece in whole.kernels:
        widen(piece, whole.buffers)


def buffer_of(whole: Assembly, name: str, shape: Shape, order: tuple[int, ...] | None, shared: bool, across: bool) -> Buffer:
    """A buffer with its cells in this order of axes, room for windows around them, samples one after another or in lanes."""
    lanes = whole.options.lanes
    halo = tuple((low, high) for low, high in whole.halos.get(name, [[0, 0]] * len(shape)))
    padded = [low + n + high for n, (low, high) in zip(shape, halo, strict=True)]
    if order is not None and padded[order[-1]] > lanes // 2 and shared:
        padded[order[-1]] = -(-padded[order[-1]] // lanes) * lanes
    size = prod(padded)
    samples = 1 if shared else whole.samples
    strides = strides_of(tuple(padded), order, samples if across and not shared else 1)
    sample = 0 if shared else 1 if across else size if size < lanes else -(-size // lanes) * lanes
    before = sum(low * stride for (low, _), stride in zip(halo, strides, strict=True))
    after = sum(high * stride for (_, high), stride in zip(halo, strides, strict=True))
    return Buffer(
        name, shape, strides, sample, samples, isinstance(shape, Places), halo=halo if any(map(any, halo)) else (),
        before=lanes + before, after=4 * lanes + after,
    )  # fmt: skip


def base_name(name: str, whole: Assembly) -> str:
    """The quantity whose layout an array shares: `dL/dW3` -> `W`."""
    loss = whole.network.loss
    if loss and name.startswith(f"d{loss.output}/d"):
        for parameter, g in whole.gradients.items():
            if name.startswith(g) and name[len(g) :].isdigit():
                return parameter
        return bare(name, loss.output)
    parameter, _, state = name.rpartition(".")
    return parameter if name not in whole.network.parameters and parameter in whole.network.parameters else name


def layouts(whole: Assembly, shapes: Mapping[str, Shape]) -> dict[str, tuple[int, ...]]:
    """The order of axes of those arrays that do not lie as they are written, the last running fastest.

    A weight whose outputs are many lies with them innermost, so that a vector of outputs reads a vector of weights;
    and so do the outputs themselves where they are images, and all that is made of them cell by cell.
    """
    orders: dict[str, tuple[int, ...]] = {}
    if whole.options.lanes_of_samples:
        return orders
    network = whole.network
    for layer in network.layers:
        weight = layer.name("weight") if "weight" in layer.rule.parameters else ""
        output, first = network.shapes[layer.output], network.shapes[layer.inputs[0]]
        shape = network.shapes.get(weight, ())
        if len(shape) > 1 and output and shape[0] == output[0] and shape[0] >= 8 and len(shape) > len(output):
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
            a, b = Index({atom: n for atom, n in i.terms.items() if getattr(atom, "kind", "") not in TRUSTED}, i.constant).range
            low, high = low + a * stride, high + b * stride
        most = sum((n - 1) * stride for n, stride in zip(buffer.shape, buffer.strides, strict=True))
        buffer.before = max(buffer.before, -low + 16 if low < 0 else 0)
        buffer.after = max(buffer.after, high - most + 64 if high > most else 0)
