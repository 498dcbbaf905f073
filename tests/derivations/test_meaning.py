"""What lines mean: nothing wrong is called right, nothing is assumed that was not said, and what says nothing is refused."""

from random import Random

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.derivations.derivation import derivation
from backproof.derivations.language import parsed
from backproof.errors import BadFile
from derivations.worlds import CHANGES, Nowhere, alterations, differ, spelled, told, worlds


def status(text):
    return derivation(text).status


def error(text):
    with pytest.raises(BadFile) as found:
        derivation(text, path="file.txt")
    return str(found.value)


# A wrong line is never called right

LEAVES = st.sampled_from(["x", "y", "z[i]", "z[j]", "z[1]", "v[n]", "2", "1/2", "[i = j]"])
FUNCTIONS = ["exp", "log", "sqrt", "tanh", "erf", "erfc", "abs"]


def grown(parts):
    return st.one_of(
        st.builds("({}) {} ({})".format, parts, st.sampled_from("+-*/"), parts),
        st.builds("({})^{}".format, parts, st.sampled_from(["2", "-1", "(1/2)", "3"])),
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), parts),
        st.builds("max({}, {})".format, parts, parts),
        st.builds("[{} {} {}]".format, parts, st.sampled_from([">", "<", "<=", ">="]), parts),
        st.builds("sum({}, {})".format, st.sampled_from(["i", "j"]), parts),
        st.builds("d({}, {})".format, parts, st.sampled_from(["x", "z[j]", "z[1]"])),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=5)
HEAD = "index n = 1..m\nlet v[n] = x*t[n]^2\n"


def different(text, a, b):
    return any(differ(world, parsed(a, 1, ""), parsed(b, 1, "")) for world in worlds(text, seeds=range(6)))


def held_to_account(a, b):
    """Two lines: what differs somewhere is not proved, and what is refuted differs where it is said to."""
    text = f"{HEAD}{a}\n= {b}"
    try:
        found = derivation(text)
    except BadFile:
        return
    if different(text, a, b):
        assert found.status != "proved"
    if found.status == "refuted":
        world, *said = told(text, found.fault.trouble)
        try:
            first, second = (world.value(line.expression) for line in found.lines)
        except Nowhere:
            return
        assert mpmath.almosteq(first, mpmath.mpf(said[0].numerator) / said[0].denominator, 1e-4, 1e-9), (
            found.fault.trouble
        )
        assert mpmath.almosteq(second, mpmath.mpf(said[1].numerator) / said[1].denominator, 1e-4, 1e-9), (
            found.fault.trouble
        )


@given(EXPRESSIONS, EXPRESSIONS)
def test_two_lines_that_differ_are_not_called_equal(a, b):
    held_to_account(a, b)


@settings(max_examples=100)
@given(EXPRESSIONS, st.sampled_from(sorted(CHANGES)), st.integers(0, 999))
def test_a_line_that_is_changed_a_little_is_not_called_equal(a, kind, seed):
    wrong = alterations(parsed(a, 1, ""), {"i", "j"})[kind]
    if wrong:
        held_to_account(a, spelled(Random(seed).choice(wrong)))


@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS)
def test_what_is_written_in_another_order_is_the_same(a, b, c):
    text = f"{HEAD}({a})*(({b}) + ({c}))\n= ({c})*({a}) + ({a})*({b})"
    try:
        found = derivation(text)
    except BadFile:
        return
    assert found.status in ("proved", "undecided"), found.fault.trouble


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("x + y", "x + 2*y"), ("log(x) + 1", "log(x) + 2"), ("erf(x)", "x"), ("d(abs(x), x)", "1"), ("exp(1)", "3"),
        ("sum(i, z[i]) + x", "sum(i, z[i])"), ("max(x, y)", "x"), ("abs(x)", "x"), ("sqrt(x^2)", "x"), ("pi", "22/7"),
        ("z[i]", "z[j]"), ("sum(i, z[i]*z[i])", "sum(i, z[i])^2"), ("sum(i, sum(j, z[i]*z[j]))", "sum(i, z[i]^2)"),
        ("d(z[i], z[j])", "1"), ("[i = j]*z[i]", "0"), ("[i = j]*z[i]", "z[j]"), ("z[i]*[i != j]", "z[i]"), ("sum(i, 1)", "1"), ("k", "3"),
        ("d(x^x, x)", "x*x^(x - 1)"), ("1/(x + y)", "1/x + 1/y"), ("exp(x + y)", "exp(x) + exp(y)"),
        ("log(x + y)", "log(x) + log(y)"), ("(x + y)^2", "x^2 + y^2"), ("tanh(2*x)", "2*tanh(x)"), ("x/y", "y/x"),
        ("exp(x)^2", "exp(x^2)"), ("erfc(-x)", "erfc(x)"), ("[x > y]", "[x < y]"), ("x^2", "x^4"),
        ("d(sum(i, z[i]^2), z[j])", "2*z[i]"), ("1e-50", "0"), ("x + 1e-50", "x"), ("exp(50)", "exp(50) + 1e-50"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refuted_with_numbers(a, b):
    text = f"{a}\n= {b}"
    fault = derivation(text).fault
    assert (fault.number, fault.status) == (2, "refuted"), fault
    assert told(text, fault.trouble)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("[x = y]", "0"), ("[x != y]", "1"), ("[x >= y]", "[x > y]"), ("[x > 0] + [x < 0]", "1"), ("x^0*[x = 0]", "0"),
    ],
)  # fmt: skip
def test_a_line_that_is_wrong_where_two_numbers_are_equal_is_not_called_right_for_all_numbers(a, b):
    """Where boundaries are left aside, that has to be said."""
    found = derivation(f"{a}\n= {b}")
    assert not found or any(word in str(found).lower() for word in ("boundar", "tie", "kink", "apart from"))


@pytest.mark.parametrize("text", ["sum(i, [i = 0])\n= 1", "sum(i, [i = 0]*z[i])\n= z[0]", "d(sum(i, z[i]), z[0])\n= 1"])
def test_indices_begin_with_1(text):
    try:
        found = derivation(text)
    except BadFile:
        return
    assert not found


# What is right

RIGHT = [
    ("(a + b)^2", "a^2 + 2*a*b + b^2"), ("exp(a + b)", "exp(a)*exp(b)"), ("a/b/c", "a/(b*c)"), ("0.25", "1/4"),
    ("sum(i, x[i] + y[i])", "sum(j, x[j]) + sum(n, y[n])"), ("sum(i, [i = j]*x[i])", "x[j]"), ("sum(i, 1)", "k"),
    ("sum(i, sum(j, x[i]*y[j]))", "sum(i, x[i])*sum(i, y[i])"), ("sum(i, sum(i, x[i]))", "k*sum(j, x[j])"),
    ("d(a^3, a)", "3*a^2"), ("d(x[i]^2, x[j])", "2*x[i]*[i = j]"), ("d(d(exp(2*a), a), a)", "4*exp(2*a)"),
    ("d(max(a, b), a)", "[a > b]"), ("abs(a)", "max(a, -a)"), ("max(a, b)", "max(b, a)"), ("tanh(-a)", "-tanh(a)"),
    ("erf(a)", "1 - erfc(a)"), ("erfc(-a)", "2 - erfc(a)"), ("d(erf(a), a)", "2*exp(-a^2)/sqrt(pi)"), ("a^(1/2)", "sqrt(a)"),
    ("[a > b]", "1 - [a <= b]"), ("[a > b]^2", "[a > b]"), ("[i = j]*x[i]", "[i = j]*x[j]"), ("[i != j]", "1 - [j = i]"),
    ("max(a)", "a"), ("+a - -a", "2·a"), ("log(exp(a))", "a"), ("d(a, b)", "0"), ("d(x[w[n]], x[i])", "[w[n] = i]"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), RIGHT)
def test_a_right_line_is_proved(a, b):
    assert status(f"{a}\n= {b}\n= {a}") == "proved"


@pytest.mark.parametrize(
    "text",
    [
        "sum(i, i)\n= k*(k + 1)/2",
        "x^(1/3)*y^(1/3)\n= (x*y)^(1/3)",
        "log(x*y)\n= log(x) + log(y)",
        "exp(pi)^(1/pi)\n= exp(1)",
    ],
)
def test_what_cannot_be_decided_is_called_neither_right_nor_wrong(text):
    found = derivation(text)
    if found:
        return
    assert found.fault.status == "undecided"
    assert found.fault.trouble
    assert "could not be decided" in str(found)


# How far indices run

SIZES = "index o, n = 1..m\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[o]\n= x[i]", "x at place 1 run to m elsewhere, here to k"),
        ("sum(o, x[o]) + sum(i, x[i])", "x at place 1 run to m elsewhere, here to k"),
        ("w[o,i] + w[i,o]", "w at place 1 run to m elsewhere, here to k"),
        ("[o = i]", "run to m and to k"),
        ("x[c[o]] + y[c[i]]", "c at place 1 run to m elsewhere, here to k"),
        ("x[o] + y[i] + d(x[o], x[i])", "x at place 1 run to m elsewhere, here to k"),
        ("sum(m, x[m])", "m is how far an index runs"),
        ("x[k]", "k is how far an index runs"),
    ],
)
def test_indices_that_run_differently_far_are_not_mixed(text, message):
    said = error(SIZES + text)
    assert message in said
    assert said.startswith("file.txt:2: ") or "\n=" in text


@pytest.mark.parametrize(
    "text",
    [
        "let p[i] = x[i]\nsum(o, d(p[o], x[j]))\n= 1", "let p[o] = x[o]\nsum(i, d(p[i], x[n]))\n= 1",
        "let p[i] = x[i]\nlet r[o] = p[o]\nsum(o, d(r[o], x[j]))\n= 1",
    ],
)  # fmt: skip
def test_definitions_and_assumptions_mix_no_sizes_either(text):
    try:
        found = derivation(SIZES + text)
    except BadFile:
        return
    assert not found


def test_a_letter_that_is_said_to_run_is_an_index():
    assert status("index i, j = 1..m\n[i = j]\n= 0") == "refuted"


def test_sums_of_different_sizes_differ():
    assert status(SIZES + "sum(o, 1)\n= m") == "proved"
    assert status(SIZES + "sum(o, 1)\n= k") == "refuted"
    assert status(SIZES + "sum(o, a*sum(i, b))\n= m*k*a*b") == "proved"


# Definitions

MEANINGLESS = [
    ("let a = b\nlet b = 2", 2, "b has a meaning already"),
    ("a\n= a\nlet a = 2", 3, "a has a meaning already"),
    ("let a = 1\nlet a = 1", 2, "a has a meaning already"),
    ("let a = a + 1", 1, "a is defined by itself"),
    ("let a[i] = a[1] + 1", 1, "a is defined by itself"),
    ("let 2 = 2", 1, "only a name can be defined"),
    ("let a + 1 = 2", 1, "only a name can be defined"),
    ("let a[i,i] = 2", 1, "the indices of a in its definition are letters"),
    ("let a[1] = 2", 1, "the indices of a in its definition are letters"),
    ("let a[w[i]] = 2", 1, "the indices of a in its definition are letters"),
    ("let a[i] = b[i]\na", 2, "a has 1 index elsewhere, here none"),
    ("let a = b\na[i]", 2, "a has no indices elsewhere, here 1"),
    ("x[i]\n= x", 2, "x has 1 index elsewhere, here none"),
    ("x[i] + x[i,j]", 1, "x has 1 index elsewhere, here 2"),
    ("let i = 2\nx[i]", 2, "i is used both as an index and as a number"),
    ("1/0", 1, "divides by 0"),
    ("log(0)", 1, "no real number"),
    ("sqrt(-1)", 1, "no real number"),
    ("x/(x - x)", 1, "divides by 0"),
    ("9^9^9^9", 1, "387420489 is too large in an exponent"),
    ("2^64^64", 1, "too large"),
    ("d(x[i], i)", 1, "there is no derivative by i"),
    ("d(x, pi)", 1, "there is no derivative by pi"),
    ("[i < j]*x[i]*x[j]", 1, "indices are compared by = and != alone"),
    ("[i = j + 1]*x[i]", 1, "i"),
    ("[i = 1/2]*x[i]", 1, "i"),
    ("[i = 2.5]*x[i]", 1, "i"),
    ("[i = x[j]^2]*x[i]", 1, "i"),
    ("where i = j + 1\nx[i]", 2, "i"),
    ("where i <= j\nx[i] + x[j]", 2, "indices are assumed to be equal (=) or different (!=)"),
    ("where x != 3\nx", 2, "numbers are assumed to be equal, or one of them to be larger"),
    ("where x >= 3\nx", 2, "numbers are assumed to be equal, or one of them to be larger"),
    ("= x", 1, "there is no line before this one"),
    ("x\nwhere y > 0\n= x", 3, "there is no line before this one"),
    ("x\npart two\n= x", 3, "there is no line before this one"),
    ("x\nrun fast", 2, "there is nothing called 'fast' to run; there is stability"),
    ("let pi = 3", 1, "pi"),
    ("pi[i]", 1, "pi"),
    ("let k = 3", 1, "k"),
]


@pytest.mark.parametrize(("text", "line", "message"), MEANINGLESS)
def test_what_says_nothing_is_refused_with_its_line(text, line, message):
    said = error(text)
    assert said.startswith(f"file.txt:{line}: ")
    assert message in said
    assert len(said) < 300


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", "title t", "let a = 2", "where x > 0", "index i = 1..k"])
def test_a_file_without_a_line_is_refused(text):
    assert error(text) == "file.txt: holds no derivation; expected an expression, and lines that begin with ="


@pytest.mark.parametrize(
    ("definitions", "a", "b"),
    [
        ("let p[i] = z[i]/sum(n, z[n])", "sum(i, p[i])", "1"),
        ("let p[i] = z[i]/sum(n, z[n])", "sum(n, p[n]*z[n])", "sum(n, z[n]^2)/sum(i, z[i])"),
        ("let p[i] = z[i]/sum(n, z[n])", "d(p[n], z[n])", "1/sum(i, z[i]) - z[n]/sum(i, z[i])^2"),
        ("let p[i] = z[i]*z[j]", "p[1]", "z[1]*z[j]"),
        ("let p[i] = z[i]*z[j]", "sum(j, p[j])", "z[j]*sum(n, z[n])"),
        ("let p[i,j] = z[i] - z[j]", "p[j,i]", "-p[i,j]"),
        ("let a = x^2\nlet b = a + a", "b", "2*x^2"),
        ("let a = x^2", "d(a^3, a)", "3*x^4"),
        ("let a = x^2", "d(a, x)", "2*x"),
        ("let p[i] = z[i]/2", "d(p[i]^2, p[j])", "z[i]*[i = j]"),
        ("let p[i] = z[i]/2", "d(sum(i, p[i]^3), p[j])", "3*p[j]^2"),
    ],
)
def test_a_definition_stands_for_what_it_says(definitions, a, b):
    assert status(f"{definitions}\n{a}\n= {b}") == "proved"
    assert status(f"{definitions}\n{a}\n= {b} + 1") == "refuted"
