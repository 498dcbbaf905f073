"""Backpropagation you can read, check and trust.

>>> import backproof as bp
>>> network = bp.Network(
...     {"X": (2, 2)},
...     [bp.Layer("V", bp.LeakyReLU(0.1)), bp.Layer("y", bp.Linear(bias=False), weight="W")],
...     bp.HalfSquaredError(),
...     parameters={"W": [[1, 2], [10, 4]]},
... )
>>> record = network.solve([[8, 6], [-0.5, -0.5]], 17.3)
>>> record["y"]
y = 19.3
>>> record["dL/dX"]
dL/dX = ⎡2    4⎤
        ⎣2  0.8⎦

Every rule of `backproof.rules` is here under its own name: `bp.MaxPool2d`, `bp.SGD`. Nothing is loaded before
it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backproof.errors import BackproofError
    from backproof.front import Network, Record, derive, mark, prove, solve
    from backproof.marking.marking import Marking
    from backproof.network.initialise import Initial
    from backproof.network.network import Layer
    from backproof.network.problem import Problem, read_problem
    from backproof.training.diverged import Diverged
    from backproof.training.history import History
    from backproof.training.schedules import Constant, Cosine, Exponential, OneCycle, Step, Warmup

__version__ = "0.1.0"

HOMES = {
    "BackproofError": "backproof.errors",
    "Constant": "backproof.training.schedules",
    "Cosine": "backproof.training.schedules",
    "Diverged": "backproof.training.diverged",
    "Exponential": "backproof.training.schedules",
    "History": "backproof.training.history",
    "Initial": "backproof.network.initialise",
    "Layer": "backproof.network.network",
    "Marking": "backproof.marking.marking",
    "Network": "backproof.front",
    "OneCycle": "backproof.training.schedules",
    "Problem": "backproof.network.problem",
    "Record": "backproof.front",
    "Step": "backproof.training.schedules",
    "Warmup": "backproof.training.schedules",
    "derive": "backproof.front",
    "mark": "backproof.front",
    "prove": "backproof.front",
    "read_problem": "backproof.network.problem",
    "solve": "backproof.front",
}

__all__ = [
    "BackproofError",
    "Constant",
    "Cosine",
    "Diverged",
    "Exponential",
    "History",
    "Initial",
    "Layer",
    "Marking",
    "Network",
    "OneCycle",
    "Problem",
    "Record",
    "Step",
    "Warmup",
    "derive",
    "mark",
    "prove",
    "read_problem",
    "solve",
]


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(import_module(HOMES[name]), name)
    if name.startswith("_"):
        raise AttributeError(name)
    from backproof.errors import UnknownName
    from backproof.rules import find

    try:
        return find(name)
    except UnknownName as error:
        raise AttributeError(f"backproof has no {name}; {error}") from None


def __dir__() -> list[str]:
    from backproof.rules import names

    return [*__all__, *names(), "__version__"]
