"""What an examination sheet asks, part by part: a pass of the problem or of a variant, what is new in it, what it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from flint import fmpq

from backproof.arithmetic.array import Array
from backproof.network.network import Layer
from backproof.network.rubric import Rubric
from backproof.record.quantity import Quantity
from backproof.record.record import Record
from backproof.worksheet.asked import changed, different
from backproof.worksheet.sheet import Sheet, Variant
from backproof.worksheet.steps import Step, steps


class Row(NamedTuple):
    """A layer as it stands in the table of the network."""

    quantity: str
    rule: str
    inputs: str
    parameters: str
    shape: str


@dataclass(frozen=True)
class Part:
    """One pass of the problem, or of a variant."""

    title: str
    record: Record
    rubric: Rubric
    givens: list[Quantity]
    """What is given here and not before."""
    carried: list[str]
    """Parameters that an earlier pass has moved: what they are now is an answer there."""
    network: list[Row]
    """The layers that are not as before."""
    steps: list[Step]
    """What is asked for."""
    formulas: Mapping[str, Step] = field(default_factory=dict[str, Step])
    """Quantities of which the formula is asked for."""

    @property
    def total(self) -> fmpq:
        """All marks."""
        worth = [self.rubric.worth(step.quantity) for step in self.steps]
        return sum([*worth, *map(self.rubric.worth_of_formula, self.formulas)], fmpq(0))


def parts(sheet: Sheet) -> Iterator[Part]:
    """The passes of the problem, then those of its variants."""
    rubric = sheet.problem.rubric if sheet.problem else Rubric()
    before: Record | None = None
    for each in sheet.passes:
        title = f"Pass {each.number} of {each.of}" if each.of > 1 else ""
        wanted = [step for step in each.steps if rubric.asks(step.quantity)]
        formulas = {} if before else {s.quantity: s for s in each.steps if s.quantity in rubric.formulas}
        network = [] if before else rows(each.record)
        known = before.network.parameters if before else dict[str, Array]()
        yield Part(title, each.record, rubric, *given(each.record, known, before), network, wanted, formulas)
        before = each.record
    for k, variant in enumerate(sheet.variants):
        own = sheet.problem.variants[k].rubric if sheet.problem else rubric
        yield from of_variant(variant, [each.record for each in sheet.passes], own)


def of_variant(variant: Variant, main: list[Record], rubric: Rubric) -> Iterator[Part]:
    """Of a variant only what is not as it was in the same pass of the problem itself."""
    before: Record | None = None
    for n, (record, known) in enumerate(zip(variant.records, main, strict=True)):
        title = f"Variant: {variant.title}" + (f", pass {n + 1} of {len(main)}" if len(main) > 1 else "")
        names = set(changed(record, known))
        wanted = [step for step in steps(record) if step.quantity in names and rubric.asks(step.quantity)]
        network = [] if before else [row for row in rows(record) if row not in rows(known)]
        arrays = {name: known.array(name) for name in known.names}
        yield Part(title, record, rubric, *given(record, arrays, before), network, wanted)
        before = record


def given(record: Record, known: Mapping[str, Array], before: Record | None) -> tuple[list[Quantity], list[str]]:
    """What is given and was not known with these numbers, and what the pass before has left."""
    names = [name for name in record.names if name not in record.made]
    carried = [name for name in names if before is not None and f"{name}'" in before.made]
    new = [n for n in names if n not in carried and (n not in known or different(record.array(n), known[n]))]
    return [record[name] for name in new], carried


def rows(record: Record) -> list[Row]:
    """The network as a table: a row for each layer, the loss, and the update."""
    network = record.network
    found = [row(record, layer, layer.inputs) for layer in network.layers]
    if network.loss:
        found.append(row(record, network.loss, (*network.loss.inputs, network.loss.target)))
    if network.update:
        moved = [name for name in record.names if f"{name}'" in record.made and name in network.parameters]
        for name in moved:
            found.append(Row(f"{name}'", network.update.summary, name, "", sized(record[name].shape)))
    return found


def row(record: Record, layer: Layer, inputs: tuple[str, ...]) -> Row:
    own = [layer.name(array) for array in (*layer.rule.parameters, *layer.rule.chance)]
    parameters = ", ".join(name for name in own if name in record.names)
    made = [layer.name(array) for array in layer.rule.scratch]
    quantities = ", ".join([*(name for name in made if name in record.names), layer.output])
    shape = record.network.shapes.get(layer.output, ())
    return Row(quantities, layer.rule.summary, ", ".join(inputs), parameters, sized(shape))


def sized(shape: tuple[int, ...]) -> str:
    """`2 × 3`; `a number` where there is no axis.

    >>> sized((2, 3)), sized((4,)), sized(())
    ('2 × 3', '4', 'a number')
    """
    return " × ".join(map(str, shape)) or "a number"
