"""What a line of words is about: a quantity, a layer whose outcome follows, another part of the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from backproof.arithmetic.shown import NAME
from backproof.marking.question import Question
from backproof.marking.reading.grammar import Unreadable, expression
from backproof.marking.reading.names import Names
from backproof.marking.reading.page import Page
from backproof.marking.reading.tokens import Part
from backproof.network.network import Layer

CALLED = {
    "LeakyReLU": ("lrelu",), "MaxPool2d": ("maxpool",), "AvgPool2d": ("avgpool", "averagepool", "meanpool"),
    "Linear": ("networkoutput", "fullyconnected", "linearlayer"), "BCEWithLogitsLoss": ("bce",),
    "CrossEntropyLoss": ("crossentropy",), "HalfSquaredError": ("squarederror",), "Conv2d": ("convolution",),
}  # fmt: skip
"""What people call a rule beside its own name: letters only, small."""
GRADIENT = re.compile(r"gradient|derivative|backward|backprop|\bgrad\b", re.IGNORECASE)
NTH = "first second third fourth fifth", "erst zweit dritt viert fünft"
ORDINALS = {word: n for words in NTH for n, word in enumerate(words.split(), 1)}
PASS = "variante?|datum|example|sample|data ?point|pass|datenpunkt|beispiel|durchgang"
COUNTED = re.compile(
    rf"\b(?:(?P<what>{PASS})\s*(?:no\.?|nr\.?|number|#)?\s*(?P<n>\d{{1,3}})"
    rf"|(?P<nth>first|second|third|fourth|fifth|(?:erst|zweit|dritt|viert|fünft)(?=e[rs]?\s)|(?P<ord>\d{{1,2}})(?:st|nd|rd|th))(?:e[rs]?)?"
    rf"\s+(?P<kind>{PASS})(?!\s*\d))\b|^[\s#*]*(?P<dot>\d{{1,2}})\.\s*(?P<of>{PASS})[\s*:.]*$",
    re.IGNORECASE,
)
BEFORE = re.compile(
    rf"[\s#*]*(?:{PASS})\s*(?:no\.?|nr\.?|number|#)?\s*\d{{1,3}}[\s*]*(?::|\)|[-–—]\s)[\s*]*(?=\S)", re.IGNORECASE
)
OF = frozenset("of from to on over with by into through using for applied".split())
WORD = re.compile(r"[^\W\d_]{3,}")
MOST_WORDS = 16
"""A longer line tells a story; it does not say that another part begins."""


class Label(NamedTuple):
    """A quantity that a line announces, and how plainly: 2 by its name, 1 by the layer that makes it."""

    name: str
    strength: int


def label_of(parts: Sequence[Part], text: str, names: Names, part: int) -> Label | None:
    """What a line of words is about."""
    named = mentions(parts, names, part)
    gradient = GRADIENT.search(text) is not None
    bases = [n for n in named if "/" not in n]
    whole = [n for n in named if "/" in n]
    if gradient and not whole:
        found = [g for n in bases if (g := names.gradient(names.loss, n))]
        return Label(found[-1], 2) if len(set(found)) == 1 else from_rule(text, names, part)
    if len(set(named)) == 1:
        return Label(named[0], 2)
    if named:
        return None
    return from_rule(text, names, part)


def mentions(parts: Sequence[Part], names: Names, part: int) -> list[str]:
    """The quantities named in a line, but for those that follow words such as "of" where another does not."""
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(parts):
        first = at
        while at < len(parts) and parts[at].kind in ("NAME", "D", "OVER", "FRACTION", "LEFT", "RIGHT"):
            at += 1
        if at == first:
            at += 1
            continue
        try:
            e = expression(parts[first:at], names, part)
        except Unreadable:
            continue
        if e.op == NAME and e.args[0] in names.all:
            before = parts[first - 1].text.lower() if first else ""
            found.append((e.args[0], before in OF))
    plain = [name for name, of in found if not of]
    return plain or [name for name, _ in found]


def from_rule(text: str, names: Names, part: int) -> Label | None:
    """The outcome of the layer whose rule a line names; in a line about gradients that of the layer's input."""
    record = names.question.parts[part].record
    letters = "".join(c for c in text.lower() if c.isalpha())
    layers = [layer for layer in record.network.layers if called(layer, letters)]
    if len(layers) > 1:
        lengths = [called(layer, letters) for layer in layers]
        layers = [layer for layer, n in zip(layers, lengths, strict=True) if n == max(lengths)]
    if len(layers) == 1:
        layer = layers[0]
        name = names.gradient(names.loss, layer.inputs[0]) if GRADIENT.search(text) else layer.output
        return Label(name, 1) if name else None
    inputs = list(record.network.inputs)
    if len(inputs) == 1 and re.search(r"\binputs?\b|\bimage\b", text, re.IGNORECASE) and "gradient" not in letters:
        return Label(inputs[0], 1)
    return None


def called(layer: Layer, letters: str) -> int:
    """How much of a line's letters is a name of this layer's rule; 0 if none is. LeakyReLU is not meant by PReLU."""
    rule = type(layer.rule).__name__
    words = (*CALLED.get(rule, ()), "".join(c for c in rule.lower() if c.isalpha()))
    words += ("relu",) if rule == "ReLU" else ()
    return max((len(w) for w in words if w in letters), default=0)


def plainly(words: Sequence[Part], page: Page, names: Names, part: int) -> str:
    """The quantity that words before an equals sign are: by its name, or a rule's and nothing else; or nothing."""
    text = page.raw(words)
    letters = "".join(c for c in text.lower() if c.isalpha()).removeprefix("the")
    layers = names.question.parts[part].record.network.layers
    exact = [layer.output for layer in layers if called(layer, letters) == len(letters) > 0]
    return names.losses.get(letters, "") or (exact[0] if len(exact) == 1 else "")


class Switch(NamedTuple):
    """How a line may say that another part begins."""

    part: int
    rules: frozenset[str]
    """The rules of its layers that the problem itself has not, in small letters."""
    replaced: frozenset[str]
    """Those that it has in their place."""
    words: frozenset[str]
    """Words of its title that no other part's title has."""


@lru_cache(maxsize=4)
def switches(question: Question) -> list[Switch]:
    """One for each part."""
    main = question.parts[0].record.network
    titles = [set(WORD.findall(p.title.lower())) for p in question.parts]
    found: list[Switch] = []
    for n, p in enumerate(question.parts):
        layers = p.record.network.layers
        now = {type(layer.rule).__name__ for layer in layers}
        before = {type(layer.rule).__name__ for layer in main.layers}
        others = {word for k, title in enumerate(titles) if question.parts[k].variant != p.variant for word in title}
        found.append(Switch(n, small(now - before), small(before - now), frozenset(titles[n] - others)))
    return found


def small(names: set[str]) -> frozenset[str]:
    return frozenset("".join(c for c in name.lower() if c.isalpha()) for name in names)


def part_of(text: str, question: Question, now: int) -> int | None:
    """The part that begins with this line, if one does: by number, by its rule, by the words of its title."""
    if len(question.parts) == 1 or len(text.split()) > MOST_WORDS:
        return None
    if match := COUNTED.search(text):
        return counted(match, question, now)
    letters = "".join(c for c in text.lower() if c.isalpha())
    here = switches(question)[now]
    variants = [s for s in switches(question) if s.rules and question.parts[s.part].datum == question.parts[now].datum]
    rivals = [s for s in variants if any(rule in letters for rule in s.rules)]
    if rivals:
        best = likeliest(rivals, text)
        return now if here in best else best[0].part
    if any(rule in letters for rule in here.replaced):
        return next(k for k, p in enumerate(question.parts) if (p.variant, p.datum) == (0, question.parts[now].datum))
    best = likeliest([s for s in variants if s.rules == here.rules], text)
    return best[0].part if len(best) == 1 and score(best[0], text) else None


def heading_of(text: str) -> int:
    """How long the heading is that stands before the answers of its line: `Datum 2: y = 7.4`."""
    found = BEFORE.match(text)
    return found.end() if found else 0


def counted(match: re.Match[str], question: Question, now: int) -> int | None:
    """The part of this number among the variants, or among the data."""
    kind = (match["what"] or match["kind"] or match["of"]).lower().replace("variante", "variant")
    n = int(match["n"] or match["ord"] or match["dot"] or ORDINALS.get((match["nth"] or "").lower(), 0))
    if kind != "variant" and not any(p.datum for p in question.parts):
        return None
    here = question.parts[now]
    wanted = (n, 0) if kind == "variant" else (here.variant, n - 1)
    return next((k for k, p in enumerate(question.parts) if (p.variant, p.datum) == wanted), None)


def likeliest(rivals: Sequence[Switch], text: str) -> list[Switch]:
    """Those with whose titles a line has most words in common."""
    best = max((score(s, text) for s in rivals), default=0)
    return [s for s in rivals if score(s, text) == best]


def score(switch: Switch, text: str) -> int:
    """How many of a line's words are words of a title, shared for share."""
    return sum(any(w[:5] == t[:5] for t in switch.words) for w in WORD.findall(text.lower()))
