"""A network asked about data: its predictions, and how good they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from backproof.network.network import Network
from backproof.training.dataset import Data
from backproof.training.metrics import Tally, chosen
from backproof.training.program import Program, program_of
from backproof.training.rows import Numbers

BATCH = 64


def score(network: Network, program: Program, data: Data, metrics: Iterable[str]) -> tuple[float, dict[str, float]]:
    """The mean loss over data, and metrics; read block by block, so that memory stays bounded."""
    assert network.loss is not None
    names, total = chosen(network, metrics), 0.0
    tally = Tally(network, names)
    for block in data.blocks():
        target = block[network.loss.target]
        total += float(program.evaluate(block)) * len(target)
        if names:
            tally.add(program.predict({name: block[name] for name in network.inputs}), target)
    return total / len(data), tally.result()


def evaluate(
    network: Network,
    x: Any,
    y: Any = None,
    *,
    metrics: str | Iterable[str] = (),
    dtype: str = "float32",
    threads: int = 1,
) -> dict[str, float]:
    """The mean loss and metrics of a network as it is; see `Network.evaluate`."""
    names = chosen(network, metrics)
    data = x if isinstance(x, Data) else Data.of(network, x, y, dtype=dtype)
    program = program_of(network, batch_size=min(BATCH, len(data)), dtype=dtype, threads=threads)
    loss, found = score(network, program, data, names)
    return {"loss": loss, **found}


def predict(network: Network, x: Any, *, dtype: str = "float32", threads: int = 1) -> Numbers:
    """What a network makes of inputs: (N, *shape of its prediction); see `Network.predict`."""
    data = x if isinstance(x, Data) else Data.of(network, x, dtype=dtype, target=False)
    program = program_of(network, batch_size=min(BATCH, len(data)), dtype=dtype, threads=threads)
    return np.concatenate([np.array(program.predict(block)) for block in data.blocks()])
