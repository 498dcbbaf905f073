"""A loss that is no longer a number, explained: which datum, which layer, which number went first, and how."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite
from typing import Any

from flint import fmpq

from backproof.arithmetic.array import Array, Index, Places, address
from backproof.errors import BackproofError
from backproof.network.datum import read_datum
from backproof.network.network import Network
from backproof.network.plan import Slot, plan
from backproof.record.evaluate import Evaluation, ieee, run_job
from backproof.record.record import Record
from backproof.training.model import exact
from backproof.training.program import Program
from backproof.training.rows import Numbers
from backproof.worksheet.sheet import Pass
from backproof.worksheet.steps import Step, spoken_of, step
from backproof.worksheet.terminal import Rendered
from backproof.worksheet.worksheet import Worksheet

PATIENCE = 20.0
"""Seconds after which the search is given up; one rule's run is not interrupted."""
ADVICE = "a smaller learning rate (lr), or gradients kept short (clip_norm=1)"


class Diverged(BackproofError, ArithmeticError):
    """Training stopped because the loss, or a gradient, was no longer finite, or had grown beyond all bounds.

    epoch, batch: where, counted from 1. datum: its place in the data, counted from 0, or None where none by itself
    goes wrong. quantity: the first number that was not finite, such as `h[3]`, or "". value: that number. worksheet: how it
    came about, or None. Where it is the loss, `parameters` are those before the update that was not made.
    """

    def __init__(
        self, epoch: int, batch: int, loss: float, before: float, lr: str, datum: int | None, found: Found | None
    ) -> None:
        self.epoch, self.batch, self.loss, self.datum = epoch, batch, loss, datum
        self.quantity = found.quantity if found else ""
        self.value = found.value if found else loss
        self.layer = found.layer if found else ""
        self.worksheet = found.worksheet if found else None
        wrong = f"the loss is {loss:.4g}"
        if isfinite(loss):
            grown = found and isfinite(found.value)
            wrong = f"{wrong}, and was {before:.4g} at first" if grown else "a gradient is no longer finite"
        if found and found.quantity.partition("[")[0].endswith("'"):
            wrong = "the update left numbers that are not finite"
        first = ""
        if found:
            row = f" for datum {datum + 1:,}" if datum is not None else ""
            kind = "beyond all bounds" if isfinite(found.value) else "to go wrong"
            first = f". The first number {kind}{row} is {found.quantity} = {found.value:.6g}, in {found.layer}"
        super().__init__(f"training stopped in epoch {epoch}, batch {batch}: {wrong}{first}. Try {ADVICE}; lr was {lr}")

    @property
    def worksheet_shown(self) -> Rendered:
        """The worksheet as rich prints it."""
        assert self.worksheet is not None
        return Rendered(self.worksheet)


@dataclass(frozen=True)
class Found:
    """The first number that is not finite, with the record up to there."""

    record: Record
    slot: Slot
    index: Index

    @property
    def quantity(self) -> str:
        index = self.index if self.slot.datum is None else (self.slot.datum, *self.index)
        return address(self.slot.name, index)

    @property
    def value(self) -> float:
        return float(self.record.evaluation.values[self.slot][self.index])

    @property
    def layer(self) -> str:
        job = self.record.plan.job(self.slot)
        if job is None:
            return "what training had made of the parameters"
        return f"layer {job.layer} ({type(spoken_of(self.record, job)).__name__}), {job.direction}"

    @property
    def worksheet(self) -> Worksheet | None:
        """The one step that made it."""
        if self.record.plan.job(self.slot) is None:
            return None
        return Worksheet(self.record.network.title, "", (OneStep(self.record, self.quantity, found=self),))


@dataclass(frozen=True)
class OneStep(Pass):
    """A pass of which one step is shown, for one cell."""

    found: Found | None = None

    @cached_property
    def steps(self) -> list[Step]:
        assert self.found is not None
        slot, index = self.found.slot, self.found.index
        return [step(self.record, 1, [slot], {slot: [index]})]


def first_wrong(
    network: Network,
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    arithmetic: Any,
    limit: float = inf,
    deadline: float = inf,
    state: Mapping[str, Array] | None = None,
) -> Found | None:
    """The first number in a pass, in the plan's order, that is not finite or beyond the limit.

    Rules are run one after another, and no further than that number. What is hidden in print is passed over: it shows
    in the next quantity. The update is looked at where the optimiser's state is given.
    """
    batch = not isinstance(data, Mapping)
    read = [read_datum(network, datum) for datum in (data if batch else [data])]
    steps = plan(network, [{name: a.shape for name, a in datum.items()} for datum in read], batch, state or {})
    given = {Slot(name): array for name, array in {**network.parameters, **(state or {})}.items()}
    given |= {Slot(name, n if batch else None): a for n, datum in enumerate(read) for name, a in datum.items()}
    seeds = {slot: Array.filled(shape, 1) for slot, shape in steps.seeds.items()}
    evaluation = Evaluation(steps, {**given, **seeds}, arithmetic)
    record = Record(network, evaluation, len(read) if batch else None, 6)
    for slot in given:
        for index in wrong(evaluation.values[slot], inf):
            return Found(record, slot, index)
    for job in steps.jobs:
        if (job.direction == "update" and state is None) or time.monotonic() > deadline:
            return None
        with ieee():
            run_job(evaluation, job)
        for slot in (slot for slot in job.written if slot not in steps.hidden):
            for index in wrong(evaluation.values[slot], limit):
                return Found(record, slot, index)
    return None


def wrong(array: Array, limit: float) -> Iterator[Index]:
    """The cells that hold a NaN, an infinity, or a computed number beyond the limit."""
    if not isinstance(array.shape, Places):
        numbers = ((i, float(v)) for i, v in array.items() if not isinstance(v, (fmpq, int)))
        yield from (i for i, v in numbers if not isfinite(v) or abs(v) > limit)


def explained(
    network: Network,
    parameters: Mapping[str, Numbers],
    data: Mapping[str, Numbers],
    suspects: list[int],
    dtype: str,
    limit: float = inf,
) -> tuple[int | None, Found | None]:
    """The place in a batch of the first datum that goes wrong, and what goes wrong there; the suspects are looked at first."""
    network = network.with_parameters(exact(parameters))
    deadline = time.monotonic() + PATIENCE
    count = len(next(iter(data.values())))
    for n in dict.fromkeys([*suspects, *range(count)]):
        if time.monotonic() > deadline:
            break
        found = first_wrong(network, {name: array[n] for name, array in data.items()}, dtype, limit, deadline)
        if found:
            return (n if found.record.plan.job(found.slot) else None), found
    return None, None


def explained_update(
    network: Network, program: Program, data: Mapping[str, Numbers], lr: float, dtype: str
) -> Found | None:
    """What went wrong when an update left parameters that are not finite; the program stands before that update."""
    network = network.with_parameters(exact(program.parameters))
    assert network.update is not None
    network.update = replace(network.update, lr=repr(lr))  # pyright: ignore[reportArgumentType]
    batch = [{name: array[n] for name, array in data.items()} for n in range(len(next(iter(data.values()))))]
    return first_wrong(network, batch, dtype, inf, time.monotonic() + PATIENCE, exact(program.state))
