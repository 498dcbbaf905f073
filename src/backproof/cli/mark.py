"""`backproof mark`: answer sheets marked, one or a whole class."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backproof.cli.output import FORMATS, deliver
from backproof.errors import BadFile

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("question", metavar="FILE|EXAMPLE")
@click.argument("sheets", nargs=-1, required=True, type=PATH, metavar="SHEET|FOLDER|-...")
@FORMATS
@click.option("--out", type=PATH, metavar="FILE",
              help="Of one sheet, where its report goes; of several, a table of results: results.csv.")  # fmt: skip
@click.option(
    "--reports", type=PATH, metavar="DIR", help="A folder for a report of each sheet, in the format asked for."
)
@click.option(
    "--workers", type=click.IntRange(1), metavar="N", help="Processes to mark with. Without it: one for each core."
)
@click.option("--limit", type=click.FloatRange(0.1, 3600), default=30, show_default=True, metavar="SECONDS",
              help="The longest that one sheet of several may take.")  # fmt: skip
@click.option("--again", is_flag=True, help="Take nothing from a run that was interrupted; mark every sheet.")
def mark(
    question: str, sheets: tuple[Path, ...], form: str, out: Path | None, reports: Path | None, workers: int | None,
    limit: float, again: bool,
) -> int:  # fmt: skip
    """Mark an answer sheet: which numbers are right, which follow from an earlier slip, and what was done wrong.

    One sheet gives a report. Several, or a folder of them, give a table with a row for each, written to --out, and
    a summary. If that is interrupted, the same command goes on from there.

    \b
      backproof mark question-01 sheet.md
      backproof mark question-01 sheet.toml --format markdown --out report.md
      backproof mark question-01 sheets/ --out results.csv --reports reports/
      backproof mark my-question.toml -            reads the sheet from the standard input

    The exit status is 0 where all could be marked, whatever the marks; 1 where a sheet of several could not be.
    """
    (first, *others) = sheets
    if others or first.is_dir() or reports is not None or (out is not None and out.suffix.lower() == ".csv"):
        return mark_class(question, sheets, form, out, reports, workers, limit, again)
    from backproof.marking.classes.work import rendered
    from backproof.marking.mark import mark as mark_sheet
    from backproof.marking.mark import mark_text
    from backproof.marking.question import Question
    from backproof.marking.reports.terminal import print_marking

    asked = Question.of(question)
    marking = mark_text(asked, standard_input()) if str(first) == "-" else mark_sheet(asked, first)
    if form == "text" and out is None:
        print_marking(marking)
        return 0
    text = rendered(marking, form)  # pyright: ignore[reportArgumentType]
    read = [path for path in (first, asked.problem.path) if path is not None and path.exists()]
    if out is not None and out.exists() and any(out.samefile(path) for path in read):
        raise BadFile(out, "this is a file that is read; choose another name for the report")
    deliver(text, out)
    return 0


def mark_class(
    question: str, given: tuple[Path, ...], form: str, out: Path | None, reports: Path | None, workers: int | None,
    limit: float, again: bool,
) -> int:  # fmt: skip
    """Several sheets; the exit status."""
    import json

    from backproof.marking.classes.group import mark_all, sheets_in
    from backproof.marking.classes.progress import showing
    from backproof.notation.table import print_all

    if Path("-") in given:
        raise click.UsageError("- is the standard input, which is one sheet; give it alone")
    sheets = [sheet for each in given for sheet in (sheets_in(each) if each.is_dir() else [each])]
    try:
        with showing() as progress:
            summary = mark_all(
                question, sheets, out, workers=workers, limit=limit, reports=reports,
                form=form, again=again, progress=progress,  # pyright: ignore[reportArgumentType]
            )  # fmt: skip
    except KeyboardInterrupt:
        if out is not None:
            click.echo(f"what is marked so far is kept beside {out}; the same command goes on from there", err=True)
        raise
    if form == "json":
        click.echo(json.dumps(summary.document(), ensure_ascii=False, indent=1))
    elif form == "markdown":
        click.echo(summary.markdown(), nl=False)
    else:
        print_all([summary])
    return int(len(summary.marked) < len(summary.rows))


def standard_input() -> str:
    """The sheet on the standard input. Raises `BadFile` where it is too large or no text."""
    from backproof.marking.reading.sheet import LARGEST_SHEET

    content = sys.stdin.buffer.read(LARGEST_SHEET + 1)
    if len(content) > LARGEST_SHEET:
        raise BadFile("-", f"the sheet has more than {LARGEST_SHEET // 2**20} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("-", f"this is not UTF-8 text (byte {error.start})") from None
