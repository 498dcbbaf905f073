"""Formulas as people write them for both questions: which are right, which follow, and what is said of the others."""

import subprocess
import sys
from functools import cache
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic.shown import Comparison, Shown
from backproof.examples import locate
from backproof.marking.claims import Chain, Side
from backproof.marking.formulas.chains import SECONDS, judge_chain
from backproof.marking.question import Question
from backproof.network.network import Layer, Network
from backproof.network.problem import Problem, read_problem
from backproof.rules import find
from marking.test_marking_algebra_altered import asked, formula

VERDICTS = {"right", "follows", "wrong", "undecided", "unread"}


def said(question, text, part=0):
    sides = tuple(Side(side.strip(), formula(side)) for side in text.split(" = "))
    question = question if isinstance(question, Question) else asked(question)
    return judge_chain(Chain(sides, part=part), question)


def verdicts(question, text, part=0):
    return [found.verdict for found in said(question, text, part)]


RIGHT = [
    ("question-01", 0, "y = sum(i, v[i]*w[i]) = sum(i, sum(j, V[i,j]*W[i,j])) = W*V = 8*1 + 6*2 - 0.05*10 - 0.05*4 = 19.3"),
    ("question-01", 0, "y = V[0,0]*W[0,0] + V[0,1]*W[0,1] + V[1,0]*W[1,0] + V[1,1]*W[1,1]"),
    ("question-01", 0, "V = max(U, 0.1*U) = [U > 0]*U + 0.1*[U <= 0]*U = U*([U >= 0] + [U < 0]/10) = U*([U > 0] + m*[U <= 0])"),
    ("question-01", 0, "U[0,0] = max(X[0,0], X[0,1], X[1,0], X[1,1]) = 8"),
    ("question-01", 0, "L = 1/2*(y - t)^2 = (t - y)^2/2 = (y^2 - 2*y*t + t^2)/2 = 2"),
    ("question-01", 0, "dL/dy = d(1/2*(y - t)^2, y) = 2*1/2*(y - t) = y - t = y - 17.3 = 19.3 - 17.3 = 2"),
    ("question-01", 0, "dL/dV = dL/dy*W = dL/dy*d(y, V) = W*(y - t) = 2*W"),
    ("question-01", 0, "dL/dV[i,j] = dL/dy*W[i,j] = (y - t)*w[i,j]"),
    ("question-01", 0, "dL/dv[i] = dL/dy*d(y, v[i]) = dL/dy*w[i]"),
    ("question-01", 0, "dL/dV[1,0] = dL/dy*W[1,0] = 2*10 = 20"),
    ("question-01", 0, "dL/dU = dL/dV*d(V, U) = [U > 0]*dL/dV + 0.1*[U <= 0]*dL/dV = (y - t)*W*([U >= 0] + 0.1*[U < 0])"),
    ("question-01", 0, "dL/dX = dL/dU*d(U, X) = dL/dy*d(y, V)*d(V, U)*d(U, X)"),
    ("question-01", 0, "dL/dW = dL/dy*V = dL/dy*d(y, W)"),
    ("question-01", 1, "dL/dα = dL/dV*U*[U <= 0] = dL/dV*d(V, α)"),
    ("question-01", 2, "dL/dα = sum(i, dL/dV[i]*U[i]*[U[i] <= 0]) = dL/dV*d(V, α) = dL/dV*U*[U < 0] = -10 - 4 = -14"),
    ("question-02", 0, "p[i] = exp(z[i])/sum(j, exp(z[j])) = exp(z[i] - max(z))/sum(j, exp(z[j] - max(z)))"),
    ("question-02", 0, "p[k] = exp(z[k] - z_max)/sum(k, exp(z[k] - z_max)) = exp(z)/sum(j, exp(z))"),
    ("question-02", 0, "L = -log(p[y]) = -sum(n, q[n]*log(p[n])) = -z[y] + log(sum(j, exp(z[j]))) = 0.417"),
    ("question-02", 0, "dL/dz = p - q = p - y = p - t"),
    ("question-02", 0, "dL/dz[i] = p[i] - [i=y] = p[i] - q[i] = p[i] - y[i]"),
    ("question-02", 0, "dL/dz[j] = p[j] = exp(z[j])/sum(i, exp(z[i]))"),
    ("question-02", 0, "dL/dz[y'] = p[y']"),
    ("question-02", 0, "dL/dz[0] = p[0] - 1 = 0.659 - 1 = -0.341"),
    ("question-02", 0, "dL/dp[y] = -1/p[y]"),
    ("question-02", 1, "dL/dz[t] = p[t] - 1"),
]  # fmt: skip
RIGHT_CLASS = """dL/dz[y] = d(-log(p[y]), z[y]) = d(-log(exp(z[y])/sum(j, exp(z[j]))), z[y])
    = d(-log(exp(z[y])) + log(sum(j, exp(z[j]))), z[y]) = d(-z[y] + log(sum(j, exp(z[j]))), z[y])
    = d(-z[y], z[y]) + d(log(sum(j, exp(z[j]))), z[y]) = -1 + 1/sum(j, exp(z[j]))*d(sum(j, exp(z[j])), z[y])
    = -1 + exp(z[y])/sum(j, exp(z[j])) = -1 + p[y] = p[y] - 1"""
OTHER_CLASS = """dL/dz[j] = d(-log(p[y]), z[j]) = d(-z[y] + log(sum(n, exp(z[n]))), z[j])
    = 1/sum(n, exp(z[n]))*d(sum(n, exp(z[n])), z[j]) = exp(z[j])/sum(n, exp(z[n])) = p[j]"""


@pytest.mark.parametrize(("question", "part", "text"), RIGHT)
def test_right_formulas(question, part, text):
    for found in said(question, text, part):
        assert found.verdict == "right", found


@pytest.mark.parametrize("text", [RIGHT_CLASS, OTHER_CLASS])
def test_each_line_of_the_derivation_is_right_for_any_number_of_classes(text):
    for found in said("question-02", " ".join(text.split())):
        assert found.verdict == "right", found
        assert found.reason.endswith("shown for any number of classes"), found


@pytest.mark.parametrize(
    ("question", "text", "reason"),
    [
        ("question-01", "dL/dV = -dL/dy*W", "with the numbers of this question it is −2, where ∂L/∂V[0,0] is 2"),
        ("question-01", "dL/dV = dL/dU", "with the numbers of this question it is 20, where ∂L/∂V[1,0] is 20"),
        ("question-01", "dL/dy = 1/2*(y - t)^2", "for t = "),
        ("question-01", "dL/dX = dL/dU", "it has shape (2, 2), where ∂L/∂X has (4, 4)"),
        ("question-01", "V = max(0, U)", "with the numbers of this question it is 0, where V[1,0] is −0.05"),
        ("question-01", "y = 19.4", "y is 19.3, not 19.4"),
        ("question-02", "dL/dz[y] = p[y]", "with the numbers of this question it is 0.659001, where ∂L/∂z[0] is −0.340999"),
        ("question-02", "dL/dz[y] = 1 - p[y]", "with the numbers of this question it is 0.340999, where ∂L/∂z[0]"),
        ("question-02", "dL/dz[j] = p[j] - 1", "with the numbers of this question it is −0.757567, where ∂L/∂z[1]"),
        ("question-02", "dL/dz[i] = q[i] - p[i]", "it is 0.340999, where ∂L/∂z[0] is −0.340999"),
        ("question-02", "dL/dz = q", "it is 1, where ∂L/∂z[0] is −0.340999"),
        ("question-02", "p[i] = exp(z[i])/exp(z[j])", "it is 1, where p[0] is 0.659001"),
        ("question-02", "L = log(p[y])", "it is −0.417030, where L is 0.417030"),
        ("question-02", "L = log(-p[y])", "with the numbers of this question it has no value"),
    ],
)  # fmt: skip
def test_wrong_formulas_with_numbers_that_show_it(question, text, reason):
    (found,) = said(question, text)
    assert found.verdict == "wrong"
    assert reason in found.reason if "∂L/∂V[1,0]" not in reason else "where ∂L/∂V[1,0] is 20" in found.reason


def test_what_is_equal_to_a_wrong_line_follows_and_the_next_may_be_right_again():
    assert verdicts("question-01", "dL/dV = -dL/dy*W = W*(t - y) = dL/dy*W = 3*W") == [
        "wrong",
        "follows",
        "right",
        "wrong",
    ]
    assert verdicts("question-01", "y = 8*1 + 6*2 = 20 = 21") == ["wrong", "follows", "wrong"]


def test_a_chain_without_a_quantity_is_right_as_an_identity_and_says_so():
    text = "exp(z[i] - c)/sum(j, exp(z[j] - c)) = exp(z[i])*exp(-c)/(exp(-c)*sum(j, exp(z[j]))) = exp(z[i])/sum(j, exp(z[j]))"
    for found in said("question-02", text):
        assert found.verdict == "right"
        assert "no quantity of the question stands at the head" in found.reason
    assert verdicts("question-02", text + "*2") == ["right", "wrong"]
    assert verdicts("question-02", "sum(j, p[j]) = 1 = 2") == ["right", "wrong"]


def test_arrays_where_one_number_is_expected_are_added_up_and_that_is_said():
    for found in said("question-01", "y = W*V = V*W"):
        assert (found.verdict, found.reason) == ("right", "equal to y, its cells added up, shown for all numbers")
    (found,) = said("question-01", "L = (W*V - t)^2/2")
    assert (found.verdict, found.reason) == ("right", "equal to L, its cells added up, shown for all numbers")
    assert verdicts("question-01", "y = W + V = V = W*W") == ["wrong"] * 3
    assert verdicts("question-01", "y = v[i]*w[i]") == ["wrong"]


def test_names_that_mean_nothing_are_named():
    (found,) = said("question-01", "dL/dV = delta*W")
    assert (found.verdict, found.reason) == ("unread", "delta means nothing in this question")
    (found,) = said("question-01", "dL/dV = dL_dy*W")
    assert (found.verdict, found.reason) == ("unread", "dL_dy means nothing in this question; did you mean dL/dy?")
    assert verdicts("question-02", "p[i] = foo[i] = exp(z[i])/sum(j, exp(z[j]))") == ["unread", "right"]
    assert verdicts("question-01", "s = W*V = V*W") == ["unread", "right"]


def test_a_cell_that_is_not_there_and_a_letter_that_runs_in_two_ways_are_unread():
    assert "has shape (2, 2)" in said("question-01", "dL/dV[0,0] = W[2,0]")[0].reason
    assert "runs over" in said("question-01", "dL/dV[i,j] = w[i]")[0].reason


def test_a_number_in_the_place_of_a_quantity_is_right_only_as_that_quantity():
    """½ (y − t)² is 2 here too, as ∂L/∂y is, and that makes it no formula of it."""
    (found,) = said("question-01", "dL/dV = 2*W")
    assert found.reason == "equal to ∂L/∂V, ∂L/∂y being 2 in this question"
    assert verdicts("question-01", "dL/dy = (y - t)^2/2") == ["wrong"]
    assert verdicts("question-01", "L = y - t") == ["wrong"]
    assert verdicts("question-01", "dL/dV = dL/dy^2*W/2") == ["wrong"]


@cache
def small(loss, **datum):
    layers = [Layer("z", find("Linear")(out_features=3), "x", weight="W", bias="b")]
    given = {"W": [[1, "1/2"], [2, -1], ["1/3", 1]], "b": [0, 1, -1]}
    network = Network({"x": (2,)}, layers, Layer("L", find(loss)(), "z", t="t"), parameters=given)
    return Question(Problem("", "", network, [{"x": [1, -2], **{k: list(v) for k, v in datum.items()}}]))


def test_other_losses_and_a_target_that_is_a_distribution():
    soft = small("CrossEntropyLoss", t=("1/2", "1/4", "1/4"))
    assert verdicts(soft, "dL/dz = p - t = p - q = t - p") == ["right", "right", "wrong"]
    assert verdicts(soft, "dL/dz[i] = p[i]*sum(j, t[j]) - t[i] = p[i] - t[i]") == ["right", "right"]
    assert verdicts(soft, "L = -sum(i, t[i]*log(p[i])) = -sum(i, p[i]*log(t[i]))") == ["right", "wrong"]
    assert (
        verdicts(soft, "dL/dz[0] = p[0] - t[0] = exp(z[0])/(exp(z[0]) + exp(z[1]) + exp(z[2])) - t[0]") == ["right"] * 2
    )
    assert said(soft, "dL/dz[i] = p[i] - t[i]")[0].reason.endswith("shown for any number of classes")
    squares = small("MSELoss", t=(1, 2, 3))
    assert verdicts(squares, "dL/dz[i] = 2/3*(z[i] - t[i]) = 2*(z[i] - t[i]) = z[i] - t[i]") == [
        "right",
        "wrong",
        "wrong",
    ]
    assert verdicts(squares, "dL/dW[i,j] = dL/dz[i]*x[j]") == ["right"]
    assert verdicts(squares, "dL/dx[j] = sum(i, dL/dz[i]*W[i,j]) = dL/dz*W = dL/dz*d(z, x)") == ["right"] * 3
    assert verdicts(squares, "z = W*x + b = W*x") == ["right", "wrong"]


def test_a_network_of_several_layers():
    layers = [
        Layer("h", find("Linear")(out_features=6), "x", weight="W", bias="b"),
        Layer("a", find("Tanh")(), "h"),
        Layer("z", find("Linear")(out_features=4), "a", weight="V", bias="c"),
    ]
    network = Network({"x": (5,)}, layers, Layer("L", find("CrossEntropyLoss")(), "z", t="t"))
    question = Question(Problem("", "", network, [{"x": [1, 2, 0, -1, 3], "t": 3}]))
    assert verdicts(question, "dL/da = dL/dz*V = dL/dz*d(z, a) = (p - q)*V") == ["right"] * 3
    assert verdicts(question, "dL/dh = dL/da*(1 - a^2) = dL/da*(1 - tanh(h)^2) = dL/da*d(a, h)") == ["right"] * 3
    assert verdicts(question, "dL/dV[i,j] = dL/dz[i]*a[j] = (p[i] - [i=t])*tanh(h[j])") == ["right"] * 2
    assert verdicts(question, "dL/dh = dL/da*(1 + a^2) = dL/da*(1 - a)") == ["wrong"] * 2


def test_a_step_of_an_optimiser_whatever_its_rate_is_called():
    layers = [Layer("y", find("Linear")(bias=False), "x", weight="W")]
    loss = Layer("L", find("HalfSquaredError")(), "y", t="t")
    network = Network({"x": (2,)}, layers, loss, parameters={"W": [1, 2]}, update=find("SGD")(lr="0.1"))
    question = Question(Problem("", "", network, [{"x": [3, -1], "t": 2}]))
    assert verdicts(question, "W' = W - 0.1*dL/dW = W - 0.1*(y - t)*x = W - r*dL/dW") == ["right"] * 3
    assert verdicts(question, "W' = W + 0.1*dL/dW = W - dL/dW") == ["wrong", "wrong"]


def test_at_a_kink_either_slope_is_right():
    layers = [Layer("v", find("LeakyReLU")(negative_slope="0.1"), "u")]
    network = Network({"u": (3,)}, layers, Layer("L", find("HalfSquaredError")(), "v", t="t"))
    question = Question(Problem("", "", network, [{"u": [0, 1, -1], "t": [1, 2, 3]}]))
    assert (
        verdicts(question, "dL/du = dL/dv*([u >= 0] + 0.1*[u < 0]) = dL/dv*([u > 0] + 0.1*[u <= 0])") == ["right"] * 2
    )
    assert verdicts(question, "dL/du = dL/dv*([u > 0] + 0.2*[u <= 0])") == ["wrong"]


def test_of_several_data_at_once_formulas_are_not_judged():
    layers = [Layer("y", find("Linear")(bias=False), "x", weight="W")]
    network = Network({"x": (2,)}, layers, Layer("L", find("HalfSquaredError")(), "y", t="t"), parameters={"W": [1, 2]})
    question = Question(Problem("", "", network, [{"x": [3, -1], "t": 2}, {"x": [1, 1], "t": 0}], batch=True))
    assert verdicts(question, "dL/dy = y - t") == ["unread"]


def test_decimals_excuse_a_rounded_number_and_no_slip():
    assert verdicts("question-01", "y = 8*1 + 6*2 - 0.05*10 - 0.05*4.2") == ["wrong"]
    assert verdicts("question-02", "dL/dz[0] = 0.66 - 1 = -0.34 = -0.35 = -0.36") == [
        "right",
        "right",
        "wrong",
        "wrong",
    ]


def test_what_holds_for_the_right_class_alone_is_said_to():
    (found,) = said("question-02", "dL/dz[i] = p[i] - 1")
    assert found.verdict == "wrong"
    assert found.reason.endswith("; it holds for the right class alone")


# What a sheet may hold


def name(text, *index):
    return Shown("name", (text, index), None)


def number(text):
    return Shown("number", (text,), None)


def deep(op, n, leaf):
    for _ in range(n):
        leaf = Shown(op, (leaf,) if op == "neg" else (leaf, leaf) if op == "^" else (leaf, number("3")), None)
    return leaf


HOSTILE = {
    "deep": deep("neg", 5_000, name("y")),
    "towers": deep("^", 7, name("y")),
    "a large power": deep("^", 1, number("9" * 50)),
    "powers of powers": deep("^", 3, Shown("+", (name("y"), name("t")), None)),
    "a large number": number("1e99999999"),
    "no number": number("nought"),
    "0 / 0": Shown("/", (number("0"), number("0")), None),
    "0 to the power of −1": Shown("^", (number("0"), Shown("neg", (number("1"),), None)), None),
    "a far exponential": Shown("exp", (Shown("exp", (Shown("exp", (number("99"),), None),), None),), None),
    "a logarithm of a power": Shown("exp", (Shown("*", (number("1e40"), Shown("log", (number("3"),), None)), None),), None),
    "an operation that is none": Shown("eval", (name("y"),), None),
    "an index that is a cell": name("W", name("w", "i")),
    "a far index": name("W", 10**9),
    "an index below 0": name("W", -1),
    "sums in sums": deep("neg", 1, Shown("total", (Shown("total", (name("W", "i", "j"), ("i",)), None), ("i",)), None)),
    "a sum over nothing": Shown("total", (name("y"), ("y",)), None),
    "many letters": Shown("*", (name("X", "a", "b"), Shown("*", (name("X", "c", "d"), name("X", "e", "f")), None)), None),
    "a derivative by a number": Shown("derivative", (name("y"), number("1")), None),
    "a bracket of nothing": Shown("bracket", (Comparison("?", name("y"), name("t")),), None),
    "no arguments": Shown("max", (), None),
    "one argument": Shown("+", (name("y"),), None),
    "nothing": Shown("name", ("", ()), None),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_whatever_a_chain_holds_each_side_is_judged_in_time(kind):
    for question, head in (("question-01", name("dL/dV")), ("question-02", name("dL/dz", "y"))):
        sides = (Side("head", head), Side(kind, HOSTILE[kind]), Side("again", HOSTILE[kind]))
        start = perf_counter()
        found = judge_chain(Chain(sides), asked(question))
        assert perf_counter() - start < 3 * SECONDS
        assert [f.text for f in found] == [kind, "again"]
        assert {f.verdict for f in found} <= VERDICTS - {"right"}
        assert all(f.reason for f in found)


LEAVES = st.one_of(
    st.builds(lambda n, i: name(n, *i), st.sampled_from(["y", "t", "W", "U", "dL/dV", "z", "p", "q", "L", "dL/dz", "x'", "max"]),
              st.lists(st.one_of(st.sampled_from(["i", "j", "y", "max", ""]), st.integers(-1, 4)), max_size=2)),
    st.builds(number, st.sampled_from(["0", "1", "2", "0.1", "-1", "1/3"])),
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: Shown(op, (a, b), None), st.sampled_from("+-*/^"), inner, inner),
        st.builds(lambda op, a: Shown(op, (a,), None), st.sampled_from(["exp", "log", "neg", "max", "abs", "sqrt"]), inner),
        st.builds(lambda a, i: Shown("total", (a, (i,)), None), inner, st.sampled_from("ijy")),
        st.builds(lambda a, b: Shown("derivative", (a, b), None), inner, LEAVES),
        st.builds(lambda r, a, b: Shown("bracket", (Comparison(r, a, b),), None), st.sampled_from("<>≤≥=≠"), inner, inner),
    ),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(["question-01", "question-02"]), st.lists(TREES, max_size=3))
def test_any_chain_is_judged(question, sides):
    found = judge_chain(Chain(tuple(Side(str(n), e) for n, e in enumerate(sides))), asked(question))
    assert {f.verdict for f in found} <= VERDICTS
    assert len(found) <= len(sides)


def test_a_long_chain_in_a_large_network_is_given_up_in_time():
    question = Question(read_problem(locate("digits")))
    start = perf_counter()
    found = said(question, "dL/dc = dL/dr*d(r, c) = dL/dr*[c > 0] = dL/dm*d(m, r)*[c > 0] = d(L, c)")
    assert perf_counter() - start < 3 * SECONDS
    assert {f.verdict for f in found} <= {"right", "undecided"}
    assert verdicts(question, "dL/dy = p - q = q - p") == ["right", "wrong"]


def test_sympy_is_loaded_for_chains_alone():
    code = (
        "import sys; from backproof.marking.formulas.chains import judge_chain; from backproof.marking.claims import Chain;"
        "judge_chain(Chain(()), None); assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
