"""A line cut into its equations: at words, commas, arrows and the ends of formulas, each then at its equals signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backproof.marking.reading.cells import closing, split
from backproof.marking.reading.tokens import Part

IS = frozenset("is are equals becomes gives".split())
IF = frozenset("if when otherwise else unless since because".split())
STARTS = frozenset("NUMBER MINUS OPEN BEGIN GARBLED FRACTION".split())
"""What an answer may begin with."""
EDGES = frozenset("COMMA COLON SEMICOLON SPLIT CELL".split())


class Equation(NamedTuple):
    """The sides of an equation, the first empty where it begins with its equals sign; one side alone is no equation."""

    sides: list[Sequence[Part]]
    words: Sequence[Part]
    """The words just before it, in the same line."""

    @property
    def start(self) -> int:
        return next((side[0].start for side in self.sides if side), 0)


def equations(parts: Sequence[Part]) -> list[Equation]:
    """What stands between the words of a line, from left to right."""
    found: list[Equation] = []
    words: list[Part] = []
    plain = without_asides(parts)
    for stretch in stretches([meant(plain, i) for i in range(len(plain))]):
        if stretch[0].kind == "PROSE":
            words.append(stretch[0])
            continue
        for piece in commas(without_loss(stretch)):
            sides = [trimmed(side) for side in split(piece, ("EQUALS",))]
            if not any(sides):
                continue
            if (
                found
                and not words
                and sides
                and (not sides[0] or not found[-1].sides[-1])
                and len(found[-1].sides) + len(sides) > 2
            ):
                found[-1].sides[-1:] = [[*found[-1].sides[-1], *sides[0]], *sides[1:]]
            else:
                found.append(Equation(sides, words))
            words = []
    return found


def conditional(parts: Sequence[Part]) -> bool:
    """Whether the formulas of a line hold only where something else does; i ≠ j says which cells are meant."""
    plain = outside(parts)
    signs = [p for p in plain if p.kind in ("PROSE", "RELATION")]
    relations = {p.text for p in signs if p.kind == "RELATION"}
    first = next((i for i, p in enumerate(plain) if p.kind == "PROSE" and p.text.lower() in IF), len(plain))
    equal = any(p.kind == "EQUALS" for p in plain[first:])
    return bool(relations - {"≠"}) or (first < len(plain) and (not relations or equal))


def outside(parts: Sequence[Part]) -> list[Part]:
    """The tokens that stand in no environment."""
    found: list[Part] = []
    depth = 0
    for part in parts:
        depth += part.kind == "BEGIN"
        if depth <= 0:
            found.append(part)
        depth -= part.kind == "END"
    return found


def assumed(equation: Equation) -> bool:
    """Whether an equation is a condition itself: `if j = y`."""
    words = {p.text.lower() for p in equation.words[-1:]}
    return bool(words & {*IF, "for"}) and all(len(side) == 1 and side[0].kind == "NAME" for side in equation.sides)


def stretches(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """The line in pieces; each word is a piece of its own, arrows and the ends of formulas are none."""
    found: list[Sequence[Part]] = []
    depth = first = 0
    for i, part in enumerate(parts):
        if depth <= 0 and part.kind in ("PROSE", "SPLIT", "ARROW", "SEMICOLON"):
            found += [parts[first:i], [part] if part.kind == "PROSE" else []]
            first = i + 1
        depth += (part.kind in ("OPEN", "LEFT", "BEGIN")) - (part.kind in ("CLOSE", "RIGHT", "END"))
    return [piece for piece in [*found, parts[first:]] if piece]


def without_asides(parts: Sequence[Part]) -> Sequence[Part]:
    """Words in parentheses are words, whatever stands among them: `y = 19.3 (5 marks)`."""
    found: list[Part] = []
    at = 0
    while at < len(parts):
        end = closing(parts, at) if parts[at].text == "(" and (not at or parts[at - 1].end < parts[at].start) else -1
        if end > at and any(p.kind == "PROSE" and p.end < parts[end].end for p in parts[at:end]):
            found.append(Part("PROSE", "(", parts[at].start, parts[end].end))
            at = end
        else:
            found.append(parts[at])
        at += 1
    return found


def meant(parts: Sequence[Part], i: int) -> Part:
    """A token as it is meant: a colon behind a name, or an "is", before an answer is an equals sign; a word in a formula none."""
    part = parts[i]
    if 0 < i < len(parts) - 1 and parts[i + 1].kind in STARTS:
        colon = part.kind == "COLON" and parts[i - 1].kind in ("NAME", "RIGHT", "SPLIT")
        if colon or (part.kind == "PROSE" and part.text in IS):
            return part._replace(kind="EQUALS")
    if part.kind == "PROSE" and part.text != "(":
        called = i < len(parts) - 1 and parts[i + 1].kind == "OPEN" and parts[i + 1].start == part.end
        if called or (i and parts[i - 1].kind in ("EQUALS", "TIMES", "PLUS", "OVER")):
            return part._replace(kind="OTHER")
    return part


def without_loss(parts: Sequence[Part]) -> Sequence[Part]:
    """The loss L is L."""
    words = {i for i, p in enumerate(parts[:-1]) if p.text.lower() == "loss" and parts[i + 1].kind == "NAME"}
    return [p for i, p in enumerate(parts) if i not in words]


def commas(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """Cut at the commas behind which another equation begins."""
    found: list[Sequence[Part]] = []
    first = at = 0
    for piece in split(parts, ("COMMA",)):
        if at and any(p.kind == "EQUALS" for p in piece) and piece[0].kind in ("NAME", "D", "FRACTION"):
            found.append(parts[first : at - 1])
            first = at
        at += len(piece) + 1
    return [*found, parts[first:]]


def trimmed(parts: Sequence[Part]) -> Sequence[Part]:
    """Without commas and the like around it, and without the full stop behind it; two stops are none."""
    first, last = 0, len(parts)
    while first < last and (parts[first].kind in EDGES or stop(parts[first : first + 2])):
        first += 1
    while last > first and parts[last - 1].kind in EDGES:
        last -= 1
    if last > first + 1 and parts[last - 1].kind == "STOP" and parts[last - 2].kind != "STOP":
        last -= 1
    return parts[first:last]


def stop(parts: Sequence[Part]) -> bool:
    """Whether this is the full stop of the sentence before, and not a number's point."""
    return parts[0].kind == "STOP" and len(parts) == 2 and parts[1].kind in ("NAME", "FRACTION", "D")
