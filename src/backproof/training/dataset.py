"""Data fitted to a network: each array named, shaped, checked, and walked in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any, cast

import numpy as np

from backproof.arithmetic.array import Places as ArePlaces
from backproof.arithmetic.array import Shape
from backproof.errors import BadData, BadNetwork, BadShape, UnknownName, listed, shortened
from backproof.network.network import Network
from backproof.training.order import Places, held_out
from backproof.training.rows import Numbers, Rows, Where, by_index

HELD = 200 * 2**20
"""Bytes of converted data that are kept in memory; what takes more is converted again, block by block."""


@dataclass(frozen=True)
class Columns:
    """Arrays out of a file by name, with the words for a cell of each: what a reader of files gives."""

    arrays: Mapping[str, Numbers]
    where: Mapping[str, Where]


@dataclass(frozen=True)
class Data:
    """All data of one network: rows by the names of its inputs and target; `chosen`, where it is only some of them."""

    rows: Mapping[str, Rows]
    chosen: Places | None = None

    @classmethod
    def of(cls, network: Network, x: Any, y: Any = None, *, dtype: str = "float32", target: bool = True) -> Data:
        """Data for a network, looked at number by number.

        x: the input, or inputs by name, the first axis the datum. y: the targets; not needed where `target` is False.
        Raises `BadData` or `BadShape`, which say what was given, what the network expects, and what to do.
        """
        given = columns_of(network, x, y, target)
        expected = [*network.inputs, *([target_name(network)] if target else [])]
        rows = {name: rows_of(network, name, given, np.dtype(dtype)) for name in expected}
        counts = {name: len(each) for name, each in rows.items()}
        if len(set(counts.values())) > 1:
            each = " and ".join(f"{name} has {count:,}" for name, count in counts.items())
            raise BadData(f"{each} data; expected as many of each")
        if not next(iter(counts.values())):
            raise BadData(f"{next(iter(counts))} has no data (0 rows); expected at least one")
        for each in rows.values():
            each.check()
        return cls(held(rows))

    def __len__(self) -> int:
        return len(next(iter(self.rows.values()))) if self.chosen is None else len(self.chosen)

    @property
    def ready(self) -> bool:
        """Whether the program can take all arrays as they are."""
        return all(each.ready for each in self.rows.values())

    @property
    def block(self) -> int:
        """How many are read at a time."""
        return min(each.at_once for each in self.rows.values())

    def places(self, places: Places) -> Places:
        """Where in the arrays those data lie."""
        return places if self.chosen is None else self.chosen[places]

    def arrays(self) -> dict[str, Numbers]:
        """The arrays as they are; only where they are ready."""
        return {name: each.whole() for name, each in self.rows.items()}

    def take(self, places: Places | slice) -> dict[str, Numbers]:
        """Some data, by name."""
        at = places if self.chosen is None else self.chosen[places]
        made = {name: each.take(at) for name, each in self.rows.items()}
        for each in self.rows.values():
            each.release()
        return made

    def blocks(self) -> Iterator[dict[str, Numbers]]:
        """All data in order, some at a time."""
        for start in range(0, len(self), self.block):
            yield self.take(slice(start, min(start + self.block, len(self))))

    def parted(self, fraction: float, seed: int) -> tuple[Data, Data]:
        """The data to learn from and those that are held out, drawn from the seed."""
        if len(self) < 2:
            raise BadData("there is one datum; to hold some out takes at least two")
        kept, out = held_out(len(self), fraction, seed)
        return replace(self, chosen=self.places(kept)), replace(self, chosen=self.places(out))


def held(rows: dict[str, Rows]) -> dict[str, Rows]:
    """The same, with those that there is room for converted once and for all."""
    room = HELD
    for name, each in rows.items():
        if not each.ready and each.bytes <= room:
            room -= each.bytes
            rows[name] = replace(each, array=each.whole())
    return rows


def target_name(network: Network) -> str:
    if network.loss is None:
        raise BadNetwork("the network has no loss, so there is nothing to train towards; give it one such as MSELoss()")
    return network.loss.target


def columns_of(network: Network, x: Any, y: Any, target: bool) -> Columns:
    """What was given, by name."""
    if isinstance(x, Columns):
        return x
    if isinstance(x, Mapping):
        values = dict(cast("Mapping[str, Any]", x))
    elif len(network.inputs) == 1:
        values = {next(iter(network.inputs)): x}
    else:
        raise BadShape(f"the network has the inputs {listed(network.inputs)}; give them by name: {{name: array}}")
    if y is not None and network.loss is not None:
        values[network.loss.target] = y
    known = [*network.inputs, *([network.loss.target] if network.loss else [])]
    for name in values:
        if name not in known:
            raise UnknownName("input or target", name, known)
    for name in known:
        if name not in values and (target or name in network.inputs):
            what = "input" if name in network.inputs else "target (y)"
            raise BadData(f"{name} is missing; expected the {what} of the network")
    arrays = {name: array_of(name, value) for name, value in values.items()}
    return Columns(arrays, {name: by_index(name) for name in arrays})


def array_of(name: str, value: Any) -> Numbers:
    """Whatever was given, as a NumPy array of real numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        array: Numbers = np.asanyarray(value)
    except ValueError:
        raise BadData(f"{name} is ragged; expected an array whose rows are of one length") from None
    if array.dtype.kind not in "fiub":
        what = shortened(array.flat[0]) if array.size else str(array.dtype)
        raise BadData(f"{name} holds {array.dtype} such as {what}; expected real numbers")
    if not array.ndim:
        raise BadShape(f"{name} is a single number; expected an array whose first axis is the datum")
    return array


def rows_of(network: Network, name: str, given: Columns, dtype: np.dtype[Any]) -> Rows:
    """One quantity's rows, its shape made that of the network."""
    if name not in given.arrays:
        raise BadData(f"{name} is missing; there {'are' if len(given.arrays) > 1 else 'is'} {listed(given.arrays)}")
    array, where = given.arrays[name], given.where[name]
    if name in network.inputs:
        shape = fitting(name, array, [network.inputs[name]], f"the input {name}")
        return Rows(name, array, shape, dtype, where)
    loss, prediction = network.loss_rule, network.shapes[network.prediction]
    assert loss is not None
    takes = [shape for shape in dict.fromkeys([prediction[1:], prediction]) if accepted(loss, prediction, shape)]
    shape = fitting(name, array, takes, f"the target {name} of {type(loss).__name__}")
    if isinstance(loss.shapes(prediction, shape).get("t"), ArePlaces):
        ignored = int(getattr(loss, "ignore_index", -1))
        return Rows(name, array, shape, np.dtype(np.int64), where, prediction[0], ignored)
    return Rows(name, array, shape, dtype, where)


def accepted(loss: Any, prediction: Shape, target: Shape) -> bool:
    try:
        loss.shapes(prediction, target)
    except BadShape:
        return False
    return True


def fitting(name: str, array: Numbers, expected: list[Shape], what: str) -> Shape:
    """The one of the expected shapes that a datum has: itself, with axes of 1 more or fewer, or all in one row."""
    given = array.shape[1:]

    def bare(shape: Shape) -> Shape:
        return tuple(n for n in shape if n != 1)

    for same in (lambda s: s == given, lambda s: bare(s) == bare(given), lambda s: given == (prod(s),)):  # pyright: ignore
        for shape in expected:
            if same(shape):
                return shape
    wanted = " or ".join(str(("N", *shape)).replace("'N'", "N") for shape in expected)
    hint = advice(given, expected)
    raise BadShape(f"{name} has shape {array.shape}; {what} needs {wanted}, the first axis the datum{hint}")


def advice(given: Shape, expected: list[Shape]) -> str:
    """What to do about a shape that does not fit."""
    for shape in expected:
        if sorted(n for n in given if n != 1) == sorted(n for n in shape if n != 1):
            axes = list(enumerate(given, 1))
            order = [axes.pop(next(i for i, (_, m) in enumerate(axes) if m == n))[0] for n in shape if n != 1]
            places = ", ".join(map(str, [0, *order, *(axis for axis, _ in axes)]))
            return f"; its axes stand in another order: try .transpose({places})"
        if prod(given) == prod(shape):
            return f"; it has as many numbers: try .reshape(-1, {', '.join(map(str, shape))})"
    return ""
