"""The front door: a network and a record with everything that can be done with them.

The floors below know nothing of those above them; here, above them all, a network learns to solve itself and a
record to print itself as a worksheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from backproof.arithmetic import Choice
from backproof.errors import BadShape, listed
from backproof.network import given, network
from backproof.network.problem import Problem, read_problem
from backproof.record import record
from backproof.worksheet.worksheet import Worksheet
from backproof.worksheet.worksheet import solve as worksheet_of

__all__ = ["Network", "Record", "solve"]


class Record(record.Record):
    """Every number of one pass; printed, it is the worked solution."""

    def worksheet(self) -> Worksheet:
        """All steps."""
        return Worksheet.of([self], self.network.title)

    def explain(self, address: str) -> Worksheet:
        """The steps that lead to one quantity, or to one cell of it: `explain("dL/dX[0,1]")`."""
        self.locate(address)
        return Worksheet.of([self], self.network.title, explain=address)

    def __str__(self) -> str:
        return str(self.worksheet())

    def _repr_markdown_(self) -> str:
        return self.worksheet()._repr_markdown_()  # pyright: ignore[reportPrivateUsage]


class Network(network.Network):
    """Layers from the inputs to the loss, with their parameters; `solve` runs them.

    >>> import backproof as bp
    >>> bp.Network((2,), [bp.Linear(bias=False)], bp.HalfSquaredError()).solve([1, 2], 3).names
    ['h1.weight', 'x', 't', 'h1', 'L', 'dL/dh1', 'dL/dx', 'dL/dh1.weight']
    """

    def solve(self, x: Any, t: Any = None, *, arithmetic: Choice = "auto", digits: int = 6) -> Record:
        """One pass over one datum, or over a batch where every array has one axis more.

        x: the input, or the inputs by name. t: the target, where there is a loss. See `Record.of` for the rest.
        """
        values: dict[str, Any] = (
            dict(cast("Mapping[str, Any]", x)) if isinstance(x, Mapping) else {next(iter(self.inputs)): x}
        )
        if not isinstance(x, Mapping) and len(self.inputs) > 1:
            raise BadShape(f"the network has the inputs {listed(self.inputs)}; give them by name")
        if self.loss and t is not None:
            values[self.loss.target] = t
        arrays = {name: given.read(name, value) for name, value in values.items()}
        batch = {len(arrays[name].shape) - len(shape) for name, shape in self.inputs.items() if name in arrays}
        if batch != {1}:
            return Record.of(self, arrays, arithmetic=arithmetic, digits=digits)
        sizes = {name: array.shape[0] if array.shape else 0 for name, array in arrays.items()}
        if len(set(sizes.values())) != 1:
            raise BadShape(
                f"a batch has as many of each: {', '.join(f'{n} of {name}' for name, n in sizes.items())} were given"
            )
        count = next(iter(sizes.values()))
        data = [{name: array.at(n) for name, array in arrays.items()} for n in range(count)]
        return Record.of(self, data, arithmetic=arithmetic, digits=digits)


def solve(
    problem: Problem | str | Path, *, arithmetic: Choice | None = None, digits: int = 6, explain: str = ""
) -> Worksheet:
    """The worksheet of a problem file, or of an example that ships with backproof.

    >>> float(solve("question-01").record["y"])
    19.3
    """
    if not isinstance(problem, Problem):
        from backproof.examples import locate

        problem = read_problem(locate(str(problem)))
    return worksheet_of(problem, arithmetic=arithmetic, digits=digits, explain=explain, kind=Record)
