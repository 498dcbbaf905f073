"""`backproof practice`: questions to be worked through and answered in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from backproof.errors import BackproofError


@click.command()
@click.argument("question", required=False, metavar="[FILE|EXAMPLE]")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen; 0.0.0.0 lets others on the network in.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="N",
              help="Which port; 0 takes one that is free.")  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open the page, where there is a screen.")
@click.option("--limit", type=click.FloatRange(0.5, 600), default=5, show_default=True, metavar="SECONDS",
              help="The longest that may be worked on what is sent; a question that is offered has 30 at least.")  # fmt: skip
def practice(question: str | None, host: str, port: int, browser: bool, limit: float) -> None:
    """Serve a page on which questions are stepped through, changed, and answered, each answer judged as `mark` does.

    It listens to this machine alone unless --host says otherwise, keeps nothing, and reads no file but those that ship and the one that is named
    here. Ctrl-C ends it.

    \b
      backproof practice
      backproof practice question-01
      backproof practice my-question.toml --port 0 --no-browser
    """
    try:
        from backproof.practice.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "backproof":
            raise
        raise BackproofError(
            f'the page is served by Starlette and uvicorn, and {error.name} is missing: pip install "backproof[web]"'
        ) from None
    own, first = opened(question) if question else (None, "")
    serve(own, first, host, port, browser, limit, click.echo)


def opened(question: str) -> tuple[Path | None, str]:
    """A file of one's own, looked at now so that its faults are told here, and the question's name."""
    from backproof.examples import locate, names
    from backproof.network.problem import read_problem

    path = locate(question)
    read_problem(path)
    return (None, question) if path.stem == question and question in names() else (path.resolve(), path.stem)
