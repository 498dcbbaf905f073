"""The compiled program, as training uses it: what it must offer, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from backproof.errors import BackproofError
from backproof.network.network import Network
from backproof.training.rows import Numbers


class Program(Protocol):
    """One network compiled: its numbers, and the three things it does with data.

    `train` walks `order` batch by batch and gives each batch's loss; it stops before the first update whose loss or
    gradient is not finite, so that `steps` has then not moved as far as there were batches.
    """

    @property
    def parameters(self) -> dict[str, Numbers]: ...
    @property
    def state(self) -> dict[str, Numbers]: ...
    @property
    def steps(self) -> int: ...
    def load(
        self, parameters: Mapping[str, Numbers], state: Mapping[str, Numbers] | None = None, steps: int = 0
    ) -> None: ...
    def train(self, data: Mapping[str, Numbers], order: Numbers, lr: Any = None) -> Numbers: ...
    def evaluate(self, data: Mapping[str, Numbers]) -> float: ...
    def predict(self, data: Mapping[str, Numbers]) -> Numbers: ...


def program_of(network: Network, **options: Any) -> Program:
    """The network compiled. The compiler is loaded here and not before."""
    try:
        compiled: Any = import_module("backproof.compiled.program").compiled
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("llvmlite"):
            raise BackproofError("training compiles the network with llvmlite: pip install llvmlite") from error
        raise
    return compiled(network, **options)
