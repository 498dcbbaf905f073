"""What is assumed is used where it is said, needed, and true of every number that refutes a line."""

import pytest

from backproof.derivations.derivation import derivation
from backproof.errors import BadFile
from derivations.worlds import told


def status(text):
    return derivation(text).status


ASSUMED = [
    ("i = j", "[i = j]*x[i]", "x[j]"),
    ("i != j", "[i = j]*x[i]", "0"),
    ("j != i", "d(x[i], x[j])", "0"),
    ("i = 2", "x[i]", "x[2]"),
    ("i = w[n]", "x[i]", "x[w[n]]"),
    ("i != w[n]", "d(x[w[n]], x[i])", "0"),
    ("i != 2", "[i = 2]*x[i]", "0"),
    ("a > 0", "abs(a)", "a"),
    ("a < 0", "abs(a)", "-a"),
    ("0 < a", "[a > 0]", "1"),
    ("a > b", "[a > b]*c + [b > a]*d", "c"),
    ("a > 0", "sqrt(a^2)", "a"),
    ("sum(i, q[i]) = 1", "sum(j, q[j])*a", "a"),
    ("sum(i, q[i]) = a", "sum(j, q[j])^2", "a^2"),
    ("a = b", "a^2", "a*b"),
    ("a = 3", "a^2", "9"),
    ("k = 3", "sum(i, 1)", "3"),
]


@pytest.mark.parametrize(("condition", "a", "b"), ASSUMED)
def test_what_is_assumed_is_used_and_needed(condition, a, b):
    assert status(f"where {condition}\n{a}\n= {b}") == "proved"
    assert status(f"{a}\n= {b}") == "refuted"
    assert status(f"part one\nwhere {condition}\n{a}\n= {b}\npart two\n{a}\n= {b}") == "refuted"


@pytest.mark.parametrize(("condition", "a", "b"), ASSUMED)
def test_what_is_assumed_holds_where_a_line_is_refuted(condition, a, b):
    text = f"where {condition}\n{a}\n= ({b}) + 1"
    found = derivation(text)
    assert found.status == "refuted", found.fault.trouble
    world, *_ = told(text, found.fault.trouble)
    ((left, relation, right),) = found.chains[0].conditions
    values = [world.value(side) for side in (left, right)]
    assert {
        "=": abs(values[0] - values[1]) < 1e-4,
        "!=": values[0] != values[1],
        ">": values[0] > values[1],
        "<": values[0] < values[1],
    }[relation]


@pytest.mark.parametrize(
    ("conditions", "a", "b"),
    [
        (["i = j", "j = n"], "x[i]", "x[n]"), (["i = j", "j != n"], "[i = n]*x[i]", "0"), (["a > 0", "b < 0"], "abs(a)*abs(b)", "-a*b"),
        (["a > 0", "sum(i, q[i]) = 1"], "abs(a)*sum(i, q[i])", "a"), (["a = 2", "b = 3"], "a*b", "6"),
    ],
)  # fmt: skip
def test_several_assumptions(conditions, a, b):
    for n in range(len(conditions) + 1):
        said = "".join(f"where {c}\n" for c in conditions[:n])
        assert (status(f"{said}{a}\n= {b}") == "proved") == (n == len(conditions))


@pytest.mark.parametrize(
    "conditions", [["a = b", "b = 2"], ["b = 2", "a = b"], ["a = b", "b = c", "c > 0"], ["a > b", "b = 1"]]
)
def test_several_assumptions_hold_where_a_line_is_refuted(conditions):
    text = "".join(f"where {c}\n" for c in conditions) + "a*b + c\n= a*b + c + 1"
    found = derivation(text)
    world, *_ = told(text, found.fault.trouble)
    for left, relation, right in found.chains[0].conditions:
        a, b = world.value(left), world.value(right)
        assert abs(a - b) < 1e-4 if relation == "=" else a > b, found.fault.trouble


@pytest.mark.parametrize(
    ("conditions", "a", "b"),
    [
        (["i = j", "x[i] > 0"], "abs(x[i])", "x[i]"), (["x[i] > 0", "i = j"], "abs(x[j])", "x[j]"),
        (["j = i", "j != n"], "[j = n]*x[j]", "0"), (["i = j", "i = n"], "x[j]", "x[n]"), (["a = b", "b = 2"], "a", "2"),
        (["b = 2", "a = b"], "a", "2"), (["a > b", "b > c"], "[a > c]", "1"), (["a > 1"], "[a > 0]", "1"),
        (["i = j", "sum(n, q[i,n]) = 1"], "sum(n, q[j,n])", "1"), (["a > 0"], "max(a, 0)", "a"), (["a = 2*b", "b = 1"], "a", "2"),
        (["a > 0", "b > 0"], "log(a*b)", "log(a) + log(b)"), (["sum(i, q[i]^2) = 1"], "sum(i, q[i]^2)", "1"),
    ],
)  # fmt: skip
def test_what_follows_from_assumptions_together_is_not_refuted(conditions, a, b):
    """They hold at no numbers that could show it to be wrong."""
    assert status("".join(f"where {c}\n" for c in conditions) + f"{a}\n= {b}") != "refuted"


@pytest.mark.parametrize("condition", ["a > 0", "i = j", "i != j", "sum(i, q[i]) = 1"])
def test_a_wrong_line_stays_wrong_whatever_is_assumed(condition):
    text = f"where {condition}\nx[i] + y[j] + a\n= x[i] + 2*y[j] + a"
    assert status(text) == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        "where a = 1\n1/(1 - a)\n= 2/(1 - a)",
        "where a = 0\nb*a/a\n= b + 1",
        "where a > b\n[a > c]\n= 1",
        "where i != w[n]\nx[i]\n= a",
    ],
)
def test_assumptions_about_what_a_line_does_not_hold(text):
    assert status(text) != "proved"


@pytest.mark.parametrize("conditions", ["a > 0\nwhere a < 0", "a = 1\nwhere a = 2", "i = j\nwhere i != j", "0 = 1"])
def test_assumptions_that_contradict_each_other_refute_nothing(conditions):
    try:
        found = derivation(f"where {conditions}\nx[i] + x[j] + a\n= x[i] + x[j] + a + 1")
    except BadFile:
        return
    assert found.status != "refuted"
