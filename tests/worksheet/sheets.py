"""Worksheets to look at, and a reader that computes what their lines say."""

import re
from functools import cache

import mpmath
import numpy as np
from flint import fmpq

import backproof as bp
from backproof.examples import STARTER
from backproof.network.problem import read_problem
from backproof.notation.text import TEXT
from backproof.record.digits import bounds
from backproof.worksheet.worksheet import Worksheet
from record.networks import NETWORKS, drawn, made

L = bp.Layer
UPDATES = [None, bp.SGD(lr="0.1", momentum="0.5"), bp.Adam(), bp.AdamW(amsgrad=True), bp.SGD(lr="0.1")]
LOSSES = [bp.HalfSquaredError(), bp.MSELoss(), bp.BCEWithLogitsLoss(), bp.CrossEntropyLoss(label_smoothing="0.1")]
EXAMPLES = ["question-01", "question-02", "starter"]


def random(number, batch):
    """One of the networks, its numbers short enough to be printed, with a loss and an update."""
    rng = np.random.default_rng([number, batch])
    loss, update = LOSSES[(number + batch) % 4], UPDATES[number]
    network, given, _ = made(NETWORKS[number], rng, loss, None)
    parameters = {name: np.round(array * 8) / 8 for name, array in given.items()}
    network = bp.Network(network.inputs, network.layers, network.loss, parameters=parameters, update=update)
    first = (2,) if batch else ()
    x = np.round(drawn(rng, *first, *network.inputs["x"]) * 4) / 4
    t = rng.integers(0, 3, first) if loss is LOSSES[3] else rng.integers(0, 2, (*first, 3)) / 4
    return network.solve(x, t).worksheet()


def wide():
    """Long names, a matrix with more columns than a narrow terminal holds, and a sum of very many terms."""
    layers = [
        L("the_first_hidden_layer_of_this_network", bp.Linear(out_features=12), weight="weights_with_a_very_long_name"),
        L("what_comes_out_of_it", bp.Tanh()),
        L("an_answer", bp.Linear(), bias="β"),
    ]
    network = bp.Network({"all_that_is_known": (30,)}, layers, bp.HalfSquaredError(), title="a long title " * 12)
    return network.solve([f"1/{n + 3}" for n in range(30)], 1).worksheet()


@cache
def sheet(name):
    if name in EXAMPLES:
        return bp.solve(read_problem(STARTER) if name == "starter" else name)
    return wide() if name == "wide" else random(int(name[-1]), name.startswith("batch"))


NUMBERS = range(len(NETWORKS))
NAMES = [*EXAMPLES, *(f"random {n}" for n in NUMBERS), *(f"batch {n}" for n in NUMBERS), "wide"]


def steps(worksheet: Worksheet):
    """(record, step) for every step that is printed."""
    for each in worksheet.passes:
        yield from ((each.record, step) for step in each.steps)
    for variant in worksheet.variants:
        for number, record in enumerate(variant.records):
            yield from ((record, step) for step in variant.changed(number))


def is_whole(side):
    """Whether a side says all: no terms left out, and no `max z` for all cells of z."""
    return "more terms" not in side and not re.search(r"max\s\w", side)


def interval(low, high):
    low, high = (mpmath.iv.mpf(int(end.p)) / int(end.q) for end in (low, high))
    return mpmath.iv.mpf([low.a, high.b])


def interval_of(value):
    value = getattr(value, "value", value)
    return interval(value, value) if isinstance(value, fmpq) else interval(*bounds(value))


@cache
def cells(record):
    """Every cell that a line may name, as it is printed, with its value."""
    found = {}
    for slot, array in record.evaluation.values.items():
        first = () if slot.datum is None else (slot.datum,)
        for index, value in array.items():
            if not isinstance(value, (tuple, int)):
                found[TEXT.name(slot.name, (*first, *index))] = interval_of(value)
    return found


NUMERAL = r"\d+(?:\.\d+)?(?:e[+−]\d+)?"


@cache
def token(record):
    names = sorted(map(re.escape, cells(record)), key=len, reverse=True)
    return re.compile(
        rf"\s*(?:(?P<name>{'|'.join(names)})(?![A-Za-z0-9_\[.'])|(?P<number>{NUMERAL})|(?P<word>exp|log|tanh|erfc|max)|(?P<sign>\S))"
    )


class Reader:
    """Computes an expression as it is printed: names, numbers, + − · /, powers, brackets and functions, in intervals.

    A number with as many digits as were asked for may be rounded: it stands for all numbers that round to it, unless
    numbers are to be taken exactly as they stand.
    """

    def __init__(self, record, text, exact=False):
        found = [(m.lastgroup, m[m.lastgroup]) for m in token(record).finditer(text)]
        self.record, self.exact, self.tokens = record, exact, [*found, ("end", "")]

    def computed(self):
        value = self.sum()
        assert self.tokens[0][0] == "end", f"what is {self.tokens}?"
        return value

    def taken(self, *signs):
        if self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return None

    def sum(self):
        value = self.product()
        while sign := self.taken("+", "−"):
            other = self.product()
            value = value + other if sign == "+" else value - other
        return value

    def product(self):
        value = self.power()
        while sign := self.taken("·", "/"):
            other = self.power()
            value = value * other if sign == "·" else value / other
        return value

    def power(self):
        if self.taken("−"):
            return -self.power()
        value = self.atom()
        exponent = self.taken(*"²³")
        return value ** "..²³".index(exponent) if exponent else value

    def atom(self):
        kind, text = self.tokens.pop(0)
        if kind == "name":
            return cells(self.record)[text]
        if kind == "number":
            return self.numeral(text.replace("−", "-"))
        if kind == "word":
            return FUNCTIONS[text](*self.bracketed())
        if text == "√":
            return mpmath.iv.sqrt(self.atom())
        if text == "π":
            return mpmath.iv.pi
        assert text == "(", f"{text!r} begins nothing"
        self.tokens.insert(0, (kind, text))
        (value,) = self.bracketed()
        return value

    def bracketed(self):
        assert self.taken("(")
        values = [self.sum()]
        while self.taken(","):
            values.append(self.sum())
        assert self.taken(")")
        return values

    def numeral(self, text):
        mantissa, _, exponent = text.partition("e")
        digits = mantissa.replace(".", "").lstrip("0")
        unit = mpmath.iv.mpf(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
        middle = int(digits or 0) * unit
        return middle if self.exact or len(digits) < self.record.digits else middle + unit / 2 * mpmath.iv.mpf([-1, 1])


def rising(function):
    """A function of an interval by its ends; erfc falls."""

    def apply(x):
        with mpmath.workprec(200):
            ends = sorted(getattr(mpmath, function)(mpmath.mpf(end)) for end in (x.a, x.b))
            return mpmath.iv.mpf([ends[0] - abs(ends[0]) / 2**150, ends[1] + abs(ends[1]) / 2**150])

    return apply


FUNCTIONS = {
    "exp": mpmath.iv.exp,
    "log": mpmath.iv.log,
    "tanh": rising("tanh"),
    "erfc": rising("erfc"),
    "max": lambda *xs: mpmath.iv.mpf([max(x.a for x in xs), max(x.b for x in xs)]),
}


def overlap(a, b):
    return a.a <= b.b and b.a <= a.b
