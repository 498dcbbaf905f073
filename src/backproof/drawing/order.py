"""Where each quantity stands: how deep it lies, in which lane, and which share a row of a narrow page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backproof.drawing.graph import Graph


def depths(graph: Graph) -> dict[str, int]:
    """How many layers lie before each quantity, by the longest way; what is given stands just before its first use."""
    found: dict[str, int] = {}

    def deep(name: str) -> int:
        return 1 + max((found[source] for source in graph.sources(name) if not graph.cards[source].given), default=0)

    waiting = [name for name, card in graph.cards.items() if card.kind in ("layer", "loss")]
    while waiting:
        for name in waiting:
            if all(graph.cards[source].given or source in found for source in graph.sources(name)):
                found[name] = deep(name)
        waiting = [name for name in waiting if name not in found]
    found |= {name: found[card.layer] for name, card in graph.cards.items() if card.kind == "inner"}
    for name, card in graph.cards.items():
        if card.given:
            found[name] = min((found[target] for target in graph.targets(name)), default=1) - 1
    return found


def main_line(graph: Graph, depth: dict[str, int]) -> list[str]:
    """The longest way through the network, from its end back to an input."""
    ends = [name for name, card in graph.cards.items() if card.kind in ("loss", "layer")]
    if not ends:
        return list(graph.cards)[:1]
    line = [max(ends, key=lambda name: (graph.cards[name].kind == "loss", depth[name]))]
    while sources := [s for s in graph.sources(line[-1]) if graph.cards[s].kind not in ("parameter", "target")]:
        line.append(max(sources, key=lambda name: (depth[name], graph.cards[name].kind == "layer")))
    return line[::-1]


def lanes(graph: Graph, depth: dict[str, int]) -> dict[str, int]:
    """A lane for each layer: the main line in the first, branches below it; what is given has none, but for the input."""
    line = main_line(graph, depth)
    found = dict.fromkeys(line, 0)
    taken = {(0, depth[name]) for name in line}
    for name in sorted(graph.cards, key=lambda name: depth[name]):
        if name in found or graph.cards[name].kind != "layer":
            continue
        branch = [name]
        while further := [t for t in graph.targets(branch[-1]) if t not in found and graph.cards[t].kind == "layer"]:
            branch.append(further[0])
        lane = 1
        while any((lane, depth[each]) in taken for each in branch):
            lane += 1
        found.update(dict.fromkeys(branch, lane))
        taken.update((lane, depth[each]) for each in branch)
    return found


def columns(graph: Graph) -> tuple[list[list[str]], dict[str, int]]:
    """The quantities of each depth, those with a lane first; and the lanes."""
    depth = depths(graph)
    lane = lanes(graph, depth)
    ranks: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    last = len(graph.cards)
    for name in sorted(graph.cards, key=lambda name: (lane.get(name, last), graph.cards[name].kind != "inner")):
        ranks[depth[name]].append(name)
    return ranks, lane


def rows(column: Sequence[str], breadths: Mapping[str, float], room: float) -> list[list[str]]:
    """Quantities of one depth on a narrow page: as many side by side as there is room for, the others in further rows."""
    found: list[list[str]] = [[]]
    for name in column:
        if found[-1] and sum(breadths[each] for each in [*found[-1], name]) > room:
            found.append([])
        found[-1].append(name)
    return found
