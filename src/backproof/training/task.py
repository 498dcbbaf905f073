"""What `backproof train` is to do: a problem file's table [training], with what the command line says in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backproof.arithmetic.array import Array
from backproof.errors import BackproofError, BadFile, BadOption
from backproof.network.problem import Problem
from backproof.network.saving import check_writable
from backproof.record.quantity import Quantity
from backproof.training.dataset import Columns, Data
from backproof.training.files import load
from backproof.training.history import History, number
from backproof.training.metrics import HIGHER
from backproof.training.rows import Numbers, by_index
from backproof.training.schedules import SCHEDULES


@dataclass(frozen=True)
class Task:
    """Data, what is held out (a part, other data, or nothing), and `fit`'s options."""

    problem: Problem
    data: Data
    held: float | Data | None
    options: Mapping[str, Any]
    data_path: Path | None = None
    """The file that the data are from."""

    @property
    def heading(self) -> str:
        """What was trained on what."""
        count, size = len(self.data), sum(array.size for array in self.problem.network.parameters.values())
        part = self.held if isinstance(self.held, float) else 0.0
        out = (
            min(max(1, round(count * part)), count - 1)
            if part
            else len(self.held)
            if isinstance(self.held, Data)
            else 0
        )
        held = f", {out:,} held out" if out else ""
        title = f"{self.problem.title}\n" if self.problem.title else ""
        return f"{title}{size:,} parameters, {count - out if part else count:,} data to learn from{held}"

    def result(self, history: History) -> str:
        """What came out of it, in one line: of the best epoch where that was kept, else of the last."""
        if not history.epochs:
            return ""
        kept = next((e for e in history if e.epoch == history.best), history.epochs[-1])
        words = ["held out" if kept.validation is not None else "training data"]
        loss = kept.loss if kept.validation is None else kept.validation
        columns = {"loss": loss, **kept.metrics}
        words += [
            f"{name} {number(value) if name not in HIGHER else f'{value:.4f}'}" for name, value in columns.items()
        ]
        early = "; stopped early" if history.stopped_early else ""
        best = f", the best{early}" if history.best else ""
        return f"{'  '.join(words)}  (epoch {kept.epoch}{best}; {history.seconds:.1f} s in all)"


def task_of(problem: Problem, given: Mapping[str, Any]) -> Task:
    """The task: what was given on the command line first, then what the file says.

    Raises `BadOption` and the errors of the data.
    """
    table = problem.training
    folder = problem.path.parent if problem.path else Path()

    def said(name: str, key: str = "") -> Any:
        value = given.get(name)
        return getattr(table, key or name) if value is None or value == () else value

    dtype = said("dtype")
    options = {
        **{name: said(name) for name in ("epochs", "batch_size", "seed", "patience", "threads")},
        "dtype": dtype,
        "shuffle": table.shuffle,
        "lr": rate(said("schedule"), real(said("lr"))),
        "metrics": tuple(said("metric", "metrics") or ()),
        "clip_norm": real(said("clip_norm")),
        "clip_value": real(table.clip_value),
        "checkpoint": given.get("checkpoint"),
        "resume": bool(given.get("resume")),
    }
    targets = tuple(said("target") or ())

    def data_in(path: Path) -> Data:
        return load(problem.network, path, targets=targets, dtype=dtype)

    path = given.get("data") or (table.beside(folder, table.data) if table.data else None)
    try:
        data = own_data(problem, dtype) if path is None else data_in(path)
        held = given.get("validation")
        if held is None and table.validation_data is not None:
            return Task(problem, data, data_in(table.beside(folder, table.validation_data)), options, path)
        held = table.validation if held is None else held
        if held is not None and part(held) is None:
            return Task(problem, data, data_in(Path(held)), options, path)
    except BackproofError as error:
        raise (problem.located(error) if path is None else error) from error
    return Task(problem, data, None if held is None else part(held), options, path)


def check_outputs(given: Mapping[str, Any], *sources: Path | None) -> None:
    """Raises before any work is done where a result could not be written, or would replace what is read.

    given: the command line's, of which out, plot and checkpoint are files to be written.
    """
    read = {path.resolve() for path in (*sources, given.get("data")) if path is not None}
    taken: dict[Path, str] = {}
    for name in ("out", "plot", "checkpoint"):
        path: Path | None = given.get(name)
        if path is None:
            continue
        if name == "out" and path.suffix != ".safetensors" and (path.is_file() or not path.exists()):
            raise BadFile(path, "parameters are kept as .safetensors; choose a name that ends so")
        if path.resolve() in read:
            raise BadFile(path, f"--{name} would replace what is read; choose another name")
        other = taken.setdefault(path.resolve(), name)
        if other != name:
            raise BadFile(path, f"--{other} and --{name} are the same file")
        check_writable(path)


def part(text: str) -> float | None:
    """The part to hold out; None for what is no number and therefore the name of a file."""
    try:
        value = real(text)
    except ValueError:
        return None
    assert value is not None
    if not 0 < value < 1:
        raise BadOption(f"validation is {text}; expected a part above 0 and below 1, or a file")
    return value


def real(given: Any) -> float | None:
    """A number as a float; "1/3" is a third."""
    if given is None:
        return None
    above, _, below = str(given).partition("/")
    return float(above) / float(below) if below else float(above)


def rate(schedule: str, lr: float | None) -> Any:
    return lr if schedule == "constant" else SCHEDULES[schedule](lr=lr)


def own_data(problem: Problem, dtype: str) -> Data:
    """The data that the problem file itself works through."""
    network = problem.network
    arrays = {name: stacked(name, [datum[name] for datum in problem.data]) for name in problem.data[0]}
    return Data.of(network, Columns(arrays, {name: by_index(name) for name in arrays}), dtype=dtype)


def stacked(name: str, arrays: list[Array]) -> Numbers:
    return np.stack([Quantity(name, array).numpy("float64") for array in arrays])
