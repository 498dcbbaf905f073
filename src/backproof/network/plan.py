"""The plan of one step: which rule reads and writes which quantities, in order, forward, back and update.

Everything that runs a network follows this list: with plain numbers to make a record, with shown numbers to
explain one cell of it, with others to prove it or to compile it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

from backproof.arithmetic.array import Array, Shape
from backproof.network.network import Layer, Network, shapes_of
from backproof.rules.add import Add
from backproof.rules.reduction import Reduction
from backproof.rules.rule import Loss, Rule, arguments


class Slot(NamedTuple):
    """One quantity of one datum; of all of them together where there is no batch, or no datum of its own."""

    name: str
    datum: int | None = None


Slots: TypeAlias = Slot | list[Slot] | None
PartNames: TypeAlias = Callable[[str, str, int], Slot]
Direction: TypeAlias = Literal["forward", "backward", "update"]


@dataclass(frozen=True)
class Job:
    """One run of one rule: its arguments that are read, and those that are written, with their shapes."""

    layer: str
    rule: Rule
    direction: Direction
    reads: Mapping[str, Slots]
    writes: Mapping[str, Slots]
    shapes: Mapping[Slot, Shape]
    starts: Mapping[Slot, Slot] = field(default_factory=dict[Slot, Slot])
    """What is changed in place, and therefore begins as a copy: new slot -> old slot."""

    joins: bool = False
    """Whether it adds up the gradients that came along several paths, or from several data."""

    @property
    def function(self) -> str:
        """Which of the rule's two functions runs; adding gradients up is a forward rule on the way back."""
        return "backward" if self.direction == "backward" and not self.joins else "forward"

    @property
    def scratch(self) -> list[Slot]:
        """What its rule's forward keeps for the way back, and may read again itself once it is written."""
        kept = [self.writes.get(name) for name in self.rule.scratch] if self.direction == "forward" else []
        return [slot for slots in kept for slot in flat(slots)]

    @property
    def written(self) -> list[Slot]:
        return [slot for slots in self.writes.values() for slot in flat(slots)]

    @property
    def read(self) -> list[Slot]:
        return [slot for slots in self.reads.values() for slot in flat(slots)]


@dataclass(frozen=True)
class Plan:
    """All jobs in order, what is given to begin with, and what never gets a name of its own in print."""

    network: Network
    jobs: tuple[Job, ...]
    hidden: frozenset[Slot]
    given: Mapping[Slot, Shape]
    """Every datum's inputs and target, and the random numbers that are drawn for it."""
    chance: Mapping[Slot, Shape]
    """Those random numbers alone: uniform in [0, 1), read by the rules that leave something to chance."""
    seeds: Mapping[Slot, Shape]
    """Where the backward pass begins: the derivative of the loss by itself, which is 1."""

    def job(self, slot: Slot) -> Job | None:
        """The job that makes a quantity; None for what is given."""
        return self.makers.get(slot)

    @cached_property
    def makers(self) -> dict[Slot, Job]:
        """Each computed quantity's job."""
        return {slot: job for job in self.jobs for slot in job.written}


BY_DATUM = " by datum"
"""What follows the name of a parameter's gradient in a batch, where each datum has one of its own."""


def flat(slots: Slots) -> list[Slot]:
    return slots if isinstance(slots, list) else [] if slots is None else [slots]


def plan(network: Network, targets: Sequence[Mapping[str, Shape]], batch: bool, state: Mapping[str, Array]) -> Plan:
    """The plan for as many data as there are target shapes; one datum unless it is a batch."""
    data = list(range(len(targets))) if batch else [None]
    jobs = [forward_job(layer, network.shapes, n) for n in data for layer in network.layers]
    hidden: set[Slot] = set()
    seeds: dict[Slot, Shape] = {}
    loss, rule = network.loss, network.loss_rule
    if loss and rule:
        kept = [loss_job(network, loss, rule, shapes, n) for shapes, n in zip(targets, data, strict=True)]
        jobs += kept
        if rule.reduction == "none":
            seeds = {
                Slot(gradient(loss.output, loss.output), n): job.shapes[Slot(loss.output, n)]
                for job, n in zip(kept, data, strict=True)
            }
        else:
            seeds = {Slot(gradient(loss.output, loss.output)): ()}
            joining, back = reduction_jobs(loss, rule, kept)
            jobs += [joining, back]
            hidden = {*joining.read, *back.written}
        hidden |= {*seeds, *(slot for job in kept for slot in flat(job.writes["share"]))}
        for job, n in zip(kept, data, strict=True):
            jobs += backward_jobs(network, loss, job, n)
        if batch:
            jobs += [joined(network, loss, name, data) for name in network.parameters if has_gradient(jobs, loss, name)]
        if network.update:
            jobs += [update_job(network, name, state) for name in network.parameters if has_gradient(jobs, loss, name)]
    chance = {Slot(name, n): shape for n in data for name, shape in network.chance.items()}
    given = {
        Slot(name, n): shape
        for shapes, n in zip(targets, data, strict=True)
        for name, shape in {**network.inputs, **shapes}.items()
    }
    return Plan(network, tuple(jobs), frozenset(hidden), {**given, **chance}, chance, seeds)


def gradient(loss: str, name: str) -> str:
    """What the derivative of the loss by a quantity is called."""
    return f"d{loss}/d{name}"


def forward_job(layer: Layer, known: Mapping[str, Shape], n: int | None) -> Job:
    rule = layer.rule
    made = shapes_of(layer, [known[name] for name in layer.inputs])
    reads: dict[str, Slots] = {}
    writes: dict[str, Slots] = {}
    for argument in arguments(rule.forward):
        if argument in rule.outputs or argument in rule.scratch:
            name = layer.output if argument == rule.outputs[0] else layer.name(argument)
            writes[argument] = Slot(name, n) if argument in made else None
        elif argument in rule.parameters:
            reads[argument] = Slot(layer.name(argument)) if argument in made else None
        elif argument in rule.chance:
            reads[argument] = Slot(layer.name(argument), n) if argument in made else None
        elif f"*{argument}" in rule.inputs:
            reads[argument] = [Slot(name, n) for name in layer.inputs]
        else:
            reads[argument] = Slot(layer.inputs[rule.inputs.index(argument)], n)
    shapes = {slot: made[argument] for argument, slot in writes.items() if isinstance(slot, Slot)}
    return Job(layer.output, rule, "forward", reads, writes, shapes)


def loss_job(network: Network, loss: Layer, rule: Loss, targets: Mapping[str, Shape], n: int | None) -> Job:
    known = {**network.shapes, **targets}
    made = shapes_of(Layer(loss.output, rule, (*loss.inputs, loss.target)), [known[loss.inputs[0]], known[loss.target]])
    sources: dict[str, Slots] = {"x": Slot(loss.inputs[0], n), "t": Slot(loss.target, n)}
    own = {a: Slot(loss.name(a), n) for a in (*rule.outputs, *rule.scratch)}
    if rule.reduction == "none":
        own["loss"] = Slot(loss.output, n)
    writes: dict[str, Slots] = {a: own[a] for a in arguments(rule.forward) if a in own}
    reads = {a: sources[a] for a in arguments(rule.forward) if a in sources}
    return Job(loss.output, rule, "forward", reads, writes, {own[a]: made[a] for a in writes})


def reduction_jobs(loss: Layer, kind: Loss, kept: list[Job]) -> tuple[Job, Job]:
    """The losses of all data joined into one number, and the way back from it."""
    rule = Reduction(kind.reduction)
    losses = [slot for job in kept for slot in flat(job.writes["loss"])]
    shares = [slot for job in kept for slot in flat(job.writes["share"])]
    L, dL = Slot(loss.output), Slot(gradient(loss.output, loss.output))
    forward = Job(loss.output, rule, "forward", {"losses": losses, "shares": shares}, {"L": L}, {L: ()})
    dlosses = [Slot(gradient(loss.output, slot.name), slot.datum) for slot in losses]
    shapes = {d: job.shapes[slot] for d, slot, job in zip(dlosses, losses, kept, strict=True)}
    back = Job(loss.output, rule, "backward", {"shares": shares, "dL": dL}, {"dlosses": dlosses}, shapes)
    return forward, back


def backward_jobs(network: Network, loss: Layer, kept: Job, n: int | None) -> Iterator[Job]:
    """From the loss back to the inputs of one datum; where a quantity was read twice, its gradients are added."""
    L = loss.output
    parts: dict[str, list[tuple[str, int]]] = {}
    for layer in [*network.layers, loss]:
        for place, name in enumerate(layer.inputs):
            parts.setdefault(name, []).append((layer.output, place))
    reached = {loss.inputs[0]}
    for layer in reversed(network.layers):
        reached |= set(layer.inputs) if layer.output in reached else set()
    parts = {name: [(by, i) for by, i in uses if by in reached or by == L] for name, uses in parts.items()}

    def part(name: str, by: str, place: int) -> Slot:
        uses = parts[name]
        if len(uses) == 1:
            return Slot(gradient(L, name), n)
        again = f" ({place + 1})" if sum(other == by for other, _ in uses) > 1 else ""
        return Slot(f"{gradient(L, name)} via {by}{again}", n)

    def join(name: str) -> Iterator[Job]:
        slots = [part(name, by, place) for by, place in parts[name]]
        if len(slots) > 1:
            whole = Slot(gradient(L, name), n)
            yield Job(name, Add(), "backward", {"xs": slots}, {"y": whole}, {whole: network.shapes[name]}, joins=True)

    for layer in [loss, *reversed(network.layers)]:
        if layer is not loss:
            if layer.output not in reached:
                continue
            yield from join(layer.output)
        forward = kept if layer is loss else forward_job(layer, network.shapes, n)
        yield backward_job(network, layer, forward, L, n, part)
    for name in network.inputs:
        if name in parts:
            yield from join(name)


def backward_job(network: Network, layer: Layer, forward: Job, L: str, n: int | None, part: PartNames) -> Job:
    rule = layer.rule
    known: dict[str, Slots] = {**forward.reads, **forward.writes}
    if "t" in forward.reads:
        (own,) = flat(known["loss"])
        outgoing = {"loss": Slot(gradient(L, own.name), n)}
    else:
        outgoing = {a: Slot(gradient(L, slot.name), n) for a in rule.outputs for slot in flat(known[a])}
    reads: dict[str, Slots] = {}
    writes: dict[str, Slots] = {}
    for argument in arguments(rule.backward):
        source = argument[1:]
        if argument in known:
            reads[argument] = known[argument]
        elif source in outgoing:
            reads[argument] = outgoing[source]
        elif source in rule.parameters:
            slot = known.get(source)
            each = "" if n is None else BY_DATUM
            writes[argument] = Slot(gradient(L, slot.name) + each, n) if isinstance(slot, Slot) else None
        elif f"*{source}" in rule.inputs:
            writes[argument] = [part(name, layer.output, i) for i, name in enumerate(layer.inputs)]
        else:
            i = rule.inputs.index(source)
            writes[argument] = part(layer.inputs[i], layer.output, i)
    shapes = {slot: network.shapes[bare(slot.name, L)] for slots in writes.values() for slot in flat(slots)}
    return Job(layer.output, rule, "backward", reads, writes, shapes)


def bare(name: str, L: str) -> str:
    """The quantity that a gradient belongs to: `dL/dV via S` -> `V`, `dL/dW by datum` -> `W`."""
    return name.removeprefix(f"d{L}/d").partition(" ")[0]


def has_gradient(jobs: Sequence[Job], loss: Layer, name: str) -> bool:
    whole = gradient(loss.output, name)
    return any(slot.name in (whole, whole + BY_DATUM) for job in jobs for slot in job.written)


def joined(network: Network, loss: Layer, name: str, data: Sequence[int | None]) -> Job:
    """A parameter serves every datum of a batch, so their gradients are added."""
    whole = Slot(gradient(loss.output, name))
    parts: Slots = [Slot(whole.name + BY_DATUM, n) for n in data]
    return Job(name, Add(), "backward", {"xs": parts}, {"y": whole}, {whole: network.shapes[name]}, joins=True)


def update_job(network: Network, name: str, state: Mapping[str, Array]) -> Job:
    assert network.update is not None
    assert network.loss is not None
    rule, shape = network.update, network.shapes[name]
    made = rule.shapes(shape)
    reads: dict[str, Slots] = {}
    writes: dict[str, Slots] = {}
    starts: dict[Slot, Slot] = {}
    shapes: dict[Slot, Shape] = {}
    for argument in arguments(rule.forward):
        if argument == "dp":
            reads[argument] = Slot(gradient(network.loss.output, name))
        elif argument != "p" and argument not in made:
            reads[argument] = None
        else:
            old = name if argument == "p" else f"{name}.{argument}"
            writes[argument] = slot = Slot(f"{old}'")
            shapes[slot] = shape if argument == "p" else made[argument]
            if argument == "p" or old in state:
                starts[slot] = Slot(old)
    return Job(name, rule, "update", reads, writes, shapes, starts)
