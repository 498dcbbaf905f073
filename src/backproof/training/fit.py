"""Training: epochs of batches, with what held-out data say after each, and a checkpoint to go on from.

The data are walked in stretches of whole batches, so long that each takes about a tenth of a second. Between two of them
progress is shown, a checkpoint is saved, an interruption is heard. Where the stretches end changes no number.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn
from zlib import crc32

import numpy as np

from backproof.errors import BadData, BadOption
from backproof.network.network import Network
from backproof.network.saving import check_writable, clean
from backproof.training.asking import score
from backproof.training.checkpoint import Checkpoint, Place, is_checkpoint, read_checkpoint
from backproof.training.dataset import Data
from backproof.training.diverged import Diverged, explained, explained_update
from backproof.training.fingerprint import fingerprint
from backproof.training.history import Epoch, History
from backproof.training.interrupt import Interruption, interruptions
from backproof.training.model import exact
from backproof.training.options import Options
from backproof.training.order import Order, Places
from backproof.training.program import Program, program_of
from backproof.training.progress import Progress, showing
from backproof.training.rows import Numbers

STRETCH = 0.1
"""Seconds that one stretch should take."""
EXPLODED = 1e6
"""How many times the first loss, or 1, the losses of a stretch must have become for training to be given up."""
SAMPLED = 4096
"""Data by which a checkpoint knows those again that are not in memory."""


@dataclass
class Run:
    """One run while it runs."""

    network: Network
    program: Program
    data: Data
    held: Data | None
    options: Options
    progress: Progress
    place: Place = field(default_factory=Place)
    best: dict[str, Numbers] = field(default_factory=dict[str, Numbers])
    batches: int = 1
    """How many make a stretch, by the time that the last one took."""
    saved: float = field(default_factory=time.monotonic)

    @property
    def per_epoch(self) -> int:
        """Batches an epoch."""
        return -(-len(self.data) // self.options.batch_size)

    @property
    def checksum(self) -> int:
        """Of all data; where they are more than memory holds, of a part of them."""
        places = np.unique(np.linspace(0, len(self.data) - 1, SAMPLED).astype(np.int64))
        found = 0
        for block in self.data.blocks() if self.data.ready else [self.data.take(places)]:
            for array in block.values():
                found = crc32(np.ascontiguousarray(array).data, found)
        return found

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What must be the same for a run to go on as though it had not stopped."""
        o = self.options
        return {
            "seed": o.seed,
            "batch_size": o.batch_size,
            "shuffle": o.shuffle,
            "dtype": o.dtype,
            "clip_norm": o.clip_norm,
            "clip_value": o.clip_value,
            "data": len(self.data),
            "validation data": len(self.held) if self.held else 0,
            "checksum of the data": self.checksum,
        }


def fit(network: Network, x: Any, y: Any = None, *, validation: Any = None, **options: Any) -> History:
    """Train a network; see `Network.fit`."""
    asked = Options(**options).checked(network, validation is not None)
    data, held = parted(network, x, y, validation, asked)
    o = asked
    program = program_of(
        network, batch_size=o.batch_size, dtype=o.dtype, threads=o.threads, clip_norm=o.clip_norm,
        clip_value=o.clip_value, seed=o.seed,
    )  # fmt: skip
    with showing(asked.progress) as progress, interruptions() as interruption:
        run = Run(network, program, data, held, asked, progress)
        prepare(run)
        try:
            while run.place.epoch < asked.epochs and not run.place.stopped:
                epoch(run, interruption)
        finally:
            done = run.place.epoch >= asked.epochs or run.place.stopped
            network.parameters = exact(run.best if run.best and done else program.parameters)
    return history_of(run)


def parted(network: Network, x: Any, y: Any, validation: Any, options: Options) -> tuple[Data, Data | None]:
    """The data to learn from, and those that are held out."""
    data = x if isinstance(x, Data) else Data.of(network, x, y, dtype=options.dtype)
    if validation is None:
        return data, None
    if isinstance(validation, Data):
        return data, validation
    if isinstance(validation, (int, float)):
        if not 0 < validation < 1:
            raise BadOption(f"validation is {validation}; expected a part above 0 and below 1, or a pair (x, y)")
        return data.parted(float(validation), options.seed)
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:  # pyright: ignore[reportUnknownArgumentType]
        raise BadOption("validation is neither a part of the data, such as 0.1, nor a pair (x, y)")
    try:
        return data, Data.of(network, *validation, dtype=options.dtype)
    except BadData as error:
        raise BadData(f"validation: {error}") from None


def prepare(run: Run) -> None:
    """Take up an earlier run where that is asked for; leave no half-written file of one that was killed."""
    path = run.options.path
    if path is None:
        return
    clean(path)
    check_writable(path)
    if not run.options.resume and path.is_file():
        is_checkpoint(path)
    if run.options.resume and path.exists():
        checkpoint = read_checkpoint(path, run.network, run.identity)
        run.program.load(checkpoint.parameters, checkpoint.state, checkpoint.place.steps)
        run.place, run.best = checkpoint.place, dict(checkpoint.best)
    else:
        save(run)


def save(run: Run) -> None:
    """Write the checkpoint, if one is asked for."""
    if run.options.path is not None:
        run.place.steps = run.program.steps
        numbers = run.program.parameters, run.program.state, run.best
        Checkpoint(run.place, *numbers, fingerprint(run.network), run.identity).write(run.options.path)
        run.saved = time.monotonic()


def epoch(run: Run, interruption: Interruption) -> None:
    """What is left of one epoch, then what the data held out say."""
    place, count, options = run.place, len(run.data), run.options
    order = Order(count, options.shuffle, options.seed, place.epoch + 1, run.data.block)
    while place.position < count:
        stretch(run, order)
        if interruption.asked:
            save(run)
            raise KeyboardInterrupt
        if run.options.path and time.monotonic() - run.saved >= options.every:
            save(run)
    started = time.monotonic()
    judged = run.held if run.held is not None else run.data if options.metrics else None
    loss, metrics = (None, {}) if judged is None else score(run.network, run.program, judged, options.metrics)
    training, place.seconds = place.seconds, place.seconds + time.monotonic() - started
    entry = Epoch(
        place.epoch + 1, place.total / count, rate_of_batch(run, run.per_epoch - 1), place.seconds,
        count / max(training, 1e-9), loss if run.held is not None else None, metrics,
    )  # fmt: skip
    place.history.append(vars(entry))
    place.epoch, place.position, place.total, place.seconds = place.epoch + 1, 0, 0.0, 0.0
    if options.patience is not None and loss is not None:
        if place.best is None or loss < place.best:
            place.best, place.best_epoch, run.best = loss, place.epoch, run.program.parameters
        place.stopped = place.epoch - place.best_epoch >= options.patience
    run.progress.epoch(entry, options.epochs)
    save(run)
    if interruption.asked:
        raise KeyboardInterrupt


def stretch(run: Run, order: Order) -> None:
    """Train on as many batches as take about a tenth of a second, or as there is room for."""
    place, size, data = run.place, run.options.batch_size, run.data
    started = time.monotonic()
    batches = run.batches
    if not data.ready:
        batches = max(1, min(batches, data.block // size))
    drawn = order.part(place.position, min(place.position + batches * size, order.count))
    expected = -(-len(drawn) // size)
    before, start = run.program.steps, (run.program.parameters, run.program.state)
    lr = rates(run, place.position // size, expected)
    losses = walk(run, drawn, lr)
    made = run.program.steps - before
    place.first = float(losses[0]) if place.first is None else place.first
    if not finite(run.program.parameters):
        overflown(run, start, before, drawn, lr, made)
    if made < expected:
        diverged(run, drawn[made * size : (made + 1) * size], float(losses[-1]), made)
    if np.median(losses) > EXPLODED * max(1.0, place.first):
        diverged(run, drawn[(expected - 1) * size :], float(losses[-1]), expected - 1)
    counts = np.full(expected, size)
    counts[-1] = len(drawn) - (expected - 1) * size
    place.total = float(np.add.accumulate(np.concatenate([[place.total], losses * counts]))[-1])
    place.position += len(drawn)
    took = time.monotonic() - started
    place.seconds += took
    run.batches = 2 * run.batches if took < STRETCH else max(1, run.batches // 2) if took > 3 * STRETCH else run.batches
    tell(run)


def walk(run: Run, drawn: Places, lr: Any) -> Numbers:
    """Train on these data, in this order: on the arrays as they are where that can be, else on copies of those rows."""
    if run.data.ready:
        return run.program.train(run.data.arrays(), run.data.places(drawn), lr)
    return run.program.train(run.data.take(drawn), np.arange(len(drawn)), lr)


def rates(run: Run, first: int, count: int) -> Any:
    """The learning rate of each of these batches of the epoch; one number where it is always the same."""
    if run.options.lr is None:
        return None
    schedule, lr = run.options.rates(run.network)
    if type(schedule).__name__ == "Constant":
        return lr
    done, n = run.place.epoch * run.per_epoch, run.options.epochs * run.per_epoch
    return np.array([schedule.rate(done + first + i, n, lr) for i in range(count)])


def rate_of_batch(run: Run, batch: int) -> float:
    lr = rates(run, batch, 1)
    return run.options.rates(run.network)[1] if lr is None else float(np.ravel(lr)[0])


def tell(run: Run) -> None:
    """Show how far the run is."""
    place, count, epochs = run.place, len(run.data), run.options.epochs
    rate = place.position / max(place.seconds, 1e-9)
    known = [entry["seconds"] for entry in place.history]
    whole = known[-1] if known else place.seconds * count / place.position
    left = (epochs - place.epoch - place.position / count) * whole
    run.progress.batch(place.epoch + 1, epochs, place.position / count, place.total / place.position, rate, left)


def diverged(run: Run, drawn: Places, loss: float, made: int) -> NoReturn:
    """Say why the loss of this batch, or a gradient, is not finite or beyond all bounds. The last checkpoint stays."""
    data, parameters = run.data.take(drawn), run.program.parameters
    losses = [run.program.evaluate({name: a[n : n + 1] for name, a in data.items()}) for n in range(len(drawn))]
    grown = bool(np.isfinite(loss)) and loss > EXPLODED * max(1.0, run.place.first or 0.0)
    suspects = [int(n) for n in np.argsort(-np.nan_to_num(losses, nan=np.inf), kind="stable")]
    limit = EXPLODED if grown else np.inf
    n, found = explained(run.network, parameters, data, suspects, run.options.dtype, limit)
    row = None if n is None else int(run.data.places(drawn)[n])
    batch = run.place.position // run.options.batch_size + made
    lr = f"{rate_of_batch(run, batch):g}"
    raise Diverged(run.place.epoch + 1, batch + 1, loss, run.place.first or 0.0, lr, row, found)


def overflown(run: Run, start: Any, steps: int, drawn: Places, lr: Any, made: int) -> NoReturn:
    """Say which update left parameters that are not finite: the stretch is walked again, up to that update."""
    size, (parameters, state) = run.options.batch_size, start

    def rewind(batches: int) -> bool:
        run.program.load(parameters, state, steps)
        if batches:
            walk(run, drawn[: batches * size], lr if lr is None or np.ndim(lr) == 0 else lr[:batches])
        return finite(run.program.parameters)

    good, bad = 0, made
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if rewind(middle) else (good, middle)
    rewind(good)
    batch = run.place.position // size + good
    rate, data = rate_of_batch(run, batch), run.data.take(drawn[good * size : (good + 1) * size])
    found = explained_update(run.network, run.program, data, rate, run.options.dtype)
    loss = float(run.program.evaluate(data))
    raise Diverged(run.place.epoch + 1, batch + 1, loss, run.place.first or 0.0, f"{rate:g}", None, found)


def finite(parameters: dict[str, Numbers]) -> bool:
    return all(bool(np.isfinite(array).all()) for array in parameters.values())


def history_of(run: Run) -> History:
    best = run.place.best_epoch if run.best else None
    return History([Epoch(**entry) for entry in run.place.history], best, run.place.stopped)
