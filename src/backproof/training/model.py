"""Trained parameters in a file, `model.safetensors`: an array each under the parameter's own name, which other
programs read as well, with the network they belong to in the metadata."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from backproof.arithmetic.array import Array
from backproof.errors import BadFile, BadShape, UnknownName, listed
from backproof.network import given
from backproof.network.network import Network
from backproof.network.saving import save
from backproof.record.quantity import Quantity
from backproof.training.checkpoint import FORMAT as CHECKPOINT
from backproof.training.checkpoint import contiguous, group, unpacked
from backproof.training.fingerprint import fingerprint
from backproof.training.rows import Numbers

FORMAT = "backproof-model-1"


def write_model(path: Path, network: Network, parameters: Mapping[str, Numbers]) -> None:
    from safetensors.numpy import save as packed

    about = {"format": FORMAT, "network": msgspec.json.encode(fingerprint(network)).decode()}
    metadata = {"backproof": msgspec.json.encode(about).decode()}  # one entry, lest their order change the file
    save(path, packed({name: contiguous(array) for name, array in parameters.items()}, metadata))


def write_trained(path: Path, network: Network, dtype: str) -> None:
    """Write a network's parameters as they are, as floats of the dtype that it was trained in."""
    write_model(path, network, {name: Quantity(name, a).numpy(dtype) for name, a in network.parameters.items()})


def read_model(path: Path, network: Network) -> dict[str, Numbers]:
    """A network's parameters out of a model, or out of a checkpoint (the best so far, where it keeps them).

    Raises `BadFile` where one is missing or has another shape, and says which.
    """
    metadata, tensors = unpacked(path)
    if metadata.get("format") == CHECKPOINT:
        tensors = group(tensors, "best") or group(tensors, "parameters")
    for name in tensors:
        if name not in network.parameters:
            raise BadFile(path, str(UnknownName("parameter", name, network.parameters)))
    missing = [name for name in network.parameters if name not in tensors]
    if missing:
        raise BadFile(path, f"these parameters are missing: {listed(missing)}; the file is of another network")
    for name, array in tensors.items():
        if not np.isfinite(array).all():
            raise BadFile(path, f"{name} holds numbers that are not finite")
        if array.shape != network.shapes[name]:
            raise BadFile(
                path, str(BadShape(f"{name} has shape {array.shape}; the network's has {network.shapes[name]}"))
            )
    return tensors


def trained(network: Network, path: Path) -> Network:
    """The network with the parameters in a file."""
    return network.with_parameters(exact(read_model(path, network)))


def exact(parameters: Mapping[str, Numbers]) -> dict[str, Array]:
    """Trained numbers as a network keeps them: each exactly the float that it is."""
    return {name: given.read(name, array) for name, array in parameters.items()}
