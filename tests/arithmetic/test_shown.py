"""Shown numbers compute what plain numbers compute, and remember how."""

from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic import exact
from backproof.arithmetic.array import Array
from backproof.arithmetic.functions import choose, exp, largest, sqrt, total
from backproof.arithmetic.shown import Comparison, Named, Settled, Shown, Wanted, shown
from backproof.notation.text import TEXT
from backproof.notation.writing import written

ratios = st.fractions(-99, 99, max_denominator=50)


def q(number):
    return fmpq(number.numerator, number.denominator)


def name(letter, number):
    return Shown("name", (letter, ()), q(Fraction(number)))


def said(expression, leaves="names"):
    return written(shown(expression), TEXT, leaves)


expressions = st.recursive(
    st.sampled_from("abc") | st.integers(0, 3),
    lambda parts: st.tuples(st.sampled_from("+-*/"), parts, parts) | st.tuples(st.just("neg"), parts, parts),
    max_leaves=8,
)


def computed(tree, numbers):
    """The tree's value over any kind of numbers."""
    if not isinstance(tree, tuple):
        return numbers.get(tree, tree)
    op, left, right = tree[0], computed(tree[1], numbers), computed(tree[2], numbers)
    if op == "neg":
        return -left
    if op == "/" and not (type(left) is int and type(right) is int):
        return left / right
    return left + right if op == "+" else left - right if op == "-" else left * right


@given(expressions, ratios, ratios, ratios)
def test_values_are_those_of_a_plain_run(tree, a, b, c):
    plain = {k: q(v) for k, v in zip("abc", (a, b, c), strict=True)}
    try:
        expected = computed(tree, plain)
    except ZeroDivisionError:
        return
    remembering = {k: Shown("name", (k, ()), v) for k, v in plain.items()}
    assert shown(computed(tree, remembering)).value == expected


def test_expressions_are_what_was_computed():
    a, b = name("a", 2), name("b", -3)
    assert said(a * b + a / b - 1) == "a·b + a / b − 1"
    assert said(a * b + a / b - 1, "numbers") == "2·(−3) + 2 / (−3) − 1"
    assert said(a - (b - a)) == "a − (b − a)"
    assert said(-(a + b) * 2) == "−(a + b)·2"
    assert said((a + b) ** 2) == "(a + b)²"
    assert said(a / (b * a)) == "a / (b·a)"
    assert said(sqrt(a * a * 1)) == "√(a·a)"


def test_a_nought_in_a_sum_and_a_one_in_a_product_are_not_worth_showing():
    a = name("a", 5)
    assert said(0 + a) == said(a + 0) == said(1 * a) == said(a * 1) == said(a / 1) == said(a - 0) == "a"
    assert said(0 * a) == "0"
    assert (0 * a).value == 0


@given(st.lists(ratios, min_size=2, max_size=6))
def test_sums_know_their_terms(numbers):
    cells = [Shown("name", ("x", (i,)), q(n)) for i, n in enumerate(numbers)]
    whole = total(iter(cells))
    assert whole.value == sum(map(q, numbers))
    assert said(whole) == " + ".join(f"x[{i}]" for i in range(len(numbers)))


@given(st.lists(ratios, min_size=2, max_size=6))
def test_the_first_of_equal_largest_wins(numbers):
    cells = [(Shown("name", ("x", (i,)), q(n)), i) for i, n in enumerate(numbers)]
    best, place = largest(iter(cells))
    assert (best.value, place) == (q(max(numbers)), numbers.index(max(numbers)))
    assert said(best) == f"max({', '.join(f'x[{i}]' for i in range(len(numbers)))})"


@given(ratios, ratios)
def test_a_choice_keeps_the_branch_that_was_taken(a, b):
    x, y = name("x", a), name("y", b)
    made = choose(x > y, x, 2 * y)
    assert made.value == (q(a) if a > b else 2 * q(b))
    assert said(made) == ("x" if a > b else "2·y")
    assert made.args[0].tied == (a == b)


@pytest.mark.parametrize(
    ("relation", "held"), [("<", (1, 0, 0)), (">", (0, 0, 1)), ("≤", (1, 1, 0)), ("≥", (0, 1, 1)), ("=", (0, 1, 0)), ("≠", (1, 0, 1))]
)  # fmt: skip
def test_comparisons(relation, held):
    pairs = [(1, 2), (2, 2), (3, 2)]
    assert tuple(bool(Comparison(relation, name("a", a), name("b", b))) for a, b in pairs) == tuple(map(bool, held))


def test_functions_are_applied_and_shown():
    assert said(exp(name("x", 0))) == "exp(x)"
    assert exp(name("x", 0)).value == 1
    with pytest.raises(exact.NotExact):
        exp(name("x", 1))


def test_named_cells_are_made_when_they_are_looked_at():
    cells = Named("X", Array.of([[fmpq(1), fmpq(2)], [fmpq(3), (0, 1)]]), first=(7,))
    assert not list(cells)
    assert cells[1, 0].args == ("X", (7, 1, 0))
    assert cells[1, 0].value == 3
    assert cells[1, 1] == (0, 1)


def test_wanted_and_settled_arrays():
    assert Wanted((2,), [(0,)])[1,] == 0
    assert Wanted((2,), [(0,)], Array.of([5, 6]))[1,] == 6
    settled = Settled("v", (2,), [(0,)])
    settled[0,] = 2 * name("a", 4)
    assert settled[0,].args == ("v", (0,))
    assert settled[0,].value == 8
