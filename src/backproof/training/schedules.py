"""Learning rates that change from batch to batch, by the names and conventions of torch.optim.lr_scheduler.

A schedule is a frozen value; `rate(t, n, lr)` is the learning rate of batch t of n, the first being 0, from the rate lr
that it starts from. A schedule without an `lr` of its own starts from that of the update rule.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import cos, pi
from typing import ClassVar

from backproof.errors import BadOption, UnknownName


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A learning rate for each batch; by itself the same for all."""

    source: ClassVar[str] = ""
    lr: float | None = None
    """The rate that it starts from; the update rule's if it is None."""

    def rate(self, t: int, n: int, lr: float) -> float:
        """The learning rate of batch t of n."""
        return lr


@dataclass(frozen=True, kw_only=True)
class Constant(Schedule):
    """The same rate throughout.

    >>> Constant().rate(3, 10, 0.1)
    0.1
    """


@dataclass(frozen=True, kw_only=True)
class Step(Schedule):
    """lr · gamma^⌊t / step_size⌋, step_size in batches; a third of the run if it is None (StepLR).

    >>> [round(Step(step_size=2).rate(t, 6, 0.1), 6) for t in range(6)]
    [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]
    """

    source = "torch.optim.lr_scheduler.StepLR"
    step_size: int | None = None
    gamma: float = 0.1

    def rate(self, t: int, n: int, lr: float) -> float:
        return lr * self.gamma ** (t // (self.step_size or max(1, -(-n // 3))))


@dataclass(frozen=True, kw_only=True)
class Exponential(Schedule):
    """lr · gammaᵗ; without a gamma such that a hundredth is left at the end (ExponentialLR).

    >>> [Exponential(gamma=0.5).rate(t, 4, 0.8) for t in range(4)]
    [0.8, 0.4, 0.2, 0.1]
    """

    source = "torch.optim.lr_scheduler.ExponentialLR"
    gamma: float | None = None

    def rate(self, t: int, n: int, lr: float) -> float:
        return lr * (0.01 ** (t / n) if self.gamma is None else self.gamma**t)


@dataclass(frozen=True, kw_only=True)
class Cosine(Schedule):
    """eta_min + (lr − eta_min) · (1 + cos(π · t / T_max)) / 2; T_max is the whole run if it is None (CosineAnnealingLR).

    >>> [round(Cosine().rate(t, 4, 0.1), 4) for t in range(4)]
    [0.1, 0.0854, 0.05, 0.0146]
    """

    source = "Loshchilov, Hutter: SGDR, 2017, equation 5 without restarts; torch.optim.lr_scheduler.CosineAnnealingLR"
    T_max: int | None = None
    eta_min: float = 0.0

    def rate(self, t: int, n: int, lr: float) -> float:
        return self.eta_min + (lr - self.eta_min) * (1 + cos(pi * t / (self.T_max or n))) / 2


@dataclass(frozen=True, kw_only=True)
class Warmup(Schedule):
    """From start_factor · lr up to lr in equal steps over total_iters batches, then another schedule (LinearLR, SequentialLR).

    >>> [round(Warmup(total_iters=2, start_factor=0.5).rate(t, 4, 0.1), 4) for t in range(4)]
    [0.05, 0.075, 0.1, 0.1]
    """

    source = "torch.optim.lr_scheduler.LinearLR, then SequentialLR"
    total_iters: int = 100
    start_factor: float = 1 / 3
    then: Schedule = Constant()

    def rate(self, t: int, n: int, lr: float) -> float:
        if t < self.total_iters:
            return lr * (self.start_factor + (1 - self.start_factor) * t / self.total_iters)
        return self.then.rate(t - self.total_iters, max(1, n - self.total_iters), lr)


@dataclass(frozen=True, kw_only=True)
class OneCycle(Schedule):
    """Up to lr, the largest rate, over the first pct_start of the run, then down, both along a cosine (OneCycleLR).

    >>> [round(OneCycle(pct_start=0.5).rate(t, 5, 0.1), 6) for t in range(5)]
    [0.004, 0.076, 0.090451, 0.034549, 0.0]
    """

    source = "Smith, Topin: Super-convergence, 2018; torch.optim.lr_scheduler.OneCycleLR"
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def rate(self, t: int, n: int, lr: float) -> float:
        first = lr / self.div_factor
        top = self.pct_start * n - 1
        if t <= top:
            return along(first, lr, t / top if top else 1.0)
        return along(lr, first / self.final_div_factor, (t - top) / max(n - 1 - top, 1e-12))


def along(start: float, end: float, part: float) -> float:
    """A cosine's way from start to end."""
    return end + (start - end) / 2 * (1 + cos(pi * min(part, 1.0)))


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": Step,
    "exponential": Exponential,
    "cosine": Cosine,
    "warmup": Warmup,
    "onecycle": OneCycle,
}


def schedule_of(given: float | str | Schedule | None) -> Schedule:
    """A number, a schedule's name, or a schedule, as a schedule."""
    if isinstance(given, Schedule):
        check(given)
        return given
    if isinstance(given, str):
        if given not in SCHEDULES:
            raise UnknownName("schedule", given, SCHEDULES)
        return SCHEDULES[given]()
    made = Constant(lr=given)
    check(made)
    return made


def check(schedule: Schedule) -> None:
    if schedule.lr is not None and not (isinstance(schedule.lr, (int, float)) and 0 <= schedule.lr < float("inf")):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BadOption(f"lr is {schedule.lr!r}; expected a number of at least 0, or a schedule such as Cosine()")
    for name in (f.name for f in fields(schedule)):
        if name in ("step_size", "total_iters", "T_max") and getattr(schedule, name) is not None:
            value = getattr(schedule, name)
            if not isinstance(value, int) or value < 1:
                raise BadOption(f"{type(schedule).__name__}'s {name} is {value!r}; expected a number of batches")
