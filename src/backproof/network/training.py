"""The table [training] of a problem file: what `backproof train` does where its options do not say otherwise."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backproof.arithmetic.numeral import Numeral
from backproof.errors import BadFile


@dataclass(frozen=True)
class Training:
    """The keys of the table; each has the name of the command's option, or of `Network.fit`'s argument."""

    data: str | None = None
    """A file beside the problem file: .npz, .safetensors, .csv, .tsv or .parquet."""
    target: list[str] | None = None
    """The columns of a table, or the array, that are the target."""
    validation: Numeral | None = None
    """The part of the data that is held out."""
    validation_data: str | None = None
    """Or a file of its own."""
    epochs: int = 1
    batch_size: int = 1
    shuffle: bool | Literal["blocks"] = True
    seed: int = 0
    lr: Numeral | None = None
    schedule: Literal["constant", "step", "exponential", "cosine", "warmup", "onecycle"] = "constant"
    metrics: list[str] | None = None
    patience: int | None = None
    clip_norm: Numeral | None = None
    clip_value: Numeral | None = None
    dtype: Literal["float32", "float64"] = "float32"
    threads: int = 1

    def beside(self, folder: Path, file: str) -> Path:
        """A file that the table names. Raises `BadFile` where it lies elsewhere than beside the problem file."""
        path = folder / file
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BadFile(file, "the data must lie beside the problem file or below it; --data takes any file")
        return path
