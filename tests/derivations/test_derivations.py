"""Every derivation that ships follows line by line; altered in any line it is refuted there; and it says what the rules give."""

from functools import cache
from random import Random

import mpmath
import pytest
from flint import arb, fmpq

from backproof.algebra.numbers import evaluate, lifted
from backproof.arithmetic.ball import precision
from backproof.arithmetic.functions import exp
from backproof.arithmetic.symbol import sp
from backproof.derivations.derivation import derivation, read_derivation
from backproof.derivations.language import read
from backproof.derivations.shipped import shipped
from backproof.errors import BadFile
from backproof.rules import find
from derivations.worlds import CHANGES, alterations, differ, spelled, told, worlds
from rules.referee import BITS, classes, enclosed

NAMES = sorted(shipped())


@cache
def text_of(name):
    """What ships, without the tables, which take longer than all lines together."""
    return shipped()[name].read_text(encoding="utf-8").replace("run stability", "")


@cache
def checked(name):
    return derivation(text_of(name), name)


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_verified(name):
    found = read_derivation(shipped()[name])
    assert found
    assert found.fault is None
    assert found.title
    assert all(line.status == "proved" and line.reason for line in found.lines)
    written = [line for line in text_of(name).splitlines() if line.startswith("=")]
    assert len(written) == sum(not line.first for line in found.lines) > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_line_has_the_same_number_as_the_line_before(name):
    for chain in checked(name).chains:
        found = list(worlds(text_of(name), chain.conditions, range(6)))
        assert found
        for before, here in zip(chain.lines, chain.lines[1:], strict=False):
            assert not any(differ(world, before.expression, here.expression) for world in found), here.number


# Alterations


@cache
def altered(name, kind):
    """For each line what one change of this kind makes of it, if that has another number somewhere."""
    letters = {part for s in read(text_of(name), name) if s.kind == "index" for part in s.left} | {"i", "j"}
    found = []
    for chain in checked(name).chains:
        places = list(worlds(text_of(name), chain.conditions))
        for before, line in zip(chain.lines, chain.lines[1:], strict=False):
            wrong = alterations(line.expression, letters)[kind]
            Random(f"{name} {kind} {line.number}").shuffle(wrong)
            e = next((e for e in wrong if any(differ(world, line.expression, e) for world in places)), None)
            if e is not None:
                found.append((before, line, f"= {spelled(e)}   # {kind}"))
    return found


def lines_with(name, line, wrong):
    return [wrong if n == line.source else text for n, text in enumerate(text_of(name).splitlines(), 1)]


@pytest.mark.parametrize("name", NAMES)
def test_an_altered_line_is_the_first_that_does_not_follow(name):
    for _, line, wrong in altered(name, "a term added"):
        found = derivation("\n".join(lines_with(name, line, wrong)), name)
        assert found.status == "refuted"
        assert (found.fault.number, found.fault.source, found.fault.status) == (line.number, line.source, "refuted")


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_altered_is_refuted_with_numbers_that_show_it(name, kind):
    """The other lines of the file are left empty, so that it does not take long."""
    sources = {line.source for line in checked(name).lines}
    for before, line, wrong in altered(name, kind):
        lines = lines_with(name, line, wrong)
        text = "\n".join("" if n in sources - {before.source, line.source} else t for n, t in enumerate(lines, 1))
        text = text.replace(f"\n{lines[before.source - 1]}\n", f"\n{lines[before.source - 1].removeprefix('=')}\n")
        try:
            chain = derivation(text, name).chains[-1]
        except BadFile:
            assert kind == "an index exchanged"
            continue
        first, second = chain.lines
        assert (second.source, second.status) == (line.source, "refuted"), text
        world, *said = told(text, second.trouble)
        assert near(world.value(first.expression), said[0]), second.trouble
        assert near(world.value(second.expression), said[1]), second.trouble


@pytest.mark.parametrize("name", NAMES)
def test_every_line_was_altered_in_several_ways(name):
    made = [line.number for kind in CHANGES for _, line, _ in altered(name, kind)]
    for line in checked(name).lines:
        assert line.first or made.count(line.number) >= (1 if line.expression.op == "number" else 3), line.source


def near(value, said):
    said = mpmath.mpf(said.numerator) / said.denominator
    return abs(value - said) <= mpmath.mpf(10) ** -5 * abs(said) + mpmath.mpf(10) ** -15


# What the rules give


class Point:
    """Random numbers for a derivation, and what the rules make of them; classes count from 0 in rules, from 1 in lines."""

    def __init__(self, seed):
        self.random, self.k = Random(seed), 2 + seed % 3
        self.given = {"k": self.k, "m": 4, "i": self.index(), "j": self.index(), "y": self.index(), "n": self.index(4)}

    def index(self, size=None):
        return self.random.randint(1, size or self.k)

    def number(self, name, positive=False):
        """One number under this name."""
        p = self.random.randint(1, 9) * (1 if positive else self.random.choice((-1, 1)))
        return self.given.setdefault(name, fmpq(p, self.random.choice((1, 2, 4))))

    def row(self, name, size=None):
        """The numbers of a family."""
        return [self.number((name, n)) for n in range(1, (size or self.k) + 1)]

    def other(self, i):
        """An index that is not this one."""
        return self.random.choice([n for n in range(1, self.k + 1) if n != self.given[i]])

    def __getitem__(self, letter):
        return self.given[letter] - 1


def one(size, place):
    return [int(n == place) for n in range(size)]


def softmax(point, dy=None):
    dy = one(point.k, point["i"]) if dy is None else dy
    return enclosed(find("Softmax")(), x=numbers(point.row("z")), dy=dy)


def cross_entropy(point, t):
    return enclosed(find("CrossEntropyLoss")(), x=numbers(point.row("z")), t=t, dloss=1)


def right_class(point):
    return cross_entropy(point, classes(point["y"]))


def numbers(values):
    return [str(v) for v in values]


def same_index(point):
    point.given["j"] = point.given["i"]
    return softmax(point)["dx"][point["j"],]


def other_index(point):
    point.given["j"] = point.other("i")
    return softmax(point)["dx"][point["j"],]


def right_logit(point):
    point.given["j"] = point.given["y"]
    return right_class(point)["dx"][point["y"],]


def other_logit(point):
    point.given["j"] = point.other("y")
    return right_class(point)["dx"][point["j"],]


def shifted_loss(point):
    point.number("c")
    return right_class(point)["loss"][()]


def any_target(point):
    return cross_entropy(point, numbers(point.row("q")))["dx"][point["j"],]


def distribution(point):
    rest = [point.number(("q", n)) for n in range(2, point.k + 1)]
    point.given["q", 1] = 1 - sum(rest, fmpq(0))
    return any_target(point)


def half_squared(point, x, t, place):
    return enclosed(find("HalfSquaredError")(), x=x, t=t, dloss=1)["dx"][place]


def linear(point):
    rows = [[point.number(("w", o, i)) for i in range(1, point.k + 1)] for o in range(1, 5)]
    rule = find("Linear")(out_features=4)
    return enclosed(
        rule,
        x=numbers(point.row("x")),
        weight=[*map(numbers, rows)],
        bias=numbers(point.row("b", 4)),
        dy=numbers(point.row("g", 4)),
    )


def leaky(point):
    rule = find("LeakyReLU")(negative_slope=str(point.number("a")))
    return enclosed(rule, x=numbers(point.row("u")), dy=numbers(point.row("g")))["dx"][point["i"],]


def on_side(sign):
    def given(point):
        point.given["u", point.given["i"]] = sign * point.number("size", positive=True)
        return leaky(point)

    return given


def prelu(point, weight, slopes="cell"):
    return enclosed(find("PReLU")(slopes), x=numbers(point.row("u")), weight=weight, dy=numbers(point.row("g")))


def shared(point):
    return prelu(point, str(point.number("a")), 1)


def own(point):
    return prelu(point, numbers(point.row("b")))


def pooling(point):
    point.k = point.given["k"] = 9
    point.given["i"] = point.index()
    cells, back = point.row("x"), point.row("g", 4)
    square = [numbers(cells[n : n + 3]) for n in (0, 3, 6)]
    found = enclosed(find("MaxPool2d")(2, 1), x=square, dy=[numbers(back[:2]), numbers(back[2:])])
    for n, (row, column) in enumerate(found["winner"].values(), 1):
        point.given["w", n] = 3 * row + column + 1
    return found["dx"][divmod(point["i"], 3)]


def elementwise(name, part):
    def given(point):
        return enclosed(find(name)(), x=str(point.number("x")), dy=1)[part][()]

    return given


def logits(part):
    def given(point):
        return enclosed(find("BCEWithLogitsLoss")(), x=str(point.number("x")), t=str(point.number("t")), dloss=1)[part][
            ()
        ]

    return given


def log_softmax(point):
    return enclosed(find("LogSoftmax")(), x=numbers(point.row("z")), dy=one(point.k, 0))["y"][point["i"],]


def softmax_from_logarithms(point):
    below = log_softmax(point)
    with precision(BITS):
        return exp(below)


def log_sum_exp(point):
    point.number("c")
    below = log_softmax(point)
    with precision(BITS):
        return point.given["z", point.given["i"]] - below


def squared_error_through_softmax(point):
    p = [softmax(point)["y"][n,] for n in range(point.k)]
    with precision(BITS):
        errors = [v - t for v, t in zip(p, point.row("t"), strict=True)]
        total = sum(e * v for e, v in zip(errors, p, strict=True))
        return p[point["j"]] * (errors[point["j"]] - total)


GIVEN = {
    ("bce-with-logits", 1): logits("dx"),
    ("bce-with-logits", 2): logits("loss"),
    ("cross-entropy-gradient-one-hot", 1): lambda point: right_class(point)["dx"][point["j"],],
    ("cross-entropy-gradient-one-hot", 2): right_logit,
    ("cross-entropy-gradient-one-hot", 3): other_logit,
    ("cross-entropy-gradient", 1): any_target,
    ("cross-entropy-gradient", 2): distribution,
    ("cross-entropy-one-hot", 1): lambda point: right_class(point)["loss"][()],
    ("cross-entropy-one-hot", 2): shifted_loss,
    ("half-squared-error", 1): lambda point: half_squared(point, str(point.number("y")), str(point.number("t")), ()),
    ("half-squared-error", 2): lambda point: half_squared(point, numbers(point.row("u")), numbers(point.row("r")), (point["j"],)),
    ("leaky-relu", 1): leaky,
    ("leaky-relu", 2): on_side(1),
    ("leaky-relu", 3): on_side(-1),
    ("linear", 1): lambda point: linear(point)["dx"][point["j"],],
    ("linear", 2): lambda point: linear(point)["dweight"][point["n"], point["j"]],
    ("linear", 3): lambda point: linear(point)["dbias"][point["n"],],
    ("log-sum-exp", 1): softmax_from_logarithms,
    ("log-sum-exp", 2): log_sum_exp,
    ("max-pooling", 1): pooling,
    ("prelu", 1): lambda point: shared(point)["dx"][point["i"],],
    ("prelu", 2): lambda point: shared(point)["dweight"][()],
    ("prelu", 3): lambda point: own(point)["dweight"][point["i"],],
    ("sigmoid", 1): elementwise("Sigmoid", "dx"),
    ("sigmoid", 2): elementwise("Sigmoid", "dx"),
    ("softmax-gradient", 1): lambda point: softmax(point)["dx"][point["j"],],
    ("softmax-gradient", 2): same_index,
    ("softmax-gradient", 3): other_index,
    ("softmax-shift", 1): lambda point: (point.number("c"), softmax(point)["y"][point["i"],])[1],
    ("softmax-squared-error", 1): squared_error_through_softmax,
    ("softmax-stability", 1): shifted_loss,
    ("softmax-stability", 2): lambda point: (shifted_loss(point), right_class(point)["dx"][point["i"],])[1],
    ("tanh", 1): elementwise("Tanh", "dx"),
    ("tanh", 2): elementwise("Tanh", "dx"),
    ("tanh", 3): elementwise("Tanh", "y"),
}  # fmt: skip
"""What a rule gives for each line of a chain, by the derivation's name and the number of the chain in it."""


def value_at(e, point):
    """An expression's value, enclosed; its names are the point's, a family's cells those with numbers beside the name."""
    at = {s: lifted(point.given.get(str(s), 0)) for s in e.atoms(sp.Symbol)}
    at |= {base: lambda *i, name=str(base): point.given[(name, *i)] for base in e.atoms(sp.IndexedBase)}
    with precision(BITS):
        return evaluate(e, at)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("name", "chain"), GIVEN)
def test_every_line_has_the_number_that_the_rule_gives(name, chain, seed):
    point, found = Point(seed), checked(name)
    rule = GIVEN[name, chain](point)
    for line in found.chains[chain - 1].lines:
        value = value_at(found.expressions[line.number], point)
        with precision(BITS):
            difference = (value - lifted(rule)).value
            assert difference == 0 if isinstance(difference, fmpq) else difference.contains(0), line.number
            assert isinstance(difference, fmpq) or difference.rad() < arb(10) ** -50


def test_chains_without_a_rule_are_few():
    """A sum of gradients that is 0, a cell that wins or does not, and a network that is certain."""
    missing = {(name, n) for name in NAMES for n in range(1, len(checked(name).chains) + 1)} - set(GIVEN)
    assert missing == {
        ("cross-entropy-gradient-one-hot", 4), ("max-pooling", 2), ("max-pooling", 3),
        ("softmax-squared-error", 2), ("softmax-squared-error", 3),
    }  # fmt: skip
