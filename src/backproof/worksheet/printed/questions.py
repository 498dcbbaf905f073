"""What an examination sheet asks, part by part: a pass of the problem or of a variant, what is new in it, what it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from flint import fmpq

from backproof.arithmetic.array import Array
from backproof.arithmetic.numeral import Numeral
from backproof.network.network import Layer
from backproof.network.rubric import Rubric
from backproof.record.quantity import Quantity
from backproof.record.record import Record
from backproof.rules.rule import Rule, readable
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
    rubric: Rubric
    givens: list[Quantity]
    """What is given here and not before."""
    carried: list[str]
    """Parameters that an earlier pass has moved: what they are now is an answer there."""
    network: list[Row]
    """The layers that are not as before."""
    steps: list[Step]
    """What is asked for."""
    state: list[str] = field(default_factory=list[str])
    """What the update keeps from step to step, and finds at 0 here."""
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
        wanted = [step for step in each.steps if rubric.asks(step.quantity)]
        formulas = {} if before else {s.quantity: s for s in each.steps if s.quantity in rubric.formulas}
        network = [] if before else rows(each.record)
        known = before.network.parameters if before else dict[str, Array]()
        yield Part(
            each.title,
            rubric,
            *given(each.record, known, before),
            network,
            wanted,
            beginnings(each.record),
            formulas,
        )
        before = each.record
    for k, variant in enumerate(sheet.variants):
        own = sheet.problem.variants[k].rubric if sheet.problem else rubric
        yield from of_variant(variant, [each.record for each in sheet.passes], own)


def of_variant(variant: Variant, main: list[Record], rubric: Rubric) -> Iterator[Part]:
    """Of a variant only what is not as it was in the same pass of the problem itself."""
    before: Record | None = None
    for n, (record, known) in enumerate(zip(variant.records, main, strict=True)):
        names = set(changed(record, known))
        wanted = [step for step in steps(record) if step.quantity in names and rubric.asks(step.quantity)]
        same, begun = rows(known), beginnings(known)
        network = [] if before else [row for row in rows(record) if row not in same]
        state = [name for name in beginnings(record) if name not in begun]
        arrays = {name: known.array(name) for name in known.names}
        yield Part(variant.heading(n), rubric, *given(record, arrays, before), network, wanted, state)
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
            found.append(Row(f"{name}'", described(network.update), name, "", sized(record[name].shape)))
    return found


def beginnings(record: Record) -> list[str]:
    """Those parts of an optimiser's state that this pass finds at 0."""
    update = record.network.update
    return [
        state
        for state in (update.state if update else ())
        if any(f"{n}.{state}'" in record.made and f"{n}.{state}" not in record for n in record.network.parameters)
    ]


def row(record: Record, layer: Layer, inputs: tuple[str, ...]) -> Row:
    names = set(record.names)
    own = [layer.name(array) for array in (*layer.rule.parameters, *layer.rule.chance)]
    parameters = ", ".join(name for name in own if name in names)
    made = [*(layer.name(array) for array in layer.rule.scratch), layer.output]
    made = [name for name in made if name in names]
    shapes = [sized(record[name].shape) for name in made]
    shown = shapes if len(set(shapes)) > 1 else shapes[:1]
    return Row(", ".join(made), described(layer.rule), ", ".join(inputs), parameters, "; ".join(shown))


def described(rule: Rule) -> str:
    """The rule with the options that its outcome depends on, also where they are as by default.

    Left out is what by default changes nothing or says nothing: None, true, false, no padding, a stride of 1.

    >>> from backproof.rules import find
    >>> described(find("LeakyReLU")()), described(find("Linear")(out_features=2))
    ('LeakyReLU(negative_slope=0.01)', 'Linear(out_features=2)')
    """
    kept: list[str] = []
    for option in fields(rule):  # pyright: ignore[reportArgumentType]
        value = getattr(rule, option.name)
        if value != option.default or option.name == "dim" or (telling(value) and option.name != "padding_mode"):
            kept.append(f"{option.name}={readable(value)}")
    return type(rule).__name__ + (f"({', '.join(kept)})" if kept else "")


def telling(default: Any) -> bool:
    """Whether an option's default is a number to compute with, or a word: `eps=1e-8`, `reduction=mean`."""
    return isinstance(default, str) or (isinstance(default, tuple) and all(isinstance(x, Numeral) for x in default))  # pyright: ignore[reportUnknownVariableType]


def sized(shape: tuple[int, ...]) -> str:
    """`2 × 3`; `a number` where there is no axis.

    >>> sized((2, 3)), sized((4,)), sized(())
    ('2 × 3', '4', 'a number')
    """
    return " × ".join(map(str, shape)) or "a number"
