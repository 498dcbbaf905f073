"""What passes through each activation: the numbers it read and made, and the gradients that came to it and left it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from backproof.arithmetic.array import Shape
from backproof.drawing.sizes import is_zero
from backproof.errors import BadShape
from backproof.network.plan import Job, Slot
from backproof.record.record import Record
from backproof.rules.rule import Rule


class Cell(NamedTuple):
    """One cell of an activation: v made of u, and the loss's derivatives by both, where there is a way back."""

    u: Any
    v: Any
    du: Any
    dv: Any
    parameters: tuple[Any, ...]
    """Those that it was made with, such as a slope of its own."""


@dataclass(frozen=True)
class Passage:
    """A layer whose rule makes of each number another one, with all its cells, of all data."""

    job: Job
    """Its way forward, of the first datum."""
    back: Job | None
    cells: tuple[Cell, ...]

    @property
    def source(self) -> Slot:
        """What it reads."""
        return one(self.job.reads["x"])

    @property
    def ended(self) -> tuple[int, int]:
        """How many gradients end here because the slope is 0, and how many came."""
        came = [cell for cell in self.cells if cell.dv is not None and not is_zero(cell.dv)]
        return sum(is_zero(cell.du) for cell in came), len(came)


def passages(record: Record) -> list[Passage]:
    """Every activation, in the order of depth."""
    back = {(job.layer, data(job)): job for job in record.jobs if job.direction == "backward" and not job.joins}
    found: dict[str, list[Job]] = {}
    for job in record.jobs:
        if job.direction == "forward" and is_elementwise(job.rule, record.network.shapes.get(job.layer, ())):
            found.setdefault(job.layer, []).append(job)
    return [
        Passage(jobs[0], back.get((jobs[0].layer, data(jobs[0]))), tuple(cells(record, jobs, back)))
        for jobs in found.values()
    ]


def is_elementwise(rule: Rule, shape: Shape) -> bool:
    """Whether each cell of what it makes follows from the same cell of what it reads, and from one cell of each parameter.

    A rule without parameters that takes a number by itself, of shape (), treats every number so. Parameters are one
    for all cells, or lie along the first axes of what is read.

    >>> from backproof.rules import find
    >>> [is_elementwise(find(name)(), (3,)) for name in ("Tanh", "PReLU", "Softmax", "Flatten")]
    [True, True, False, False]
    """
    if rule.inputs != ("x",) or rule.outputs != ("y",) or rule.scratch or rule.chance or rule.state:
        return False
    try:
        if not rule.parameters:
            return rule.shapes(()) == {"y": ()}
        probe = shape or (2, 3)
        made = rule.shapes(probe)
    except BadShape:
        return False
    return made["y"] == probe and all(
        probe[: len(made[name])] == made[name] for name in rule.parameters if name in made
    )


def cells(record: Record, jobs: list[Job], back: dict[tuple[str, int | None], Job]) -> Iterator[Cell]:
    values = record.evaluation.values
    for job in jobs:
        x, y = values[one(job.reads["x"])], values[one(job.writes["y"])]
        way = back.get((job.layer, data(job)))
        dx, dy = (values[one(way.writes["dx"])], values[one(way.reads["dy"])]) if way else (None, None)
        learned = [values[slot] for slot in parameters(job)]
        for i in x.indices():
            own = tuple(array[i[: len(array.shape)]] for array in learned)
            yield Cell(x[i], y[i], dx and dx[i], dy and dy[i], own)


def parameters(job: Job) -> list[Slot]:
    """The parameters that it reads."""
    return [one(slots) for name in job.rule.parameters if (slots := job.reads.get(name)) is not None]


def data(job: Job) -> int | None:
    """Which datum it is of."""
    return next((slot.datum for slot in job.read if slot.datum is not None), None)


def one(slots: Any) -> Slot:
    assert isinstance(slots, Slot)
    return slots
