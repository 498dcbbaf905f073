"""Formulas in words, for people who listen to them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from backproof.notation.numerals import Numerals

RELATIONS = {
    "=": "equals",
    "≈": "is about",
    "<": "is less than",
    ">": "is greater than",
    "≤": "is at most",
    "≥": "is at least",
    "≠": "is not",
    "+=": "gains",
}
OPERATIONS = {"+": "plus", "-": "minus", "*": "times", "/": "over"}
SIGNS = {
    "+": " plus ",
    "-": " minus ",
    "−": " minus ",
    "/": " over ",
    "·": " times ",
    "(": " open parenthesis ",
    ")": " close parenthesis ",
}
SPECIAL = {"…": "and so on", "inf": "infinity", "nan": "not a number"}


class Spoken(Numerals):
    """`U at 0, 1 equals the largest of 1, 8, 3 and minus 10`."""

    dots = "and so on"
    fractions = False

    def name(self, quantity: str, index: Sequence[Any]) -> str:
        name, space, which = quantity.partition(" ")
        top, slash, below = name.partition("/")
        text = f"the derivative of {spelled(top[1:])} by {spelled(below[1:])}" if slash else spelled(name)
        at = f" at {', '.join(map(self.place, index))}" if index else ""
        return text + at + space + self.words(which)

    def place(self, i: Any) -> str:
        text = str(i)
        return " ".join("".join(SIGNS.get(c, c) for c in text).split()) if not text[:1].isalpha() else text

    def whose(self, array: str, cell: str) -> str:
        return f"the {array} of {cell}"

    def cell(self, text: str, quantity: str, index: Sequence[int]) -> str:
        return text

    def digits(self, text: str) -> str:
        return SPECIAL.get(text, text)

    def bound(self, body: str) -> str:
        return f"plus or minus {body}"

    def negative(self, body: str) -> str:
        return f"minus {body}"

    def joined(self, op: str, left: str, right: str) -> str:
        return f"{left} {OPERATIONS[op]} {right}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base} {'squared' if exponent == '2' else f'to the power {exponent}'}"

    def call(self, function: str, argument: str) -> str:
        match function:
            case "exp":
                return f"e to the power {self.fence(argument)}"
            case "sqrt":
                return f"the square root of {self.fence(argument)}"
            case "log1p":
                return f"log of {self.fence(f'1 plus {argument}')}"
            case _:
                return f"{function} of {self.fence(argument)}"

    def listing(self, function: str, arguments: Sequence[str]) -> str:
        *rest, last = arguments
        return f"the largest of {', '.join(rest)} and {last}" if rest else last

    def running(self, function: str, letters: Sequence[str], body: str) -> str:
        kind = "the sum" if function == "Σ" else "the largest"
        return f"{kind} over {', '.join(map(self.place, letters))} of {body}" if letters else f"{kind} of {body}"

    def cases(self, yes: str, condition: str, no: str, opposite: str, nested: bool) -> str:
        return f"{yes} if {condition}, {no} if {opposite}"

    def derivative(self, body: str, by: str, short: bool) -> str:
        return f"the derivative of {body if short else self.fence(body)} by {by}"

    def bracket(self, condition: str) -> str:
        return f"1 if {condition} else 0,"

    def fence(self, body: str) -> str:
        return f"open parenthesis {body} close parenthesis" if " " in body.removeprefix("minus ") else body

    def relation(self, sign: str) -> str:
        return RELATIONS.get(sign, sign)

    def words(self, text: str) -> str:
        return text.replace("(", "").replace(")", "")

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        if len(rows) == 1:
            return f"the row {', '.join(rows[0])}"
        said = [f"row {n}: {', '.join(row)}" for n, row in enumerate(rows)]
        return f"the {len(rows)} by {len(rows[0])} matrix, {'; '.join(said)}"

    def tall(self, op: str) -> bool:
        return False


def spelled(name: str) -> str:
    """A name's letters as words where a voice might pass over them: `W'` is W prime, α alpha."""
    primes = len(name) - len(name.rstrip("'"))
    return "".join(map(letter, name.rstrip("'"))) + " prime" * primes


def letter(c: str) -> str:
    if "Ͱ" <= c <= "Ͽ":
        capital = "capital " if c.isupper() else ""
        return capital + unicodedata.name(c, c).partition("LETTER ")[2].lower()
    return f" {unicodedata.digit(c)}" if c in "₀₁₂₃₄₅₆₇₈₉" else {"_": " ", ".": " "}.get(c, c)


SPOKEN = Spoken()
