"""The grammar of one side of an equation: tokens into expressions, in the vocabulary of derivations.

What stands side by side is multiplied; it binds as a product with a sign does, from the left, so that 1/2 x is half of x.
A function without brackets takes the power behind it, d/dz what stands side by side behind it, Σ the whole product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, Tree, UnexpectedInput, v_args  # pyright: ignore[reportUnknownVariableType]
from lark.exceptions import VisitError
from lark.lexer import Lexer

from backproof.arithmetic.shown import NAME, NEGATIVE, NUMBER, TOTAL, Comparison, Shown
from backproof.derivations.language import BRACKET, DEEPEST, DERIVATIVE, MOST_SIGNS
from backproof.marking.reading.counting import subscript
from backproof.marking.reading.names import Names
from backproof.marking.reading.tokens import Part

MOST_TOKENS = 600
KINDS = "NUMBER NAME FUNCTION TOTAL D FRACTION TIMES OVER PLUS MINUS POWER EQUALS RELATION OPEN CLOSE LEFT RIGHT COMMA".split()
GRAMMAR = rf"""
    ?start: sum
    ?sum: product | sum PLUS product -> add | sum MINUS product -> subtract
    ?product: signed | product TIMES signed -> multiply | product OVER signed -> divide | product factor -> beside
    ?signed: factor | MINUS signed -> negative | PLUS signed -> same
    ?factor: power | summed | operator run -> operated
    ?summed: TOTAL product -> total | TOTAL POWER script product -> total
    ?run: factor | run factor -> beside
    operator: FRACTION LEFT D RIGHT LEFT D name RIGHT | D OVER D name
    ?power: base | base POWER script -> power
    ?base: NUMBER -> number | name | group | call | ratio | differential
        | FRACTION LEFT sum RIGHT LEFT sum RIGHT -> fraction
    ?group: OPEN sum CLOSE -> inner | LEFT sum RIGHT -> inner | OPEN sum _relation sum CLOSE -> bracket
    _relation: RELATION | EQUALS
    ?bare: NUMBER -> number | name | FRACTION LEFT sum RIGHT LEFT sum RIGHT -> fraction
    ?argument: bare | bare POWER script -> power | group | call | summed
    call: FUNCTION argument | FUNCTION OPEN sum (COMMA sum)+ CLOSE
    ratio: FRACTION LEFT D name RIGHT LEFT D name RIGHT | D name OVER D name
        | FRACTION LEFT D group RIGHT LEFT D name RIGHT
    differential: D name
    ?script: bare | LEFT sum RIGHT -> inner | MINUS bare -> negative
    name: NAME
    %declare {" ".join(KINDS)}
"""
KRONECKER = re.compile(r"\s*([^\W\d_]'?)\s*[,=]?\s*([^\W\d_]'?)\s*")
"""The two indices below a δ that is 1 where they are equal."""


class Fenced(Shown):
    """An expression that stood in brackets: behind a number it is a factor, where a bare number is another number."""

    __slots__ = ()


class Unreadable(ValueError):
    """What is no expression."""


def expression(parts: Sequence[Part], names: Names, part: int) -> Shown:
    """The expression that these tokens are. Raises `Unreadable`."""
    check(parts)
    try:
        tree: Tree[Token] = grammar().parse(cast("Any", parts))  # pyright: ignore[reportUnknownMemberType]
        return cast("Any", Making(names, part)).transform(tree)
    except (UnexpectedInput, VisitError, RecursionError) as error:
        raise Unreadable("this is no expression") from error


@cache
def grammar() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=Ready)


class Indexed(Token):
    """A token that knows the index written behind it."""

    place: str = ""


class Ready(Lexer):
    """A lexer for what is tokens already."""

    def __init__(self, conf: Any) -> None: ...

    def lex(self, data: Sequence[Part]) -> Iterator[Token]:  # pyright: ignore[reportIncompatibleMethodOverride]
        for part in data:
            token = cast("Indexed", Indexed(part.kind, part.text))
            token.place = part.place
            yield token


def check(parts: Sequence[Part]) -> None:
    """Refuse what would take long, and what no expression has in it, before it is parsed."""
    if not parts or len(parts) > MOST_TOKENS or any(p.kind not in ALLOWED for p in parts):
        raise Unreadable("this is no expression")
    depth = deepest = 0
    for p in parts:
        depth += (p.kind in ("OPEN", "LEFT")) - (p.kind in ("CLOSE", "RIGHT"))
        deepest = max(depth, deepest)
    powers = sum(p.kind == "POWER" for p in parts)
    signs = sum(p.kind in ("PLUS", "MINUS", "TIMES", "OVER") for p in parts)
    if deepest > DEEPEST or powers > DEEPEST or signs > MOST_SIGNS:
        raise Unreadable("this is nested too deeply, or too long")


ALLOWED = frozenset(KINDS)


@v_args(inline=True)
class Making(Transformer[Token, Shown]):
    """From the grammar's tree to expressions, with names as the question has them."""

    def __init__(self, names: Names, part: int) -> None:
        super().__init__()
        self.names, self.part = names, part

    def number(self, token: Token) -> Shown:
        return Shown(NUMBER, (str(token),), None)

    def name(self, token: Indexed) -> Shown:
        known = self.names.found(token) or str(token)
        if known == "δ" and (ends := KRONECKER.fullmatch(token.place)) and known not in self.names.bases:
            i, j = (Shown(NAME, (self.names.found(end) or end, ()), None) for end in ends.groups())
            return Shown(BRACKET, (Comparison("=", i, j),), None)
        return Shown(NAME, (known, self.index(known, token.place)), None)

    def index(self, known: str, written: str) -> tuple[Any, ...]:
        """Brackets count from 0, subscripts as the sheet does."""
        if not written:
            return ()
        if written.startswith("["):
            return tuple(int(i) if i.isdecimal() else i for i in re.split(r"\s*,\s*", written.strip("[ ]")))
        counting = self.names.counting
        first = counting.first(known)
        index = subscript(
            written, self.names.shape(known, self.part), 1 if first is None else first, known in counting.flat
        )
        numbers = [i for i in index if isinstance(i, int)]
        if numbers and (first is None or min(numbers) < 0):
            raise ValueError("nobody knows from where this subscript counts")
        return index

    def add(self, a: Shown, _: Token, b: Shown) -> Shown:
        return Shown("+", (a, b), None)

    def subtract(self, a: Shown, _: Token, b: Shown) -> Shown:
        return Shown("-", (a, b), None)

    def multiply(self, a: Shown, _: Token, b: Shown) -> Shown:
        return Shown("*", (a, b), None)

    def beside(self, a: Shown, b: Shown) -> Shown:
        base = b.args[0] if b.op == "^" else b
        if not isinstance(base, Fenced) and (base.op == NUMBER or (literal(a) and base.op == "/")):
            raise ValueError("two numbers stand side by side")
        return Shown("*", (a, b), None)

    def divide(self, a: Shown, _: Token, b: Shown) -> Shown:
        """A quotient; of two whole numbers the fraction, which is a number itself."""
        if a.op == b.op == NUMBER and a.args[0].isdecimal() and b.args[0].isdecimal() and int(b.args[0]):
            return Shown(NUMBER, (f"{a.args[0]}/{b.args[0]}",), None)
        return Shown("/", (a, b), None)

    def fraction(self, *args: Any) -> Shown:
        a, b = (e for e in args if isinstance(e, Shown))
        return self.divide(a, Token("OVER", "/"), b)

    def negative(self, _: Token, a: Shown) -> Shown:
        return Shown(NEGATIVE, (a,), None)

    def same(self, _: Token, a: Shown) -> Shown:
        return a

    def power(self, a: Shown, _: Token, b: Shown) -> Shown:
        if a.op == NAME and a.args == ("e", ()) and "e" not in self.names.bases:
            return Shown("exp", (b,), None)
        return Shown("^", (a, b), None)

    def inner(self, *args: Any) -> Shown:
        return Fenced(args[1].op, args[1].args, None) if args[0].type == "OPEN" else args[1]

    def bracket(self, _: Token, a: Shown, relation: Token, b: Shown, __: Token) -> Shown:
        return Shown(BRACKET, (Comparison("=" if relation.type == "EQUALS" else str(relation), a, b),), None)

    def call(self, function: Indexed, *args: Any) -> Shown:
        if function.place:
            raise ValueError("a function has no index")
        arguments = tuple(a for a in args if isinstance(a, Shown))
        if len(arguments) > 1 and function != "max":
            raise ValueError(f"{function} takes one argument")
        return Shown(str(function), arguments, None)

    def total(self, sign: Indexed, *args: Any) -> Shown:
        """A sum over an index, from its first place to its last; over the one that its terms have, where it names none."""
        if (
            not sign.place
            and len(runs := {i for i in free(args[-1]) if not self.names.found(i)}) == 1
            and len(args) == 1
        ):
            return Shown(TOTAL, (args[-1], tuple(runs)), None)
        found = re.fullmatch(r"\s*(\w'?)(?:\s*=\s*[01])?(?:\s*,?\s*(\w)(?:\s*=\s*[01])?)?\s*", sign.place)
        if found is None:
            raise ValueError("a sum names the index that runs")
        body = args[-1] if found[2] is None else Shown(TOTAL, (args[-1], (found[2],)), None)
        return Shown(TOTAL, (body, (found[1],)), None)

    def operator(self, *args: Any) -> Shown:
        return args[-1] if isinstance(args[-1], Shown) else args[-2]

    def operated(self, by: Shown, body: Shown) -> Shown:
        return Shown(DERIVATIVE, (body, by), None)

    def ratio(self, *args: Any) -> Shown:
        """A derivative; where the question has it, the quantity that it is."""
        body, by = (e for e in args if isinstance(e, Shown))
        if body.op == NAME and not body.args[1] and (known := self.names.gradient(body.args[0], by.args[0])):
            return Shown(NAME, (known, by.args[1]), None)
        return Shown(DERIVATIVE, (body, by), None)

    def differential(self, _: Token, of: Shown) -> Shown:
        known = self.names.found(f"d{of.args[0]}")
        if not known:
            raise ValueError("a differential stands alone")
        return Shown(NAME, (known, of.args[1]), None)


def free(e: Shown) -> set[str]:
    """The letters that are indices in an expression and over which no sum in it runs."""
    if e.op == NAME:
        return {i for i in e.args[1] if isinstance(i, str)}
    found = {i for a in e.args if isinstance(a, Shown) for i in free(a)}
    return found - set(e.args[1]) if e.op == TOTAL else found


def literal(e: Shown) -> bool:
    """Whether an expression is made of numbers alone."""
    return (
        e.op != NAME
        and all(literal(a) for a in e.args if isinstance(a, Shown))
        and e.op not in (BRACKET, TOTAL, DERIVATIVE)
    )
