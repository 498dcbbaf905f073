"""A network's step as kernels in order, and where everything that they work on lies.

One chunk is as many samples as are worked on at a time. A batch is cut into groups of chunks; each group adds up its
gradients by itself, so that the outcome does not depend on how many threads share the groups.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, prod
from typing import Literal, TypeAlias

from backproof.arithmetic.array import Array, Shape
from backproof.arithmetic.code import Block, Constant, Load, Loop
from backproof.arithmetic.numeral import Numeral
from backproof.compiled.halo import without_conditions
from backproof.compiled.kernels import RATE, Kernel, Names, finished, kernel
from backproof.compiled.memory import Buffer
from backproof.compiled.once import computed_once
from backproof.compiled.sparse import visit_winners
from backproof.network.network import Network
from backproof.network.plan import Job, Plan, gradient, plan
from backproof.rules.reduction import Reduction

CACHE = 1 << 20
"""Bytes of the cache that a core has to itself, of which a chunk's numbers should take a part."""
MOST_GROUPS = 16
GROUP = 32
"""Samples whose gradients are added up together, unless there would be too many groups."""
TINY = 600
"""Operations up to which a step is written without any loop, its numbers in registers."""
MANY = 8
"""Outputs that are worth a vector."""
OFTEN = 0.8
"""How often a condition at a border must hold for zeros around the array to be better, with samples in the lanes."""
FEW = 64
"""Cells up to which every quantity is so small that samples do better in the lanes than its own cells."""

LOSS, SHARE, SCALE, FACTOR, WEIGHT = "@loss", "@share", "@scale", "@factor", "@weight"
"""No quantity can have these names. The loss of a batch, what it is divided by, what gradients are multiplied by and shortened by, which samples count."""


Purpose: TypeAlias = Literal["train", "predict", "differentiate"]
"""What a program is for: to learn; to predict; to tell how each datum's own loss depends on its inputs."""


@dataclass(frozen=True)
class Options:
    """What a program is compiled for."""

    batch_size: int = 1
    float_name: str = "float32"
    vector_bits: int = 512
    clip_norm: Numeral | None = None
    clip_value: Numeral | None = None
    lanes_of_samples: bool | None = None
    """Whether samples lie in the lanes of vectors; where nothing is said, they do if batches fill vectors and quantities are
    images, whose rows rarely do, or have few cells."""

    @property
    def width(self) -> int:
        """Bytes of a number."""
        return 4 if self.float_name == "float32" else 8

    @property
    def lanes(self) -> int:
        """Numbers in a vector."""
        return self.vector_bits // 8 // self.width

    @property
    def clips(self) -> bool:
        """Whether gradients are looked at together before any of them is used."""
        return self.clip_norm is not None or self.clip_value is not None


@dataclass
class Assembly:
    """The kernels of a program and what they work on."""

    network: Network
    options: Options
    purpose: Purpose
    jobs: list[Job]
    shapes: dict[str, Shape]
    given: dict[str, Shape]
    chance: dict[str, Shape]
    """What is drawn for each datum."""
    gradients: dict[str, str]
    """Parameter -> gradient, of those that are learned."""
    seeds: list[str]
    """What is 1 where the backward pass begins."""
    fused: bool
    """Whether a datum is a batch, so that parameters may change as soon as their gradient is known."""
    across: bool = False
    """Whether samples lie in the lanes of vectors."""
    samples: int = 1
    """How many are taken at once."""
    group: int = 1
    """How many add up their gradients together."""
    tiny: bool = False
    """Whether all numbers are kept in registers."""
    forward: list[Kernel] = field(default_factory=list[Kernel])
    backward: list[Kernel] = field(default_factory=list[Kernel])
    update: list[Kernel] = field(default_factory=list[Kernel])
    buffers: dict[str, Buffer] = field(default_factory=dict[str, Buffer])
    state: list[str] = field(default_factory=list[str])
    twice: dict[str, str] = field(default_factory=dict[str, str])
    """Weights that lie in memory in two orders -> the other one's name."""
    visited: set[str] = field(default_factory=set[str])
    """Layers whose gradient goes through the winners of a pool."""
    halos: dict[str, list[list[int]]] = field(default_factory=dict[str, list[list[int]]])

    @property
    def kernels(self) -> list[Kernel]:
        return [*self.forward, *self.backward, *self.update]

    @property
    def size(self) -> int:
        """Samples of a batch; of a prediction, as many as are worth taking at once."""
        return max(self.options.batch_size, MANY if self.purpose == "predict" else 1)

    @property
    def groups(self) -> int:
        return ceil(self.size / self.group)

    @property
    def adds(self) -> bool:
        """Whether gradients are added to what is there already."""
        return self.size > self.samples

    @property
    def averages(self) -> bool:
        """Whether the loss of a batch is a mean."""
        rule = self.network.loss_rule
        return rule is not None and rule.reduction == "mean"

    @property
    def learned(self) -> list[str]:
        return [job.layer for job in self.jobs if job.direction == "update"]


def assemble(network: Network, options: Options, target: Shape, purpose: Purpose = "train") -> Assembly:
    """Everything that is to be written, and where it lies. target: the shape of one datum's target."""
    from backproof.compiled.layout import place
    from backproof.compiled.own import fuse, lies_twice, loss_of_one, losses_added, losses_joined, seeded, updates

    whole, names = begun(network, options, target, purpose)
    wanted = {slot.name for job in whole.jobs for slot in job.read} | outputs_of(network, whole.jobs, purpose)
    wanted |= {names.place(name) for name in wanted}
    own = [job for job in whole.jobs if job.direction != "update"]
    own = [job for job in own if whole.fused or not isinstance(job.rule, Reduction)]
    raw = [(job, kernel(job, names, wanted.__contains__)) for job in own]
    for _, piece in raw:
        computed_once(piece.block)
    whole.tiny = whole.fused and sum(unrolled(piece.block) for _, piece in raw) <= TINY
    whole.forward = [piece for job, piece in raw if job.direction == "forward"]
    whole.backward = [piece for job, piece in raw if job.direction != "forward"]
    if not whole.tiny:
        if not whole.across:
            whole.backward, changed = visit_winners(whole.backward, outputs_of(network, whole.jobs, purpose))
            lies_twice(whole, {job.layer for job, piece in raw if any(piece is other for other in changed)})
        whole.halos = without_conditions(whole.kernels, OFTEN if whole.across else 0.0)
    whole.forward = [finished(piece, names) for piece in whole.forward]
    whole.backward = [finished(piece, names) for piece in whole.backward]
    if network.loss:
        whole.forward.append(loss_of_one(whole) if whole.fused else losses_added(whole))
    if purpose == "train" and whole.fused:
        fuse(whole, names)
    elif purpose == "train":
        whole.backward.insert(0, seeded(whole))
        whole.update = [losses_joined(whole), *updates(whole, names)]
    place(whole)
    return whole


def begun(network: Network, options: Options, target: Shape, purpose: Purpose) -> tuple[Assembly, Names]:
    """What is known before any kernel is written."""
    loss, rule = network.loss, network.loss_rule
    state = {f"{p}.{name}": s for p, shape in parameters(network) for name, s in state_shapes(network, shape).items()}
    steps = plan(network, [{loss.target: target} if loss else {}], False, dict.fromkeys(state, Array(())))
    made = {slot.name for job in steps.jobs for slot in job.written}
    jobs = needed_jobs(steps, outputs_of(network, list(steps.jobs), purpose))
    shapes: dict[str, Shape] = {**network.shapes, **state, RATE: ()}
    for slots in (steps.given, steps.seeds, *(job.shapes for job in steps.jobs)):
        shapes |= {slot.name: shape for slot, shape in slots.items()}
    given = dict(network.inputs)
    if loss and rule:
        given[loss.target] = shapes[loss.target] = rule.shapes(network.shapes[loss.inputs[0]], target).get("t", target)
    gradients = {p: gradient(loss.output, p) for p in network.parameters if loss and gradient(loss.output, p) in made}
    back = [
        slot.name
        for job in jobs
        if isinstance(job.rule, Reduction) and job.direction == "backward"
        for slot in job.written
    ]
    fused = purpose == "differentiate" or (purpose == "train" and options.batch_size == 1 and not options.clips)
    seeds = back if back and not fused else [slot.name for slot in steps.seeds]
    chance = {slot.name: shape for slot, shape in steps.chance.items()}
    whole = Assembly(network, options, purpose, jobs, shapes, given, chance, gradients, seeds, fused)
    alias = {new.name: old.name for job in jobs for new, old in job.starts.items()}
    whole.state = [name for name in state if name in alias.values()]
    shared = frozenset([*network.parameters, *state, *gradients.values(), RATE, SCALE, FACTOR])
    if not fused:
        own = {slot.name for job in jobs if job.direction != "update" for slot in job.written} - shared
        images = any(len(network.shapes[layer.output]) > 2 for layer in network.layers)
        small = all(prod(shapes[name]) <= FEW for name in own)
        full = whole.size % options.lanes == 0 or whole.size >= 2 * options.lanes
        across = full and (images or small)
        whole.across = across if options.lanes_of_samples is None else options.lanes_of_samples
        most = CACHE // 3 // max(1, options.width * sum(prod(shapes[name]) for name in own))
        whole.samples = options.lanes if whole.across else min(whole.size, max(8, min(64, most // 8 * 8)))
        least = max(GROUP, ceil(whole.size / MOST_GROUPS))
        whole.group = ceil(least / whole.samples) * whole.samples
    return whole, Names(whole.samples, shared, frozenset(gradients.values()), whole.adds, shapes, alias)


def parameters(network: Network) -> list[tuple[str, Shape]]:
    return [(name, array.shape) for name, array in network.parameters.items()]


def state_shapes(network: Network, shape: Shape) -> dict[str, Shape]:
    """What the update rule keeps of a parameter of this shape."""
    return network.update.shapes(shape) if network.update else {}


def outputs_of(network: Network, jobs: list[Job], purpose: Purpose) -> set[str]:
    """What the program is run for: every update, or the prediction; and the loss."""
    loss = {network.loss.output} if network.loss else set[str]()
    if purpose == "predict":
        return {network.prediction} | loss
    if purpose == "differentiate":
        return loss | set(inward(network))
    return loss | {slot.name for job in jobs if job.direction == "update" for slot in job.written}


def inward(network: Network) -> list[str]:
    """The gradients of the loss by the network's inputs."""
    return [gradient(network.loss.output, name) for name in network.inputs] if network.loss else []


def needed_jobs(steps: Plan, outputs: set[str]) -> list[Job]:
    """The jobs on which these quantities depend."""
    wanted = set(outputs)
    kept: list[Job] = []
    for job in reversed(steps.jobs):
        if any(slot.name in wanted for slot in job.written):
            kept.append(job)
            wanted |= {slot.name for slot in job.read} | {slot.name for slot in job.starts.values()}
    return kept[::-1]


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
