"""What happened during training, epoch by epoch: a table, a curve, a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table

from backproof.errors import UnknownName
from backproof.plots.canvas import checked
from backproof.training.curve import Curve, curve

FORMAT = "backproof-history-1"
MOST_ROWS = 12
"""Epochs that a printed table shows: of more, the first, the best and the last ones."""


@dataclass(frozen=True)
class Epoch:
    """One epoch: its number, the mean loss while it ran, and what the data held out said after it."""

    epoch: int
    loss: float
    lr: float
    seconds: float
    rate: float
    """Data a second."""
    validation: float | None = None
    metrics: dict[str, float] = field(default_factory=dict[str, float])
    """Of the data held out, or of the training data where none are."""

    @property
    def columns(self) -> dict[str, float]:
        """What a table shows of it."""
        held = {} if self.validation is None else {"validation": self.validation}
        return {"loss": self.loss, **held, **self.metrics}


@dataclass
class History:
    """A run's epochs; `best` is the number of the one whose parameters were kept, where training looked for it."""

    epochs: list[Epoch] = field(default_factory=list[Epoch])
    best: int | None = None
    stopped_early: bool = False

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, name: str) -> list[float]:
        """One column: `history["loss"]`, `history["validation"]`, `history["accuracy"]`."""
        names = list(self.epochs[-1].columns) if self.epochs else ["loss"]
        if name not in names:
            raise UnknownName("column", name, names)
        return [epoch.columns[name] for epoch in self.epochs]

    @property
    def seconds(self) -> float:
        return sum(epoch.seconds for epoch in self.epochs)

    def to_json(self) -> str:
        """Every epoch, as JSON; what is not finite is null."""
        return json.dumps(
            {
                "format": FORMAT,
                "best": self.best,
                "stopped_early": self.stopped_early,
                "epochs": [{key: finite(value) for key, value in vars(epoch).items()} for epoch in self.epochs],
            },
            indent=1,
        )

    def curve(self, width: int = 72, height: int = 12) -> Curve:
        """The losses against the epochs, drawn with text."""
        return curve({name: self[name] for name in self.losses}, width, height)

    @property
    def losses(self) -> list[str]:
        """The columns that are losses."""
        return [name for name in ("loss", "validation") if self.epochs and name in self.epochs[-1].columns]

    def plot(self, path: str | Path) -> None:
        """The same as a picture, .svg, .png or .pdf; needs matplotlib: `pip install "backproof[plot]"`."""
        from backproof.training.picture import draw

        draw(self, Path(path))

    def rows(self) -> tuple[list[str], list[list[str]]]:
        """The table: its head, and a row of texts for each epoch shown."""
        if not self.epochs:
            return ["epoch", "loss"], []
        head = ["epoch", *self.epochs[-1].columns]
        shown = list(self.epochs)
        if len(shown) > MOST_ROWS:
            best = [e for e in shown if e.epoch == self.best]
            shown = sorted({e.epoch: e for e in [*shown[:3], *best, *shown[-8:]]}.values(), key=lambda e: e.epoch)
        body: list[list[str]] = []
        for before, epoch in zip([None, *shown], shown, strict=False):
            if before and epoch.epoch > before.epoch + 1:
                body.append(["…", *[""] * (len(head) - 1)])
            mark = " *" if epoch.epoch == self.best else ""
            body.append([f"{epoch.epoch}{mark}", *(number(v) for v in epoch.columns.values())])
        return head, body

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head, body = self.rows()
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in head:
            table.add_column(name, justify="right")
        for row in body:
            table.add_row(*row)
        yield table

    def __str__(self) -> str:
        head, body = self.rows()
        widths = [max(len(row[i]) for row in [head, *body]) for i in range(len(head))]
        lines = ["  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True)) for row in [head, *body]]
        return "\n".join(lines + (["* the best, kept"] if self.best else []))

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        head, body = self.rows()
        lines = [" | ".join(row) for row in [head, ["---:"] * len(head), *body]]
        return "\n".join(f"| {line} |" for line in lines).replace("*", r"\*")


def number(value: float) -> str:
    """Four digits that count.

    >>> number(0.123456), number(1234567.0), number(float("nan"))
    ('0.1235', '1.235e+06', 'nan')
    """
    return f"{value:.4g}"


def finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return None if isinstance(value, float) and not isfinite(value) else value


def checked_picture(path: Path) -> Path:
    """The path of a picture; refused where its ending is not known."""
    return checked(path, ("svg", "png", "pdf"))
