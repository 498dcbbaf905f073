"""A network's gradients proved: each of its rules at the shapes at hand, and the wiring between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from backproof.arithmetic.array import Array, Shape
from backproof.errors import listed
from backproof.network.datum import read_datum
from backproof.network.network import Network
from backproof.network.plan import Job, Plan, Slot, flat, plan
from backproof.network.problem import Problem
from backproof.proofs.proof import WIRING, Part, Proof
from backproof.proofs.rule import Watch, fits, prove_at
from backproof.proofs.setting import Shapes, inputs_of
from backproof.proofs.wiring import wiring_claims


def prove_problem(problem: Problem, watch: Watch = lambda text: None) -> Proof:
    """The gradients of a problem's network, and of those of its variants."""
    proof = prove_network(problem.network, problem.data, problem.batch, watch)
    parts = list(proof.parts)
    known = {(part.title, part.shapes) for part in parts}
    for variant in problem.variants:
        more = prove_network(variant.network, variant.data, variant.batch, watch)
        parts += [
            replace(p, group=variant.title) for p in more.parts if p.title == WIRING or (p.title, p.shapes) not in known
        ]
    return Proof(problem.title or "Network", tuple(parts), "network")


def prove_network(
    network: Network, data: Sequence[Mapping[str, Array]] = (), batch: bool = False, watch: Watch = lambda text: None
) -> Proof:
    """The gradients of a network, for every input, parameter and target of the shapes at hand.

    data: those of which the targets are taken; without any, a target of every shape that the loss takes is tried.
    """
    found: dict[object, Part] = {}
    for steps in plans(network, data, batch):
        shapes = {**steps.given, **{slot: shape for job in steps.jobs for slot, shape in job.shapes.items()}}
        for job in steps.jobs:
            if job.direction == "backward":
                continue
            inputs = read_shapes(network, job, shapes)
            key = job.rule, str(inputs)
            if key not in found:
                watch(f"{job.layer}: {job.rule.summary}")
                part = prove_at(job.rule, inputs)
                found[key] = replace(part, title=f"{title(job)} = {part.title} of {listed(names(job))}")
        start = perf_counter()
        claims = tuple(wiring_claims(steps))
        if claims and claims not in found:
            runs = f"{len(steps.jobs)} runs of a rule"
            found[claims] = Part(WIRING, runs, claims, seconds=perf_counter() - start)
    return Proof(network.title or "Network", tuple(found.values()), "network")


def plans(network: Network, data: Sequence[Mapping[str, Array]], batch: bool) -> list[Plan]:
    """One plan for every shape that the targets have."""
    if data:
        targets = [{name: array.shape for name, array in read_datum(network, datum).items()} for datum in data]
        kinds = [targets] if batch else [[t] for t in {str(t): t for t in targets}.values()]
        return [plan(network, kind, batch, {}) for kind in kinds]
    if network.loss is None or network.loss_rule is None:
        return [plan(network, [{}], False, {})]
    x = network.shapes[network.prediction]
    shapes = [t for t in dict.fromkeys((x, x[1:])) if fits(network.loss_rule, {"x": x, "t": t})]
    return [plan(network, [{network.loss.target: t}], False, {}) for t in shapes]


def read_shapes(network: Network, job: Job, shapes: Mapping[Slot, Shape]) -> dict[str, Shapes]:
    """The shapes of what a rule reads, its parameters apart, by the names that it gives them."""

    def shape(slot: Slot) -> Shape:
        return shapes[slot] if slot in shapes else network.shapes[slot.name]

    if job.direction == "update":
        (new,) = flat(job.writes["p"])
        return {"p": shape(new)}
    reads = {name: job.reads[name] for name in inputs_of(job.rule)}
    return {
        n: [shape(s) for s in slots] if isinstance(slots, list) else shape(flat(slots)[0]) for n, slots in reads.items()
    }


def title(job: Job) -> str:
    return f"{job.layer}'" if job.direction == "update" else job.layer


def names(job: Job) -> list[str]:
    return list(dict.fromkeys(slot.name for slot in job.read))
