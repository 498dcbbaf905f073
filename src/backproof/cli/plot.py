"""`backproof plot`: the sizes of a problem's gradients and its activations, as a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from backproof.cli.output import progress
from backproof.errors import BadOption
from backproof.examples import locate
from backproof.network.problem import read_problem
from backproof.network.saving import check_writable
from backproof.worksheet.worksheet import solve as worksheet_of


@click.command()
@click.argument("problem", metavar="FILE|EXAMPLE")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE",
              help="Where to draw it, whole or not at all: a name that ends in .svg or .png.")  # fmt: skip
@click.option("--kind", type=click.Choice(["gradients", "activations", "all"]), default="all", show_default=True,
              help="The sizes of the gradients by layer, each activation with its derivative, or both.")  # fmt: skip
@click.option("--pass", "number", type=click.IntRange(min=1), default=1, show_default=True, metavar="N",
              help="Which pass, where the problem has several data.")  # fmt: skip
@click.option("--parameters", type=click.Path(path_type=Path), metavar="MODEL.safetensors",
              help="Trained parameters in place of the file's: what `backproof train --out` wrote.")  # fmt: skip
def plot(problem: str, out: Path, kind: Any, number: int, parameters: Path | None) -> None:
    """Draw what happens to the gradients: where they vanish, explode or die, and what each activation does.

    \b
      backproof plot lenet-5 --out lenet-5.svg
      backproof plot branch --kind activations --out branch.png
    """
    from backproof.plots.canvas import checked, drawing
    from backproof.plots.plot import plot as plotted

    check_writable(checked(out))
    with drawing():
        pass
    read = read_problem(locate(problem))
    if parameters is not None:
        from backproof.training.model import trained

        read = replace(read, network=trained(read.network, parameters))
    with progress() as watch:
        passes = worksheet_of(replace(read, variants=(), compare=()), watch=watch).passes
        if number > len(passes):
            raise BadOption(f"--pass is {number}; the problem has {len(passes)} pass{'es' * (len(passes) > 1)}")
        plotted(passes[number - 1].record, kind).save(out)
