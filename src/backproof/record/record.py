"""A record: one pass through a network, forward, back and update, with every number under its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, get_args

from backproof.arithmetic import Choice
from backproof.arithmetic.array import Array, Index, Places, Shape, stacked
from backproof.errors import BackproofError, BadOption, BadShape, UnknownName, listed, shortened
from backproof.network.datum import read_datum
from backproof.network.network import Network
from backproof.network.plan import Job, Plan, Slot, plan
from backproof.record.evaluate import Evaluation, Values, Watch, evaluate
from backproof.record.quantity import Quantity

ADDRESS = re.compile(r"(?P<name>.+?)(?:\[(?P<index>\s*\d{1,9}\s*(?:,\s*\d{1,9}\s*)*)\])?")


class Record:
    """Every number of one pass: `record["U"]`, `record["dL/dW"]`, `record["dL/dX[0,1]"]`, `record["W'"]`."""

    def __init__(self, network: Network, evaluation: Evaluation, data: int | None, digits: int) -> None:
        self.network, self.evaluation, self.data, self.digits = network, evaluation, data, digits

    @classmethod
    def of(
        cls,
        network: Network,
        data: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        arithmetic: Choice = "auto",
        digits: int = 6,
        state: Mapping[str, Array] | None = None,
        watch: Watch | None = None,
        least_bits: int = 0,
    ) -> Self:
        """One pass over one datum, or over a batch of them, from quantities by name.

        arithmetic: exact, ball, float64, float32, or auto, which is exact for as long as numbers stay rational and
        encloses the others. Random numbers that dropout reads may stand among the quantities; else they are drawn as
        the network's `Initial` says. digits: how many digits of an enclosed number must be certain. least_bits: how wide
        enclosures are computed at least.
        """
        if arithmetic not in get_args(Choice):
            raise UnknownName("arithmetic", arithmetic, get_args(Choice))
        batch = not isinstance(data, Mapping)
        if batch and not data:
            raise BadShape("the batch is empty; expected at least one datum")
        if not isinstance(digits, int) or not 1 <= digits <= 1000:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadOption(f"digits is {shortened(digits)}; expected a whole number from 1 to 1000")
        read = [read_datum(network, datum, number=n) for n, datum in enumerate(data if batch else [data])]
        targets = [{name: datum[name].shape for name in datum} for datum in read]
        steps = plan(network, targets, batch, state or {})
        values: Values = {Slot(name): array for name, array in {**network.parameters, **(state or {})}.items()}
        for n, datum in enumerate(read):
            values |= {Slot(name, n if batch else None): array for name, array in datum.items()}
        values |= {slot: Array.filled(shape, 1) for slot, shape in steps.seeds.items()}
        evaluation = evaluate(steps, values, arithmetic, digits, watch, least_bits)
        return cls(network, evaluation, len(read) if batch else None, digits)

    @property
    def plan(self) -> Plan:
        return self.evaluation.plan

    @property
    def jobs(self) -> tuple[Job, ...]:
        return self.plan.jobs

    @cached_property
    def made(self) -> set[str]:
        """The names of what was computed; all others were given."""
        return {slot.name for job in self.jobs for slot in job.written}

    @property
    def names(self) -> list[str]:
        """The names of all quantities, what is given first, then in the order in which they are made."""
        slots = [slot for slot in self.evaluation.values if slot not in self.plan.hidden]
        return list(
            dict.fromkeys(
                slot.name for slot in slots if not isinstance(self.shape(slot), Places) or self.is_target(slot)
            )
        )

    def is_target(self, slot: Slot) -> bool:
        return self.network.loss is not None and slot.name == self.network.loss.target

    def shape(self, slot: Slot) -> Shape:
        return self.evaluation.values[slot].shape

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def keys(self) -> list[str]:
        """The names, so that `dict(record)` works."""
        return self.names

    def __contains__(self, address: object) -> bool:
        if not isinstance(address, str):
            return False
        try:
            self.locate(address)
        except BackproofError:
            return False
        return True

    def __getitem__(self, address: str) -> Quantity:
        """A quantity by its name, or one cell of it: `dL/dW`, `dL/dW[0,1]`.

        Raises `UnknownName` for a name that the record has not, `BadShape` for a cell outside of its quantity.
        """
        name, index = self.locate(address)
        array, title = self.array(name), name
        if index is not None:
            array, title = Array((), {(): array[index]}), f"{name}[{','.join(map(str, index))}]"
        return Quantity(title, array, self.digits, lambda: self.refined()[address])

    def locate(self, address: str) -> tuple[str, Index | None]:
        """The quantity and the cell that an address names."""
        if not isinstance(address, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UnknownName("quantity", address, self.names)
        text = address.strip().replace("∂", "d").replace("′", "'")
        match = ADDRESS.fullmatch(text)
        name = match["name"] if match else text
        if name not in self.names and (quantity := text.partition("[")[0]) in self.names:
            raise BadShape(f"{text}: expected {counted(self.array(quantity).shape)}")
        if name not in self.names:
            raise UnknownName("quantity", name, self.names)
        if match is None or match["index"] is None:
            return name, None
        index = tuple(int(part) for part in match["index"].split(","))
        shape = self.array(name).shape
        if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
            raise BadShape(f"{address}: {name} has shape {shape}; expected {counted(shape)}")
        return name, index

    def array(self, name: str) -> Array:
        """A quantity's numbers; those of a batch stacked under a first axis, one entry a datum."""
        values = self.evaluation.values
        if Slot(name) in values:
            return values[Slot(name)]
        return stacked([values[Slot(name, n)] for n in range(self.data or 0)])

    def refined(self) -> Record:
        """The same record with twice the digits."""
        given = {s: a for s, a in self.evaluation.values.items() if self.plan.job(s) is None}
        evaluation = evaluate(self.plan, given, self.evaluation.choice, 2 * max(self.digits, 16))
        return Record(self.network, evaluation, self.data, 2 * max(self.digits, 16))

    def after(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """The parameters and the optimiser's state after this pass's update."""
        new = {slot.name.removesuffix("'"): a for slot, a in self.evaluation.values.items() if slot.name.endswith("'")}
        parameters = {name: new.get(name, array) for name, array in self.network.parameters.items()}
        return parameters, {name: array for name, array in new.items() if name not in parameters}

    def __repr__(self) -> str:
        return "\n".join(repr(self[name]) for name in self.names)


def counted(shape: Shape) -> str:
    if not shape:
        return "no index, as it is a single number"
    return f"{len(shape)} index{'es' if len(shape) > 1 else ''} below {listed(map(str, shape))}, counted from 0"
