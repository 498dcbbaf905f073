"""The language in which derivations are written: a small grammar, read into expressions that are never evaluated as code.

    index o = 1..m                               a range; an index without one runs over 1..k
    let p[i] = exp(z[i]) / sum(j, exp(z[j]))     a name for an expression
    part the gradient                            a heading; what follows is a chain of its own
    where i != y                                 what is assumed in this part
    d(p[i], z[j])                                an expression begins a chain
    = p[i] * ([i = j] - p[j])    # why           what is equal to the line before, and the reason
    run stability                                tables that are made by running

Numbers are written in digits. There are + − * / ^, exp, log, sqrt, tanh, erf, erfc, abs, max, sum(index, body), the derivative
d(body, by) and brackets [u > 0], which are 1 where the condition holds and 0 elsewhere; [i = j] compares indices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, Transformer, Tree, UnexpectedInput, v_args  # pyright: ignore[reportUnknownVariableType]
from lark.exceptions import VisitError

from backproof.arithmetic.shown import NAME, NEGATIVE, NUMBER, TOTAL, Comparison, Shown
from backproof.errors import BadFile, nearest, shortened

DERIVATIVE, BRACKET = "derivative", "bracket"

MOST_BYTES = 100_000
MOST_LINES = 400
LONGEST = 2_000
"""Characters in one line."""
DEEPEST = 40
"""Brackets within brackets, or powers of powers."""
MOST_DIGITS = 50
MOST_SIGNS = 150

FUNCTIONS = {"exp": 1, "log": 1, "sqrt": 1, "tanh": 1, "erf": 1, "erfc": 1, "abs": 1, "max": None, "sum": 2, "d": 2}
"""How many arguments each function takes; None for any number."""

GRAMMAR = r"""
    ?start: sum
    ?sum: product | sum "+" product -> add | sum "-" product -> subtract
    ?product: signed | product "*" signed -> multiply | product "/" signed -> divide
    ?signed: power | "-" signed -> negative | "+" signed
    ?power: atom | atom "^" signed -> power
    ?atom: NUMBER -> number | name | "(" sum ")" | "[" sum RELATION sum "]" -> bracket
        | NAME "(" sum ("," sum)* ")" -> call
    name: NAME ["[" sum ("," sum)* "]"]
    RELATION: "<=" | ">=" | "!=" | "<" | ">" | "="
    NAME: /[^\W\d]\w*'*/
    NUMBER: /(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?/i
    %ignore /[ \t]+/
"""
SIGNS = {"·": "*", "×": "*", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", "**": "^"}
"""Signs of mathematics, and what the grammar calls them."""
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True)
class Statement:
    """One line of a derivation: its kind, what stands in it, and its reason."""

    kind: str
    """title, about, run, index, let, part, where, begin or equals."""
    line: int
    text: str
    reason: str = ""
    left: Any = None
    """Of a definition what is named, of a condition its left side, of a range its letters; of a line the expression."""
    right: Any = None
    relation: str = ""


def read(text: str, path: object) -> list[Statement]:
    """The statements of a derivation. Raises `BadFile` with the line of whatever is wrong."""
    if len(text) > MOST_BYTES:
        raise BadFile(path, f"has {len(text):,} characters; a derivation may have {MOST_BYTES:,}")
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise BadFile(path, f"has {len(lines):,} lines; a derivation may have {MOST_LINES:,}")
    return [found for n, line in enumerate(lines, 1) for found in statement(line, n, path)]


def title_of(path: Path) -> str:
    """The title of a derivation that ships, without reading the rest of it."""
    with path.open(encoding="utf-8") as file:
        return next((line[5:].strip() for line in file if line.startswith("title ")), "")


def statement(line: str, n: int, path: object) -> Iterator[Statement]:
    body, _, reason = (part.strip() for part in line.partition("#"))
    if not body:
        return
    word, _, rest = body.partition(" ")
    if word in ("title", "about", "part"):
        yield Statement(word, n, line.strip().partition(" ")[2].strip())
    elif word == "run":
        yield Statement(word, n, rest.strip(), reason)
    elif word == "index":
        found = re.fullmatch(r"([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)\s*=\s*1\s*\.\.+\s*([^\W\d]\w*)", rest.strip())
        if not found:
            raise BadFile(path, "a range is written `index o = 1..m`, or `index o, n = 1..m`", n)
        yield Statement("index", n, rest, reason, re.split(r"\s*,\s*", found[1]), found[2])
    elif word == "let":
        left, equals, right = rest.partition("=")
        if not equals:
            raise BadFile(path, "a definition is written `let name = expression`", n)
        yield Statement("let", n, rest, reason, parsed(left, n, path), parsed(right, n, path))
    elif word == "where":
        parts = re.split(r"(<=|>=|!=|≤|≥|≠|<|>|=)", rest)
        if len(parts) != 3:
            raise BadFile(path, "a condition is written `where i != j`, `where x > 0` or `where sum(i, q[i]) = 1`", n)
        relation = {"≤": "<=", "≥": ">=", "≠": "!="}.get(parts[1], parts[1])
        yield Statement("where", n, rest, reason, parsed(parts[0], n, path), parsed(parts[2], n, path), relation)
    elif body.startswith("="):
        yield Statement("equals", n, body[1:].strip(), reason, parsed(body[1:], n, path))
    else:
        yield Statement("begin", n, body, reason, parsed(body, n, path))


@cache
def grammar() -> Lark:
    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=True)


def parsed(text: str, n: int, path: object) -> Shown:
    """An expression, as it was written."""
    check_size(text, n, path)
    plain = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda raised: f"^{raised[0].translate(RAISED)}", text)
    for sign, name in SIGNS.items():
        plain = plain.replace(sign, name)
    try:
        tree: Tree[Token] = grammar().parse(plain)  # pyright: ignore[reportUnknownMemberType]
        return cast("Any", Reading()).transform(tree)
    except UnexpectedInput as error:
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        rest = plain[error.pos_in_stream or 0 :].strip()
        what = "it ends too early" if ended or not rest else f"{shortened(rest)} was not expected"
        raise BadFile(path, f"{shortened(text.strip())} cannot be read: {what}", n) from None
    except RecursionError:
        raise BadFile(path, "the expression is nested too deeply", n) from None
    except VisitError as error:
        raise BadFile(path, f"{shortened(text.strip())}: {error.orig_exc}", n) from None


def check_size(text: str, n: int, path: object) -> None:
    """Refuse what would take long to read, before it is read."""
    if len(text) > LONGEST:
        raise BadFile(path, f"an expression of {len(text):,} characters is too long; at most {LONGEST:,}", n)
    deepest = depth = 0
    for c in text:
        depth += (c in "([") - (c in ")]")
        deepest = max(deepest, depth)
    if sum(text.count(sign) for sign in "+-*/·×−") > MOST_SIGNS:
        raise BadFile(path, f"an expression has more than {MOST_SIGNS} signs of + − * /", n)
    if deepest > DEEPEST or text.count("^") + text.count("**") > DEEPEST:
        raise BadFile(path, f"brackets or powers are nested too deeply; at most {DEEPEST}", n)


@v_args(inline=True)
class Reading(Transformer[Token, Shown]):
    """From the grammar's tree to expressions."""

    def number(self, token: Token) -> Shown:
        mantissa, _, exponent = token.lower().partition("e")
        if len(mantissa) > MOST_DIGITS or len(exponent) > 3 or abs(int(exponent or 0)) > MOST_DIGITS:
            raise ValueError(f"a number has at most {MOST_DIGITS} digits and an exponent up to {MOST_DIGITS}")
        return Shown(NUMBER, (str(token),), None)

    def name(self, token: Token, *index: Shown | None) -> Shown:
        places = tuple(i for i in index if i is not None)
        for i in places:
            if i.op != NAME and not (i.op == NUMBER and str(i.args[0]).isdigit()):
                raise ValueError(f"an index of {token} is a name, a cell such as w[i], or a whole number")
        return Shown(NAME, (str(token), tuple(map(place, places))), None)

    def add(self, a: Shown, b: Shown) -> Shown:
        return Shown("+", (a, b), None)

    def subtract(self, a: Shown, b: Shown) -> Shown:
        return Shown("-", (a, b), None)

    def multiply(self, a: Shown, b: Shown) -> Shown:
        return Shown("*", (a, b), None)

    def divide(self, a: Shown, b: Shown) -> Shown:
        """A quotient; of two whole numbers the fraction, which is a number itself."""
        if a.op == b.op == NUMBER and a.args[0].isdigit() and b.args[0].isdigit() and int(b.args[0]):
            return Shown(NUMBER, (f"{a.args[0]}/{b.args[0]}",), None)
        return Shown("/", (a, b), None)

    def negative(self, a: Shown) -> Shown:
        return Shown(NEGATIVE, (a,), None)

    def power(self, a: Shown, b: Shown) -> Shown:
        return Shown("^", (a, b), None)

    def bracket(self, a: Shown, relation: Token, b: Shown) -> Shown:
        sign = {"<=": "≤", ">=": "≥", "!=": "≠"}.get(str(relation), str(relation))
        return Shown(BRACKET, (Comparison(sign, a, b),), None)

    def call(self, function: Token, *arguments: Shown) -> Shown:
        name = str(function)
        if name not in FUNCTIONS:
            near = nearest(name, FUNCTIONS)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(FUNCTIONS)}"
            raise ValueError(f"there is no function {name}; {hint} (a product is written with *)")
        wanted = FUNCTIONS[name]
        if wanted is not None and len(arguments) != wanted:
            raise ValueError(f"{name} takes {wanted} argument{'s' if wanted > 1 else ''}, not {len(arguments)}")
        if name == "sum":
            index, body = arguments
            if index.op != NAME or index.args[1]:
                raise ValueError("a sum is written sum(i, body), i being the index that runs")
            return Shown(TOTAL, (body, (index.args[0],)), None)
        if name == "d":
            if arguments[1].op != NAME:
                raise ValueError("a derivative is written d(body, by), by being a name or a cell such as z[i]")
            return Shown(DERIVATIVE, arguments, None)
        return Shown(name, arguments, None)


def place(index: Shown) -> Any:
    """An index as it is kept in a name: a whole number, a letter, or a cell w[i]."""
    if index.op == NUMBER:
        return int(index.args[0])
    return index if index.args[1] else index.args[0]
