"""`backproof solve`: the worked solution of a problem."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backproof.cli.output import OUT, STANDARD, deliver, progress
from backproof.examples import locate
from backproof.network.problem import read_problem
from backproof.worksheet.worksheet import Worksheet
from backproof.worksheet.worksheet import solve as worksheet_of

if TYPE_CHECKING:
    from backproof.worksheet.printed.pdf import Kind, Paper


@click.command()
@click.argument("problem", metavar="FILE|EXAMPLE")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "html", "latex", "pdf"]), default="text",
              show_default=True, help="Text for the terminal, Markdown, JSON with everything, a page, a LaTeX document, or pages to print.")  # fmt: skip
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
@click.option("--blank", is_flag=True, help="PDF: the question alone, with boxes to fill in.")
@click.option("--key", is_flag=True, help="PDF: the same filled in, for the marker.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), help="PDF: the size of its pages.  [default: a4]")
def solve(
    problem: str, form: str, out: Path | None, fragment: bool, explain: str, arithmetic: Any, parameters: Path | None,
    digits: int, blank: bool, key: bool, paper: Any,
) -> None:  # fmt: skip
    """Solve a problem file, or an example, and show every step.

    Forward through the network, back from the loss, and the update where the file asks for one. Each step has
    its rule, the numbers put in, the result, and the reason.

    \b
      backproof solve question-01
      backproof solve question-01 --explain "dL/dU[1,0]"
      backproof solve question-02 --digits 20 --format json
      backproof solve question-01 --format html --out q1.html
      backproof solve question-01 --format latex --out q1.tex
      backproof solve question-01 --format pdf --blank --out q1.pdf
    """
    check_options(
        form,
        out,
        {"--fragment": fragment, "--blank": blank, "--key": key, "--paper": bool(paper), "--explain": bool(explain)},
    )
    read = read_problem(locate(problem))
    if parameters is not None:
        from backproof.training.model import trained

        read = replace(read, network=trained(read.network, parameters), variants=(), compare=())
    with progress() as watch:
        sheet = worksheet_of(read, arithmetic=arithmetic, digits=digits, explain=explain, watch=watch)
        watch(0, 0, "")
        kind: Kind = "blank" if blank else "key" if key else "solution"
        made = rendered(sheet, form, fragment, kind, paper or "a4", to_file=out is not None)
    if made is not None:
        deliver(made, out)
    else:
        from backproof.worksheet.terminal import print_worksheet

        print_worksheet(sheet)


def check_options(form: str, out: Path | None, given: dict[str, bool]) -> None:
    """Raises `click.UsageError` for options that do not go together."""
    named = [option for option in ("--blank", "--key", "--paper") if given[option]]
    if given["--fragment"] and form != "latex":
        raise click.UsageError("--fragment is of LaTeX; say --format latex as well")
    if named and form != "pdf":
        raise click.UsageError(f"{named[0]} is for pages to print; say --format pdf as well")
    if given["--blank"] and given["--key"]:
        raise click.UsageError("--blank is the sheet to fill in and --key the one filled in; ask for one at a time")
    if given["--explain"] and (given["--blank"] or given["--key"]):
        raise click.UsageError(f"--explain tells of one quantity, {named[0]} asks for all; leave one of them out")
    if form == "pdf" and out in (None, STANDARD) and sys.stdout.isatty():
        raise click.UsageError("a PDF is nothing for a terminal; write it to a file: --out sheet.pdf")


def rendered(
    sheet: Worksheet, form: str, fragment: bool, kind: Kind, paper: Paper, to_file: bool
) -> str | bytes | None:
    """The worksheet as a text, or a PDF; None where the terminal is to print it itself, in its own width and colours."""
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
        case "pdf":
            return sheet.pdf(kind, paper)
        case _:
            return str(sheet) if to_file else None
