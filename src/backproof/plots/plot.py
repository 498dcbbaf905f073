"""A plot of a record: gradient sizes by layer, activations and their derivatives. It shows itself in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any, Literal, TypeAlias, get_args

from backproof.errors import BadOption, UnknownName
from backproof.network.saving import save
from backproof.notation.styles import pretty
from backproof.plots import activations, gradients
from backproof.plots.canvas import checked, drawing, figure, printable, written
from backproof.plots.curves import Portrait, portrait
from backproof.plots.passages import passages
from backproof.plots.sizes import Sizes, sizes
from backproof.record.record import Record

Kind: TypeAlias = Literal["gradients", "activations", "all"]

WIDTH = 10.0
"""Inches."""


@dataclass(frozen=True, repr=False)
class Plot:
    """What there is to see of a record; drawn by matplotlib when it is shown or saved."""

    title: str
    sizes: tuple[Sizes, ...] = ()
    portraits: tuple[Portrait, ...] = ()

    def save(self, path: str | Path) -> None:
        """Write the picture, .svg or .png by its name, whole or not at all; the same bytes every time.

        Raises `BadFile` for another ending and where it cannot be written, `BackproofError` without matplotlib.
        """
        path = checked(Path(path))
        save(path, self.written(path.suffix.lower()[1:]))

    @property
    def said(self) -> tuple[str, ...]:
        """What is wrong, or worth a word, in the order of depth."""
        of_sizes = [f"{pretty(each.name)}: {each.said}" for each in self.sizes if each.said]
        return (*of_sizes, *(f"{each.layer}: {each.said}" for each in self.portraits if each.said))

    def figure(self) -> Any:
        """The picture as a matplotlib `Figure`, a new one each time, because its layout changes a little when it is drawn again."""
        heights = [gradients.height([*self.sizes])] * bool(self.sizes)
        heights += [activations.height([*self.portraits])] * bool(self.portraits)
        with drawing():
            drawn = figure(WIDTH, sum(heights) + 0.4 * bool(self.title))
            if self.title:
                drawn.suptitle(fill(self.title, 100), fontsize=12, fontweight="bold", parse_math=False)
            areas = iter(drawn.subfigures(len(heights), 1, height_ratios=heights, squeeze=False).flat)
            if self.sizes:
                gradients.draw(next(areas), [*self.sizes])
            if self.portraits:
                activations.draw(next(areas), [*self.portraits])
        return drawn

    def written(self, form: str) -> bytes:
        """The picture's file, svg or png."""
        return written(
            self.figure(), form, self.title or "Gradients and activations", " ".join(f"{each}." for each in self.said)
        )

    def _repr_svg_(self) -> str:
        return self.written("svg").decode()

    def __str__(self) -> str:
        return "\n".join(self.said) or "nothing to remark"

    __repr__ = __str__


def plot(record: Record, kind: Kind = "all") -> Plot:
    """What there is to see of a record: its gradients' sizes, its activations, or both.

    Raises `UnknownName` for another kind, `BadOption` where there is nothing of the kind: no loss, no activation.
    """
    if kind not in get_args(Kind):
        raise UnknownName("kind of plot", kind, get_args(Kind))
    found = [portrait(passage) for passage in passages(record)] if kind != "gradients" else []
    if kind == "activations" and not found:
        raise BadOption("the network has no activation, such as ReLU, that makes of each number another one")
    if kind == "all" and not found and record.network.loss is None:
        raise BadOption("the network has neither a loss nor an activation, so there is nothing to plot")
    with_sizes = kind == "gradients" or (kind == "all" and record.network.loss is not None)
    title = printable(record.network.title) + (f" (a batch of {record.data})" if record.data else "")
    return Plot(title.strip(), tuple(sizes(record)) if with_sizes else (), tuple(found))
