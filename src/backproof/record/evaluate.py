"""A plan run on numbers: exact for as long as they can be, then enclosed, or floats where these are asked for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from math import isfinite
from typing import Any, TypeAlias

from flint import arb, fmpq

from backproof.arithmetic import Choice, ball, exact
from backproof.arithmetic.array import Array, Index, Number, Places, Shape, address
from backproof.arithmetic.ball import Ball, precision, remembering
from backproof.errors import NotExact, TooCoarse, Undecided
from backproof.network.plan import Job, Plan, Slot, Slots
from backproof.rules.rule import Rule

Values: TypeAlias = dict[Slot, Array]
Watch: TypeAlias = Callable[[int, int, str], None]

FIRST_BITS = 64
MOST_BITS = 1 << 14
LARGEST_EXACT = 20_000
"""Bits of a rational beyond which it is no longer kept exactly unless exact arithmetic was asked for."""


@dataclass
class Evaluation:
    """Every number of a pass, and how it was come by."""

    plan: Plan
    values: Values
    choice: Choice
    bits: int = FIRST_BITS
    exact: set[Slot] = field(default_factory=set[Slot])
    """The quantities all of whose numbers are rational."""
    large: set[Slot] = field(default_factory=set[Slot])
    """Those of them that hold a rational with very many digits."""

    @property
    def floats(self) -> bool:
        """Whether this is a float program's run."""
        return self.choice in ("float64", "float32")

    def read(self, slot: Slot, arithmetic: Any) -> Array:
        """A quantity as numbers of an arithmetic."""
        array = self.values[slot]
        if arithmetic is exact or isinstance(array.shape, Places):
            return array
        return Lifted(array, ball.enclosed if slot in self.large else arithmetic.lift)

    def arithmetic(self, job: Job) -> Any:
        """The arithmetic that this job ran in."""
        if self.floats:
            return getattr(import_module("backproof.arithmetic.floats"), self.choice)
        return exact if all(slot in self.exact for slot in job.written) and self.choice != "ball" else ball


def evaluate(
    plan: Plan, given: Values, choice: Choice, digits: int, watch: Watch | None = None, least_bits: int = 0
) -> Evaluation:
    """Run every job; enclosures are tried again with twice the bits until `digits` digits of each are certain.

    Raises `NotExact` where exact arithmetic was asked for and cannot do it, `Undecided` where a comparison stays
    open at the most bits that are tried, `TooCoarse` where enclosures among the givens stand in the way.
    """
    evaluation = Evaluation(plan, dict(given), choice, bits=max(FIRST_BITS + 4 * digits, least_bits))
    if not evaluation.floats:
        evaluation.values = {slot: rational(plan, slot, array) for slot, array in given.items()}
        evaluation.exact = {slot for slot, array in evaluation.values.items() if is_exact(array)}
        evaluation.large = {slot for slot in evaluation.exact if is_large(evaluation.values[slot])}
    stuck = evaluation.exact != set(given)
    while True:
        try:
            with precision(evaluation.bits):
                run(evaluation, watch)
            if evaluation.bits >= MOST_BITS or certain(evaluation, digits):
                return evaluation
        except Undecided as error:
            if evaluation.bits >= MOST_BITS:
                raise
            if stuck:
                raise TooCoarse(str(error)) from error
        if stuck:
            raise TooCoarse(f"the parameters that an earlier pass left are too wide for {digits} certain digits")
        evaluation.bits *= 2


def is_exact(array: Array) -> bool:
    return isinstance(array.shape, Places) or all(isinstance(value, (fmpq, int)) for value in array.values())


def is_large(array: Array) -> bool:
    return any(isinstance(value, fmpq) and value.height_bits() > LARGEST_EXACT for value in array.values())


def rational(plan: Plan, slot: Slot, array: Array) -> Array:
    """A given array without floats: each becomes the ratio that it is; infinities and NaN are refused."""
    special = {index: value for index, value in array.items() if isinstance(value, float)}
    for index, value in special.items():
        if not isfinite(value):
            message = f"{address(slot.name, index)} is {value}, which exact numbers and enclosures cannot hold"
            table = "parameters" if slot.name in plan.network.parameters else "data"
            raise NotExact(f"{message}; a worksheet in float64 arithmetic can").at(table, slot.name, *index)
    ratios = {index: fmpq(*value.as_integer_ratio()) for index, value in special.items()}
    return Array(array.shape, {**array, **ratios}) if special else array


def run(evaluation: Evaluation, watch: Watch | None) -> None:
    jobs = evaluation.plan.jobs
    for i, job in enumerate(jobs):
        if all(slot in evaluation.exact and slot in evaluation.values for slot in job.written):
            continue
        if watch:
            watch(i, len(jobs), job.layer)
        try:
            with remembering() if job.direction == "forward" else nullcontext():
                run_job(evaluation, job)
        except (NotExact, Undecided) as error:
            raise type(error)(f"{what(job)}: {error}").at(*(error.place or place(evaluation, job))) from error
        except ZeroDivisionError as error:
            raise NotExact(f"{what(job)}: a division by 0").at(*place(evaluation, job)) from error


def what(job: Job) -> str:
    """A job in an error's words: `layer V (LeakyReLU), forward`."""
    of_layer = job.direction != "update" and not job.joins
    return f"{'layer ' if of_layer else ''}{job.layer} ({type(job.rule).__name__}), {job.direction}"


def place(evaluation: Evaluation, job: Job) -> tuple[str | int, ...]:
    """Where in a problem file the job's rule stands."""
    places = evaluation.plan.network.places
    if job.direction == "update":
        return ("update",)
    return ("layers", places[job.layer]) if job.layer in places else ("loss",)


def run_job(evaluation: Evaluation, job: Job) -> None:
    if evaluation.floats:
        with ieee():
            write(evaluation, job, evaluation.arithmetic(job))
        return
    kept = evaluation.choice == "exact" or not any(slot in evaluation.large for slot in job.read)
    if kept and evaluation.choice != "ball" and all(slot in evaluation.exact for slot in job.read):
        try:
            write(evaluation, job, exact)
            evaluation.exact |= set(job.written)
            evaluation.large |= {slot for slot in job.written if is_large(evaluation.values[slot])}
            return
        except NotExact:
            if evaluation.choice == "exact":
                raise
    write(evaluation, job, ball)


def write(evaluation: Evaluation, job: Job, arithmetic: Any) -> None:
    """Run one job and keep what it writes."""
    rule = job.rule.read(arithmetic.number)
    evaluation.values |= outcome(job, rule, lambda slot: evaluation.read(slot, arithmetic), arithmetic)


def outcome(job: Job, rule: Rule, read: Callable[[Slot], Array], arithmetic: Any) -> Values:
    """What a job writes, run by this rule, its numerals already read, on the arrays that `read` gives."""
    outputs = {slot: Blank(shape) for slot, shape in job.shapes.items()}
    for new, old in job.starts.items():
        before = read(old)
        outputs[new].update({i: before[i] for i in before.indices()})
    getattr(rule, job.function)(**bound(job.reads, read), **bound(job.writes, outputs.__getitem__))
    return {slot: finished(array, arithmetic) for slot, array in outputs.items()}


def bound(slots: Mapping[str, Slots], array: Callable[[Slot], Array]) -> dict[str, Any]:
    """A rule's arguments: an array, a list of them, or None for what is not there."""
    return {
        name: [array(s) for s in slot] if isinstance(slot, list) else None if slot is None else array(slot)
        for name, slot in slots.items()
    }


class Blank(Array):
    """An array to be written, 0 wherever nothing has been written yet."""

    __slots__ = ()

    def __missing__(self, index: Index) -> Number:
        return 0


class Lifted(Array):
    """An array read as numbers of another arithmetic, each when it is first looked at."""

    __slots__ = ("base", "lift")

    def __init__(self, base: Array, lift: Callable[[Any], Number]) -> None:
        super().__init__(base.shape)
        self.base, self.lift = base, lift

    def __missing__(self, index: Index) -> Number:
        self[index] = value = self.lift(self.base[index])
        return value


def finished(array: Array, arithmetic: Any) -> Array:
    """What a job wrote, with every cell a number of the arithmetic, rational where it can be."""
    shape: Shape = array.shape
    if isinstance(shape, Places):
        return Array(shape, dict(array))

    def kept(value: Number) -> Number:
        return ball.simplified(ball.lift(value)) if arithmetic is ball else arithmetic.lift(value)

    return Array(shape, {i: kept(array[i]) for i in array.indices()})


@contextmanager
def ieee() -> Generator[None]:
    """Overflow, 0/0 and the like give inf and NaN without a word, as IEEE 754 has it."""
    import numpy

    with numpy.errstate(all="ignore"):
        yield


def certain(evaluation: Evaluation, digits: int) -> bool:
    """Whether every enclosure is narrow enough for so many digits to be certain."""
    if evaluation.floats:
        return True
    bits = int(digits * 3.33) + 4
    for slot, array in evaluation.values.items():
        if slot not in evaluation.exact and not isinstance(array.shape, Places):
            for value in array.values():
                if isinstance(value, Ball) and isinstance(value.value, arb) and value.value.rel_accuracy_bits() < bits:
                    return False
    return True
