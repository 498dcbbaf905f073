"""The working behind a record: its rules run again on shown numbers, for the cells that are asked for.

`working` gives a cell's arithmetic, `formula` the rule behind a whole quantity. Both follow the record's own
plan, so they cannot tell of anything but what was computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from backproof.arithmetic.array import Array, Index, Number, Places, Shape
from backproof.arithmetic.ball import precision
from backproof.arithmetic.formula import Changed, Inlined, Label, Lettered, Stated, Subscript, Table, Writer, constant
from backproof.arithmetic.loops import walking
from backproof.arithmetic.shown import NAME, NUMBER, Named, Settled, Shown, Wanted, literal, shown
from backproof.network.plan import Job, Slot
from backproof.record.evaluate import bound, ieee
from backproof.record.record import Record


def working(record: Record, slot: Slot, cells: Sequence[Index]) -> dict[Index, Shown]:
    """How each of these cells came about: expressions whose leaves are cells of other quantities.

    A quantity that is given has none; its cells are leaves themselves.
    """
    job = record.plan.job(slot)
    if job is None:
        return {i: Shown(NAME, (slot.name, i), record.evaluation.values[slot][i]) for i in cells}
    with precision(record.evaluation.bits), ieee() if record.evaluation.floats else nullcontext():
        made = shown_run(record, job, slot, list(cells))
    return {i: shown(made[i]) for i in cells}


def shown_run(record: Record, job: Job, slot: Slot, cells: list[Index] | None) -> Array:
    """The array that the job writes to `slot`, shown; all cells where none are named."""
    values, arithmetic = record.evaluation.values, record.evaluation.arithmetic(job)

    def source(other: Slot) -> Array:
        if other in record.plan.hidden and other not in record.plan.seeds:
            maker = record.plan.job(other)
            assert maker is not None
            return shown_run(record, maker, other, None)
        base = values[other]
        if other in record.plan.seeds:
            return base.map(lambda one: literal(1, arithmetic.lift(one)))
        if isinstance(base.shape, Places):
            return base
        return Named(other.name, record.evaluation.read(other, arithmetic), own_index(other))

    def target(other: Slot) -> Array:
        shape = job.shapes[other]
        base = source(job.starts[other]) if other in job.starts else None
        every = list(Array(shape).indices())
        if cells is None:
            return Wanted(shape, every, base)
        if other == slot:
            return Wanted(shape, cells, base)
        if job.direction == "update":
            return Settled(other.name, shape, cells if shape == job.shapes[slot] else every, base)
        if other in job.scratch and not isinstance(shape, Places):
            return Settled(other.name, shape, every, first=own_index(other))
        return Wanted(shape, [] if job.function == "backward" else every, base)

    targets = {other: target(other) for other in job.written}
    rule = job.rule.read(lambda n: Shown(NUMBER, (n,), arithmetic.number(n)))
    getattr(rule, job.function)(**bound(job.reads, source), **bound(job.writes, targets.__getitem__))
    return targets[slot]


def own_index(slot: Slot) -> Index:
    """What goes before the index of a cell: in a batch, which datum it is of."""
    return () if slot.datum is None else (slot.datum,)


def formula(record: Record, slot: Slot) -> list[tuple[Shown, str, Shown]]:
    """The rule behind a quantity: (cell, "=" or "+=", expression) for each thing that it states."""
    job = record.plan.job(slot)
    if job is None:
        return []
    datum = () if slot.datum is None else (Subscript({"⟦900⟧": 1}),)
    stated = stated_run(record, job, slot, datum)
    return [
        (cell(slot.name, datum, index), "+=" if stated.accumulates else "=", shown(value))
        for index, value in stated.statements
    ]


def cell(name: str, datum: Index, index: Any) -> Shown:
    return Shown(NAME, (name, (*datum, *index) if isinstance(index, tuple) else index), None)


def stated_run(record: Record, job: Job, slot: Slot, datum: Index) -> Stated:
    values, target = record.evaluation.values, record.network.loss

    def source(other: Slot) -> Array:
        if other in record.plan.seeds:
            return Same(values[other].shape, literal(1, None))
        if other in record.plan.hidden:
            maker = record.plan.job(other)
            assert maker is not None
            joins = any(isinstance(slots, list) for slots in job.reads.values())
            return Inlined(stated_run(record, maker, other, () if joins else datum))
        leaf = Label if target and other.name == target.target and isinstance(values[other].shape, Places) else Shown
        return Lettered(other.name, values[other].shape, own_index(other) and (datum or own_index(other)), leaf)

    def written(other: Slot) -> Array:
        shape = job.shapes[other]
        if job.direction == "update":
            start = job.starts.get(other)
            return Changed(source(start) if start else Same(shape, 0), Lettered(other.name, shape))
        if other in job.scratch:
            return Changed(Same(shape, 0), Lettered(other.name, shape, datum or own_index(other)))
        return Stated(shape)

    targets = {other: written(other) for other in job.written}
    with walking(Writer()):
        rule = job.rule.read(constant, Table)
        getattr(rule, job.function)(**bound(job.reads, source), **bound(job.writes, targets.__getitem__))
    result = targets[slot]
    assert isinstance(result, Stated)
    return result


class Same(Array):
    """An array that holds the same everywhere."""

    __slots__ = ("value",)

    def __init__(self, shape: Shape, value: Number) -> None:
        super().__init__(shape)
        self.value = value

    def __getitem__(self, index: Index) -> Number:
        return self.value
