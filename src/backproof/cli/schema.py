"""`backproof schema`: the JSON Schemas of what backproof reads and writes."""

from __future__ import annotations

import json

import click


@click.command()
@click.argument("kind", type=click.Choice(["problem", "worksheet", "marking"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of a problem file, or of what `solve` and `mark` write with `--format json`.

    \b
      backproof schema problem > problem.schema.json
    """
    if kind == "problem":
        from backproof.network.schema import problem_schema as made
    elif kind == "marking":
        from backproof.marking.reports.document import schema as made
    else:
        from backproof.worksheet.document import schema as made
    click.echo(json.dumps(made(), ensure_ascii=False, indent=1))
