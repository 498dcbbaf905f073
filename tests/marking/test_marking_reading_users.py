"""Free text as people hand it in: subscripts from 0, names above numbers, Σ and δ, quantities called a, our own worksheets."""

from functools import cache
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic.exact import number
from backproof.examples import locate
from backproof.marking.judging.judge import judge
from backproof.marking.question import Question
from backproof.marking.reading.text import read_text
from backproof.network.network import Layer, Network
from backproof.network.problem import read_problem
from backproof.notation.text import TEXT
from backproof.notation.writing import written as spelled
from backproof.rules import find
from backproof.worksheet.markdown import markdown
from backproof.worksheet.worksheet import solve
from marking.reading_sheets import kinds, question, said, values


def read(text, name="question-01"):
    return read_text(text, question(name))


# Subscripts


@pytest.mark.parametrize(
    "write", ["U_{{{}{}}}", "U_{{{},{}}}", "$U_{{{}{}}}$", "u{}{}", "U_{{{}, {}}}", "dL/dU_{{{}{}}}"]
)
@pytest.mark.parametrize("first", [0, 1])
def test_a_subscript_of_0_lets_all_count_from_0(write, first):
    places = list(product(range(2), repeat=2))
    text = "\n".join(f"{write.format(i + first, j + first)} = {10 * i + j}" for i, j in places)
    (found,) = said(read(text)).values()
    assert found == {(i, j): str(10 * i + j) for i, j in places}


@given(st.sampled_from(["p_{}", "p{}", "$p_{}$", "p_{{{}}}", "| p_{} |"]), st.integers(0, 1), st.permutations(range(3)))
def test_cells_in_any_order(write, first, order):
    end = " |" if write.startswith("|") else ""
    text = "\n".join(write.format(i + first) + (" " if end else " = ") + f"0.{i + 5}" + end for i in order)
    found = {}
    for claim in read(text, "question-02").claims:
        found |= values(claim)
    assert found == {(0,): "1/2", (1,): "3/5", (2,): "7/10"}


@pytest.mark.parametrize("first", [0, 1])
def test_cells_counted_in_reading_order_have_two_digits_too(first):
    text = ", ".join(f"dL/dx_{{{k + first}}} = {k}" for k in range(16))
    assert said(read(text)) == {("dL/dX", 0): {divmod(k, 4): str(k) for k in range(16)}}


def test_the_base_is_that_of_the_sheet_and_not_of_the_line():
    assert said(read("V_{11} = 8\nSo much for V.\n\n$U_{0,1} = 6$")) == {
        ("V", 0): {(1, 1): "8"},
        ("U", 0): {(0, 1): "6"},
    }


def test_subscripts_at_odds_are_not_read_unless_their_own_quantity_decides():
    sheet = read("p_0 = 0.6\np_1 = 0.2\nz_3 = 5\nz_1 = 4", "question-02")
    assert said(sheet) == {("p", 0): {(0,): "3/5", (1,): "1/5"}, ("z", 0): {(2,): "5", (0,): "4"}}
    assert kinds(sheet) == ["doubt"]
    sheet = read("p_0 = 0.6\np_1 = 0.2\np_3 = 0.1\nz_1 = 4", "question-02")
    assert not sheet.claims
    assert kinds(sheet).count("unread") == 4


def test_a_subscript_that_may_be_a_tenth_cell_is_not_read():
    assert not read("dL/dX_{10} = 2").claims
    assert said(read("dL/dX_{10} = 2, dL/dX_{01} = 3")) == {("dL/dX", 0): {(1, 0): "2", (0, 1): "3"}}


# Names above their numbers


@pytest.mark.parametrize("head", ["U:\n", "U\n", "## U\n", "U:\n\n", "U\n\n", "**U**\n\n", "- U:\n", "U =\n"])
@pytest.mark.parametrize(
    "rows", ["8 6\n-0.5 -0.5", "| | |\n|---|---|\n| 8 | 6 |\n| -0.5 | -0.5 |", "[[8, 6], [-0.5, -0.5]]"]
)
def test_a_name_above_its_numbers_behind_an_equation(head, rows):
    sheet = read(f"y = 19.3\n\n{head}{rows}\n\nL = 2")
    assert said(sheet)["U", 0] == {(0, 0): "8", (0, 1): "6", (1, 0): "-1/2", (1, 1): "-1/2"}
    assert not sheet.remarks


# Sums and brackets


def formulas(text, name="question-02"):
    return [[spelled(side.expression, TEXT) for side in chain.sides] for chain in read(text, name).chains]


@pytest.mark.parametrize(
    "total", ["Σ ", "Σ", "Σ_j ", "Σⱼ", "∑ ", r"\sum ", r"\sum_j ", r"\sum_{j=1}^{3} ", r"\Sigma_j "]
)
@pytest.mark.parametrize("letter", "jkm")
def test_a_sum_runs_over_the_letter_that_it_names_or_that_its_terms_have(total, letter):
    total = total.replace("j", letter).replace("ⱼ", "_" + letter)
    text = f"∂L/∂z_y = −1 + exp(z_y)/{total}exp(z_{letter})"
    assert formulas(text) == [["∂L/∂z[y]", f"−1 + exp(z[y]) / (Σ_{letter} exp(z[{letter}]))"]]


def test_the_formula_with_a_sum_is_right():
    (formula,) = judge(question("question-02"), read("∂L/∂z_y = −1 + exp(z_y)/Σ exp(z_j)", "question-02")).formulas
    assert formula.verdict == "right"


@pytest.mark.parametrize("text", ["p_i = Σ z_k p_j", "p_i = Σ z", "p_i = exp(z_i)/Σ exp(z_t)", "p_i = exp(z_i)/Σ 3"])
def test_a_sum_of_which_nobody_knows_what_runs_is_not_read(text):
    sheet = read(text, "question-02")
    assert not sheet.chains
    assert "unread" in kinds(sheet)


@pytest.mark.parametrize("delta", [r"\delta_{{{}{}}}", "δ_{{{},{}}}", "δ_{}{}", "δ_{{{}={}}}"])
@pytest.mark.parametrize(("i", "j"), ["it", "ij", "tn"])
def test_a_delta_of_two_indices_is_a_bracket(delta, i, j):
    assert formulas(f"$∂L/∂z_{i} = p_{i} - {delta.format(i, j)}$") == [[f"∂L/∂z[{i}]", f"p[{i}] − [{i} = {j}]"]]


def test_a_delta_that_is_said_to_be_something_is_none():
    assert not read("δ_{ij} = p_i - t", "question-02").chains


# Short names


@cache
def activations(name="a"):
    linear, relu, loss = (find(rule) for rule in ("Linear", "ReLU", "HalfSquaredError"))
    layers = [
        Layer("h", linear(out_features=2, bias=False)),
        Layer(name, relu()),
        Layer("y", linear(out_features=1, bias=False)),
    ]
    weights = {"h.weight": [[1, 1], [2, -1]], "y.weight": [[1, 2]]}
    network = Network((2,), layers, loss(), parameters=weights)
    return Question.of(network, {"x": [1, 2], "t": [3]})


@pytest.mark.parametrize("name", ["a", "A", "I", "x"])
@pytest.mark.parametrize(
    "text",
    ["{} = [3, 1]", "{}: 3 1", "{}_1 = 3, {}_2 = 1", "**{}** = [3,1]", "{}=[3;1]", "{}:\n3 1", "## {}\n\n3 1", "{}\n3 1", "- {} = [3, 1]",
     "The activation {} = [3, 1] is a vector", "`{}` = [3, 1]", "{}0 = 3\n{}1 = 1", "{} is [3, 1]", "{}[0] = 3, {}[1] = 1"],
)  # fmt: skip
def test_a_name_that_may_be_an_article(name, text):
    sheet = read_text(text.replace("{}", name), activations(name) if name != "x" else activations())
    assert said(sheet) == {(name, 0): {(0,): "3", (1,): "1"}}
    assert not sheet.remarks


@pytest.mark.parametrize(
    "text", ["Part a: y = 5", "a) y = 5", "(a) y = 5", "a. y = 5", "A: y = 5", "A number: y = 5", "Exercise A:\ny = 5"]
)
def test_an_article_or_the_letter_of_a_part_names_nothing(text):
    assert said(read_text(text, activations())) == {("y", 0): {(0,): "5"}}


# Our own worksheets, and what stands in them


def verdicts(text, name="question-01"):
    marking = judge(question(name), read(text, name))
    return [answer.verdict for answer in marking.answers], [formula.verdict for formula in marking.formulas]


@pytest.mark.parametrize("style", [str, markdown])
@pytest.mark.parametrize("name", ["question-01", "question-02"])
def test_our_own_worksheet_is_right(name, style):
    answers, formulas = verdicts(style(solve(read_problem(locate(name)))), name)
    assert set(answers) <= {"right", "rounded"}
    assert {"right"} <= set(formulas) <= {"right", "unread"}


@given(
    st.integers(2, 4),
    st.integers(1, 4),
    st.sampled_from(["⎡⎢⎣⎤⎥⎦", "⎛⎜⎝⎞⎟⎠"]),
    st.sampled_from(["V = ", "V:\n", "V\n\n"]),
)
def test_matrices_in_tall_brackets(n, m, signs, head):
    left, right = ([signs[k]] + [signs[k + 1]] * (n - 2) + [signs[k + 2]] for k in (0, 3))
    rows = [f"{left[i]}{'  '.join(f'{3 * i - k}.5' for k in range(m))}{right[i]}" for i in range(n)]
    pad = "" if "\n" in head else " " * len(head)
    sheet = read(head + f"\n{pad}".join(rows) + "\ny = 3")
    assert said(sheet).get(("y", 0)) == {(): "3"}
    if (n, m) == (2, 2):
        assert said(sheet)["V", 0] == {(i, k): str(number(f"{3 * i - k}.5")) for i in range(2) for k in range(2)}
    elif n * m != 4:
        assert kinds(sheet)[0] == "shape"


def test_two_matrices_side_by_side_are_not_read():
    sheet = read("U = ⎡8 6⎤ V = ⎡1 2⎤\n    ⎣1 2⎦     ⎣3 4⎦\n")
    assert not sheet.claims
    assert "unread" in kinds(sheet)


@pytest.mark.parametrize(
    "line", ["p[2]  0.1  0.1  0.1", "| p[2] | 0.1 | 0.1 |", "p[2] = [0.1, 0.1, 0.1]", "$p_3 = (0.1, 0.2, 0.3)$"]
)
def test_several_numbers_are_no_answer_to_one_cell(line):
    sheet = read(f"p = [0.7, 0.2, 0.1]\n\n{line}\n", "question-02")
    assert said(sheet) == {("p", 0): {(0,): "7/10", (1,): "1/5", (2,): "1/10"}}
    assert kinds(sheet) == ["unread"]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.integers(0, 3))
def test_a_formula_broken_within_parentheses_goes_on(numbers, at):
    at = min(at, len(numbers) - 2)
    sums = " + ".join(map(str, numbers[: at + 1])) + " +\n         " + " + ".join(map(str, numbers[at + 1 :]))
    assert said(read(f"  y = 2·({sums})\n  L = 5\n")) == {("y", 0): {(): str(2 * sum(numbers))}, ("L", 0): {(): "5"}}


def test_what_is_said_of_one_cell_is_right_on_the_side_where_it_is():
    assert (
        verdicts("V[0,0] = U[0,0], V[1,0] = 0.1·U[1,0], U[0,0] = X[0,1], dL/dX[0,1] = dL/dU[0,0]")[1] == ["right"] * 4
    )
    assert verdicts("V[1,0] = U[1,0], V[0,0] = 0.1·U[0,0], U[0,0] = X[0,3], V[i,j] = U[i,j]")[1] == ["wrong"] * 4


def test_the_same_text_on_sheets_that_count_otherwise_is_judged_anew():
    assert verdicts("V_2 = U_2, V_4 = 0.1 U_4")[1] == ["right", "right"]
    assert verdicts("V_2 = U_2, V_0 = U_0")[1] == ["wrong", "right"]


@pytest.mark.parametrize("line", ["  1) U = 3", "  V = 3)", "  b) the rest 3)", "- of V (5)"])
def test_a_line_of_its_own_goes_on_with_no_other(line):
    sheet = read(f"y = 2·(8\n{line}\n")
    assert ("y", 0) not in said(sheet)
    assert "unread" in kinds(sheet)


@pytest.mark.parametrize("line", ["p[0] 0.659 1 nan", "p: the probabilities are [0.6, 0.3, 0.1]"])
def test_numbers_behind_a_name_and_words_are_listed(line):
    assert kinds(read(line, "question-02")) == ["unread"]
