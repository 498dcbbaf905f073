"""Expressions as people write them: in plain text, or in LaTeX; with names, or with numbers in their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, TypeAlias

from backproof.arithmetic.array import Index
from backproof.arithmetic.shown import NAME, NEGATIVE, OPPOSITE, TOTAL, Comparison, Shown
from backproof.record.digits import text_of

Leaves: TypeAlias = Literal["names", "numbers"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 4, 5
BINDS = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "^": POWER, TOTAL: SUM, NEGATIVE: PRODUCT}
MOST_TERMS = 8


class Style(Protocol):
    """How the parts of an expression are written."""

    def name(self, quantity: str, index: Any) -> str: ...
    def number(self, text: str) -> str: ...
    def joined(self, op: str, left: str, right: str) -> str: ...
    def power(self, base: str, exponent: str) -> str: ...
    def call(self, function: str, argument: str) -> str: ...
    def listing(self, function: str, arguments: Sequence[str]) -> str: ...
    def running(self, function: str, letters: Sequence[str], body: str) -> str: ...
    def cases(self, yes: str, condition: str, no: str, opposite: str, nested: bool) -> str: ...
    def fence(self, body: str) -> str: ...
    def relation(self, sign: str) -> str: ...
    def words(self, text: str) -> str: ...
    def tall(self, op: str) -> bool: ...
    @property
    def dots(self) -> str: ...
    @property
    def fractions(self) -> bool:
        """Whether a quotient is written as one thing above another, which binds it."""
        ...


def written(expression: Shown, style: Style, leaves: Leaves = "names", digits: int = 6) -> str:
    """An expression in one style. Of a choice between branches that has been made, the branch that was taken."""

    def part(e: Shown, least: int, left: bool = True) -> str:
        text, binds = whole(e, least)
        return style.fence(text) if binds < least or (not left and text.startswith(("-", "−"))) else text

    def whole(e: Shown, around: int = 0) -> tuple[str, int]:
        match e.op:
            case "name" if leaves == "names" or e.value is None:
                return style.name(*e.args), ATOM
            case "name" | "number":
                return numeral(e.args[0] if e.value is None or e.args[:1] == ("pi",) else e.value)
            case "total" if e.value is None:
                body, letters = e.args
                return style.running("Σ", letters, part(body, PRODUCT)), SUM
            case "total":
                return summed(e.args), SUM
            case "largest" if e.value is None:
                return style.running("max", e.args[1], part(e.args[0], PRODUCT)), ATOM
            case "largest" if leaves == "numbers" and e is not expression:
                return numeral(e.value)
            case "largest" if e is not expression and (common := family(e.args[0])):
                return style.running("max", (), style.name(*common)), PRODUCT
            case "largest":
                return style.listing("max", shortened([part(c, 0) for c in e.args[0]])), ATOM
            case "choose":
                condition, yes, no, held = e.args
                if held is not None:
                    return whole(yes if held else no, around)
                opposite = Comparison(OPPOSITE[condition.relation], condition.left, condition.right)
                nested = around > 0
                text = style.cases(part(yes, 0), compared(condition), part(no, 0), compared(opposite), nested)
                return text, ATOM if nested else 0
            case "neg":
                return style.number("-") + part(e.args[0], POWER, left=False), PRODUCT
            case "^":
                base = part(e.args[0], ATOM)
                fenced = style.fence(base) if style.tall(e.args[0].op) and not base.endswith(")") else base
                return style.power(fenced, part(e.args[1], ATOM)), POWER
            case "+" | "-" | "*" | "/":
                return operated(e.op, *e.args)
            case function:
                return style.call(function, part(e.args[0], 0)), ATOM

    def numeral(value: Any) -> tuple[str, int]:
        text = value if isinstance(value, str) else text_of(value, digits)[0]
        binds = SUM if text.startswith("-") else PRODUCT if "/" in text and not style.fractions else ATOM
        return style.number(text), binds

    def operated(op: str, a: Shown, b: Shown) -> tuple[str, int]:
        if op == "/" and style.fractions:
            return style.joined("/", part(a, 0), part(b, 0)), ATOM
        binds = BINDS[op]
        right = binds + 1 if op in "-/" or b.op == "/" else binds
        return style.joined(op, part(a, binds), part(b, right, left=False)), binds

    def summed(terms: Sequence[Shown]) -> str:
        shown = telling(terms)
        texts = [part(t, SUM if i == 0 else PRODUCT, left=i == 0) for i, t in enumerate(shown)]
        if len(shown) < len(terms):
            texts.insert(-1, f"{style.dots} {style.words(f'({len(terms) - len(shown)} more terms)')} {style.dots}")
        text = texts[0]
        for following in texts[1:]:
            text = style.joined("+", text, following)
        return text

    def shortened(texts: list[str]) -> list[str]:
        return texts if len(texts) <= MOST_TERMS else [*texts[:4], style.dots, texts[-1]]

    def compared(c: Comparison) -> str:
        return f"{part(c.left, 0)} {style.relation(c.relation)} {part(c.right, 0)}"

    return whole(expression)[0]


def telling(terms: Sequence[Shown]) -> Sequence[Shown]:
    """The terms of a sum that are shown: all, or of very many the first few and the last that are not 0."""
    if len(terms) <= MOST_TERMS:
        return terms
    full = [t for t in terms if getattr(t.value, "value", t.value) != 0]
    full = full if len(full) >= 5 else list(terms)
    return [*full[:4], full[-1]]


def condition_text(c: Comparison, held: bool, style: Style, digits: int) -> str:
    """A comparison as it came out: `U[1,0] = −0.5 ≤ 0`."""
    sign = c.relation if held else OPPOSITE[c.relation]
    left, value, right = (
        written(c.left, style),
        written(c.left, style, "numbers", digits),
        written(c.right, style, "numbers", digits),
    )
    return (
        f"{left} = {value} {style.relation(sign)} {right}"
        if left != value
        else f"{left} {style.relation(sign)} {right}"
    )


def family(expressions: Sequence[Shown]) -> tuple[str, Index] | None:
    """What all of these are cells of, if it is one thing: `z`, or `z[1,·]` for a row of it."""
    names = {str(e.args[0]) for e in expressions}
    if len(names) != 1 or any(e.op != NAME for e in expressions):
        return None
    axes = list(zip(*(e.args[1] for e in expressions), strict=True))
    index = tuple(axis[0] if len(set(axis)) == 1 else "·" for axis in axes)
    return names.pop(), index if len(index) > 1 else ()


class Text:
    """Plain text with the signs of mathematics: `W[0,1]·V[0,1] + …`."""

    dots = "…"
    fractions = False

    def name(self, quantity: str, index: Any) -> str:
        name, space, which = quantity.partition(" ")
        return pretty(name) + subscripts(index) + space + which

    def number(self, text: str) -> str:
        return {"pi": "π"}.get(text, text).replace("-", "−")

    def joined(self, op: str, left: str, right: str) -> str:
        return left + {"+": " + ", "-": " − ", "*": "·", "/": " / "}[op] + right

    def power(self, base: str, exponent: str) -> str:
        return base + exponent.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))

    def call(self, function: str, argument: str) -> str:
        if function == "sqrt":
            return f"√{argument}" if argument.isalnum() else f"√({argument})"
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

    def fence(self, body: str) -> str:
        return f"({body})"

    def words(self, text: str) -> str:
        return text

    def tall(self, op: str) -> bool:
        return False

    def relation(self, sign: str) -> str:
        return sign


class Latex:
    """LaTeX mathematics, to stand between dollar signs."""

    dots = r"\dots"
    fractions = True

    def name(self, quantity: str, index: Any) -> str:
        name, _, which = quantity.partition(" ")
        top, slash, below = name.partition("/")
        if not slash:
            return f"{symbol(name)}{lower(index)}"
        text = rf"\frac{{\partial {symbol(top[1:])}}}{{\partial {symbol(below[1:])}{lower(index)}}}"
        note = which.replace("_", r"\_")
        return rf"\left.{text}\right|_{{\text{{{note}}}}}" if note else text

    def number(self, text: str) -> str:
        if text == "pi":
            return r"\pi"
        sign, far, power = text.partition("10^(")
        if far:
            return rf"{sign}10^{{{self.number(power[:-1])}}}"
        text = text.replace("±", r"\pm ")
        mantissa, e, exponent = text.partition("e")
        if e:
            return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
        above, slash, below = text.partition("/")
        sign, above = ("-", above[1:]) if slash and above.startswith("-") else ("", above)
        return rf"{sign}\frac{{{above}}}{{{below}}}" if slash else text

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

    def fence(self, body: str) -> str:
        return rf"\left({body}\right)"

    def words(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def tall(self, op: str) -> bool:
        """What needs parentheses as the base of a power, though nothing else binds it."""
        return op in ("/", "exp", "number")

    def relation(self, sign: str) -> str:
        return {"≈": r"\approx", "≤": r"\le", "≥": r"\ge", "≠": r"\ne"}.get(sign, sign)


RUNNING = {"Σ": r"\sum", "max": r"\max"}
TEXT, LATEX = Text(), Latex()


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


def pretty(quantity: str) -> str:
    """A quantity's name in print: dL/dU is ∂L/∂U."""
    top, slash, rest = quantity.partition("/")
    return f"∂{top[1:]}/∂{rest[1:]}" if slash else quantity


def subscripts(index: Any) -> str:
    places = [index] if isinstance(index, Shown) else index
    return f"[{','.join(place(i, TEXT) for i in places)}]" if places else ""


def lower(index: Any) -> str:
    places = [index] if isinstance(index, Shown) else index
    return f"_{{{','.join(place(i, LATEX) for i in places)}}}" if places else ""


def place(i: Any, style: Style) -> str:
    """One index: a number, a letter, or where the numbers say: `winner of U[i,j]`."""
    if not isinstance(i, Shown):
        return str(i).replace("-", "−") if style is TEXT else str(i).replace("·", r"\cdot ")
    owner, dot, array = str(i.args[0]).rpartition(".")
    if i.op != NAME or not dot:
        return written(i, style)
    text = style.name(owner, i.args[1])
    return f"{array} of {text}" if style is TEXT else rf"\text{{{array} of }}{text}"


def symbol(name: str) -> str:
    """A quantity's name in LaTeX: Greek letters by name, long names upright."""
    if not name[:1].isalpha():
        return name
    name, prime = name.rstrip("'"), "'" * (len(name) - len(name.rstrip("'")))
    if len(name) == 1:
        return GREEK.get(name, name) + prime
    upright = name.replace("_", r"\_")
    return rf"\mathrm{{{upright}}}{prime}"
