"""Which of several data an answer is of, where no heading says so: by the givens that are restated, or by the order.

Of a sheet that names no datum, and that answers most of its quantities as often as there are data, the n-th answers are
taken for those of the n-th datum, and a doubt says so.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flint import fmpq

from backproof.arithmetic.array import Index
from backproof.marking.claims import Chain, Claim, Where, Written
from backproof.marking.question import Part
from backproof.marking.reading.collecting import Collecting

STEP = re.compile(
    r"^[ \t]*(?:#+[ \t]*(?:step|schritt)?|step|schritt|(?=\d+[ \t]*[.)]))[ \t]*(?P<n>\d{1,3})[ \t]*[.:)]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that is a number, perhaps with a word: it may begin a datum."""


def restated(reading: Collecting, name: str, cells: Mapping[Index, Written]) -> int | None:
    """The part whose input or target stands here, where that is another datum's and not that of the part at work.

    Where all data are stated one after another before any is worked on, none of them begins.
    """
    here = reading.parts[reading.part]
    if name not in data_of(here) or same(here, name, cells):
        return None
    known = {n for part, n in reading.answered if part == reading.part}
    if known & set(data_of(here)) and not known & set(here.own):
        return None
    fits = [
        p
        for p, part in enumerate(reading.parts)
        if part.variant == here.variant and name in data_of(part) and same(part, name, cells)
    ]
    return next((p for p in fits if reading.parts[p].datum > here.datum), fits[0] if fits else None)


def data_of(part: Part) -> list[str]:
    """The inputs and the target of a part."""
    network = part.record.network
    return [n for n in (*network.inputs, *([network.loss.target] if network.loss else [])) if n in part.shapes]


def same(part: Part, name: str, cells: Mapping[Index, Written]) -> bool:
    """Whether these are the part's own numbers, all of them."""
    array = part.record.array(name)
    places = list(array.indices())
    if set(places) != set(cells):
        return False
    return all(isinstance(array[i], fmpq | int) and cells[i].value == array[i] for i in places)


def in_order(reading: Collecting, text: str) -> None:
    """Give the answers of a sheet that names no datum to the data in turn."""
    data = [p for p, part in enumerate(reading.parts) if not part.variant]
    if len(data) < 2 or any(claim.part for claim in reading.claims):
        return
    parts = by_heading(reading, text, len(data)) or by_count(reading, len(data))
    if not parts or not all(has(reading.parts[data[p]], c) for p, c in zip(parts, reading.claims, strict=True)):
        return
    claims, reading.claims, reading.answered = reading.claims, [], {}
    reading.remarks = [remark for remark in reading.remarks if remark.kind != "twice"]
    for claim, n in zip(claims, parts, strict=True):
        Collecting.note(reading, claim.name, data[n], dict(claim.cells), claim.where)
    reading.chains = [replace(chain, part=part_behind(chain, reading.claims)) for chain in reading.chains]
    second = next((claim.where for claim in reading.claims if claim.part == data[1]), Where())
    message = "nothing names the datum that these answers are of; they were taken in the order of the data"
    reading.remark("doubt", message, where=second)


def has(part: Part, claim: Claim) -> bool:
    """Whether a part has all the cells of a claim."""
    shape = part.shapes.get(claim.name)
    return shape is not None and all(
        len(i) == len(shape) and all(type(k) is int and k < n for k, n in zip(i, shape, strict=True))
        for i in claim.cells
    )


def by_heading(reading: Collecting, text: str, many: int) -> list[int]:
    """For each claim its datum, by the lines that are numbers, where these count the data, and something is answered under several."""
    marks = list(STEP.finditer(text))
    if [int(m["n"]) for m in marks] != list(range(1, many + 1)):
        return []
    lines = [text.count("\n", 0, m.start("n")) + 1 for m in marks]
    found = [max(bisect_right(lines, claim.where.line) - 1, 0) for claim in reading.claims]
    asked = set(reading.parts[0].own)
    under = Counter(name for name, _ in {(c.name, n) for c, n in zip(reading.claims, found, strict=True)})
    return found if any(name in asked and n > 1 for name, n in under.items()) else []


def by_count(reading: Collecting, many: int) -> list[int]:
    """For each claim its datum, by how often its cells were answered before; what was answered once goes with its neighbours."""
    counts: Counter[tuple[str, Index]] = Counter()
    turns: list[int] = []
    for claim in reading.claims:
        turns.append(max((counts[claim.name, i] for i in claim.cells), default=0))
        counts.update((claim.name, i) for i in claim.cells)
    asked = set(reading.parts[0].own)
    times = {name: max(n for (other, _), n in counts.items() if other == name) for name, _ in counts if name in asked}
    full = {name for name, n in times.items() if n == many}
    if not full or 2 * len(full) < len(times) or max(times.values()) > many or repeated(reading.claims, full):
        return []
    starts: list[int] = []
    for n in range(1, many):
        before = [i for i, c in enumerate(reading.claims) if c.name in full and turns[i] < n]
        behind = [i for i, c in enumerate(reading.claims) if c.name in full and turns[i] >= n]
        if before[-1] > behind[0]:
            return turns
        starts.append(beginning(reading, before[-1] + 1, behind[0]))
    return [bisect_right(starts, i) for i in range(len(turns))]


def repeated(claims: Sequence[Claim], names: set[str]) -> bool:
    """Whether the same numbers stand there again and again, as in a list of results at the end."""
    numbers = Counter((c.name, i, str(w.value)) for c in claims if c.name in names for i, w in c.cells.items())
    cells = {(name, index) for name, index, _ in numbers}
    return len(numbers) == len(cells)


def beginning(reading: Collecting, first: int, last: int) -> int:
    """Where the next datum begins between two claims: where the order of the work begins anew."""
    order = {name: n for n, name in enumerate(reading.parts[0].record.names)}
    names = [order.get(claim.name, 0) for claim in reading.claims]
    return next((i for i in range(first, last) if names[i] < names[i - 1]), last)


def part_behind(chain: Chain, claims: Sequence[Claim]) -> int:
    """The part of the claim that formulas end in, or of the next."""
    where = chain.sides[0].where
    behind = [c for c in claims if c.where >= where]
    own = [c for c in behind if c.name == chain.name]
    return (own or behind or claims[-1:])[0].part
