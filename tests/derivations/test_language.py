"""The grammar: Python's own precedence, what is printed read again, and a message with its line for what cannot be read."""

import ast
import re
from fractions import Fraction

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backproof.derivations.language import DEEPEST, FUNCTIONS, LONGEST, MOST_DIGITS, parsed, read
from backproof.derivations.shipped import shipped
from backproof.errors import BadFile
from backproof.notation.latex import LATEX
from backproof.notation.text import TEXT
from backproof.notation.writing import written
from derivations.worlds import Nowhere, World, spelled


def expression(text):
    return parsed(text, 1, "file")


def error(text):
    with pytest.raises(BadFile) as found:
        read(text, "file.txt")
    return str(found.value)


# Precedence

NUMBERS = st.sampled_from(["0", "1", "2", "3", "10", "0.5", "1.", ".25", "2e1", "5E-1", "1e+1"])


def joined(parts):
    return st.one_of(
        st.builds("{}{}{}".format, parts, st.sampled_from(["+", "-", "*", "/", " + ", " - ", " * ", " / "]), parts),
        st.builds("{}^{}".format, parts, st.sampled_from(["2", "3", "-1", "-2", "0", "-(1)", "+2", "2^1", "-1^2"])),
        st.builds("{}{}".format, st.sampled_from(["-", "+", "- ", "--"]), parts),
        st.builds("({})".format, parts),
    )


ARITHMETIC = st.recursive(NUMBERS, joined, max_leaves=8)


class TooLarge(ArithmeticError):
    """A power that nobody wants to see."""


def in_python(text):
    """The value that Python's grammar gives the text, in fractions; the tree is walked here and nothing is evaluated."""

    def value(node):
        match node:
            case ast.Constant():
                return Fraction(ast.get_source_segment(source, node))
            case ast.UnaryOp():
                return -value(node.operand) if isinstance(node.op, ast.USub) else value(node.operand)
            case ast.BinOp():
                return operated(SIGNS[type(node.op)], value(node.left), value(node.right))

    source = text.replace("^", "**").strip()
    return value(ast.parse(source, mode="eval").body)


SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


def in_ours(e):
    if e.op == "number":
        return Fraction(e.args[0])
    return -in_ours(e.args[0]) if e.op == "neg" else operated(e.op, *map(in_ours, e.args))


def operated(op, a, b):
    if op == "^":
        if b.denominator != 1 or abs(b) > 20 or a.numerator.bit_length() > 200 or a.denominator.bit_length() > 200:
            raise TooLarge
        return a ** int(b)
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[op]()


@given(ARITHMETIC)
def test_signs_bind_as_in_python(text):
    try:
        value = in_python(text)
    except (TooLarge, ZeroDivisionError):
        assume(False)
    assert in_ours(expression(text)) == value


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("a·b × c − d", "((a * b) * c) - d"), ("a ** b", "a ^ b"), ("-a^2", "-(a^2)"), ("a^b^c", "a^(b^c)"),
        ("a^-b*c", "(a^(-b))*c"), ("a/b/c", "(a/b)/c"), ("a - b - c", "(a - b) - c"), ("2/3*a", "(2/3)*a"),
        ("-a*b", "(-a)*b"), ("[a ≤ b]", "[a <= b]"), ("[a≥b]", "[a >= b]"), ("[i≠j]", "[i != j]"), ("z[i , j]", "z[i,j]"),
        ("exp (a)", "exp(a)"), ("\ta+\tb", "a + b"), ("a' + a''", "(a') + (a'')"), ("π", "(π)"), ("1/2^2", "1/(2^2)"),
    ],
)  # fmt: skip
def test_what_is_the_same(text, means):
    assert spelled(expression(text)) == spelled(expression(means))


@pytest.mark.parametrize(
    "name", ["exponent", "e", "i", "x_1", "größe", "Ж", "λ'", "_a", "E", "I", "lambda", "None", "__import__"]
)
def test_any_word_is_a_name(name):
    found = expression(name)
    assert (found.op, found.args) == ("name", (name, ()))


# What is printed

NAMES = st.sampled_from(["x", "y", "x_1", "z[i]", "w[i,j]", "x[w[n]]", "π", "a'", "2", "1/2", "0.5", "1e3", "0"])
APPLIED = [name for name in FUNCTIONS if name not in ("sum", "d")]


def built(parts):
    return st.one_of(
        st.builds("({}) {} ({})".format, parts, st.sampled_from("+-*/^"), parts),
        st.builds("({})^{}".format, parts, st.sampled_from(["2", "-1", "10", "x", "(1/2)", "0.5"])),
        st.builds("-({})".format, parts),
        st.builds("{}({})".format, st.sampled_from(APPLIED), parts),
        st.builds("max({}, {})".format, parts, parts),
        st.builds("[{} {} {}]".format, parts, st.sampled_from(["<", ">", "<=", ">="]), parts),
    )


EXPRESSIONS = st.recursive(NAMES, built, max_leaves=7)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def grammatical(text):
    """Print as the grammar has it: raised digits as powers, √ as a function of what stands in parentheses after it."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: f"^{found[0].translate(RAISED)}", text)
    text = re.sub(r"√(\w+'*)", r"√(\1)", text)
    return text.replace("√", "sqrt")


def same_when_read_again(text, seed):
    e = expression(text)
    again = expression(grammatical(written(e, TEXT)))
    world = World("", seed)
    world.indices = {"i", "j", "n", "w"}
    try:
        value = world.value(e)
    except (Nowhere, OverflowError):
        return
    assert abs(world.value(again) - value) <= mpmath.mpf(10) ** -40 * (1 + abs(value))


@settings(max_examples=300)
@given(EXPRESSIONS, st.integers(0, 9))
def test_what_is_printed_means_the_same_when_it_is_read(text, seed):
    same_when_read_again(text, seed)


@pytest.mark.parametrize(
    "text",
    [
        "x - (y - z[i])", "x - (y + 2)", "x/(y/2)", "x/(y*2)", "x*(y/2)", "x/y*2", "-(x + y)", "(-x)^2", "-x^2", "(x^2)^3",
        "x^(2^3)", "2^x^2", "x^10", "(x/y)^2", "(1/2)^x", "(1/2)^2", "2^(-1)", "x - (-y)", "x*(-y)", "x/(-y)", "-(-x)",
        "sqrt(x^2)", "sqrt(x)^2", "sqrt(x + 1)", "sqrt(2)", "sqrt(1/2)", "sqrt(x_1)", "sqrt(z[i])", "sqrt(π)", "sqrt(a')",
        "sqrt(2^2)", "exp(x)^2", "[x > 0]^2", "(2*x)^y", "x^(y + 1)", "x^(-y)", "x^(1/2)", "max(x, -y)^2", "(x + y)*2", "2*(x - y)",
        "exp(-x^2)", "[x - y > -2]", "(x^y)^2", "(x*y)^2", "1e3^2", "(-2)^2",
    ],
)  # fmt: skip
def test_what_is_printed_keeps_its_parentheses(text):
    for seed in range(4):
        same_when_read_again(text, seed)


@given(EXPRESSIONS)
def test_latex_is_balanced(text):
    found = written(expression(text), LATEX)
    assert found.count("{") == found.count("}")
    assert found.count(r"\left") == found.count(r"\right")


def test_every_line_that_ships_is_printed():
    for path in shipped().values():
        for s in read(path.read_text(encoding="utf-8"), path):
            for side in (s.left, s.right):
                if s.kind in ("let", "begin", "equals") and side is not None:
                    assert written(side, TEXT)
                    assert written(side, LATEX)


# Messages

BAD = [
    ("(x + y)(x - y)", "'(x - y)' was not expected"),
    ("2x", "'x' was not expected"),
    ("x y", "'y' was not expected"),
    ("x +", "it ends too early"),
    ("= (y", "it ends too early"),
    ("[x > 0", "it ends too early"),
    ("= )", "')' was not expected"),
    ("x = y", "'= y' was not expected"),
    ("[x > y > z]", "'> z]' was not expected"),
    ("x!", "'!' was not expected"),
    ("|x|", "'|x|' was not expected"),
    ("x[]", "']' was not expected"),
    ("x[1.5]", "an index of x is a name, a cell such as w[i], or a whole number"),
    ("x[i + 1]", "an index of x is a name, a cell such as w[i], or a whole number"),
    ("x[-1]", "an index of x is a name, a cell such as w[i], or a whole number"),
    ("sin(x)", "there is no function sin; there are exp, log, sqrt, tanh, erf, erfc, abs, max, sum, d"),
    ("Exp(x)", "did you mean exp?"),
    ("x(y)", "(a product is written with *)"),
    ("exp(x, y)", "exp takes 1 argument, not 2"),
    ("sum(i)", "sum takes 2 arguments, not 1"),
    ("d(x)", "d takes 2 arguments, not 1"),
    ("sum(x[i], i)", "a sum is written sum(i, body)"),
    ("sum(2, x)", "a sum is written sum(i, body)"),
    ("d(x, 2)", "a derivative is written d(body, by)"),
    ("d(x, x + y)", "a derivative is written d(body, by)"),
    ("1e51", f"a number has at most {MOST_DIGITS} digits and an exponent up to {MOST_DIGITS}"),
    ("9" * 51, f"a number has at most {MOST_DIGITS} digits"),
    ("let x", "a definition is written `let name = expression`"),
    ("where x", "a condition is written `where i != j`"),
    ("where x > y > z", "a condition is written `where i != j`"),
    ("index i", "a range is written `index o = 1..m`"),
    ("index i = 0..k", "a range is written `index o = 1..m`"),
    ("index i = 1..3", "a range is written `index o = 1..m`"),
    ("x" * (LONGEST + 1), f"too long; at most {LONGEST:,}"),
    ("(" * (DEEPEST + 1) + "x" + ")" * (DEEPEST + 1), f"nested too deeply; at most {DEEPEST}"),
    ("^".join("x" * (DEEPEST + 2)), f"nested too deeply; at most {DEEPEST}"),
]


@pytest.mark.parametrize(("line", "message"), BAD)
def test_what_cannot_be_read_is_named_with_its_line(line, message):
    said = error(f"title t\n\n{line}   # a reason\nx")
    assert said.startswith("file.txt:3: ")
    assert message in said
    assert len(said) < 300


def refusal(text):
    """What is said against it; nothing where it can be read."""
    try:
        return "" if all(s.kind for s in read(text, "file.txt")) else "no kind"
    except BadFile as found:
        return str(found)


@given(st.text(max_size=40))
def test_whatever_is_read_is_read_or_refused(text):
    assert re.match(r"$|file\.txt:\d+: .", refusal(text))


TOKENS = ["x", "(", ")", "[", "]", "+", "^", "-", ",", "=", "2", "sum", "d", "i", "let ", "where "]


@given(st.lists(st.sampled_from(TOKENS), max_size=12))
def test_whatever_is_put_together_is_read_or_refused(tokens):
    assert re.match(r"$|file\.txt:1: .", refusal("".join(tokens)))


def test_a_line_is_what_it_begins_with():
    kinds = "title t\nabout a # b\n\n# nothing\nindex o, n = 1..m\nlet p[i] = z[i] # r\npart one\nwhere i != j\nx # r\n= y # r s # t"
    found = read(kinds, "file")
    assert [s.kind for s in found] == ["title", "about", "index", "let", "part", "where", "begin", "equals"]
    assert [s.line for s in found] == [1, 2, 5, 6, 7, 8, 9, 10]
    assert found[1].text == "a # b"
    assert (found[2].left, found[2].right) == (["o", "n"], "m")
    assert [s.reason for s in found[-2:]] == ["r", "r s # t"]


def test_a_table_may_have_a_reason():
    assert read("run stability   # made by running", "file")[0].text == "stability"


@pytest.mark.parametrize("text", ["[x \0 y]", "[x \1 y]", "[i \2 j]", "x\x01"])
def test_signs_that_cannot_be_seen_are_refused(text):
    assert error(text).startswith("file.txt:1: ")


@pytest.mark.parametrize(("text", "means"), [("x²", "x^2"), ("z[i]³", "z[i]^3"), ("2²", "2^2"), ("x₁²", "x₁^2")])
def test_a_raised_digit_is_a_power_or_refused_but_no_part_of_a_name(text, means):
    """It is how powers are printed."""
    try:
        found = expression(text)
    except BadFile:
        return
    assert spelled(found) == spelled(expression(means))
