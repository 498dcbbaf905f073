"""MathML Core, as browsers draw it: https://www.w3.org/TR/mathml-core/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from backproof.arithmetic.array import address
from backproof.notation.numerals import Numerals
from backproof.notation.styles import ends_low

TOKEN = re.compile(r"\s*(?:(?P<number>[\d.]+)|(?P<name>⟦\d+⟧|[^\W\d]+)|(?P<sign>\S))")
TALL = re.compile("<(mfrac|mtable|munder|msqrt)")
APPLY = "<mo>&#x2061;</mo>"


class MathML(Numerals):
    """Elements to stand inside of `<math>`; what stands for a number says which in `data-cell`."""

    dots = "<mo>…</mo>"
    fractions = True

    def name(self, quantity: str, index: Sequence[Any]) -> str:
        name, _, which = quantity.partition(" ")
        top, slash, below = name.partition("/")
        if not slash:
            return self.symbol(name, index)
        above, under = f"<mo>∂</mo>{self.symbol(top[1:])}", f"<mo>∂</mo>{self.symbol(below[1:], index)}"
        text = self.fraction(above, under)
        return f"<msub><mrow>{text}<mo>|</mo></mrow><mtext>{escape(which)}</mtext></msub>" if which else text

    def symbol(self, name: str, index: Sequence[Any] = ()) -> str:
        """A quantity's name: one letter in italics, long names upright, primes raised."""
        base = f"<mi>{escape(name.rstrip(chr(39)))}</mi>"
        prime = "<mo>" + "′" * (len(name) - len(name.rstrip("'"))) + "</mo>" if name.endswith("'") else ""
        lower = f"<mrow>{'<mo>,</mo>'.join(map(self.place, index))}</mrow>" if index else ""
        if index and ends_low(name):
            return self.symbol(name) + f"<mrow><mo>[</mo>{lower}<mo>]</mo></mrow>"
        if prime and lower:
            return f"<msubsup>{base}{lower}{prime}</msubsup>"
        if prime or lower:
            return f"<msup>{base}{prime}</msup>" if prime else f"<msub>{base}{lower}</msub>"
        return base

    def place(self, i: Any) -> str:
        text = str(i)
        return text if text.startswith("<") else "".join(map(tokened, TOKEN.finditer(text)))

    def whose(self, array: str, cell: str) -> str:
        return f"<mtext>{escape(array)} of&nbsp;</mtext>{cell}"

    def cell(self, text: str, quantity: str, index: Sequence[int]) -> str:
        return f'<mrow data-cell="{escape(address(quantity, index))}">{text}</mrow>'

    def digits(self, text: str) -> str:
        return "<mi>π</mi>" if text == "pi" else f"<mn>{escape(text)}</mn>"

    def bound(self, body: str) -> str:
        return f'<mo form="prefix">±</mo>{body}'

    def negative(self, body: str) -> str:
        return f'<mo form="prefix">−</mo>{body}'

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def joined(self, op: str, left: str, right: str) -> str:
        if op == "/":
            return self.fraction(left, right)
        return f"{left}<mo>{ {'+': '+', '-': '−', '*': '·'}[op] }</mo>{right}"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def call(self, function: str, argument: str) -> str:
        if function == "exp":
            return self.power("<mi>e</mi>", argument)
        if function == "sqrt":
            return f"<msqrt>{argument}</msqrt>"
        if function == "log1p":
            return f"<mi>log</mi>{APPLY}{self.fence(f'<mn>1</mn><mo>+</mo>{argument}')}"
        return f"<mi>{escape(function)}</mi>{APPLY}{self.fence(argument)}"

    def listing(self, function: str, arguments: Sequence[str]) -> str:
        return f"<mi>{function}</mi>{APPLY}{self.fence('<mo>,</mo>'.join(arguments))}"

    def running(self, function: str, letters: Sequence[str], body: str) -> str:
        sign = (
            "<mo>∑</mo>" if function == "Σ" else f'<mo movablelimits="true" lspace="0" rspace="0.17em">{function}</mo>'
        )
        below = "<mo>,</mo>".join(map(self.place, letters))
        return f"<munder>{sign}<mrow>{below}</mrow></munder>{body}" if letters else f"{sign}{body}"

    def cases(self, yes: str, condition: str, no: str, opposite: str, nested: bool) -> str:
        branches = ((yes, condition), (no, opposite))
        rows = "".join(f"<mtr><mtd>{v}</mtd><mtd><mtext>if&nbsp;</mtext>{c}</mtd></mtr>" for v, c in branches)
        return f'<mrow><mo>{{</mo><mtable class="cases">{rows}</mtable></mrow>'

    def derivative(self, body: str, by: str, short: bool) -> str:
        if short:
            return self.fraction(f"<mo>∂</mo>{body}", f"<mo>∂</mo>{by}")
        return self.fraction("<mo>∂</mo>", f"<mo>∂</mo>{by}") + self.fence(body)

    def bracket(self, condition: str) -> str:
        return f"<mrow><mo>[</mo>{condition}<mo>]</mo></mrow>"

    def fence(self, body: str) -> str:
        stretched = "" if TALL.search(body) else ' stretchy="false"'
        return f"<mrow><mo{stretched}>(</mo>{body}<mo{stretched}>)</mo></mrow>"

    def relation(self, sign: str) -> str:
        return f"<mo>{escape(sign)}</mo>"

    def words(self, text: str) -> str:
        return f"<mtext>{escape(text).replace(' ', '&nbsp;')}</mtext>"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        body = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows)
        return f'<mrow><mo>[</mo><mtable class="matrix">{body}</mtable><mo>]</mo></mrow>'

    def tall(self, op: str) -> bool:
        return op in ("/", "exp", "number")


def tokened(match: re.Match[str]) -> str:
    """One part of an index, `2`, `i` or `+`, as an element."""
    if match["number"]:
        return f"<mn>{match['number']}</mn>"
    if match["name"]:
        return f"<mi>{escape(match['name'])}</mi>"
    return f"<mo>{escape(match['sign'].replace('-', '−'))}</mo>"


MATHML = MathML()
