"""LaTeX mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backproof.notation.numerals import Numerals
from backproof.notation.styles import ends_low

RUNNING = {"Σ": r"\sum", "max": r"\max"}


class Latex(Numerals):
    """LaTeX mathematics, to stand between dollar signs."""

    dots = r"\dots"
    fractions = True

    def name(self, quantity: str, index: Sequence[Any]) -> str:
        name, _, which = quantity.partition(" ")
        top, slash, below = name.partition("/")
        if not slash:
            return f"{symbol(name)}{self.lower(index, name)}"
        text = rf"\frac{{\partial {symbol(top[1:])}}}{{\partial {symbol(below[1:])}{self.lower(index, below)}}}"
        note = which.replace("_", r"\_")
        return rf"\left.{text}\right|_{{\text{{{note}}}}}" if note else text

    def lower(self, index: Sequence[Any], name: str) -> str:
        places = ",".join(map(self.place, index))
        return "" if not index else f"[{places}]" if ends_low(name) else f"_{{{places}}}"

    def place(self, i: Any) -> str:
        return str(i).replace("·", r"\cdot ")

    def whose(self, array: str, cell: str) -> str:
        return rf"\text{{{array} of }}{cell}"

    def digits(self, text: str) -> str:
        return {"pi": r"\pi"}.get(text, text)

    def bound(self, body: str) -> str:
        return rf"\pm {body}"

    def cell(self, text: str, quantity: str, index: Sequence[int]) -> str:
        return text

    def negative(self, body: str) -> str:
        return f"-{body}"

    def joined(self, op: str, left: str, right: str) -> str:
        return (
            rf"\frac{{{left}}}{{{right}}}"
            if op == "/"
            else left + {"+": " + ", "-": " - ", "*": r" \cdot "}[op] + right
        )

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def call(self, function: str, argument: str) -> str:
        if function == "exp":
            return f"e^{{{argument}}}"
        if function == "sqrt":
            return rf"\sqrt{{{argument}}}"
        if function == "log1p":
            return rf"\log\left(1 + {argument}\right)"
        known = function if function in ("log", "tanh") else f"operatorname{{{function}}}"
        return rf"\{known}\left({argument}\right)"

    def listing(self, function: str, arguments: Sequence[str]) -> str:
        return rf"\{function}\left({', '.join(arguments)}\right)"

    def running(self, function: str, letters: Sequence[str], body: str) -> str:
        below = f"_{{{', '.join(letters)}}}" if letters else ""
        return rf"{RUNNING[function]}{below} {body}"

    def cases(self, yes: str, condition: str, no: str, opposite: str, nested: bool) -> str:
        rows = rf"{yes} & \text{{if }} {condition} \\ {no} & \text{{if }} {opposite}"
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def derivative(self, body: str, by: str, short: bool) -> str:
        if short:
            return rf"\frac{{\partial {body}}}{{\partial {by}}}"
        return rf"\frac{{\partial}}{{\partial {by}}} {self.fence(body)}"

    def bracket(self, condition: str) -> str:
        return rf"\left[{condition}\right]"

    def fence(self, body: str) -> str:
        return rf"\left({body}\right)"

    def words(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        body = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def tall(self, op: str) -> bool:
        """What needs parentheses as the base of a power, though nothing else binds it."""
        return op in ("/", "exp", "number")

    def relation(self, sign: str) -> str:
        return {"≈": r"\approx", "≤": r"\le", "≥": r"\ge", "≠": r"\ne"}.get(sign, sign)


GREEK = {
    letter: f"\\{word}"
    for letter, word in zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩϑϕϵϖϱ",
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi "
        "psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega vartheta phi epsilon varpi varrho".split(),
        strict=True,
    )
}
"""Greek letters that LaTeX has a command for; the others stand for themselves."""


def symbol(name: str) -> str:
    """A quantity's name in LaTeX: Greek letters by name, long names upright."""
    if not name[:1].isalpha():
        return name
    name, prime = name.rstrip("'"), "'" * (len(name) - len(name.rstrip("'")))
    if len(name) == 1:
        return GREEK.get(name, name) + prime
    upright = name.replace("_", r"\_")
    return rf"\mathrm{{{upright}}}{prime}"


LATEX = Latex()
