"""What is drawn: a card for each quantity, an edge for each way that numbers take, read off a record's jobs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from backproof.arithmetic.array import Places
from backproof.network.plan import Job, Slot, bare
from backproof.record.record import Record
from backproof.rules.rule import Rule

Kind = Literal["input", "parameter", "target", "layer", "inner", "loss"]


@dataclass(frozen=True)
class Card:
    """A quantity; and the name of its gradient, where the record has one."""

    name: str
    kind: Kind
    gradient: str = ""
    layer: str = ""
    """Whose rule makes it; none for what is given."""

    @property
    def given(self) -> bool:
        return self.kind in ("input", "parameter", "target")


@dataclass(frozen=True)
class Edge:
    """`source` is read where `target` is made; the gradients that come back this way, none where none does."""

    source: str
    target: str
    gradients: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class Graph:
    """Cards by name and the edges between them; `rules` says what makes each quantity that a layer is called after."""

    cards: dict[str, Card]
    edges: tuple[Edge, ...]
    rules: dict[str, Rule]

    def sources(self, name: str) -> list[str]:
        return self.into.get(name, [])

    def targets(self, name: str) -> list[str]:
        return self.out.get(name, [])

    @cached_property
    def into(self) -> dict[str, list[str]]:
        return {name: [e.source for e in self.edges if e.target == name] for name in self.cards}

    @cached_property
    def out(self) -> dict[str, list[str]]:
        return {name: [e.target for e in self.edges if e.source == name] for name in self.cards}


def graph(record: Record) -> Graph:
    """The graph of one pass; all data of a batch are one card, and the parts of a sum of gradients are its edges."""
    forward = [job for job in record.jobs if job.direction == "forward"]
    reads: dict[str, dict[str, None]] = {}
    writes: dict[str, dict[str, None]] = {}
    for job in forward:
        inside = writes.setdefault(job.layer, {})
        reads.setdefault(job.layer, {}).update({s.name: None for s in job.read if drawn(record, s)})
        inside.update({s.name: None for s in job.written if drawn(record, s)})
    gradients = gradient_slots(record)
    loss = record.network.loss
    edges: list[Edge] = []
    rules: dict[str, Rule] = {}
    for layer, names in writes.items():
        for name in names:
            side = name != layer
            sources = aside(record, list(reads[layer])) if side else list(reads[layer])
            edges += [Edge(s, name, () if side else tuple(gradients.get((layer, s), ()))) for s in sources]
        rules[layer] = rule_of(record, layer)
    names = dict.fromkeys(
        [*record.network.inputs, *(n for group in (*reads.values(), *writes.values()) for n in group)]
    )
    known = {slot.name for slot in record.evaluation.values}
    prefix = f"d{loss.output}/d" if loss else ""
    makers = {name: layer for layer, group in writes.items() for name in group}

    def card(name: str) -> Card:
        back = f"{prefix}{name}" if prefix and f"{prefix}{name}" in known else ""
        return Card(name, kind_of(record, name), back, makers.get(name, ""))

    return Graph({name: card(name) for name in names}, tuple(edges), rules)


def drawn(record: Record, slot: Slot) -> bool:
    """Whether a quantity has a card: what a person is shown, and no array of places but the target."""
    return slot not in record.plan.hidden and (not isinstance(record.shape(slot), Places) or record.is_target(slot))


def aside(record: Record, names: list[str]) -> list[str]:
    """What a layer's own arrays are made of: what chance drew for it, or else what it reads and neither learns nor aims at."""
    drawn_by_chance = [name for name in names if name in record.network.chance]
    return drawn_by_chance or [name for name in names if kind_of(record, name) not in ("parameter", "target")]


def gradient_slots(record: Record) -> dict[tuple[str, str], list[Slot]]:
    """What flows back from each layer to each quantity that it read."""
    loss = record.network.loss
    found: dict[tuple[str, str], list[Slot]] = {}
    for job in record.jobs:
        if loss is None or job.direction != "backward" or job.joins:
            continue
        for slot in job.written:
            if slot not in record.plan.hidden:
                found.setdefault((job.layer, bare(slot.name, loss.output)), []).append(slot)
    return found


def rule_of(record: Record, layer: str) -> Rule:
    """The rule that a reader is told of: the loss's own, not the one that joins its losses."""
    loss = record.network.loss
    layers = [*record.network.layers, *([loss] if loss else [])]
    return next(each.rule for each in layers if each.output == layer)


def kind_of(record: Record, name: str) -> Kind:
    network = record.network
    if network.loss and name == network.loss.output:
        return "loss"
    if network.loss and name == network.loss.target:
        return "target"
    if name in network.parameters:
        return "parameter"
    if name in network.inputs or name not in record.made:
        return "input"
    return "layer" if any(name == layer.output for layer in network.layers) else "inner"


def winners(record: Record) -> dict[str, dict[str, set[tuple[int, ...]]]]:
    """The cells of a quantity that won in a layer that lets one number of several through: quantity -> layer -> cells."""
    found: dict[str, dict[str, set[tuple[int, ...]]]] = {}
    for job in record.jobs:
        for slot in job.scratch:
            if isinstance(record.shape(slot), Places):
                source = read_by(job)
                first = () if source.datum is None else (source.datum,)
                cells = {(*first, *place) for place in record.evaluation.values[slot].values()}
                found.setdefault(source.name, {}).setdefault(job.layer, set()).update(cells)
    return found


def read_by(job: Job) -> Slot:
    """The quantity that a layer chooses from."""
    slot = job.reads[job.rule.inputs[0]]
    assert isinstance(slot, Slot)
    return slot
