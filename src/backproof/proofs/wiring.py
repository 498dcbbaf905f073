"""The wiring of a plan: that the gradients which the rules give are joined as the chain rule says.

If every rule's backward is right, then dL/ds is right for a quantity s exactly if it is the sum, over every place where a
rule that leads to L reads s, of what that rule's backward gives for that place when it is handed the right gradients of
its own outputs. That much is checked here, from the last job to the first, by comparing names; no number is computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backproof.network.plan import Job, Plan, Slot, Slots, flat, gradient
from backproof.proofs.proof import Claim
from backproof.rules.add import Add
from backproof.rules.rule import arguments

ORDER = "every quantity is made before it is read"
SEED = "the way back begins at dL/dL = 1"
CHAIN = "each backward is handed what its forward read and made, and the gradients of what it made"
JOINED = "each gradient is the sum over every use of its quantity, no use left out"
STEPPED = "each update is handed its own parameter, gradient and state"


def wiring_claims(plan: Plan) -> list[Claim]:
    """The claims about a plan with a loss; without one there is no way back, and nothing to claim."""
    if plan.network.loss is None:
        return []
    checks = {ORDER: order(plan), SEED: seed(plan), CHAIN: chain(plan), JOINED: joins(plan), STEPPED: updates(plan)}
    if not plan.network.update:
        del checks[STEPPED]
    faults = {statement: next(found, None) for statement, found in checks.items()}
    return [Claim(s, "refuted" if fault else "proved", fault or "") for s, fault in faults.items()]


def order(plan: Plan) -> Iterator[str]:
    computed = {slot for job in plan.jobs for slot in job.written}
    seen: set[Slot] = set()
    for job in plan.jobs:
        yield from (f"{slot.name} is read by {job.layer} too early" for slot in job.read if slot in computed - seen)
        yield from (f"{slot.name} is made twice" for slot in job.written if slot in seen)
        seen |= set(job.written)


def seed(plan: Plan) -> Iterator[str]:
    """1 is handed in for the loss, for each datum's where nothing joins them, and for nothing else."""
    last = [slot for job in leading(plan) for slot in job.written if slot.name == loss_of(plan)]
    if set(plan.seeds) != {own(plan, slot) for slot in last}:
        yield f"1 is handed in for {', '.join(slot.name for slot in plan.seeds) or 'nothing'}"


def chain(plan: Plan) -> Iterator[str]:
    for job in leading(plan):
        backs = backwards(plan, job)
        if len(backs) != 1:
            yield f"{job.layer} has {len(backs)} backward jobs; expected 1"
            continue
        held = {**job.reads, **job.writes}
        for argument, slots in backs[0].reads.items():
            right = held[argument] if argument in held else gradients(plan, job.writes[argument[1:]])
            if slots != right:
                yield f"the backward of {job.layer} is handed another {argument}"


def joins(plan: Plan) -> Iterator[str]:
    """What is given for each use of a quantity, and what its gradient is made of, are the same."""
    given: dict[Slot, list[Slot]] = {}
    for job in leading(plan):
        for back in backwards(plan, job):
            for argument, slots in back.writes.items():
                for source, part in zip(flat(job.reads[argument[1:]]), flat(slots), strict=True):
                    given.setdefault(source, []).append(part)
            left = [n for n in learned(job) if f"d{n}" not in back.writes]
            yield from (f"{job.layer} gives no gradient for {name}" for name in left)
    for source, parts in given.items():
        whole = own(plan, source)
        maker = plan.job(whole)
        summed = maker.read if maker and maker.joins and isinstance(maker.rule, Add) else [whole]
        if Counter(summed) != Counter(parts):
            yield f"{whole.name} is not the sum over the uses of {source.name}"


def updates(plan: Plan) -> Iterator[str]:
    updated = [job.layer for job in plan.jobs if job.direction == "update"]
    wanted = [name for name in plan.network.parameters if plan.job(own(plan, Slot(name)))]
    yield from (f"{name} is updated {updated.count(name)} times" for name in wanted if updated.count(name) != 1)
    for job in plan.jobs:
        if job.direction == "update":
            if job.reads["dp"] != own(plan, Slot(job.layer)):
                yield f"the update of {job.layer} is handed another gradient"
            for argument, slots in job.writes.items():
                old = job.layer if argument == "p" else f"{job.layer}.{argument}"
                if flat(slots) != [Slot(f"{old}'")] or any(
                    job.starts.get(s, Slot(old)) != Slot(old) for s in flat(slots)
                ):
                    yield f"the update of {job.layer} is handed another {argument}"
                if argument == "p" and Slot(f"{old}'") not in job.starts:
                    yield f"the update of {job.layer} does not begin with it"


def loss_of(plan: Plan) -> str:
    assert plan.network.loss is not None
    return plan.network.loss.output


def leading(plan: Plan) -> list[Job]:
    """The forward jobs that lead to the loss."""
    reached = {
        slot for job in plan.jobs if job.direction == "forward" for slot in job.written if slot.name == loss_of(plan)
    }
    found: list[Job] = []
    for job in reversed([job for job in plan.jobs if job.direction == "forward"]):
        if reached & set(job.written):
            found.append(job)
            reached |= {slot for name in learned(job) for slot in flat(job.reads[name])}
    return found


def learned(job: Job) -> list[str]:
    """The arguments of a forward job whose gradients its rule gives."""
    return [n[1:] for n in arguments(job.rule.backward) if n[0] == "d" and job.reads.get(n[1:]) is not None]


def backwards(plan: Plan, forward: Job) -> list[Job]:
    """The backward jobs of the rule at the same place, and for the same datum."""
    return [
        job
        for job in plan.jobs
        if job.direction == "backward" and not job.joins and (job.layer, job.rule) == (forward.layer, forward.rule)
        if data_of(job) == data_of(forward)
    ]


def data_of(job: Job) -> set[int | None]:
    return {slot.datum for slot in [*job.read, *job.written]} - {None}


def gradients(plan: Plan, slots: Slots) -> Slots:
    return (
        [own(plan, slot) for slot in slots] if isinstance(slots, list) else None if slots is None else own(plan, slots)
    )


def own(plan: Plan, slot: Slot) -> Slot:
    """The gradient of a quantity."""
    return Slot(gradient(loss_of(plan), slot.name), slot.datum)
