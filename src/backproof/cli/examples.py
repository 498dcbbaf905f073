"""`backproof examples`: what ships with backproof."""

from __future__ import annotations

import tomllib

import click

from backproof.examples import FOLDER, locate, names


@click.command()
@click.argument("name", required=False)
def examples(name: str | None) -> None:
    """List the examples that ship with backproof, or print the file of one.

    \b
      backproof examples
      backproof examples question-01 > mine.toml
    """
    if name is not None:
        click.echo(locate(name).read_text(encoding="utf-8"), nl=False)
        return
    width = max(map(len, names()))
    for example in names():
        title = tomllib.loads((FOLDER / f"{example}.toml").read_text(encoding="utf-8"))["title"]
        click.echo(f"{example.ljust(width)}  {title}")
