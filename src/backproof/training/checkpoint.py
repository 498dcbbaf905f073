"""A checkpoint: all that it takes to go on with a run as though it had never stopped.

One .safetensors file. Its tensors are the parameters, the optimiser's state and, where it is kept, the best
parameters so far; its metadata, in JSON, say where the run stood and which network it trained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import msgspec

from backproof.errors import BadFile
from backproof.network.network import Network
from backproof.network.saving import save
from backproof.training.fingerprint import difference, fingerprint
from backproof.training.rows import Numbers

FORMAT = "backproof-checkpoint-1"


@dataclass
class Place:
    """Where a run stands: so many updates, so many epochs, so many data of the next; and what it has seen."""

    steps: int = 0
    epoch: int = 0
    """Epochs that are done."""
    position: int = 0
    """Data of the current epoch that are done."""
    total: float = 0.0
    """Their losses, added up."""
    seconds: float = 0.0
    first: float | None = None
    """The loss of the very first batch."""
    best: float | None = None
    """The smallest validation loss so far."""
    best_epoch: int = 0
    stopped: bool = False
    """Whether the run stopped early, for want of improvement."""
    history: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@dataclass
class Checkpoint:
    """A place, the numbers there, and what the run was: options that must be the same to go on."""

    place: Place
    parameters: Mapping[str, Numbers]
    state: Mapping[str, Numbers]
    best: Mapping[str, Numbers]
    network: dict[str, str]
    run: dict[str, str | int | float | bool | None]

    def write(self, path: Path) -> None:
        """Save it; whatever happens meanwhile, the file is either the old one or this."""
        from safetensors.numpy import save as packed

        groups = {"parameters": self.parameters, "state": self.state, "best": self.best}
        tensors = {f"{group}/{name}": contiguous(a) for group, arrays in groups.items() for name, a in arrays.items()}
        told = {"place": vars(self.place), "network": self.network, "run": self.run}
        metadata = {"format": FORMAT} | {key: json.dumps(value) for key, value in told.items()}
        save(path, packed(tensors, metadata))


def contiguous(array: Numbers) -> Numbers:
    import numpy as np

    return np.array(array, order="C", copy=None)


def read_checkpoint(path: Path, network: Network, run: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint in a file.

    Raises `BadFile` where the file is damaged, or of another network or another run, and says what differs.
    """
    metadata, tensors = unpacked(path)
    if metadata.get("format") != FORMAT:
        raise BadFile(path, "this is no checkpoint; one is written by training with a checkpoint file")
    try:
        told = {key: json.loads(metadata[key]) for key in ("place", "network", "run")}
        checkpoint = Checkpoint(
            place=msgspec.convert(told["place"], Place),
            parameters=group(tensors, "parameters"),
            state=group(tensors, "state"),
            best=group(tensors, "best"),
            network=msgspec.convert(told["network"], dict[str, str]),
            run=msgspec.convert(told["run"], dict[str, str | int | float | bool | None]),
        )
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise BadFile(path, f"this checkpoint is damaged ({error})") from error
    other = difference(checkpoint.network, fingerprint(network))
    if other:
        raise BadFile(path, f"this is a checkpoint of another network: {other}")
    for name, now in run.items():
        then = checkpoint.run.get(name)
        if then != now:
            raise BadFile(
                path,
                f"the run that was interrupted had {name} {then}, this one has {now}; they must be the same to resume",
            )
    return checkpoint


def group(tensors: Mapping[str, Numbers], name: str) -> dict[str, Numbers]:
    return {key.removeprefix(f"{name}/"): array for key, array in tensors.items() if key.startswith(f"{name}/")}


def unpacked(path: Path) -> tuple[dict[str, str], dict[str, Numbers]]:
    """A .safetensors file's metadata and arrays."""
    from safetensors import SafetensorError, safe_open

    if path.is_dir() or not path.exists():
        raise BadFile(path, "this is a folder; expected a file" if path.is_dir() else "there is no such file")
    try:
        with cast("Any", safe_open)(path, framework="numpy") as file:
            metadata: dict[str, str] = dict(file.metadata() or {})
            if "backproof" in metadata:
                metadata = msgspec.json.decode(metadata["backproof"], type=dict[str, str])
            return metadata, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror or error}") from error
    except (SafetensorError, TypeError, ValueError, KeyError) as error:
        raise BadFile(path, f"this is no whole .safetensors file ({error})") from error


def is_checkpoint(path: Path) -> None:
    """Raises `BadFile` where a file that a checkpoint would replace is something else."""
    try:
        known = unpacked(path)[0].get("format") == FORMAT
    except BadFile:
        known = False
    if not known:
        raise BadFile(path, "the file is there already and is no checkpoint; choose another name for the checkpoint")
