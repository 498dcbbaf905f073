"""`backproof solve`: the worked solution of a problem."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from backproof.cli.output import OUT, deliver, progress
from backproof.errors import BadOption
from backproof.examples import locate
from backproof.network.problem import read_problem
from backproof.worksheet.worksheet import Worksheet
from backproof.worksheet.worksheet import solve as worksheet_of


@click.command()
@click.argument("problem", metavar="FILE|EXAMPLE")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "html", "latex"]), default="text",
              show_default=True, help="Text for the terminal, Markdown, JSON with everything, a page, or a LaTeX document.")  # fmt: skip
@OUT
@click.option("--fragment", is_flag=True, help="Of LaTeX only what stands in another document, by \\input.")
@click.option("--explain", metavar="QUANTITY", default="",
              help='Only the steps that lead to one quantity or one cell: "dL/dW", "dL/dX[0,1]".')  # fmt: skip
@click.option("--arithmetic", type=click.Choice(["exact", "ball", "float64", "float32"]),
              help="Rationals, certified enclosures, or floats. Without it: rationals for as long as they do, then enclosures.")  # fmt: skip
@click.option("--parameters", type=click.Path(path_type=Path), metavar="MODEL.safetensors",
              help="Trained parameters in place of the file's: what `backproof train --out` wrote.")  # fmt: skip
@click.option("--digits", type=click.IntRange(1, 1000), default=6, show_default=True, metavar="N",
              help="Digits of a rounded number, each of them certain. Floats are shown whole.")  # fmt: skip
def solve(
    problem: str,
    form: str,
    out: Path | None,
    fragment: bool,
    explain: str,
    arithmetic: Any,
    parameters: Path | None,
    digits: int,
) -> None:
    """Solve a problem file, or an example, and show every step.

    Forward through the network, back from the loss, and the update where the file asks for one. Each step has
    its rule, the numbers put in, the result, and the reason.

    \b
      backproof solve question-01
      backproof solve question-01 --explain "dL/dU[1,0]"
      backproof solve question-02 --digits 20 --format json
      backproof solve question-01 --format html --out q1.html
      backproof solve question-01 --format latex --out q1.tex
    """
    if fragment and form != "latex":
        raise BadOption("--fragment goes with --format latex")
    read = read_problem(locate(problem))
    if parameters is not None:
        from backproof.training.model import trained

        read = replace(read, network=trained(read.network, parameters), variants=(), compare=())
    with progress() as watch:
        sheet = worksheet_of(read, arithmetic=arithmetic, digits=digits, explain=explain, watch=watch)
        watch(0, 0, "")
        text = rendered(sheet, form, fragment, to_file=out is not None)
    if text is not None:
        deliver(text, out)
    else:
        from backproof.worksheet.terminal import print_worksheet

        print_worksheet(sheet)


def rendered(sheet: Worksheet, form: str, fragment: bool, to_file: bool) -> str | None:
    """The worksheet as text; None where the terminal is to print it itself, in its own width and colours."""
    match form:
        case "markdown":
            from backproof.worksheet.markdown import markdown

            return markdown(sheet)
        case "json":
            from backproof.worksheet.document import to_json

            return to_json(sheet)
        case "html":
            return sheet.html()
        case "latex":
            return sheet.latex(standalone=not fragment)
        case _:
            return str(sheet) if to_file else None
