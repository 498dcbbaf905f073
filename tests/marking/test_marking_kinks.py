"""Kinks and ties: every subgradient is right, and nothing else is."""

from itertools import product

import pytest
from bench.marking.questions import problem
from flint import fmpq
from hypothesis import assume, given
from hypothesis import strategies as st

from backproof import Flatten, HalfSquaredError, Layer, LeakyReLU, Linear, MaxPool2d, PReLU, ReLU
from backproof.arithmetic.array import Array
from backproof.marking.claims import Claim, Sheet, Written
from backproof.marking.judging.feasible import feasible
from backproof.marking.judging.judge import judge
from backproof.marking.judging.person import answers
from backproof.marking.question import Question
from backproof.network.network import Network
from marking.by_hand import verdicts

SMALL = st.integers(-3, 3).map(fmpq)
EIGHTHS = st.integers(-8, 16).map(lambda n: fmpq(n, 8))


EFFORT = 2_000
"""Numbers made in a search: what is no subgradient need not be explained here."""


def judged(question, gradient):
    """dL/dx judged, written in fractions, which stand for themselves alone; all before it is right."""
    cells = {i: Written(str(v), fmpq(v), None, 0) for i, v in gradient.items()}
    before = [c for c in answers(question).claims if c.name != "dL/dx"]
    return judge(question, Sheet((*before, Claim("dL/dx", 0, cells))), EFFORT)["dL/dx"]


# Activations at 0.

RULES = {"ReLU": (ReLU(), fmpq(0)), "LeakyReLU": (LeakyReLU("0.25"), fmpq(1, 4)), "PReLU": (PReLU(), fmpq(1, 4))}


def activated(rule):
    """x = (0, 1, -1, 0); y = w · act(x) with w = (1, 2, 3, -4) and dL/dy = 2, so dL/dV = (2, 4, 6, -8)."""
    layers = [Layer("V", rule), Layer("y", Linear(bias=False), weight="W")]
    parameters = {"W": ["1", "2", "3", "-4"], **({"V.weight": "1/4"} if isinstance(rule, PReLU) else {})}
    network = Network({"x": (4,)}, layers, Layer("L", HalfSquaredError()), parameters=parameters)
    y = 2 - 3 * (0 if isinstance(rule, ReLU) else fmpq(1, 4))
    return Question(problem(network, {"x": ["0", "1", "-1", "0"], "t": str(y - 2)}))


ACTIVATED = {name: (activated(rule), slope) for name, (rule, slope) in RULES.items()}


@pytest.mark.parametrize("name", RULES)
@given(EIGHTHS, EIGHTHS)
def test_at_0_any_slope_between_the_two_sides_is_right_and_none_beyond(name, first, last):
    question, slope = ACTIVATED[name]
    numbers = [2 * first, fmpq(4), 6 * slope, -8 * last]
    gradient = Array((4,), {(i,): v for i, v in enumerate(numbers)})
    answer = judged(question, gradient)
    assert all(answer.cells[i,].verdict == "right" for i in (1, 2))
    lawful = [slope <= s <= 1 for s in (first, last)]
    if all(lawful):
        assert verdicts(answer) == "rrrr"
        assert answer.marks == answer.of
    else:
        assert verdicts(answer) != "rrrr"
        assert all(answer.cells[i,].verdict == "wrong" for i, ok in ((0, lawful[0]), (3, lawful[1])) if not ok)


@pytest.mark.parametrize("name", ["x", "d", "data"])
def test_a_name_that_begins_like_a_gradients_is_no_gradient(name):
    layers = [Layer("V", ReLU()), Layer("y", Linear(bias=False), weight="W")]
    network = Network({name: (2,)}, layers, Layer("L", HalfSquaredError()), parameters={"W": ["1", "2"]})
    question = Question(problem(network, {name: ["0", "1"], "t": "0"}))
    gradient = {(0,): Written("1", fmpq(1), None, 0), (1,): Written("4", fmpq(4), None, 0)}
    before = [c for c in answers(question).claims if c.name != f"dL/d{name}"]
    sheet = Sheet((*before, Claim(f"dL/d{name}", 0, gradient)))
    assert verdicts(judge(question, sheet)[f"dL/d{name}"]) == "rr"
    assert "subgradient" in judge(question, sheet)[f"dL/d{name}"].cells[0,].reason


@given(EIGHTHS)
def test_away_from_a_kink_there_is_one_derivative(slope):
    question, right = ACTIVATED["LeakyReLU"]
    assume(slope != 1)
    gradient = Array((4,), {(0,): 2 * right, (1,): 4 * slope, (2,): 6 * right, (3,): -8 * right})
    assert judged(question, gradient).cells[1,].verdict == "wrong"


# Ties in pools.


def pooled(x, stride, weights):
    """Max pooling of a 3×3 and a linear layer with dL/dy = 1, so that dL/dU is the weights."""
    layers = [
        Layer("U", MaxPool2d(2, stride=stride)),
        Layer("F", Flatten()),
        Layer("y", Linear(bias=False), weight="W"),
    ]
    count = (2 if stride == 1 else 1) ** 2
    flat = [int(n) for n in weights[:count]]
    network = Network(
        {"x": (1, 3, 3)}, layers, Layer("L", HalfSquaredError()), parameters={"W": [str(n) for n in flat]}
    )
    tops = [
        max(x[i + a, j + b] for a in (0, 1) for b in (0, 1))
        for i, j in product(range(2 if stride == 1 else 1), repeat=2)
    ]
    y = sum(w * top for w, top in zip(flat, tops, strict=True))
    nested = [[[str(x[i, j]) for j in range(3)] for i in range(3)]]
    return Question(problem(network, {"x": nested, "t": str(y - 1)}))


GRIDS = st.lists(st.integers(0, 1), min_size=9, max_size=9).map(
    lambda n: Array((3, 3), dict(zip(product(range(3), repeat=2), n, strict=True)))
)
WEIGHTS = st.lists(st.integers(1, 5), min_size=4, max_size=4)


def windows(x):
    """Each window of stride 1 with the cells that hold its largest number."""
    for i, j in product(range(2), repeat=2):
        cells = [(i + a, j + b) for a in (0, 1) for b in (0, 1)]
        top = max(x[c] for c in cells)
        yield [c for c in cells if x[c] == top]


def shared(x, weights, data):
    """A subgradient: each window's weight shared somehow among its tied cells."""
    gradient = Array((1, 3, 3), {(0, *i): fmpq(0) for i in x})
    for weight, tied in zip(weights, windows(x), strict=True):
        parts = data.draw(st.lists(st.integers(0, 4), min_size=len(tied), max_size=len(tied)).filter(any))
        for cell, part in zip(tied, parts, strict=True):
            gradient[0, *cell] += weight * fmpq(part, sum(parts))
    return gradient


@given(GRIDS, WEIGHTS, st.data())
def test_any_shares_among_tied_cells_of_overlapping_windows_are_right(x, weights, data):
    assert verdicts(judged(pooled(x, 1, weights), shared(x, weights, data))) == "r" * 9


@given(GRIDS, WEIGHTS, st.data(), st.sampled_from([0, fmpq(1, 4), 1]))
def test_what_no_shares_give_is_wrong(x, weights, data, more):
    """Something of one cell is moved to another; and now and then the sum is another."""
    gradient = shared(x, weights, data)
    a, b = data.draw(st.tuples(st.sampled_from(list(gradient)), st.sampled_from(list(gradient))))
    moved = data.draw(st.sampled_from([gradient[a], gradient[a] / 2, fmpq(1, 3)]))
    gradient[a] -= moved
    gradient[b] += moved + data.draw(st.sampled_from([0, 0, more]))
    answer = judged(pooled(x, 1, weights), gradient)
    assert (verdicts(answer) == "r" * 9) == within_bounds(x, weights, gradient)


def within_bounds(x, weights, gradient):
    """Hall's condition: the sums agree, and no set of cells holds less than the windows give that can go nowhere else."""
    tied = list(windows(x))
    if sum(gradient.values()) != sum(weights):
        return False
    for chosen in product((0, 1), repeat=4):
        reach = {c for some, c_set in zip(chosen, tied, strict=True) if some for c in c_set}
        if sum(w for w, some in zip(weights, chosen, strict=True) if some) > sum(gradient[0, *c] for c in reach):
            return False
    return all(gradient[0, *c] == 0 for c in x if not any(c in t for t in tied)) and all(
        v >= 0 for v in gradient.values()
    )


# Linear problems.

ROWS = st.lists(
    st.tuples(st.lists(SMALL, min_size=2, max_size=2), SMALL, st.integers(0, 2).map(fmpq)).map(lambda r: (r[0], r[1], r[1] + r[2])),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(ROWS)
def test_a_linear_problem_is_feasible_just_where_some_corner_of_it_is(rows):
    assert feasible(rows, 2) == any(fits(rows, *point) for point in corners(rows))


def fits(rows, x, y):
    return x >= 0 and y >= 0 and all(low <= a * x + b * y <= high for (a, b), low, high in rows)


def corners(rows):
    """Where any two of the lines that bound the problem cross: if it holds anywhere, it holds in one of these."""
    lines = [(fmpq(1), fmpq(0), fmpq(0)), (fmpq(0), fmpq(1), fmpq(0))]
    lines += [(a, b, bound) for (a, b), low, high in rows for bound in (low, high)]
    for (a, b, e), (c, d, f) in product(lines, repeat=2):
        if a * d != b * c:
            yield (e * d - b * f) / (a * d - b * c), (a * f - e * c) / (a * d - b * c)


@given(
    st.lists(st.lists(SMALL, min_size=4, max_size=4), min_size=1, max_size=4),
    st.lists(st.integers(0, 3).map(fmpq), min_size=4, max_size=4),
)
def test_what_is_made_from_a_solution_is_feasible(coefficients, solution):
    rows = [
        (row, value, value)
        for row in coefficients
        for value in [sum((a * x for a, x in zip(row, solution, strict=True)), fmpq(0))]
    ]
    assert feasible(rows, 4)
    assert not feasible([*rows, (rows[0][0], rows[0][1] + 1, rows[0][2] + 1)], 4)
