"""Where cards, rules and edges go.

Directions are named so that one layout serves both a wide page and a narrow one: `along` is the way that values flow, `across`
the other. Cards stand in ranks one after another along; between two ranks lies a gap without cards, in which edges turn. An
edge to a rank further on goes round the outside: values on one side, gradients on the other. So no edge meets a card.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from backproof.drawing.numbers import amount

EXIT, STRAIGHT, TRACK, ARROW = 14.0, 8.0, 9.0, 20.0
GUTTER = 14.0
APART = 26.0
"""Between two cards across."""
RADIUS = 7.0
SLACK = 10.0
TIP = 2.0


@dataclass(frozen=True)
class Box:
    """How much room a card needs: along, and across on both sides of its axis; and its rule's name along, 0 for none."""

    length: float
    before: float
    after: float
    label: float = 0


class Point(NamedTuple):
    along: float
    across: float


At: TypeAlias = Callable[[Point], str]
"""How a point is written."""


@dataclass(frozen=True)
class Way:
    """An edge to be drawn, in the direction in which its numbers flow along or back."""

    source: str
    target: str
    back: bool


@dataclass(frozen=True)
class Layout:
    """Each card's corner along and its axis across, where its rule's name ends, each edge's corners; and how large it all is."""

    starts: dict[str, float]
    axes: dict[str, float]
    labels: dict[str, float]
    ways: dict[Way, list[Point]]
    whole: set[Way]
    """The edges that go all the way; the others end where they meet one of these."""
    length: float
    breadth: float


def laid_out(
    boxes: Mapping[str, Box],
    ranks: Sequence[Sequence[str]],
    lanes: Mapping[str, int],
    ways: Sequence[Way],
    port: float,
    narrow: float = 0,
) -> Layout:
    """Everything in its place. port: how far from a card's axis values leave it on one side, gradients on the other.

    lanes: which cards share an axis, the others of their rank standing below them. narrow: instead, how much room there is
    across; then only lane 0 keeps its axis, as well as it can. Where edges come together, the first of `ways` goes all the way.
    """
    rank = {name: r for r, names in enumerate(ranks) for name in names}
    joined = {(way.source, way.target) for way in ways}
    axes = packed(boxes, ranks, lanes, joined, port, narrow) if narrow else laned(boxes, ranks, lanes, joined, port)
    far = [way for way in ways if rank[way.target] - rank[way.source] > 1]
    tracks = {back: gutters([way for way in far if way.back == back], rank) for back in (False, True)}
    low = min(axes[name] - box.before for name, box in boxes.items())
    high = max(axes[name] + box.after for name, box in boxes.items())
    room = {back: GUTTER + TRACK * max(found.values()) if (found := tracks[back]) else 0.0 for back in tracks}
    axes = {name: axis - low + room[False] for name, axis in axes.items()}
    outside = {way: room[False] - GUTTER - TRACK * k for way, k in tracks[False].items()}
    outside |= {way: room[False] + high - low + GUTTER + TRACK * k for way, k in tracks[True].items()}
    turns = turned(ways, rank, axes)
    whole = wholes(ways, rank, axes)
    lengths = [max(boxes[name].length for name in names) for names in ranks]
    begins = [0.0]
    for r in range(1, len(ranks)):
        zone = max(STRAIGHT, TRACK * sum(gap == r - 1 for gap, _ in turns))
        label = max(boxes[name].label for name in ranks[r])
        begins.append(begins[-1] + lengths[r - 1] + EXIT + zone + label + ARROW)
    spare = {name: 0.0 if narrow else (lengths[rank[name]] - box.length) / 2 for name, box in boxes.items()}
    starts = {name: begins[rank[name]] + spare[name] for name in boxes}

    def corners(way: Way) -> list[Point]:
        side, first, last = port if way.back else -port, rank[way.source], rank[way.target] - 1
        out = Point(starts[way.source] + boxes[way.source].length, axes[way.source] + side)
        into = Point(starts[way.target], axes[way.target] + side)
        if way in outside:
            turn = [turns[first, ("out", way.source, way.back)], turns[last, ("into", way.target, way.back)]]
            a, b = (begins[r] + lengths[r] + EXIT + TRACK * k for r, k in zip((first, last), turn, strict=True))
            there = outside[way]
            bends = [out, Point(a, out.across), Point(a, there), Point(b, there), Point(b, into.across)]
            return [*bends, into if way in whole else Point(b + RADIUS, into.across)]
        k = turns.get((first, ("into", way.target, way.back)))
        if k is None or same(axes, way):
            return [out, into]
        a = begins[first] + lengths[first] + EXIT + TRACK * k
        end = into if way in whole else Point(a + RADIUS, into.across)
        return [out, Point(a, out.across), Point(a, into.across), end]

    labels = {name: begins[rank[name]] - ARROW for name, box in boxes.items() if box.label and rank[name]}
    breadth = high - low + room[False] + room[True]
    return Layout(starts, axes, labels, {way: corners(way) for way in ways}, whole, begins[-1] + lengths[-1], breadth)


def same(axes: Mapping[str, float], way: Way) -> bool:
    """Whether an edge is straight where nothing lies between its ends."""
    return abs(axes[way.source] - axes[way.target]) < 0.01


def laned(
    boxes: Mapping[str, Box],
    ranks: Sequence[Sequence[str]],
    lanes: Mapping[str, int],
    joined: Container[tuple[str, str]],
    port: float,
) -> dict[str, float]:
    """One axis for all cards of a lane; those without one below the others of their rank."""
    found: dict[str, float] = {}
    end = -APART
    for lane in sorted(set(lanes.values())):
        names = [name for name in boxes if lanes.get(name) == lane]
        axis = end + APART + max(boxes[name].before for name in names)
        found |= dict.fromkeys(names, axis)
        end = axis + max(boxes[name].after for name in names)
    for before, names, after in zip([[], *ranks], ranks, [*ranks[1:], []], strict=False):
        end = max((found[name] + boxes[name].after for name in names if name in found), default=0.0)
        for name in names:
            if name not in found:
                beside = [found[n] for n in before if n in found and (n, name) not in joined]
                beside += [found[n] for n in after if n in found and (name, n) not in joined]
                found[name] = clear(end + APART + boxes[name].before, beside, port)
                end = found[name] + boxes[name].after
    return found


def clear(axis: float, others: Sequence[float], port: float) -> float:
    """The same axis, or one a little further on, so that no edge here ends in line with one there and seems to go on as it."""
    while any(abs(abs(axis - other) - apart) < TRACK for other in others for apart in (0, 2 * port)):
        axis += TRACK / 2
    return axis


def wholes(ways: Sequence[Way], rank: Mapping[str, int], axes: Mapping[str, float]) -> set[Way]:
    """Of the edges that meet in front of a card, the one that goes on to it: one that is straight, or else the first."""
    found: dict[tuple[str, bool], Way] = {}
    for way in ways:
        straight = same(axes, way) and rank[way.target] - rank[way.source] == 1
        if straight or (way.target, way.back) not in found:
            found[way.target, way.back] = way
    return set(found.values())


def packed(
    boxes: Mapping[str, Box],
    ranks: Sequence[Sequence[str]],
    lanes: Mapping[str, int],
    joined: Container[tuple[str, str]],
    port: float,
    room: float,
) -> dict[str, float]:
    """Cards side by side; lane 0 at 0 where there is room for the others beside it, else each rank in the middle."""
    found: dict[str, float] = {}
    for before, names in zip([[], *ranks], ranks, strict=False):
        breadth = sum(boxes[name].before + boxes[name].after for name in names) + APART * (len(names) - 1)
        low = -boxes[names[0]].before if lanes.get(names[0]) == 0 else -breadth / 2
        end = max(min(low, room / 2 + SLACK - breadth), -breadth / 2)
        for name in names:
            beside = [found[n] for n in before if (n, name) not in joined]
            axis = end + boxes[name].before
            found[name] = clear(axis, beside, port) if name != names[0] else axis
            end = found[name] + boxes[name].after + APART
    return found


def gutters(far: Sequence[Way], rank: Mapping[str, int]) -> dict[Way, int]:
    """The track of each edge that goes round the outside: one for all that meet, no two others on one track side by side."""
    begins: dict[str, int] = {}
    for way in far:
        begins[way.target] = min(rank[way.source], begins.get(way.target, rank[way.source]))
    found: dict[str, int] = {}
    ends: list[int] = []
    for target in sorted(begins, key=lambda name: (begins[name], rank[name])):
        track = next((k for k, end in enumerate(ends) if end < begins[target]), len(ends))
        ends[track : track + 1] = [rank[target] - 1]
        found[target] = track
    return {way: found[way.target] for way in far}


def turned(
    ways: Sequence[Way], rank: Mapping[str, int], axes: Mapping[str, float]
) -> dict[tuple[int, tuple[str, str, bool]], int]:
    """The tracks in each gap: edges that turn into the same card share one, and so do those that leave one for outside."""
    found: dict[tuple[int, tuple[str, str, bool]], int] = {}
    used: dict[int, int] = {}

    def track(gap: int, key: tuple[str, str, bool]) -> None:
        if (gap, key) not in found:
            found[gap, key] = used.get(gap, 0)
            used[gap] = found[gap, key] + 1

    for way in sorted(ways, key=lambda way: way.back):
        if rank[way.target] - rank[way.source] > 1:
            track(rank[way.source], ("out", way.source, way.back))
        elif same(axes, way):
            continue
        track(rank[way.target] - 1, ("into", way.target, way.back))
    return found


def path(corners: Sequence[Point], back: bool, whole: bool, upright: bool) -> str:
    """An edge as SVG's path data, with its arrow's tip."""

    def at(point: Point) -> str:
        return (
            f"{amount(point.across)} {amount(point.along)}"
            if upright
            else f"{amount(point.along)} {amount(point.across)}"
        )

    first, last = corners[0], corners[-1]
    tip = Point(first.along + TIP, first.across) if back else Point(last.along - TIP, last.across)
    if not back and not whole:
        return f"M{at(first)}{turning(corners, at)}"
    points = [last, *corners[-2:0:-1], tip] if back else [*corners[:-1], tip]
    wing = 5 if back else -5
    wings = [Point(tip.along + wing, tip.across + side) for side in (-3.5, 3.5)]
    return f"M{at(points[0])}{turning(points, at)}M{at(wings[0])}L{at(tip)}L{at(wings[1])}"


def turning(points: Sequence[Point], at: At) -> str:
    """Round corners."""
    text = ""
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        text += f"L{at(towards(corner, before))}Q{at(corner)} {at(towards(corner, after))}"
    return text + f"L{at(points[-1])}"


def towards(corner: Point, other: Point) -> Point:
    """A little way from a corner to the next, at most half of it."""
    along, across = other.along - corner.along, other.across - corner.across
    part = min(RADIUS, max(abs(along), abs(across)) / 2) / max(abs(along), abs(across), 1e-9)
    return Point(corner.along + along * part, corner.across + across * part)
