"""A network's gradients proved: each of its rules at the shapes at hand, and the wiring between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from backproof.arithmetic.array import Array, Shape
from backproof.errors import BackproofError, listed
from backproof.network.datum import read_datum
from backproof.network.network import Network
from backproof.network.plan import Job, Plan, Slot, flat, plan
from backproof.network.problem import Problem
from backproof.proofs.proof import WIRING, Part, Proof
from backproof.proofs.rule import Watch, prove_at
from backproof.proofs.setting import Shapes
from backproof.proofs.wiring import wiring_claims
from backproof.rules.rule import Rule


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
    found: dict[tuple[Rule, str], Part] = {}
    parts: list[Part] = []
    for steps in plans(network, data, batch):
        for job in steps.jobs:
            if job.direction == "backward":
                continue
            inputs = read_shapes(steps, job)
            key = job.rule, str(inputs)
            if key not in found:
                watch(f"{job.layer}: {job.rule.summary}")
                part = prove_at(job.rule, inputs)
                found[key] = replace(part, title=f"{title(job)} = {part.title} of {listed(names(job))}")
                parts.append(found[key])
        start = perf_counter()
        claims = wiring_claims(steps)
        if claims:
            parts.append(
                Part(WIRING, f"{len(steps.jobs)} runs of a rule", tuple(claims), seconds=perf_counter() - start)
            )
    unique = {(part.title, part.shapes): part for part in parts}
    return Proof(network.title or "Network", tuple(unique.values()), "network")


def plans(network: Network, data: Sequence[Mapping[str, Array]], batch: bool) -> list[Plan]:
    """One plan for every shape that the targets have."""
    if data:
        targets = [{name: array.shape for name, array in read_datum(network, datum).items()} for datum in data]
        kinds = [targets] if batch else [[t] for t in {str(t): t for t in targets}.values()]
        return [plan(network, kind, batch, {}) for kind in kinds]
    if network.loss is None or network.loss_rule is None:
        return [plan(network, [{}], False, {})]
    x = network.shapes[network.prediction]
    shapes = [t for t in dict.fromkeys((x, x[1:])) if takes(network.loss_rule, x, t)]
    return [plan(network, [{network.loss.target: t}], False, {}) for t in shapes]


def takes(loss: Rule, x: Shape, t: Shape) -> bool:
    try:
        loss.shapes(x, t)
    except BackproofError:
        return False
    return True


def read_shapes(steps: Plan, job: Job) -> dict[str, Shapes]:
    """The shapes of what a rule reads, its parameters apart, by the names that it gives them."""
    known = {slot: shape for each in steps.jobs for slot, shape in each.shapes.items()}

    known = {**steps.given, **known}

    def shape(slot: Slot) -> Shape:
        return known[slot] if slot in known else steps.network.shapes[slot.name]

    if job.direction == "update":
        (new,) = flat(job.writes["p"])
        return {"p": job.shapes[new]}
    wanted = [n.strip("*") for n in job.rule.inputs] + [n for n in getattr(job.rule, "targets", ()) if n in job.reads]
    reads = {name: job.reads[name] for name in wanted}
    return {
        n: [shape(s) for s in slots] if isinstance(slots, list) else shape(flat(slots)[0]) for n, slots in reads.items()
    }


def title(job: Job) -> str:
    return f"{job.layer}'" if job.direction == "update" else job.layer


def names(job: Job) -> list[str]:
    return list(dict.fromkeys(slot.name for slot in job.read))
