"""`backproof train`: a network fitted to data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from backproof.errors import BackproofError

PATH = click.Path(path_type=Path)
SCHEDULES = ["constant", "step", "exponential", "cosine", "warmup", "onecycle"]


@click.command()
@click.argument("problem", metavar="FILE|EXAMPLE")
@click.option("--data", type=PATH, metavar="FILE", help="What to learn from: .npz, .safetensors, .csv, .tsv, .parquet.")
@click.option("--target", multiple=True, metavar="NAME",
              help="The column of a table, or the array, that is the target; more than once for several. Without it: the last column.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(1), metavar="N", help="How often to go through all data.")
@click.option("--batch-size", type=click.IntRange(1), metavar="N", help="Data for each update.")
@click.option("--lr", type=float, metavar="X", help="The learning rate; without it, the update rule's.")
@click.option("--schedule", type=click.Choice(SCHEDULES), help="How the learning rate changes.")
@click.option("--validation", metavar="PART|FILE", help="Hold out a part, such as 0.1; or a file of other data.")
@click.option("--metric", multiple=True, metavar="NAME", help="accuracy, error, top5; mae, mse, r2. More than once for several.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="Draws the order and what is held out.")
@click.option("--threads", type=click.IntRange(1), metavar="N", help="Threads to compute with.")
@click.option("--dtype", type=click.Choice(["float32", "float64"]), help="What to compute in.")
@click.option("--patience", type=click.IntRange(1), metavar="N",
              help="Stop after N epochs without a smaller validation loss; keep the best parameters.")  # fmt: skip
@click.option("--clip-norm", type=float, metavar="X", help="The largest length of all gradients together.")
@click.option("--checkpoint", type=PATH, metavar="FILE", help="Keep the state of the run there, to go on from.")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint, if it is there.")
@click.option("--out", type=PATH, metavar="MODEL.safetensors", help="Write the trained parameters there.")
@click.option("--plot", type=PATH, metavar="FILE", help="Draw the learning curve: .svg, .png or .pdf.")
def train(problem: str, **given: Any) -> None:
    """Train the network of a problem file, or of an example.

    What is not said here is taken from the file's table [training]. Without data, the network learns the data that
    the file itself works through. Ctrl-C stops; where there is a checkpoint, --resume goes on from there.

    \b
      backproof train digits
      backproof train digits --out digits.safetensors --plot curve.svg
      backproof train my-network.toml --data measured.csv --target price --validation 0.2 --epochs 50
    """
    from backproof.examples import locate
    from backproof.network.problem import read_problem
    from backproof.notation.table import print_all
    from backproof.training.diverged import Diverged
    from backproof.training.fit import fit
    from backproof.training.history import checked_picture
    from backproof.training.model import write_trained
    from backproof.training.task import check_outputs, task_of

    if given["plot"] is not None:
        checked_picture(given["plot"])
    read = read_problem(locate(problem))
    task = task_of(read, given)
    check_outputs(given, read.path, task.data_path)
    try:
        history = fit(read.network, task.data, validation=task.held, **task.options, progress=True)
    except Diverged as error:
        if error.worksheet is not None:
            print_all([error.worksheet_shown])
        raise
    except KeyboardInterrupt:
        if given["checkpoint"] is not None:
            click.echo(f"{given['checkpoint']} holds the run so far; --resume goes on from there", err=True)
        raise
    except BackproofError as error:
        raise read.located(error) from error
    print_all([task.heading, history, *([history.curve()] if len(history) > 2 else []), task.result(history)])
    if given["out"] is not None:
        write_trained(given["out"], read.network, task.options["dtype"])
        click.echo(f"{given['out']} holds the parameters", err=True)
    elif sys.stderr.isatty():
        click.echo("say --out MODEL.safetensors to keep the parameters", err=True)
    if given["plot"] is not None:
        history.plot(given["plot"])
