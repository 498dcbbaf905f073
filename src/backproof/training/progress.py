"""How far training is: a bar in a terminal, a line an epoch elsewhere, or nothing.

>>> import sys
>>> lines = Lines(sys.stdout)
>>> lines.epoch(Epoch(2, 0.25, 0.1, 1.5, 4000.0, 0.5, {"accuracy": 0.75}), 10)
epoch  2 of 10  loss 0.25  validation 0.5  accuracy 0.75  4,000/s
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import IO, Any, Literal, Protocol, TypeAlias

from backproof.errors import BadOption, shortened
from backproof.training.history import Epoch, number

Shown: TypeAlias = bool | Literal["bar", "lines"] | Callable[[Epoch], Any] | None


class Progress(Protocol):
    """What training tells while it runs."""

    def batch(self, epoch: int, of: int, done: float, loss: float, rate: float, left: float) -> None: ...
    def epoch(self, epoch: Epoch, of: int) -> None: ...


class Silent:
    """Nothing is shown; a function, if one is given, is called with each epoch."""

    def __init__(self, call: Callable[[Epoch], Any] | None = None) -> None:
        self.call = call

    def batch(self, epoch: int, of: int, done: float, loss: float, rate: float, left: float) -> None:
        pass

    def epoch(self, epoch: Epoch, of: int) -> None:
        if self.call:
            self.call(epoch)


class Lines(Silent):
    """A plain line for each epoch."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__()
        self.file = file

    def epoch(self, epoch: Epoch, of: int) -> None:
        columns = "  ".join(f"{name} {number(value)}" for name, value in epoch.columns.items())
        width = len(str(of))
        print(f"epoch {epoch.epoch:>{width}} of {of}  {columns}  {epoch.rate:,.0f}/s", file=self.file, flush=True)


class Bar:
    """One line that changes: the epoch, a bar, the losses, data a second, time left."""

    def __init__(self, bar: Any) -> None:
        self.bar, self.last = bar, ""
        self.task = bar.add_task("", total=1.0, told="")

    def batch(self, epoch: int, of: int, done: float, loss: float, rate: float, left: float) -> None:
        text = f"epoch {epoch} of {of}"
        told = f"loss {number(loss)}{self.last}  {rate:,.0f}/s  {clock(left)} left"
        self.bar.update(self.task, description=text, completed=(epoch - 1 + done) / of, told=told)

    def epoch(self, epoch: Epoch, of: int) -> None:
        columns = {name: value for name, value in epoch.columns.items() if name != "loss"}
        self.last = "".join(f"  {name} {number(value)}" for name, value in columns.items())


def clock(seconds: float) -> str:
    """A time in words that are short.

    >>> clock(5), clock(200), clock(7300)
    ('5 s', '3 min 20 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60:02} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02} min"


@contextmanager
def showing(kind: Shown) -> Generator[Progress]:
    """Progress of a kind: None chooses a bar in a terminal, lines in a notebook, and otherwise nothing."""
    if kind is None:
        kind = "bar" if sys.stderr.isatty() else "lines" if "ipykernel" in sys.modules else False
    if kind is True:
        kind = "bar" if sys.stderr.isatty() else "lines"
    if kind == "lines":
        yield Lines(sys.stdout if "ipykernel" in sys.modules else sys.stderr)
    elif kind == "bar":
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        columns = (TextColumn("{task.description}"), BarColumn(24), TextColumn("{task.fields[told]}"))
        with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
            yield Bar(bar)
    elif kind is False or callable(kind):
        yield Silent(kind if callable(kind) else None)
    else:
        raise BadOption(f"progress is {shortened(kind)}; expected 'bar', 'lines', True, False, None or a function")
