"""The network with its numbers: what is given, what each rule makes of it, and the gradients that come back."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files

from backproof.drawing.cards import PILL, PORT, Drawn, card_at, narrowed, pill_width, wide
from backproof.drawing.graph import Graph, graph
from backproof.drawing.layout import Layout, Way, laid_out, path
from backproof.drawing.numbers import amount
from backproof.drawing.order import columns
from backproof.drawing.view import View
from backproof.record.record import Record

MARGIN = 6.0
PHONE = 340.0
"""How wide a drawing for a narrow page may be before it has to be made smaller."""
ROOMS = (PHONE - 2 * MARGIN, 305.0, 285.0, 265.0)
"""For cards, the more the better as long as it fits."""


def drawing(
    record: Record, *, scope: str = "1", upright: bool = False, covered: Container[str] = (), links: bool = True
) -> str:
    """The network with its numbers as an SVG element, to stand in a page that has `style()`.

    scope: tells the passes of one page apart, as in `anchors.link`. upright: from top to bottom, for a phone, not from
    left to right. covered: the names of the quantities whose numbers must not be seen; nothing that rests on them is, neither
    shades nor winners nor dead paths. links: whether a cell is a link to its working.
    """
    view = View(record, graph(record), scope, upright, covered, links)
    ways = [Way(edge.source, edge.target, False) for edge in view.graph.edges]
    ways += [Way(edge.source, edge.target, True) for edge in sorted(view.flowing.values(), key=view.dead)]
    ranks, lanes = columns(view.graph)
    if upright:
        cards, layout = fitted(view, ranks, lanes, ways)
    else:
        cards = {name: wide(view, card) for name, card in view.graph.cards.items()}
        layout = laid_out({name: each.box for name, each in cards.items()}, ranks, lanes, ways, PORT)
    edges = "".join(edge_of(view, way, layout) for way in reversed(ways))
    body = "".join(card_at(view, cards[name], layout) for name in view.graph.cards)
    pills = "".join(pill(view, name, layout) for name in layout.labels)
    return framed(view, layout, f'<g aria-hidden="true">{edges}{pills}</g>{body}')


def fitted(
    view: View, columns: list[list[str]], lanes: Mapping[str, int], ways: Sequence[Way]
) -> tuple[dict[str, Drawn], Layout]:
    """Cards for a narrow page: in as much room as leaves enough beside them for what goes round them.

    Of several tries the first that fits, or else the one that is shortest when its letters are made as large as theirs.
    """

    def tried(room: float) -> tuple[dict[str, Drawn], Layout]:
        ranks, cards = narrowed(view, columns, room)
        return cards, laid_out({name: each.box for name, each in cards.items()}, ranks, lanes, ways, PORT, room)

    def cost(found: tuple[dict[str, Drawn], Layout]) -> float:
        _, _, width, height = frame(view, found[1])
        return height * max(1.0, width / PHONE) ** 2

    return min(map(tried, ROOMS), key=cost)


@cache
def style() -> str:
    """The style sheet of drawings, light and dark, for a page's head."""
    return files("backproof.drawing").joinpath("drawing.css").read_text(encoding="utf-8")


def edge_of(view: View, way: Way, layout: Layout) -> str:
    """The way of the values from a quantity to what is made of it, or of the gradient back."""
    classes = "edge backward" if way.back else "edge forward"
    if way.back and view.dead(view.flowing[way.source, way.target]):
        classes += " dead"
    start, end = (way.target, way.source) if way.back else (way.source, way.target)
    names = f'data-from="{escape(start)}" data-to="{escape(end)}"'
    data = path(layout.ways[way], way.back, way in layout.whole, view.upright)
    return f'<path class="{classes}" {names} d="{data}"/>'


def pill(view: View, name: str, layout: Layout) -> str:
    """The rule's name, where all that it reads comes together; its options when pointed at."""
    rule = view.graph.rules[name]
    width, (x, y) = pill_width(view.graph, name), pill_corner(view, name, layout)
    box = f'x="{amount(x)}" y="{amount(y)}" width="{amount(width)}" height="{amount(PILL)}" rx="11"'
    text = f'<text x="{amount(x + width / 2)}" y="{amount(y + 15)}">{type(rule).__name__}</text>'
    return f'<g class="rule"><title>{escape(rule.summary)}</title><rect {box}/>{text}</g>'


def pill_corner(view: View, name: str, layout: Layout) -> tuple[float, float]:
    """Where it begins: on the way of the values, clear of the gradients', and inside of the drawing if that can be."""
    width, end, across = pill_width(view.graph, name), layout.labels[name], layout.axes[name] - PORT
    if not view.upright:
        return end - width, across - PILL / 2
    return min(max(across + 14 - width, 0.0), across + 2 * PORT - 8 - width), end - PILL


def framed(view: View, layout: Layout, body: str) -> str:
    """The element itself, with what it shows in words."""
    box = frame(view, layout)
    size = f'width="{amount(box[2])}" height="{amount(box[3])}" viewBox="{" ".join(map(amount, box))}"'
    title = view.record.network.title or "The network"
    kind = "network upright" if view.upright else "network"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="group" {size} '
        f'aria-label="{escape(title)}, drawn with its numbers"><desc>{escape(told(view.graph))}</desc>{body}</svg>'
    )


def frame(view: View, layout: Layout) -> tuple[float, float, float, float]:
    """Left, top, width and height of all that is drawn."""
    width, height = (layout.breadth, layout.length) if view.upright else (layout.length, layout.breadth)
    left = min([0.0, *(pill_corner(view, name, layout)[0] for name in layout.labels)]) - MARGIN
    return left, -MARGIN, width + MARGIN - left, height + 2 * MARGIN


def told(graph: Graph) -> str:
    """The network in words."""
    made = [name for name in graph.rules if name in graph.cards]
    sentences = [
        f"{' and '.join(graph.sources(name))} through {type(graph.rules[name]).__name__} to {name}" for name in made
    ]
    back = " Gradients come back the same way." if any(card.gradient for card in graph.cards.values()) else ""
    return f"{'; '.join(sentences)}.{back}"
