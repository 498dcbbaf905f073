"""Derivations without SymPy: expressions valued at numbers, mpmath being the referee, and altered one part at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from random import Random

import mpmath

from backproof.arithmetic.shown import OPPOSITE, Comparison, Shown
from backproof.derivations.language import read

mpmath.mp.dps = 70
STEP, NEAR = mpmath.mpf(10) ** -22, mpmath.mpf(10) ** -40
FAR = {"exp": 90, "tanh": 40, "erf": 9, "erfc": 9}
"""Beyond this a function cannot be told from what it tends to."""
SIZES = 2, 3


class Nowhere(ValueError):
    """There is no real number here, or one that is too near to a jump."""


class World:
    """A number for every name: whole ones for indices and sizes, drawn when first asked for or as they are given."""

    def __init__(self, text, seed=0):
        self.random, self.known = Random(seed), {}
        self.bodies, self.sizes, self.indices = meanings(text)

    def size(self, letter):
        return self.number(self.sizes.get(letter, "k"))

    def number(self, name, *index):
        key = (name, index)
        if key not in self.known:
            self.known[key] = self.drawn(name, index)
        return self.known[key]

    def drawn(self, name, index):
        if name == "k" or name in self.sizes.values():
            return self.random.choice(SIZES)
        if name in self.indices:
            return self.random.randint(1, SIZES[0] if index else self.size(name))
        n = self.random.randint(1, 9) * self.random.choice((1, 1, -1))
        return mpmath.mpf(n) / self.random.choice((1, 2, 3))

    def place(self, i, where):
        if not isinstance(i, Shown):
            return where.get(i) or self.number(i) if isinstance(i, str) else i
        return self.number(i.args[0], *(self.place(j, where) for j in i.args[1]))

    @contextmanager
    def holding(self, key, value):
        """While this lasts a name, or a cell, has that value, whatever it is defined to be."""
        before = self.known.get(key)
        self.known[key] = value
        yield
        self.known[key] = before
        if before is None:
            del self.known[key]

    def value(self, e, where=None):
        where = where or {}
        match e.op:
            case "number":
                return mpmath.mpf(Fraction(e.args[0]).numerator) / Fraction(e.args[0]).denominator
            case "name":
                return self.name(e, where)
            case "total":
                body, (letter,) = e.args
                return sum(self.value(body, {**where, letter: n}) for n in range(1, self.size(letter) + 1))
            case "derivative":
                return self.slope(*e.args, where)
            case "bracket":
                return mpmath.mpf(self.holds(e.args[0], where))
            case op:
                return applied(op, [self.value(a, where) for a in e.args])

    def name(self, e, where):
        name, index = e.args
        places = tuple(self.place(i, where) for i in index)
        if name in ("pi", "π"):
            return +mpmath.pi
        if not index and name in where:
            return where[name]
        if name in self.bodies and (name, places) not in self.known:
            letters, body = self.bodies[name]
            return self.value(body, dict(zip(letters, places, strict=True)))
        return self.number(name, *places)

    def slope(self, body, by, where):
        here = self.value(by, where)
        self.value(body, where)
        key = by.args[0], tuple(self.place(i, where) for i in by.args[1])
        ends = []
        for step in (STEP, -STEP):
            with self.holding(key, here + step):
                ends.append(self.value(body, where))
        return (ends[0] - ends[1]) / (2 * STEP)

    def holds(self, c, where):
        if self.is_index(c.left) or self.is_index(c.right):
            a, b = (int(self.value(side, where)) for side in (c.left, c.right))
            return (a == b) == (c.relation == "=")
        a, b = self.value(c.left, where), self.value(c.right, where)
        if abs(a - b) < NEAR:
            raise Nowhere
        return {"<": a < b, ">": a > b, "≤": a < b, "≥": a > b, "=": False, "≠": True}[c.relation]

    def is_index(self, e):
        return e.op == "name" and e.args[0] in self.indices

    def assume(self, left, relation, right):
        """Whether it can be made to hold: an index by being another, a sum by what its first cell is."""
        if relation != "=":
            return bool(self.holds(Comparison({"!=": "≠"}.get(relation, relation), left, right), {}))
        if self.is_index(left):
            self.known[left.args[0], ()] = int(self.value(right))
            return True
        first = (next(part for part in parts(left) if part.op == "name" and part.args[1]).args[0], (1,))
        with self.holding(first, mpmath.mpf(0)):
            low = self.value(left)
        with self.holding(first, mpmath.mpf(1)):
            high = self.value(left)
        self.known[first] = (self.value(right) - low) / (high - low)
        return True


@cache
def meanings(text):
    """What is defined, how far indices run, and which names are indices."""
    statements = read(text, "a world")
    bodies = {s.left.args[0]: (s.left.args[1], s.right) for s in statements if s.kind == "let"}
    return bodies, {letter: s.right for s in statements if s.kind == "index" for letter in s.left}, indices(statements)


def worlds(text, conditions=(), seeds=range(12)) -> Iterator[World]:
    """Worlds of a derivation in which the conditions hold."""
    for seed in seeds:
        world = World(text, seed)
        if all(world.assume(*condition) for condition in conditions):
            yield world


def differ(world, a, b):
    """Whether two expressions have numbers here, and not the same."""
    try:
        a, b = world.value(a), world.value(b)
    except Nowhere:
        return False
    return abs(a - b) > mpmath.mpf(10) ** -15 * (1 + abs(a))


def applied(op, numbers):
    if any(abs(u) > mpmath.mpf(10) ** 40 for u in numbers):
        raise Nowhere
    a, b = numbers[0], numbers[-1]
    if op in FAR and abs(a) > FAR[op]:
        raise Nowhere
    if op == "max" and len(numbers) > 1 and sorted(numbers)[-1] - sorted(numbers)[-2] < NEAR:
        raise Nowhere
    if (op == "/" and abs(b) < NEAR) or (op in ("log", "sqrt") and a < NEAR and (op, a) != ("sqrt", 0)):
        raise Nowhere
    return APPLIED[op](a, b) if op in "+-*/^" else max(numbers) if op == "max" else APPLIED[op](a)


def power(a, b):
    if abs(b) > 64 or (b != int(b) and a < NEAR and (a or b < 0)) or (b < 0 and abs(a) < NEAR):
        raise Nowhere
    return a ** (int(b) if b == int(b) else b)


APPLIED = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "^": power,
    "neg": lambda a: -a, "abs": abs, "exp": mpmath.exp, "log": mpmath.log, "sqrt": mpmath.sqrt, "tanh": mpmath.tanh,
    "erf": mpmath.erf, "erfc": mpmath.erfc,
}  # fmt: skip


def parts(e):
    """An expression and every part of it, the cells among its indices too."""
    if isinstance(e, Comparison):
        yield from (*parts(e.left), *parts(e.right))
    elif isinstance(e, Shown):
        yield e
        for part in e.args[1] if e.op == "name" else e.args:
            yield from parts(part)


def indices(statements):
    """Names that are whole numbers: in brackets of a name, through a sum, or compared with one that is."""
    found, pairs = set(), []
    for s in statements:
        sides = [side for side in (s.left, s.right) if isinstance(side, Shown)]
        pairs += [(s.left, s.right)] if s.kind == "where" and s.relation in ("=", "!=") else []
        for part in (part for side in sides for part in parts(side)):
            if part.op == "name":
                found |= {i.args[0] if isinstance(i, Shown) else i for i in part.args[1] if not isinstance(i, int)}
            elif part.op == "total":
                found |= set(part.args[1])
            elif part.op == "bracket" and part.args[0].relation in "=≠":
                pairs.append((part.args[0].left, part.args[0].right))
    for _ in pairs:
        for pair in pairs:
            if any(side.op == "name" and side.args[0] in found for side in pair):
                found |= {side.args[0] for side in pair if side.op == "name"}
    return found


def told(text, trouble):
    """The world that a refutation tells of, and the two numbers that it gives; `z[1] = -3` a cell, `k = 2` a name."""
    named, before, here = re.fullmatch(r"(?:with (.*) )?the line before is (\S+), this one (\S+)", trouble).groups()
    world = World(text)
    for name, index, number in re.findall(r"([^\W\d]\w*)(?:\[([\d,]+)\])? = ([^\s,]+)", named or ""):
        places = tuple(map(int, index.split(","))) if index else ()
        value = Fraction(number)
        whole = name in world.indices or name == "k" or name in world.sizes.values()
        world.known[name, places] = int(value) if whole else mpmath.mpf(value.numerator) / value.denominator
    return world, *(Fraction(0 if said.startswith("±") else said) for said in (before, here))


# Alterations


def everywhere(e):
    """Each part that is a number of its own, and what puts another in its place."""
    yield e, lambda new: new
    if e.op == "bracket":
        c = e.args[0]
        if c.relation in "=≠":
            return
        yield from inside(c.left, lambda new: Shown("bracket", (Comparison(c.relation, new, c.right),), None))
        yield from inside(c.right, lambda new: Shown("bracket", (Comparison(c.relation, c.left, new),), None))
    elif e.op not in ("name", "number"):
        inner = e.args[:1] if e.op in ("total", "derivative") else e.args
        for n, part in enumerate(inner):
            yield from inside(part, lambda new, n=n: Shown(e.op, (*e.args[:n], new, *e.args[n + 1 :]), None))


def inside(part, put):
    for found, place in everywhere(part):
        yield found, lambda new, place=place: put(place(new))


def alterations(e, letters):
    """Every expression that one change makes of this one, by the kind of the change."""
    found = {kind: [] for kind in CHANGES}
    for part, put in everywhere(e):
        for kind, change in CHANGES.items():
            found[kind] += [put(new) for new in change(part, letters)]
    return found


def exchanged(e, letter):
    """A cell with another index, a bracket that asks for another one."""
    if e.op == "name":
        for n, i in enumerate(e.args[1]):
            if i != letter:
                yield Shown("name", (e.args[0], (*e.args[1][:n], letter, *e.args[1][n + 1 :])), None)
    elif e.op == "bracket" and e.args[0].relation in "=≠":
        yield Shown(
            "bracket", (Comparison(e.args[0].relation, e.args[0].left, Shown("name", (letter, ()), None)),), None
        )


def number(n):
    return Shown("number", (str(n),), None)


CHANGES = {
    "a sign turned": lambda e, _: (
        [Shown("-" if e.op == "+" else "+", e.args, None)] if e.op in "+-" else [e.args[0]] if e.op == "neg" else [Shown("neg", (e,), None)]
    ),
    "a term added": lambda e, _: [Shown("+", (e, number(1)), None)],
    "a factor added": lambda e, _: [Shown("*", (number(2), e), None)],
    "a term dropped": lambda e, _: [*e.args] if e.op in ("+", "-", "*", "/") else [],
    "an exponent changed": lambda e, _: (
        [Shown("^", (e.args[0], Shown("+", (e.args[1], number(2)), None)), None)] if e.op == "^" else [Shown("^", (e, number(2)), None)]
    ),
    "an index exchanged": lambda e, letters: [
        new for letter in sorted(letters) for new in exchanged(e, letter)
    ],
    "a condition turned": lambda e, _: (
        [Shown("bracket", (Comparison(OPPOSITE[e.args[0].relation], e.args[0].left, e.args[0].right),), None)] if e.op == "bracket" else []
    ),
}  # fmt: skip


def spelled(e):
    """An expression in the grammar, with every parenthesis that there could be."""
    match e.op:
        case "name":
            return e.args[0] + (
                f"[{','.join(spelled(i) if isinstance(i, Shown) else str(i) for i in e.args[1])}]" if e.args[1] else ""
            )
        case "number":
            return f"({e.args[0]})"
        case "total":
            return f"sum({e.args[1][0]}, {spelled(e.args[0])})"
        case "derivative":
            return f"d({spelled(e.args[0])}, {spelled(e.args[1])})"
        case "bracket":
            c = e.args[0]
            return f"[{spelled(c.left)} {c.relation} {spelled(c.right)}]"
        case "neg":
            return f"(-{spelled(e.args[0])})"
        case "+" | "-" | "*" | "/" | "^":
            return f"({spelled(e.args[0])} {e.op} {spelled(e.args[1])})"
        case function:
            return f"{function}({', '.join(map(spelled, e.args))})"
