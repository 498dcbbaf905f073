"""Plain text with the signs of mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backproof.notation.styles import pretty


class Text:
    """Plain text with the signs of mathematics: `W[0,1]·V[0,1] + …`."""

    dots = "…"
    fractions = False

    def name(self, quantity: str, index: Sequence[Any]) -> str:
        name, space, which = quantity.partition(" ")
        return pretty(name) + (f"[{','.join(map(self.place, index))}]" if index else "") + space + which

    def place(self, i: Any) -> str:
        return str(i).replace("-", "−")

    def whose(self, array: str, cell: str) -> str:
        return f"{array} of {cell}"

    def number(self, text: str) -> str:
        return {"pi": "π"}.get(text, text).replace("-", "−")

    def cell(self, text: str, quantity: str, index: Sequence[int]) -> str:
        return text

    def negative(self, body: str) -> str:
        return f"−{body}"

    def joined(self, op: str, left: str, right: str) -> str:
        return left + {"+": " + ", "-": " − ", "*": "·", "/": " / "}[op] + right

    def power(self, base: str, exponent: str) -> str:
        if not exponent.isdigit():
            return f"{base}^{exponent if exponent.isalnum() else self.fence(exponent)}"
        return base + exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))

    def call(self, function: str, argument: str) -> str:
        if function == "sqrt":
            plain = all(c.isalpha() or c.isdecimal() for c in argument)
            return f"√{argument}" if plain else f"√({argument})"
        if function == "log1p":
            return f"log(1 + {argument})"
        return f"{function}({argument})"

    def listing(self, function: str, arguments: Sequence[str]) -> str:
        return f"{function}({', '.join(arguments)})"

    def running(self, function: str, letters: Sequence[str], body: str) -> str:
        return f"{function}_{','.join(letters)} {body}" if letters else f"{function} {body}"

    def cases(self, yes: str, condition: str, no: str, opposite: str, nested: bool) -> str:
        text = f"{yes} if {condition}, {no} if {opposite}"
        return f"{{{text}}}" if nested else text

    def derivative(self, body: str, by: str, short: bool) -> str:
        return f"∂{body}/∂{by}" if short else f"∂/∂{by} ({body})"

    def bracket(self, condition: str) -> str:
        return f"[{condition}]"

    def fence(self, body: str) -> str:
        return f"({body})"

    def words(self, text: str) -> str:
        return text

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        return f"[{'; '.join(', '.join(row) for row in rows)}]"

    def tall(self, op: str) -> bool:
        return False

    def relation(self, sign: str) -> str:
        return sign


TEXT = Text()
