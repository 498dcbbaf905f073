"""Files made to hang, crash or break out: each ends soon, in an error that says why or in a line that is not called right."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import backproof.proofs
from backproof.arithmetic import symbol
from backproof.derivations.derivation import derivation
from backproof.derivations.shipped import shipped
from derivations import one_by_one

SECONDS = 5
"""Longer than this none may take; one second is what is wanted, and these machines are slow at times."""


def nested(function, times=38, inner="x", more=""):
    return f"{function}({more}" * times + inner + ")" * times


def joined(sign, part="x", times=990):
    return sign.join([part] * times)


def each(pattern, times, sign=" + "):
    return sign.join(pattern.format(n=n) for n in range(times))


def lets(first, pattern, times):
    """Definitions, each made of the one before."""
    lines = [f"let a0 = {first}", *(f"let a{n} = {pattern.format(a=f'a{n - 1}')}" for n in range(1, times))]
    return "\n".join(lines) + f"\nx\n= a{times - 1}"


def sums(times, body):
    return "".join(f"sum(a{n}, " for n in range(times)) + body + ")" * times


LINES = {
    # powers
    "a tower of powers": "9^9^9^9",
    "a tower of 39 powers": joined("^", times=39),
    "a power of a power of a power": "((((x^64)^64)^64)^64)",
    "ten powers of powers": "(" * 10 + "x" + "^64)" * 10,
    "thirty powers of powers": "(" * 30 + "x" + "^64)" * 30,
    "a power of a sum of powers": "((((x + 1)^64)^64)^64)",
    "a large exponent": "x^99999999999",
    "an exponent that is a product": "x^(y*99999999999)",
    "an exponent that is a product of sizes": "(x*y)^(k*99999999999)",
    "a large power by way of a logarithm": "exp(99999999999*log(x))",
    "a large power of 2 by way of a logarithm": "exp(99999999999*log(2))",
    "a power of two digits": "2^64^64",
    "large exponentials": "exp(exp(exp(exp(exp(10)))))",
    "small exponentials": "exp(-exp(exp(exp(exp(10)))))",
    "an exponential of a large number": "exp(1e50)",
    "a power of many terms": "(a + b + c + f + g + h)^60",
    "a power of four terms": "(a + b + c + f)^30",
    "a product of many sums": each("(a + b{n})", 17, "*"),
    "a product of very many sums": each("(a{n} + b{n})", 60, "*"),
    "fine powers of e": "exp(x/97)*exp(x/89) + exp(x/83)*exp(x/79)*exp(x/73)",
    "very fine powers of e": "exp(x/9999999999999999) + exp(x/7777777777777777)",
    "many roots": "(x^(1/64) + y^(1/63) + x^(1/61))^20",
    "roots in a denominator": "1/(sqrt(a) + sqrt(b) + sqrt(c) + sqrt(f) + sqrt(g))^6",
    # brackets and signs
    "ten thousand brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "ten thousand open brackets": "(" * 10_000,
    "a chain of minus": "-" * 1_901 + "x",
    "a chain of minus with spaces": "- " * 951 + "x",
    "a chain of plus signs": "+" * 1_900 + "x + 1",
    "a long sum": joined(" + ", times=600),
    "a long sum of one": joined("+"),
    "a long difference": joined("-"),
    "a long product": joined("*"),
    "a long quotient": joined("/"),
    "a sum of 400 names": each("x{n}", 400, "+"),
    # functions
    "exp of exp": nested("exp"), "log of log": nested("log"), "sqrt of sqrt": nested("sqrt"), "tanh of tanh": nested("tanh"),
    "erf of erf": nested("erf"), "erfc of erfc": nested("erfc"), "abs of abs": nested("abs"),
    "exp of 1 + exp": nested("exp", more="1 + "), "log of 1 + log": nested("log", more="1 + "),
    "sqrt of 1 + sqrt": nested("sqrt", more="1 + "), "tanh of 1 + tanh": nested("tanh", more="1 + "),
    "erfc of 1 + erfc": nested("erfc", more="1 + "), "abs of 1 + abs": nested("abs", more="1 + "),
    "a continued fraction": "1/(1 + " * 38 + "x" + ")" * 38,
    "max of max": nested("max", more="y, "),
    "max of max of 38 names": "".join(f"max(x{n}, " for n in range(38)) + "x" + ")" * 38,
    "max of 300": f"max({each('x{n}', 300, ', ')})",
    "38 derivatives of a Gaussian": "d(" * 38 + "exp(x^2)" + ", x)" * 38,
    "20 derivatives of a sigmoid": "d(" * 20 + "1/(1 + exp(-x))" + ", x)" * 20,
    "30 derivatives of a tanh": "d(" * 30 + "tanh(x)" + ", x)" * 30,
    "the derivative of tanh of tanh": f"d({nested('tanh', 8)}, x)",
    "sums of sums": sums(38, "x"),
    "sums of sums of cells": sums(19, "z[" + each("a{n}", 19, ",") + "]"),
    "sums of sums of products": sums(6, each("z[a{n}]", 6, "*")),
    "sums by one letter": "sum(i, " * 38 + "z[i]" + ")" * 38,
    "sums of exponentials of sums": "sum(i, exp(" * 18 + "z[i]" + "))" * 18,
    "sums of products of sums": "sum(i, z[i]*" * 18 + "z[i]" + ")" * 18,
    "tables that are too large to be added up": sums(12, "exp(" + each("z[a{n}]", 12) + ")"),
    # branches
    "a product of 60 brackets": each("[a{n} > 0]", 60, "*"),
    "a sum of 60 brackets": each("[a{n} > 0]", 60),
    "a sum of 60 sizes": each("abs(a{n})", 60),
    "a product of 20 sizes": each("abs(a{n})", 20, "*"),
    "a product of 20 pairs": each("(1 + [a{n} = b{n}]*w[a{n}]*w[b{n}])", 20, "*"),
    "a sum of 20 pairs": each("[a{n} = b{n}]*w[a{n}]*w[b{n}]", 20),
    # quotients
    "a sum of 13 fractions": each("1/(a{n} + b)", 13),
    "a sum of 9 fractions": each("1/(a{n} + b{n})", 9),
    "a sum of 19 fractions of three": each("1/(a + {n}*b + {n}*{n}*c + 1)", 19),
    "powers of fractions": "(a+b+c+f)^12/(a+b+c-f)^12 + (a+2*b+c)^12/(a-b+c+f)^12",
    "greatest common divisors": "1/(x^64 - y) + 1/(x^63 - y) + 1/(x^62 - y) + 1/(x^61 - y) + 1/(x^59 - y)",
    "factors of a large power": "log((a+b+c)^20*(a-b+c)^20 + 1)",
    "factors of cyclotomics": "log(x^64 - 1) + log(y^64 - x^64)",
    "a root of many terms": "sqrt((a + b + c + f + g)^8 + 1)",
    "factors of a number": "log(1000000000000000003*1000000000000000009)",
    "a root of a number": "sqrt(99999999999999999999999999999999999999999999999999)",
    # numbers
    "a long number": "9" * 1_999, "a very long number": "9" * 10_000_000, "a large decimal": "1e999999999",
    "a small decimal": "1e-999999999", "many digits after the point": "0." + "3" * 1_000,
    # names
    "Python's import": "__import__(x)", "an import": "__import__", "a lambda": "lambda x: x", "an attribute": "x.__class__",
    "two statements": "x; y", "exec": "exec(x)", "a string": "'x'", "a list": "[x]", "a set": "{x}", "a dollar": "$x$",
    "infinity": "oo + 1", "complex infinity": "zoo", "not a number": "nan", "the imaginary unit": "I^2 + x", "Euler's number": "E + x",
    "S": "S + x", "a symbol": "Symbol", "None": "None", "underscores": "_ + __", "an inner name": "§0", "functions as names": "sum + d + exp",
    "a sum by sum": "sum(sum, sum)",
    # characters
    "accents": "é + ê", "a combining accent": "e\u0301", "a letter beyond the plane": "𝑥 + x", "right to left": "\u202ex",
    "no width": "x\u200b", "no break": "x\u00a0+ x", "Arabic digits": "٣ + x", "wide digits": "２ + x", "a half": "½",
    "a surrogate of a sign": "x ⋅ y", "an emoji": "🙂", "an infinity sign": "∞",
}  # fmt: skip
"""What stands in a line after `=`, the line before being x; none equals it."""

TEXTS = {
    "definitions that double": lets("y", "{a} + {a}", 60),
    "definitions that square": lets("y", "{a}*({a} + 1)", 60),
    "definitions that square a number": lets("2^60", "{a}*{a}", 30),
    "definitions of nothing three times": lets("0*y", "{a}*{a}*{a}", 20),
    "definitions of powers": lets("y^60", "{a}^64", 20),
    "definitions one after another": lets("y", "exp({a})", 390),
    "definitions of sums": "let a0[i] = z[i]\n"
    + "\n".join(f"let a{n}[i] = sum(j, a{n - 1}[j]*z[i])" for n in range(1, 30))
    + "\nx\n= a29[1]",
    "a million lines": "x\n" * 1_000_000,
    "a million empty lines": "\n" * 1_000_000,
    "400 lines that are wrong": "x\n" + "= x + 1 + y\n" * 399,
    "a line of a megabyte": "x + " * 250_000 + "x",
    "nothing but zeros": "\0" * 1_000,
    "a title alone": "title " + "t" * 90_000,
    "a reason of many words": "x # " + "r " * 40_000 + "\n= y",
    "conditions without end": "".join(f"where x{n} > 0\n" for n in range(300)) + "x\n= y",
    "conditions that contradict each other": "where x > 0\nwhere x < 0\nx\n= y",
    "a sum that is assumed to be nothing": "where sum(i, q[i]) = 0\n1/sum(i, q[i])\n= x",
    "a number that is assumed to be another": "where 1 = 2\nx\n= y",
    "what divides by what is assumed to be 0": "where y = 0\nx\n= x/y",
    "ranges without end": "\n".join(f"index i{n} = 1..m{n}" for n in range(390)) + "\nx\n= y",
    "a range of itself": "index i = 1..i\nx[i]\n= y",
    "a range of k": "index k = 1..k\nx[k]\n= y",
}
"""Whole files."""

BYTES = {
    "binary": bytes(range(256)) * 40,
    "half a character": "x\n= é".encode()[:-1],
    "UTF-16": "x\n= y".encode("utf-16"),
    "fifty megabytes": b"x + " * 12_500_000,
    "fifty megabytes of nothing": bytes(50_000_000),
    "an executable": Path(sys.executable).resolve().read_bytes()[:1_000_000],
}


def name_of(what):
    return what.replace(" ", "-").replace("'", "")


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """How each of them ends, by its name."""
    folder = tmp_path_factory.mktemp("hostile")
    files = {what: f"x\n= {line}".encode() for what, line in LINES.items()}
    files |= {what: text.encode() for what, text in TEXTS.items()} | BYTES
    for what, data in files.items():
        (folder / f"{name_of(what)}.txt").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-W", "error", one_by_one.__file__, str(2 * SECONDS), *sorted(map(str, folder.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return {found["name"]: found for found in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("what", [*LINES, *TEXTS, *BYTES])
def test_it_ends_soon_and_says_why(ends, what):
    found = ends[name_of(what)]
    assert found["end"] in ("BadFile", "undecided", "refuted"), found
    assert found["seconds"] < SECONDS
    assert found["said"]
    if found["end"] != "refuted":
        assert len(found["said"]) < 600


@pytest.mark.parametrize("what", ["binary", "fifty megabytes", "a chain of minus", "Python's import"])
def test_on_the_command_line_it_is_an_error_without_a_traceback(tmp_path, what):
    path = tmp_path / "hostile.txt"
    path.write_bytes(BYTES[what] if what in BYTES else f"x\n= {LINES[what]}".encode())
    done = subprocess.run(
        [sys.executable, "-m", "backproof", "derive", path], capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {path}")
    assert done.stderr.count("\n") == 1


# Nothing that is written is run


@pytest.fixture(scope="module")
def loaded():
    """Everything that is loaded late."""
    for path in shipped().values():
        derivation(path.read_text(encoding="utf-8"))


@pytest.fixture
def no_text_is_evaluated(loaded, monkeypatch):
    """SymPy's parser, eval and exec refuse."""

    def refuse(*_, **__):
        raise AssertionError("text was to be evaluated")

    monkeypatch.setattr("sympy.parsing.sympy_parser.parse_expr", refuse)
    monkeypatch.setattr("sympy.parsing.sympy_parser.eval_expr", refuse)
    monkeypatch.setattr("builtins.eval", refuse)
    monkeypatch.setattr("builtins.exec", refuse)


@pytest.mark.parametrize("name", shipped())
def test_no_derivation_is_evaluated_as_text(no_text_is_evaluated, name):
    assert derivation(shipped()[name].read_text(encoding="utf-8"))


def test_the_parser_would_have_been_noticed(no_text_is_evaluated):
    with pytest.raises(AssertionError, match="evaluated"):
        symbol.sp.sympify("x + 1")


@pytest.mark.parametrize(
    "word", ["__import__", "lambda", "S", "I", "E", "oo", "zoo", "nan", "Symbol", "beta", "gamma", "N", "Q"]
)
def test_every_name_is_a_symbol_of_which_nothing_is_known(no_text_is_evaluated, word):
    (found,) = derivation(word).expressions.values()
    assert found == symbol.sp.Symbol(word, real=True)
    assert derivation(f"{word}*{word}\n= {word}^2")
    assert derivation(f"{word} + y\n= {word}").status == "refuted"


EVALUATING = {
    "eval",
    "exec",
    "compile",
    "sympify",
    "parse_expr",
    "lambdify",
    "parse_latex",
    "S",
    "__import__",
    "symbols",
    "var",
}


@pytest.mark.parametrize(
    "path", sorted(Path(backproof.proofs.__file__).parent.glob("*.py")), ids=lambda path: path.stem
)
def test_nothing_in_the_source_evaluates_text(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not {f.id for f in calls if isinstance(f, ast.Name)} & EVALUATING
    of_sympy = {
        f.attr for f in calls if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name) and f.value.id == "sp"
    }
    assert not of_sympy & EVALUATING
