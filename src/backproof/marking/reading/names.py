"""The names of a question's quantities, and how people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from copy import copy
from functools import lru_cache

from backproof.arithmetic.array import Index, Shape
from backproof.errors import nearest
from backproof.marking.question import Question
from backproof.marking.reading.counting import FROM_ONE, Counting

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
LOSSES = ("loss", "cost", "error")
"""What people call a loss, whatever the question calls it."""
LOSS_LETTERS = ("L", "E", "J")
"""What they call it in its gradients, where the question has no other quantity of that name."""
HAT = re.compile("[\u0302\u0303\u0304]")
"""A hat, a tilde or a bar upon a letter, as in ŷ."""
CELL = re.compile(r"(.*?)\[([\d\s,]*)\]")


class Names:
    """The quantities of a question with their shapes in each part, found by any of their spellings."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.shapes = [part.shapes for part in question.parts]
        self.all = tuple(dict.fromkeys(name for shapes in self.shapes for name in shapes))
        self.loss = next((p.record.network.loss.output for p in question.parts if p.record.network.loss), "")
        self.bases = {name for name in self.all if "/" not in name}
        longer = sorted((name for name in self.bases if len(name) > 1), key=len, reverse=True)
        self.longer = re.compile(f"(d?)({'|'.join(map(re.escape, longer))})(?![^\\W_])(?!\\.\\w)") if longer else None
        """Names of more than one character, which may have points in them, perhaps behind a d."""
        self.plain = spellings((name, [plain(name)]) for name in self.all)
        self.folded = spellings((name, [plain(name).casefold()]) for name in self.all)
        self.short = spellings(
            (name, [f"grad{by}", f"{by}grad", f"{by}.grad", f"∇{by}", f"d{by}"])
            for name in self.all
            if "/" in name
            for by in [plain(name.partition("/d")[2])]
        )
        self.losses = spellings((self.loss, [word]) for word in LOSSES if self.loss)
        self.counting = FROM_ONE
        """From where the subscripts of the sheet count that is being read."""

    def counted(self, counting: Counting) -> Names:
        """The same names on a sheet whose subscripts count so."""
        names = copy(self)
        names.counting = counting
        return names

    def found(self, text: str) -> str:
        """The quantity of this spelling, or nothing.

        Capitals count only where they tell two apart; α may be alpha, ∂ may be d, and dV may be dL/dV.
        """
        key = plain(text)
        for known, wanted in (
            (self.plain, key),
            (self.folded, key.casefold()),
            (self.short, key),
            (self.losses, key.casefold()),
        ):
            if wanted in known:
                return known[wanted]
        above, slash, below = key.partition("/d")
        if slash and above[:1] == "d" and (known := self.gradient(above[1:], below)):
            return known
        bare = HAT.sub("", unicodedata.normalize("NFD", key))
        return self.found(bare) if len(bare) < len(unicodedata.normalize("NFD", key)) else ""

    def gradient(self, of: str, by: str) -> str:
        """The quantity that is the derivative of one by the other, or nothing."""
        above = self.found(of) or (self.loss if of in LOSS_LETTERS else "")
        name = f"d{above}/d{self.found(by)}"
        return name if name in self.plain.values() else ""

    def nearest(self, text: str) -> str:
        return nearest(text, self.all) or ""

    def shape(self, name: str, part: int) -> Shape | None:
        """The quantity's shape in this part; else in the first part that has it."""
        own = self.shapes[part].get(name)
        return own if own is not None else next((s[name] for s in self.shapes if name in s), None)


def spellings(names: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    """Spelling -> name, for the spellings that belong to one name alone."""
    found: dict[str, set[str]] = {}
    for name, spelt in names:
        for text in spelt:
            found.setdefault(text, set()).add(name)
    return {text: owners.pop() for text, owners in found.items() if len(owners) == 1}


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """A spelling without what means nothing: spaces, underlines, signs of mathematics for d and letters for α.

    >>> plain("∂L / ∂alpha"), plain("grad_V"), plain("W′")
    ('dL/dα', 'gradV', "W'")
    """
    bare = (
        re.sub(r"[\s_$\\{}*]", "", unicodedata.normalize("NFC", text))
        .replace("∂", "d")
        .replace("partial", "d")
        .replace("′", "'")
        .replace("’", "'")
    )
    return re.sub("|".join(GREEK), lambda m: GREEK[m[0]], bare) if any(name in bare for name in GREEK) else bare


@lru_cache(maxsize=4)
def names_of(question: Question) -> Names:
    return Names(question)


def cell_of(text: str) -> tuple[str, Index]:
    """A name and the cell that brackets behind it say, counted from 0.

    >>> cell_of("dL/dX[0, 1]"), cell_of("y")
    (('dL/dX', (0, 1)), ('y', ()))
    """
    found = CELL.fullmatch(text.strip())
    digits = found and re.findall(r"\d{1,9}", found[2])
    return (found[1], tuple(map(int, digits))) if found and digits else (text, ())
