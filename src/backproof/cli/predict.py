"""`backproof predict`: a trained network asked about data."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("problem", metavar="FILE|EXAMPLE")
@click.option("--parameters", type=PATH, metavar="MODEL.safetensors", required=True,
              help="What `backproof train --out` wrote, or a checkpoint.")  # fmt: skip
@click.option("--data", type=PATH, metavar="FILE", required=True, help="The inputs: .npy, .npz, .safetensors, .csv, .tsv, .parquet.")  # fmt: skip
@click.option("--target", multiple=True, metavar="NAME", help="A column of a table that is no input.")
@click.option("--dtype", type=click.Choice(["float32", "float64"]), default="float32", show_default=True)
@click.option("--threads", type=click.IntRange(1), default=1, metavar="N", help="Threads to compute with.")
@click.option("--out", type=PATH, metavar="FILE", help="Write there: .csv, or .npy for the numbers alone.")
def predict(
    problem: str, parameters: Path, data: Path, target: tuple[str, ...], dtype: str, threads: int, out: Path | None
) -> None:
    """Predict with a trained network: one row for each datum.

    The numbers are those that the loss looks at: logits, where it takes logits. Where there are classes, the
    likeliest comes first.

    \b
      backproof predict digits --parameters digits.safetensors --data new.npy
      backproof predict my-network.toml --parameters model.safetensors --data new.csv --out answers.csv
    """
    from backproof.errors import BadFile
    from backproof.examples import locate
    from backproof.network.problem import read_problem
    from backproof.network.saving import save
    from backproof.training.answers import as_csv, as_npy
    from backproof.training.asking import predict as predictions
    from backproof.training.files import load
    from backproof.training.model import trained

    if out is not None and out.suffix.lower() not in (".csv", ".npy"):
        raise BadFile(out, "expected a name that ends in .csv or .npy")
    network = trained(read_problem(locate(problem)).network, parameters)
    inputs = load(network, data, targets=target, dtype=dtype, target=False)
    found = predictions(network, inputs, dtype=dtype, threads=threads)
    if out is None:
        click.echo(as_csv(network, found), nl=False)
    else:
        save(out, as_npy(found) if out.suffix.lower() == ".npy" else as_csv(network, found).encode())
