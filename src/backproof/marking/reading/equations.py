"""A line cut into its equations: at words, commas, arrows and the ends of formulas, each then at its equals signs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from backproof.marking.reading.cells import closing, split
from backproof.marking.reading.tokens import Part

IS = frozenset("is are equals becomes gives".split())
IF = frozenset("if when otherwise else unless since because".split())
SUPPOSED = frozenset("if when unless for not check suppose assume assuming wenn falls nicht probe".split())
"""Words before an equation that is no answer."""
OF = frozenset("of from von".split())
INSTEAD = frozenset("no nein sorry correction rather oops".split())
"""Words by which somebody takes back a number that stands before them."""
STARTS = frozenset("NUMBER MINUS OPEN BEGIN GARBLED FRACTION".split())
"""What an answer may begin with."""
NAMING = frozenset("NAME D OVER FRACTION LEFT RIGHT".split())
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
            if taken_back(found, words, sides):
                found[-1].sides[-1] = sides[0]
            elif applied(found, words, sides):
                found[-1].sides[-1:] = sides[1:]
            elif (
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


def taken_back(found: Sequence[Equation], words: Sequence[Part], sides: Sequence[Sequence[Part]]) -> bool:
    """Whether a number stands here in the place of the last one: `y = 20 no, 19.3`."""
    instead = bool(words) and words[-1].text.lower() in INSTEAD and len(sides) == 1
    return instead and len(found) > 0 and len(found[-1].sides) > 1 and number(found[-1].sides[-1]) and number(sides[0])


def number(side: Sequence[Part]) -> bool:
    return 0 < len(side) < 3 and side[-1].kind == "NUMBER" and all(p.kind == "MINUS" for p in side[:-1])


def applied(found: Sequence[Equation], words: Sequence[Part], sides: Sequence[Sequence[Part]]) -> bool:
    """Whether words say what is done to something, and an answer follows: `V = leaky relu of U = [[8, 6], [-0.05, -0.05]]`."""
    begun = bool(found) and len(found[-1].sides) > 1 and all(p.kind == "OTHER" for p in found[-1].sides[-1])
    return begun and bool(words) and len(sides) > 1 and (not sides[0] or words[-1].text.lower() in OF)


def supposed(equation: Equation) -> bool:
    """Whether the word just before an equation says that it is no answer: `if y = 17.3`, `not y = 5`, `Check: y = 19`."""
    says = len(equation.sides) > 1 or any(p.kind == "RELATION" for p in equation.sides[0])
    return says and any(p.text.lower() in SUPPOSED for p in equation.words[-1:])


def assumed(equation: Equation) -> bool:
    """Whether an equation is a condition itself: `if j = y`."""
    words = {p.text.lower() for p in equation.words[-1:]}
    return bool(words & {*IF, "for"}) and all(len(side) == 1 and side[0].kind == "NAME" for side in equation.sides)


def apart(found: Sequence[Equation], named: Callable[[Sequence[Part]], bool]) -> Iterator[Equation]:
    """Two answers with nothing but a space or a bar between them, `y = 19.3 L = 2`, each by itself.

    2 L may as well be a product: `named` says whether a side is the name of something that is yet to be answered.
    """
    for sides, words in found:
        first = 0
        for i in range(1, len(sides) - 1):
            cut = end_of_answer(sides[i])
            behind = [p for p in sides[i][cut:] if p.kind != "BAR"]
            if cut and behind and behind[0].start > sides[i][cut - 1].end and named(behind):
                yield Equation([*sides[first:i], sides[i][:cut]], words)
                sides, first, words = [*sides[:i], behind, *sides[i + 1 :]], i, []
        yield Equation(sides[first:], words)


def end_of_answer(side: Sequence[Part]) -> int:
    """Where a number ends, or brackets, with which a side begins; 0 if it begins with neither."""
    signs = 1 if side and side[0].kind == "MINUS" else 0
    if len(side) > signs and side[signs].kind == "NUMBER":
        return signs + 1
    return closing(side, 0) + 1 if side and side[0].kind in ("OPEN", "BEGIN") else 0


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
        if colon or leading(parts, i) or (part.kind == "PROSE" and part.text in IS):
            return part._replace(kind="EQUALS")
    if part.kind == "PROSE" and part.text != "(":
        called = i < len(parts) - 1 and parts[i + 1].kind == "OPEN" and parts[i + 1].start == part.end
        if called or (i and parts[i - 1].kind in ("EQUALS", "TIMES", "PLUS", "OVER")):
            return part._replace(kind="OTHER")
    return part


def leading(parts: Sequence[Part], i: int) -> bool:
    """Whether an arrow leads from a name alone to a number alone: `y → 19.3`, and not `X → 4 × 4 → U`."""
    if parts[i].kind != "ARROW":
        return False
    before = next((j for j in range(i - 1, -1, -1) if parts[j].kind not in NAMING), -1)
    behind = parts[i + 2 :] if parts[i + 1].kind == "MINUS" else parts[i + 1 :]
    alone = i - 1 > before and (before < 0 or parts[before].kind in ("COMMA", "SEMICOLON", "SPLIT"))
    ended = len(behind) == 1 or (len(behind) > 1 and behind[1].kind in ("COMMA", "SEMICOLON", "SPLIT", "STOP"))
    return alone and behind[:1] != [] and behind[0].kind == "NUMBER" and ended


def without_loss(parts: Sequence[Part]) -> Sequence[Part]:
    """The loss L is L."""
    words = {i for i, p in enumerate(parts[:-1]) if p.text.lower() == "loss" and parts[i + 1].kind == "NAME"}
    return [p for i, p in enumerate(parts) if i not in words]


def commas(parts: Sequence[Part]) -> list[Sequence[Part]]:
    """Cut at the commas, and colons, behind which another equation begins."""
    found: list[Sequence[Part]] = []
    first = at = 0
    for piece in split(parts, ("COMMA", "COLON")):
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
