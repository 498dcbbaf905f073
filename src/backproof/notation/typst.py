"""Typst mathematics, to stand between dollar signs: https://typst.app/docs/reference/math/.

Whatever comes from outside stands in it as a string literal, except for a name that is one letter: no name and no
text can become markup or code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from backproof.notation.numerals import Numerals
from backproof.notation.styles import ends_low

TOKEN = re.compile(r"\s*(?:(?P<number>[\d.]+)|(?P<letter>⟦\d+⟧)|(?P<word>[^\W\d]+)|(?P<sign>\S))")
LETTER = re.compile(r"⟦\d+⟧|·")
SIGNS = {"/": r"\/", "·": "dot", "−": "-"}
PLAIN_SIGNS = "+-,()⌊⌋"
RELATIONS = "=≈≤≥≠<>"
SPECIAL = {"pi": "pi", "inf": "infinity", "…": "dots"}
NUMERAL = re.compile(r"\d+(\.\d+)?")
LONGEST = 36
"""Digits to a row: a longer number goes on below."""
ROWS = "mat(delim: #none, align: #left, row-gap: #0.1em, "
BY_DATUM = "by datum"


class Typst(Numerals):
    """Typst mathematics, its numbers in rows of at most so many digits."""

    dots = "dots"
    fractions = True

    def __init__(self, longest: int = LONGEST) -> None:
        self.longest = longest

    def name(self, quantity: str, index: Sequence[Any]) -> str:
        name, _, which = quantity.partition(" ")
        top, slash, below = name.partition("/")
        if not slash:
            return self.indexed(name, index)
        said = literal(which)
        if which == BY_DATUM and index:
            datum, *index = index
            said = f'"datum" {self.place(datum)}'
        text = f"frac({partial(symbol(top[1:]))}, {partial(self.indexed(below[1:], index))})"
        return f"lr({text} |)_({said})" if which else text

    def indexed(self, name: str, index: Sequence[Any]) -> str:
        """`W` and its index below; in brackets on the line behind a name that ends in a digit: `W₂[0,1]`."""
        if index and (ends_low(name) or name.rstrip("'")[-1:].isdecimal()):
            return f"{symbol(name)}[{self.places(index)}]"
        return f"{symbol(name)}{self.lower(index)}"

    def lower(self, index: Sequence[Any]) -> str:
        return f"_({self.places(index)})" if index else ""

    def places(self, index: Sequence[Any]) -> str:
        return ",".join(map(self.place, index))

    def place(self, i: Any) -> str:
        """An index: a number, a running letter, arithmetic on letters; or a quantity as this style wrote it."""
        written = isinstance(i, str) and not LETTER.fullmatch(i)
        return str(i) if written else " ".join(map(tokened, TOKEN.finditer(str(i))))

    def whose(self, array: str, cell: str) -> str:
        return f"{literal(f'{array} of ')} {cell}"

    def digits(self, text: str) -> str:
        if text in SPECIAL:
            return SPECIAL[text]
        if len(text) > self.longest:
            size = -(-len(text) // -(-len(text) // self.longest))
            rows = [literal(text[i : i + size]) for i in range(0, len(text), size)]
            return f"{ROWS}{'; '.join(rows)})"
        return text if NUMERAL.fullmatch(text) else literal(text)

    def bound(self, body: str) -> str:
        return f"plus.minus {body}"

    def cell(self, text: str, quantity: str, index: Sequence[int]) -> str:
        return text

    def negative(self, body: str) -> str:
        """The number with its sign, which stands in the first of several rows."""
        return body.replace(ROWS, f"{ROWS}-", 1) if body.startswith(ROWS) else f"-{body}"

    def joined(self, op: str, left: str, right: str) -> str:
        return f"frac({left}, {right})" if op == "/" else f"{left} {'dot' if op == '*' else op} {right}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^({exponent})"

    def call(self, function: str, argument: str) -> str:
        if function == "exp":
            return f"e^({argument})"
        if function == "sqrt":
            return f"sqrt({argument})"
        if function == "log1p":
            return f"log {self.fence(f'1 + {argument}')}"
        return f"op({literal(function)}) {self.fence(argument)}"

    def listing(self, function: str, arguments: Sequence[str]) -> str:
        return f"op({literal(function)}) {self.fence(', '.join(arguments))}"

    def running(self, function: str, letters: Sequence[str], body: str) -> str:
        sign = "sum" if function == "Σ" else "max"
        return f"{sign}{self.lower(letters)} {body}"

    def cases(self, yes: str, condition: str, no: str, opposite: str, nested: bool) -> str:
        return f'cases({yes} & "if " {condition}, {no} & "if " {opposite})'

    def derivative(self, body: str, by: str, short: bool) -> str:
        if short:
            return f"frac(partial {body}, partial {by})"
        return f"frac(partial, partial {by}) {self.fence(body)}"

    def bracket(self, condition: str) -> str:
        return f"lr([{condition}])"

    def fence(self, body: str) -> str:
        return f"lr(({body}))"

    def relation(self, sign: str) -> str:
        return sign if sign in RELATIONS else f'class("relation", {literal(sign)})'

    def words(self, text: str) -> str:
        return literal(text)

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        return f'mat(delim: "[", {"; ".join(", ".join(row) for row in rows)})'

    def tall(self, op: str) -> bool:
        return op in ("/", "exp", "number")


def symbol(name: str) -> str:
    """A quantity's name: one letter in italics, long names upright, primes raised."""
    bare = name.rstrip("'")
    return (bare if len(bare) == 1 and bare.isalpha() else literal(bare)) + name[len(bare) :]


def partial(quantity: str) -> str:
    """∂ and what it is of; a space before a text in quotes would be printed."""
    return ("partial" if quantity.startswith('"') else "partial ") + quantity


def tokened(match: re.Match[str]) -> str:
    """One part of an index, `2`, a running letter or `+`."""
    text = match[0].strip()
    if match["number"] or match["letter"] or text in PLAIN_SIGNS:
        return text
    return SIGNS.get(text) or symbol(text)


def literal(text: str) -> str:
    r"""A text as Typst's string literal, which holds any text; a space for what cannot be printed.

    >>> print(literal('a "quoted" \\ #word'))
    "a \"quoted\" \\ #word"
    """
    plain = "".join(c if c.isprintable() else " " for c in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


TYPST = Typst()
