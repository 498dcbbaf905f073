"""What is claimed at ties and kinks: which conventions are proved, and that no fault can hide on a boundary."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import backproof as bp
from backproof.arithmetic.functions import choose, exp, largest
from backproof.arithmetic.loops import cells
from backproof.proofs.boundaries import CONTINUOUS, CONVENTION
from backproof.proofs.rule import prove_at
from backproof.rules import find, names
from backproof.rules.rule import Rule, arguments
from proofs.mutants import exists, function_of, increased, plainest_first, upstream, with_function, written


@dataclass(frozen=True)
class Made(Rule):
    """A rule put together from two functions of lists of numbers."""

    outputs = ("y",)

    def shapes(self, x):
        return {"y": (self.made,)}

    def forward(self, x, y):
        for i, value in enumerate(self.y([x[i] for i in cells(x)])):
            y[i,] = value

    def backward(self, x, dy, dx):
        for i, value in enumerate(self.dx([x[i] for i in cells(x)], [dy[i] for i in cells(dy)])):
            dx[i,] = value


def proved(y, dx, size=1, made=1):
    """The claims about y = y(x) whose gradient is said to be dx(x, dy), both functions of lists."""
    rule = type("Made", (Made,), {"y": staticmethod(y), "dx": staticmethod(dx), "made": made})
    return prove_at(rule(), {"x": (size,)})


def status(part, statement):
    return next((claim.status for claim in part.claims if claim.statement == statement), None)


# Kinks


def relu(x):
    return choose(x > 0, x, 0)


def size(x):
    return choose(x > 0, x, -x)


KINKS = {
    "relu, 0 at the kink": (relu, lambda x, d: choose(x > 0, d, 0)),
    "relu, 1 at the kink": (relu, lambda x, d: choose(x >= 0, d, 0)),
    "size, −1 at the kink": (size, lambda x, d: choose(x > 0, d, -d)),
    "size, 1 at the kink": (size, lambda x, d: choose(x >= 0, d, -d)),
    "a kink that is none": (lambda x: choose(x > 0, x, x), lambda x, d: d),
    "a square that begins at 0": (lambda x: choose(x > 0, x * x, 0), lambda x, d: choose(x > 0, 2 * x * d, 0)),
    "clipped, the upper kink as above it": (
        lambda x: choose(x > 1, 1, choose(x < -1, -1, x)),
        lambda x, d: choose(x >= 1, 0, choose(x < -1, 0, d)),
    ),
}


@pytest.mark.parametrize("kink", KINKS)
def test_either_side_of_a_kink_may_be_taken(kink):
    y, dx = KINKS[kink]
    part = proved(lambda xs: [y(x) for x in xs], lambda xs, ds: [dx(x, d) for x, d in zip(xs, ds, strict=True)], 2, 2)
    assert part.status == "proved"


NEITHER = {
    "twice the gradient": lambda x, d: choose(x == 0, 2 * d, choose(x > 0, d, 0)),
    "minus the gradient": lambda x, d: choose(x == 0, -d, choose(x > 0, d, 0)),
    "a constant": lambda x, d: choose(x == 0, 1, choose(x > 0, d, 0)),
}


@pytest.mark.parametrize("fault", NEITHER)
def test_neither_side_of_a_kink_is_not_proved(fault):
    part = proved(lambda x: [relu(x[0])], lambda x, d: [NEITHER[fault](x[0], d[0])])
    assert status(part, CONVENTION) != "proved"
    assert part.status != "proved"


def test_both_sides_in_one_sum_are_not_proved():
    """relu(x) − relu(−x) is x, but at 0 both of its parts may say 0."""
    part = proved(
        lambda x: [relu(x[0]) - relu(-x[0])], lambda x, d: [choose(x[0] > 0, d[0], 0) + choose(-x[0] > 0, d[0], 0)]
    )
    assert part.status != "proved"


# Jumps

JUMPS = {
    "a step": (lambda x: choose(x > 0, 1, 0), lambda x, d: 0 * d),
    "a jump on a slope": (lambda x: choose(x > 0, x + 1, x), lambda x, d: d),
    "one point beside the line": (lambda x: choose(x == 0, 1, x), lambda x, d: d),
    "a jump of a curve": (lambda x: choose(x > 1, exp(x), x), lambda x, d: choose(x > 1, exp(x) * d, d)),
}


@pytest.mark.parametrize("jump", JUMPS)
def test_what_jumps_is_not_called_continuous(jump):
    y, dx = JUMPS[jump]
    part = proved(lambda x: [y(x[0])], lambda x, d: [dx(x[0], d[0])])
    assert status(part, CONTINUOUS) != "proved"
    assert part.status != "proved"


# Ties


def windows(*ties):
    """Maxima of pairs (i, j): forward, and a way back by which `first` or `last` of two equals wins, or both, or neither."""

    def y(x):
        return [choose(x[i] >= x[j], x[i], x[j]) for i, j, _ in ties]

    def dx(x, d):
        found = [0 * d[0] for _ in x]
        for (i, j, tie), dy in zip(ties, d, strict=True):
            found[i] = found[i] + choose(x[i] >= x[j] if tie in ("first", "both") else x[i] > x[j], dy, 0)
            found[j] = found[j] + choose(x[i] > x[j] if tie in ("last", "both") else x[i] >= x[j], 0, dy)
        return found

    return proved(y, dx, 1 + max(max(i, j) for i, j, _ in ties), len(ties))


@pytest.mark.parametrize("tie", ["first", "last"])
def test_one_of_two_equals_may_win(tie):
    assert windows((0, 1, tie)).status == "proved"


@pytest.mark.parametrize("tie", ["both", "neither"])
def test_both_or_neither_of_two_equals_may_not(tie):
    part = windows((0, 1, tie))
    assert status(part, CONVENTION) != "proved"


@pytest.mark.parametrize("tie", ["first", "last"])
def test_overlapping_windows_that_agree_are_proved(tie):
    assert windows((0, 1, tie), (1, 2, tie), (0, 2, tie)).status == "proved"


@pytest.mark.parametrize(
    "ties",
    [
        [(0, 1, "first"), (0, 1, "last")],
        [(0, 1, "first"), (1, 2, "first"), (0, 2, "last")],
        [(0, 1, "first"), (1, 2, "first"), (2, 0, "first")],
    ],
    ids=["one pair two ways", "first but for one", "in a circle"],
)
def test_overlapping_windows_that_disagree_are_not(ties):
    part = windows(*ties)
    assert status(part, CONTINUOUS) == "proved"
    assert status(part, CONVENTION) != "proved"


class LastWins(bp.MaxPool2d):
    """Of equals the last one wins, in the columns of windows that are named."""

    columns = (0, 1)

    def forward(self, x, y, winner):
        rows, columns = self.windows(x.shape)
        for i, j in cells(y):
            seen = [(x[h, w], (h, w)) for _, h in rows.window(i) for _, w in columns.window(j)]
            y[i, j], winner[i, j] = largest(reversed(seen) if j in self.columns else seen)


class WindowsDisagree(LastWins):
    columns = (1,)


def test_a_pool_in_which_the_last_of_equals_wins_is_proved():
    assert prove_at(LastWins(2, stride=1), {"x": (2, 3)}).status == "proved"


def test_a_pool_whose_windows_disagree_about_equals_is_not():
    """The middle column stands in both windows, which break a tie of its two cells in two ways."""
    part = prove_at(WindowsDisagree(2, stride=1), {"x": (2, 3)})
    assert status(part, CONVENTION) != "proved"


def test_without_a_comparison_nothing_is_claimed_of_boundaries():
    assert status(prove_at(bp.Tanh(), {"x": (2,)}), CONVENTION) is None


# No fault can hide on a boundary


SMOOTH = {
    "a line": (lambda x: x, lambda x, d: d),
    "a square": (lambda x: x * x, lambda x, d: 2 * x * d),
    "a curve": (exp, lambda x, d: exp(x) * d),
}


@pytest.mark.parametrize("curve", SMOOTH)
def test_a_gradient_with_a_kink_where_nothing_else_has_one_is_not_proved(curve):
    y, dx = SMOOTH[curve]
    assert proved(lambda x: [y(x[0])], lambda x, d: [dx(x[0], d[0])]).status == "proved"
    part = proved(lambda x: [y(x[0])], lambda x, d: [choose(x[0] == 0, 7 * d[0], dx(x[0], d[0]))])
    assert part.status != "proved"


def readings():
    """Every rule with each array of numbers that its way back, or its step, is given."""
    for name in names():
        kind = find(name)
        given = [*(n.strip("*") for n in kind.inputs), *getattr(kind, "targets", ()), *kind.parameters, *kind.state]
        for read in arguments(function_of(kind)):
            if read in (*given, *upstream(kind)):
                yield name, read


@pytest.mark.parametrize(("name", "read"), list(readings()))
def test_no_fault_can_hide_where_something_is_0(name, read):
    kind = find(name)
    options, inputs = next(e for e in plainest_first(kind) if exists(kind, e, read))
    hiding = with_function(kind, increased(function_of(kind), written(kind), at=read))
    assert prove_at(hiding(**options), inputs).status != "proved"


def test_no_fault_can_hide_at_one_value_of_an_option():
    class Hiding(bp.LeakyReLU):
        def backward(self, x, dy, dx):
            for i in cells(dx):
                dx[i] = choose(self.negative_slope == 1, 7, choose(x[i] > 0, dy[i], self.negative_slope * dy[i]))

    assert prove_at(Hiding("0.1"), {"x": (1,)}).status != "proved"


def test_the_textbook_is_held_to_at_boundaries_too():
    class Hiding(bp.Tanh):
        def textbook(self, x, y):
            for i in cells(y):
                y[i] = choose(x[i] == 0, 7, (exp(x[i]) - exp(-x[i])) / (exp(x[i]) + exp(-x[i])))

    assert prove_at(Hiding(), {"x": (1,)}).status != "proved"
