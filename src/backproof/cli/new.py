"""`backproof new`: a problem file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from backproof.cli.output import write_text
from backproof.examples import STARTER


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("problem.toml"))
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
def new(file: Path, force: bool) -> None:
    """Write a commented problem file to start from (problem.toml, or FILE)."""
    write_text(file, STARTER.read_text(encoding="utf-8"), overwrite=force)
    click.echo(f"{file} is written; change it to your own network, then: backproof solve {file}")
