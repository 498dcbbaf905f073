"""What a TeX of any kind reads: text and mathematics in ASCII, and long mathematics with places to break it."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from backproof.notation.latex import GREEK

SPECIAL = {c: f"\\{c}" for c in "$&#_%"} | {
    "{": r"\ensuremath{\{}",
    "}": r"\ensuremath{\}}",
    "\\": r"\ensuremath{\backslash}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': "''",
    "`": r"{\symbol{96}}",
    "-": "{-}",
}
"""Signs of ASCII that TeX, or its oldest font, reads as something else."""
MATHEMATICS = {
    **GREEK,
    "−": "-",
    "·": r"\cdot",
    "×": r"\times",
    "÷": r"\div",
    "±": r"\pm",
    "≈": r"\approx",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "∂": r"\partial",
    "Σ": r"\Sigma",
    "√": r"\surd",
    "∞": r"\infty",
    "∈": r"\in",
    "→": r"\rightarrow",
    "←": r"\leftarrow",
    "½": r"\tfrac{1}{2}",
    "′": "{}'",
    "°": r"^{\circ}",
    **{raised: f"{{}}^{{{plain}}}" for raised, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True)},
    **{lowered: f"{{}}_{{{plain}}}" for lowered, plain in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)},
}
SIGNS = {
    "…": r"\ldots{}",
    "–": "--",
    "—": "---",
    "‘": r"{\symbol{96}}",
    "’": "'",
    "“": r"{\symbol{96}\symbol{96}}",
    "”": "''",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "\N{NO-BREAK SPACE}": "~",
}
ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0304\u0306\u0307\u030b\u0327",
        ["`", "'", "^", "~", '"', "r", "v", "=", "u", ".", "H", "c"],
        strict=True,
    )
)
LONG_WORD, PIECE = 16, 8
"""A word of more letters may be broken after every few of them."""
LONG = 25
"""Signs that cannot be broken from which they might not fit on a line."""
WIDEST = 80
"""Signs above or below a fraction's bar from which it is written with a slash."""
OPEN = re.compile(r"\\left\(((?:(?!\\left|\\right|\\frac|\\sum|\\begin).)*)\\right\)")
BREAKS = re.compile(r"(?<= )(?:[+\-=]|\\(?:cdot|approx|le|ge|ne)(?![A-Za-z]))(?= )")
TOKENS = re.compile(rf"\\(?:left|right|begin|end)(?![A-Za-z])|{BREAKS.pattern}|\\.|[{{}}]")


def escaped(text: str) -> str:
    r"""Text from anywhere as TeX that prints it and does nothing else.

    >>> print(escaped("50 % of ∂L/∂α"))
    50 \% of \ensuremath{\partial}L/\ensuremath{\partial}\ensuremath{\alpha}
    >>> print(escaped("\\input{x} é 漢"))
    \ensuremath{\backslash}input\ensuremath{\{}x\ensuremath{\}} \text{\'{e}} \text{[U+6F22]}
    """
    return " ".join(map(word, "".join(c if c.isprintable() else " " for c in text).split(" ")))


def word(text: str) -> str:
    letters = [SPECIAL.get(c, c) if c.isascii() else sign(c) for c in unicodedata.normalize("NFC", text)]
    if sum(map(weight, letters)) <= LONG_WORD:
        return "".join(letters)
    pieces, room = [""], PIECE
    for letter in letters:
        if room < weight(letter):
            pieces, room = [*pieces, ""], PIECE
        pieces[-1] += letter
        room -= weight(letter)
    return r"\allowbreak{}".join(pieces)


def weight(letter: str) -> int:
    """About how many signs a letter is printed as."""
    return PIECE if "[U+" in letter else 1


def sign(c: str) -> str:
    """A sign beyond ASCII, for text and mathematics alike; what stock fonts have not got by its number."""
    if c in MATHEMATICS:
        return rf"\ensuremath{{{MATHEMATICS[c]}}}"
    if c in SIGNS:
        return SIGNS[c] if c == "\N{NO-BREAK SPACE}" else rf"\text{{{SIGNS[c]}}}"
    base, *accents = unicodedata.normalize("NFD", c)
    if base.isascii() and base.isalpha() and len(accents) == 1 and accents[0] in ACCENTS:
        letter = rf"\{base}" if base in "ij" and ACCENTS[accents[0]] != "c" else base
        return rf"\text{{\{ACCENTS[accents[0]]}{{{letter}}}}}"
    return rf"\text{{[U+{ord(c):04X}]}}"


def mathematics(formula: str) -> str:
    r"""LaTeX mathematics in ASCII.

    >>> print(mathematics("zβ_{0}"))
    z\ensuremath{\beta}_{0}
    """
    return "".join(c if c.isascii() else sign(c) for c in formula)


def broken(formula: str) -> str:
    r"""Mathematics for a paragraph: it may be broken before the terms of a sum; what is too wide for a line is scaled.

    The paragraph has to know `\whole`, which `worksheet/latex.py` defines.
    """
    formula = level(mathematics(formula))
    while (plain := OPEN.sub(r"(\1)", formula)) != formula:
        formula = plain
    first, *others = cut(formula, "+-")
    return r"\penalty300 ".join([inline(first), *(inline(f"{{}}{other}") for other in others)])


def level(formula: str) -> str:
    r"""The same with fractions that are too wide for a line written with a slash, so that they can be broken.

    >>> level(r"a = \frac{b + " + "c" * 90 + "}{d}")[:14]
    'a = (b + ccccc'
    """
    for start in [token.start() for token in re.finditer(r"\\frac\{", formula)][::-1]:
        middle = closing(formula, start + len(r"\frac"))
        end = closing(formula, middle)
        above, below = formula[start + len(r"\frac{") : middle - 1], formula[middle + 1 : end - 1]
        if max(width(above), width(below)) > WIDEST and not within(formula, start):
            formula = f"{formula[:start]}{fenced(above)} / {fenced(below)}{formula[end:]}"
    return formula


def fenced(formula: str) -> str:
    """In parentheses, unless it is a single thing."""
    return f"({formula})" if len(cut(formula, "")) > 1 else formula


def closing(formula: str, start: int) -> int:
    """Where the group ends that opens at `start`."""
    depth = 0
    for brace in re.compile(r"\\.|[{}]").finditer(formula, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(formula)


def within(formula: str, place: int) -> bool:
    """Whether a place lies inside of a group."""
    braces = re.findall(r"\\.|[{}]", formula[:place])
    return braces.count("{") > braces.count("}")


def inline(piece: str) -> str:
    """One term; TeX itself may break it after a factor."""
    atoms = cut(piece, "")
    return rf"\whole{{{piece}}}" if max(map(width, atoms)) > LONG else rf"$\displaystyle {piece}$"


def cut(formula: str, signs: str) -> list[str]:
    r"""The formula taken apart before each of these signs, before every relation and operation where none are named.

    Signs inside of braces, of \left … \right and of environments do not count.

    >>> cut(r"a \cdot b + \frac{c + d}{2} - e", "+-")
    ['a \\cdot b ', '+ \\frac{c + d}{2} ', '- e']
    """
    depth, places = 0, [0]
    for token in TOKENS.finditer(formula):
        if token[0] in (r"\left", r"\begin", "{"):
            depth += 1
        elif token[0] in (r"\right", r"\end", "}"):
            depth -= 1
        elif depth == 0 and (token[0] in signs if signs else BREAKS.match(formula, token.start())):
            places.append(token.start())
    return [formula[a:b] for a, b in pairwise([*places, len(formula)])]


def width(formula: str) -> int:
    r"""About how many signs are printed: rather more than fewer.

    >>> width(r"\mathrm{long}_{0,1}")
    7
    """
    formula = re.sub(r"\\(?:mathrm|text|ensuremath|displaystyle|frac|left|right|bigl|bigr)(?![A-Za-z])", "", formula)
    return len(re.sub(r"[{}_^& ]", "", re.sub(r"\\(?:[A-Za-z]+|.)", "x", formula)))
