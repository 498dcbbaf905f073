"""How large the gradients are, layer by layer: where they vanish, explode or die, and how that is told.

The words and when they are said, always of one datum's pass (or one batch's):

- *not finite*: some of a quantity's gradients are inf or NaN.
- *dead*: all its gradients are exactly 0; of parameters, at least nine of ten; of what an activation reads, at least three
  of four that came back to the activation end there, because its slope is 0. Of ReLUs that have learned nothing about
  half do. What a max pool passes over, and what Dropout drops, is not called dead.
- *vanishing*: even the largest gradient by a layer's output, or by an input, is at most 10⁻³ of the largest by the
  network's output.
- *exploding*: the largest is at least 10³ times that.

Parameters are not compared with the network's output: their gradients are in other units.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import Literal, TypeAlias

from backproof.errors import BadOption
from backproof.network.plan import gradient
from backproof.notation.styles import pretty
from backproof.plots.numbers import power
from backproof.plots.passages import Passage, one, passages
from backproof.record.record import Record

Kind: TypeAlias = Literal["input", "output", "parameter"]

DECADES = 3
"""Powers of ten between a layer's gradients and those of the network's output from which they vanish or explode."""
ENDED = 0.75
"""The part of the gradients that reach an activation from which, if they end there, it is called dead."""
IDLE = 0.9
"""The part of a parameter's gradients from which, if they are 0, it is called dead."""


@dataclass(frozen=True)
class Sizes:
    """One quantity's gradients: their sizes as powers of ten, and what is to be said of them."""

    name: str
    """The gradient's, such as dL/dW."""
    kind: Kind
    rule: str
    """What made the quantity; empty for what is given."""
    powers: tuple[float, ...]
    """log₁₀ of the size of each that is finite and not 0, in ascending order."""
    zeros: int
    """How many are exactly 0."""
    strange: int
    """How many are inf or NaN."""
    said: str = ""
    """What is wrong with them; empty where nothing is."""

    @property
    def count(self) -> int:
        return len(self.powers) + self.zeros + self.strange

    @property
    def largest(self) -> float:
        """The power of ten of the largest; −∞ where all are 0."""
        return self.powers[-1] if self.powers else -inf

    def quantile(self, part: float) -> float:
        """The power of ten that this part of those that are not 0 does not exceed, in a straight line between two of them.

        >>> Sizes("dL/dx", "input", "", (-2.0, 0.0), zeros=0, strange=0).quantile(0.5)
        -1.0
        """
        place = part * (len(self.powers) - 1)
        low = int(place)
        high = min(low + 1, len(self.powers) - 1)
        return self.powers[low] + (place - low) * (self.powers[high] - self.powers[low])


def sizes(record: Record) -> list[Sizes]:
    """Every gradient's sizes, from the inputs to the network's output: of each layer its parameters, then its output.

    Raises `BadOption` where the network has no loss, for then nothing has a gradient.
    """
    network = record.network
    if network.loss is None:
        raise BadOption('the network has no loss, so nothing has a gradient; expected kind="activations"')
    L = network.loss.output
    last = measured(record, gradient(L, network.prediction), "output")
    ends = {one(p.back.writes["dx"]).name: p for p in passages(record) if p.back}
    found = [
        measured(record, gradient(L, name), kind, rule)
        for name, kind, rule in quantities(record)
        if gradient(L, name) in record.names
    ]
    return [told(each, last, ends.get(each.name)) for each in found]


def quantities(record: Record) -> Iterator[tuple[str, Kind, str]]:
    """What may have a gradient, in the order of depth, with the rule that makes it."""
    for name in record.network.inputs:
        yield name, "input", ""
    for layer in record.network.layers:
        for parameter in layer.rule.parameters:
            yield layer.name(parameter), "parameter", ""
        yield layer.output, "output", type(layer.rule).__name__


def measured(record: Record, name: str, kind: Kind, rule: str = "") -> Sizes:
    powers = [power(value) for value in record.array(name).values()]
    finite = sorted(p for p in powers if isfinite(p))
    zeros = powers.count(-inf)
    return Sizes(name, kind, rule, tuple(finite), zeros, len(powers) - len(finite) - zeros)


def told(sizes: Sizes, last: Sizes, passage: Passage | None) -> Sizes:
    """The same with what is to be said of them."""
    gone, of = passage.ended if passage else (0, 0)
    said: list[str] = []
    if sizes.strange:
        said.append(f"not finite: {sizes.strange:,} of {sizes.count:,}")
    if sizes.zeros == sizes.count:
        said.append("dead: it is 0" if sizes.count == 1 else f"dead: all {sizes.count:,} gradients are 0")
    elif sizes.kind == "parameter" and sizes.zeros >= IDLE * sizes.count:
        said.append(f"dead: {sizes.zeros:,} of {sizes.count:,} gradients are 0")
    elif passage and gone and gone >= ENDED * of:
        said.append(
            f"dead: {gone:,} of {of:,} gradients end in {passage.job.layer} ({type(passage.job.rule).__name__})"
        )
    if sizes.kind != "parameter" and sizes.powers and last.powers:
        apart = sizes.largest - last.largest
        if abs(apart) >= DECADES:
            what = "vanishing" if apart < 0 else "exploding"
            said.append(f"{what}: {ten(apart)} times {pretty(last.name)}")
    return replace(sizes, said="; ".join(said))


FAR = 300_000
"""Powers of ten that `numbers.power` no longer tells apart."""


def ten(power: float) -> str:
    """A power of ten, its exponent rounded; of one too far away to be told, that it lies beyond.

    >>> ten(-6.2), ten(-3e5)
    ('10⁻⁶', 'beyond 10⁻³⁰⁰⁰⁰⁰')
    """
    beyond = "beyond " if abs(power) >= FAR else ""
    return f"{beyond}10" + str(round(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
