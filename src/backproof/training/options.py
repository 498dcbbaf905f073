"""What a run of training is asked for, checked before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backproof.errors import BadNetwork, BadOption, shortened
from backproof.network.network import Network
from backproof.training.metrics import chosen
from backproof.training.order import Shuffle
from backproof.training.progress import Shown
from backproof.training.schedules import Schedule, schedule_of

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Options:
    """See `fit` for what each means."""

    epochs: int = 1
    batch_size: int = 1
    shuffle: Shuffle = True
    seed: int = 0
    lr: float | str | Schedule | None = None
    metrics: Sequence[str] = ()
    patience: int | None = None
    clip_norm: float | None = None
    clip_value: float | None = None
    dtype: str = "float32"
    threads: int = 1
    checkpoint: str | Path | None = None
    every: float = 30.0
    resume: bool = False
    progress: Shown = None

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "threads", "patience"):
            value = getattr(self, name)
            if not (value is None and name == "patience") and not whole(value, 1):
                raise BadOption(f"{name} is {shortened(value)}; expected a whole number of at least 1")
        if not whole(self.seed, 0) or self.seed > LARGEST_SEED:
            raise BadOption(f"seed is {shortened(self.seed)}; expected a whole number from 0 to {LARGEST_SEED}")
        for name in ("clip_norm", "clip_value"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, (int, float)) and 0 < value < float("inf")):
                raise BadOption(f"{name} is {shortened(value)}; expected a number above 0")
        if self.dtype not in ("float32", "float64"):
            raise BadOption(f"dtype is {shortened(self.dtype)}; expected float32 or float64")
        if self.shuffle not in (True, False, "blocks"):
            raise BadOption(f"shuffle is {shortened(self.shuffle)}; expected True, False or 'blocks'")
        if self.resume and self.checkpoint is None:
            raise BadOption("to resume, say which checkpoint file to go on from")
        schedule_of(self.lr)

    @property
    def schedule(self) -> Schedule:
        return schedule_of(self.lr)

    @property
    def path(self) -> Path | None:
        """The checkpoint's file."""
        return None if self.checkpoint is None else Path(self.checkpoint)

    def rates(self, network: Network) -> tuple[Schedule, float]:
        """The schedule, and the rate that it starts from."""
        schedule = self.schedule
        if schedule.lr is not None:
            return schedule, float(schedule.lr)
        above, below = network.update.lr.ratio() if network.update else (0, 1)  # pyright: ignore
        return schedule, above / below  # pyright: ignore

    def checked(self, network: Network, held_out: bool) -> Options:
        """The same, once it goes with the network."""
        if network.loss_rule is None:
            raise BadNetwork("the network has no loss, so there is nothing to train towards; give it one")
        if network.update is None:
            raise BadNetwork("the network has no update rule; give it one, for example update=SGD(lr=0.1)").at("update")
        if network.loss_rule.reduction == "none":
            raise BadOption('reduction "none" leaves many losses; training needs one, "mean" or "sum"').at("loss")
        if self.patience is not None and not held_out:
            raise BadOption("patience needs validation: a part of the data, such as 0.1, or data of their own")
        chosen(network, self.metrics)
        return self


def whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
