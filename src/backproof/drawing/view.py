"""How a record is to be seen: what is covered, which cells won, which are dead."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property

from backproof.arithmetic.array import Array
from backproof.drawing.graph import Card, Edge, Graph, winners
from backproof.drawing.plate import Plate
from backproof.drawing.sizes import is_zero
from backproof.record.record import Record


@dataclass(frozen=True)
class View:
    """A record and how it is to be seen."""

    record: Record
    graph: Graph
    scope: str
    upright: bool
    covered: Container[str]
    links: bool

    @cached_property
    def plates(self) -> dict[str, list[Plate]]:
        """The values of each card, and their gradient where there is one."""
        return {
            card.name: [self.plate(card, name) for name in (card.name, card.gradient) if name]
            for card in self.graph.cards.values()
        }

    def plate(self, card: Card, name: str) -> Plate:
        record, array = self.record, self.record.array(name)
        back = self.record.array(card.gradient) if card.gradient else None
        own = name == card.name and name not in self.covered
        return Plate(
            name,
            array.shape,
            None if name in self.covered else array,
            record.digits,
            self.scope,
            self.links,
            addressed=name in record.names,
            gradient=name != card.name,
            winners=self.won(card) if own else frozenset(),
            dead=zeros(back) if own and back is not None and card.gradient not in self.covered else frozenset(),
        )

    @cached_property
    def winners(self) -> dict[str, dict[str, set[tuple[int, ...]]]]:
        return winners(self.record)

    def won(self, card: Card) -> frozenset[tuple[int, ...]]:
        """The cells that won, unless what would be told is covered."""
        if card.gradient in self.covered:
            return frozenset()
        ways = self.winners.get(card.name, {})
        return frozenset(cell for layer, cells in ways.items() if layer not in self.covered for cell in cells)

    @cached_property
    def flowing(self) -> dict[tuple[str, str], Edge]:
        """The edges along which a gradient comes back."""
        return {(edge.source, edge.target): edge for edge in self.graph.edges if edge.gradients}

    def dead(self, edge: Edge) -> bool:
        """Whether all that comes back along an edge is 0, and may be seen."""
        gradient = self.graph.cards[edge.source].gradient
        hidden = gradient in self.covered or any(slot.name in self.covered for slot in edge.gradients)
        values = self.record.evaluation.values
        return not hidden and all(is_zero(v) for slot in edge.gradients for v in values[slot].values())


def zeros(array: Array) -> frozenset[tuple[int, ...]]:
    return frozenset(index for index, value in array.items() if is_zero(value))
