"""The command line: one file a command."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from importlib import import_module

import click

from backproof import __version__
from backproof.errors import BackproofError, UnknownName

COMMANDS = (
    "solve", "mark", "practice", "prove", "derive", "train", "predict", "plot", "examples", "new", "schema",
)  # fmt: skip


class Commands(click.Group):
    """The commands by name, each loaded when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return getattr(import_module(f"backproof.cli.{cmd_name}"), cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(str(UnknownName("command", args[0], COMMANDS)), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="backproof")
def backproof() -> None:
    """Backpropagation you can read, check and trust.

    A small network and a datum go in; every number of the forward and the backward pass comes out, each with its
    rule, its substitution and its reason.

    \b
      backproof solve question-01                        a worked examination question
      backproof solve question-01 --explain "dL/dX[0,1]" one number, back to what is given
      backproof mark question-01 sheet.md                what is right, what follows, what was misunderstood
      backproof practice question-01                     a page to step through it, and to answer it oneself
      backproof prove                                    every rule proved, on every branch
      backproof derive softmax-gradient                  a derivation, every "=" verified
      backproof train digits                             a network that learns to read digits
      backproof plot lenet-5 --out lenet-5.svg           where gradients vanish, explode or die
      backproof new my-network.toml                      a file of your own to start from
      backproof solve my-network.toml --format markdown --out solution.md

    The exit status is 0; 1 where something was not proved, or a sheet not marked; 2 where the input is at fault; 70 where backproof itself is; 130 where it was stopped.
    """


PLAIN = {
    "−": "-",
    "·": "*",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "∂": "d",
    "Σ": "sum",
    "“": '"',
    "”": '"',
    "∞": "inf",
    "′": "'",
    "√": "sqrt",
    "½": "1/2",
    "…": "...",
    "✓": "+",
    "✗": "x",
    "↪": ">",
    "–": "-",
    "•": "*",
}
"""What stands for a sign where the output's encoding has not got it."""


RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"


def plain(error: UnicodeError) -> tuple[str, int]:
    """An error handler for encodings: signs that say the same in ASCII, lines for the brackets of a matrix."""
    assert isinstance(error, UnicodeEncodeError)
    text = error.object[error.start : error.end]
    text = re.sub(f"[{RAISED}]+", lambda power: "^" + "".join(str(RAISED.index(c)) for c in power[0]), text)
    return "".join(
        c if c.isascii() else PLAIN.get(c, "|" if c in "⎡⎢⎣⎤⎥⎦" else "-" if c in "─═" else "?") for c in text
    ), error.end


def main() -> None:
    """What `backproof` on the command line runs. No error ends in a traceback."""
    if sys.stdout is None:
        click.echo("error: the output is closed; nothing can be written to it", err=True)
        sys.exit(2)
    codecs.register_error("plain", plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plain")
    try:
        status = backproof.main(standalone_mode=False) or 0
        sys.stdout.flush()
        sys.exit(status)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except OSError as error:
        click.echo(f"error: the output cannot be written: {error.strerror}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(2)
    except BackproofError as error:
        click.secho("error: ", fg="red", bold=True, err=True, nl=False)
        click.echo(str(error), err=True)
        sys.exit(2)
    except Exception as error:
        if os.environ.get("BACKPROOF_TRACEBACK"):
            raise
        click.echo(
            f"backproof itself failed ({type(error).__name__}: {error}). That is a fault of backproof's; "
            "BACKPROOF_TRACEBACK=1 shows where.",
            err=True,
        )
        sys.exit(70)
