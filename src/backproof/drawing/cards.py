"""Cards: a quantity's name and numbers with its gradient, for a wide page and for a narrow one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from backproof.drawing.graph import Card, Graph
from backproof.drawing.layout import APART, Box, Layout
from backproof.drawing.lettering import RULE_SIZE, breadth, name_width, shortened, symbol
from backproof.drawing.numbers import amount
from backproof.drawing.order import rows
from backproof.drawing.plate import CELL, Picture, pictures
from backproof.drawing.view import View

PAD = 9.0
NAME = 20.0
"""The height of a name above its numbers, or below them."""
GAP = 12.0
"""Between a card's values and its gradients."""
PORT = GAP / 2 + CELL / 2
"""How far from a card's axis edges come and go: at the row of numbers next to it."""
WIDE = 340.0
PILL = 22.0
"""The height of a rule's name."""


@dataclass(frozen=True)
class Drawn:
    """A card's pictures, and the room that it needs."""

    card: Card
    pictures: list[Picture]
    box: Box
    beside: bool = False
    """Whether the gradient stands to the right of the values, not below them."""


def wide(view: View, card: Card) -> Drawn:
    """Values above, gradient below, both in reach of the axis between them."""
    shown = named(view, card, pictures(view.plates[card.name], WIDE))
    length = max(p.width for p in shown) + 2 * PAD
    before = PAD + NAME + shown[0].height + GAP / 2
    after = GAP / 2 + shown[1].height + NAME + PAD if len(shown) > 1 else PAD - GAP / 2
    return Drawn(card, shown, Box(length, before, after, pill_width(view.graph, card.name)))


def narrowed(view: View, columns: list[list[str]], room: float) -> tuple[list[list[str]], dict[str, Drawn]]:
    """Rows for a narrow page: gradients beside the values where there is room for them, else below."""
    ranks: list[list[str]] = []
    cards: dict[str, Drawn] = {}
    for names in columns:
        of = [view.graph.cards[name] for name in names]
        chosen = [beside(view, card, room) for card in of]
        if total(chosen) > room:
            tall = [below(view, card, room) for card in of]
            fits = total(tall) <= room
            chosen = [b if fits or total([a]) > room else a for a, b in zip(chosen, tall, strict=True)]
        cards |= {each.card.name: each for each in chosen}
        breadths = {each.card.name: total([each]) + APART for each in chosen}
        ranks += rows(names, breadths, room + APART)
    return ranks, cards


def total(cards: Sequence[Drawn]) -> float:
    """How wide cards are, side by side."""
    return sum(each.box.before + each.box.after for each in cards) + APART * (len(cards) - 1)


def beside(view: View, card: Card, room: float) -> Drawn:
    shown = named(view, card, pictures(view.plates[card.name], (room - 2 * PAD - GAP) / 2))
    after = GAP / 2 + shown[1].width + PAD if len(shown) > 1 else PAD - GAP / 2
    length = 2 * PAD + NAME + max(p.height for p in shown)
    label = PILL if card.name in view.graph.rules else 0
    return Drawn(card, shown, Box(length, PAD + shown[0].width + GAP / 2, after, label), beside=True)


def below(view: View, card: Card, room: float) -> Drawn:
    shown = named(view, card, pictures(view.plates[card.name], room - 2 * PAD, shrink=True))
    half = max(p.width for p in shown) / 2 + PAD
    length = 2 * PAD + sum(NAME + p.height for p in shown) + GAP * (len(shown) - 1)
    label = PILL if card.name in view.graph.rules else 0
    return Drawn(card, shown, Box(length, half, half, label))


def named(view: View, card: Card, shown: list[Picture]) -> list[Picture]:
    """A card's pictures, each wide enough for the name of what it shows."""
    plates = view.plates[card.name]
    return [picture.widened(name_width(plate.name)) for plate, picture in zip(plates, shown, strict=True)]


def pill_width(graph: Graph, name: str) -> float:
    """How wide the name of what makes a quantity is; 0 where it has none."""
    return breadth(type(graph.rules[name]).__name__, RULE_SIZE) + 16 if name in graph.rules else 0


def card_at(view: View, drawn: Drawn, layout: Layout) -> str:
    """A card in its place: its box, and each quantity with its name."""
    start, axis, box = layout.starts[drawn.card.name], layout.axes[drawn.card.name], drawn.box
    x, y = (axis - box.before, start) if view.upright else (start, axis - box.before)
    width, height = (box.before + box.after, box.length) if view.upright else (box.length, box.before + box.after)
    body = (
        f'<rect class="back" x="{amount(x)}" y="{amount(y)}" width="{amount(width)}" height="{amount(height)}" rx="8"/>'
    )
    for n, (plate, shown) in enumerate(zip(view.plates[drawn.card.name], drawn.pictures, strict=True)):
        if not view.upright:
            left, middle = x + (width - shown.width) / 2, x + width / 2
            top = axis + GAP / 2 if n else axis - GAP / 2 - shown.height
            base = top + shown.height + 15 if n else top - 7
        elif drawn.beside:
            left = axis + GAP / 2 if n else axis - GAP / 2 - shown.width
            top, middle = y + PAD + NAME, left + shown.width / 2
            base = top - 7
        else:
            left, middle = x + (width - shown.width) / 2, x + width / 2
            top = y + PAD + NAME + n * (drawn.pictures[0].height + GAP + NAME)
            base = top - 7
        kind = "quantity gradient" if n else "quantity"
        place = f'transform="translate({amount(left)} {amount(top)})"'
        inside = f"{title_at(plate.name, middle, base)}<g {place}>{shown.draw()}</g>"
        body += f'<g class="{kind}" data-quantity="{escape(plate.name)}">{inside}</g>'
    return f'<g class="card {drawn.card.kind}">{body}</g>'


def title_at(name: str, x: float, y: float) -> str:
    """A quantity's name over its numbers; told whole when pointed at, where it is cut."""
    whole = f"<title>{escape(name)}</title>" if shortened(name) != name else ""
    return f'<text class="name" x="{amount(x)}" y="{amount(y)}">{whole}{symbol(name)}</text>'
