"""Free text: the same numbers in every form, names from equations, words and rules, parts, formulas, and what is listed unread."""

from itertools import pairwise

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.derivations.language import parsed
from backproof.examples import FOLDER
from backproof.marking.question import Question
from backproof.marking.reading.sheet import read_sheet
from backproof.marking.reading.text import read_text
from backproof.network.initialise import Initial
from backproof.network.network import Network
from backproof.notation.text import TEXT
from backproof.notation.writing import written as spelled
from backproof.rules import find
from marking.reading_sheets import FORMS, kinds, question, random_number, said, seeded, values

PLACES = [(0, 0), (0, 1), (1, 0), (1, 1)]


def read(text, name="question-01"):
    return read_text(text, question(name))


def formulas(text, name="question-01"):
    return [[spelled(side.expression, TEXT) for side in chain.sides] for chain in read(text, name).chains]


# Forms


@pytest.mark.parametrize("form", FORMS)
@given(st.integers(0, 10**6), st.sampled_from(["U", "V", "W"]))
def test_every_form_says_the_same(form, seed, name):
    rng = seeded(seed)
    cells = [[random_number(rng) for _ in range(2)] for _ in range(2)]
    sheet = read(FORMS[form](name, cells))
    expected = {(i, j): str(fraction(cells[i][j])) for i, j in PLACES}
    assert said(sheet) == {(f"dL/d{name}", 0): expected}
    assert not sheet.remarks


def fraction(text):
    digits, _, power = text.partition("e")
    above, _, below = digits.partition("/")
    whole, _, part = above.partition(".")
    value = fmpq(int(whole + part), 10 ** len(part)) / int(below or 1) * fmpq(10) ** int(power or 0)
    return -abs(value) if text.startswith("-") else value


@pytest.mark.parametrize(
    "text",
    ["y = 19.3", "y=19,3", "$y = 19.3$", "y: 19.3", "The output is y = 19.3.", "**y** = 19.3", "$$y \\approx 19{,}3$$",
     "| y | 19.3 |", "| y | t |\n|---|---|\n| 19.3 | 17.3 |", "- y = 8 + 12 - 0.5 - 0.2 = 19.3", "y\n= 193/10", "network output = 19.3",
     r"$y = \frac{193}{10}$", r"$\hat{y} = \boxed{19.3}$", "y = 19.3 (5 marks)", "(i) $t = 17.3$ (ii) $y = 19.3$",
     "y = 0.5*(38.6 - 0)**1",  r"\[ y = (8 \times 1) + (6 \cdot 2) + 10(-0.05) + 4 · (−0.05) \]", "1. y = 2·10^1 − 0.7", "Y = 1.93e1"],
)  # fmt: skip
def test_a_single_number(text):
    assert said(read(text))["y", 0] == {(): "193/10"}


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=6), st.integers(1, 9))
def test_sums_and_products_of_numbers_are_worked_out(numbers, divisor):
    text = r"y = \frac{" + " + ".join(f"{a} \\times ({b})" for a, b in pairwise(numbers)) + f"}}{{{divisor}}}"
    total = sum(a * b for a, b in pairwise(numbers))
    assert said(read(f"${text}$")) == {("y", 0): {(): str(fmpq(total, divisor))}}


@pytest.mark.parametrize(
    "text",
    [r"$\frac{\partial \mathcal{L}}{\partial \mathbf{V}} = 2 \cdot \mathbf{W} = \begin{bmatrix} 2 & 4 \\ 20 & 8 \end{bmatrix}$",
     r"$\nabla_{V} L = \begin{bmatrix} 2 & 4 \\ 20 & 8 \end{bmatrix} \tag{3}$", "- dL/dV: ((2, 4), (20, 8))", "| dL/dV | |\n|---|---|\n| 2 | 4 |\n| 20 | 8 |",
     "dL/dV = backward(V) = [[2, 4], [20, 8]] (as shown in 5.1)", "The gradient with respect to V is\n[2 4]\n[20 8]",
     "dL/dV\n\n```\n[[ 2.  4.]\n [20.  8.]]\n```", "$$\n\\frac{dL}{dV} =\n\\left( \\begin{matrix}\n2 & 4 \\\\\n20 & 8 \\\\\n\\end{matrix} \\right).\n$$",
     "So `dL/dV = [[2, 4], [20, 8]]`, and nothing else.", "dL/dV = dL/dy * [1 2; 10 4] = [2 4; 20 8]"],
)  # fmt: skip
def test_a_matrix_among_other_things(text):
    assert said(read(text)) == {("dL/dV", 0): {(0, 0): "2", (0, 1): "4", (1, 0): "20", (1, 1): "8"}}


def test_exponentials_are_enclosed():
    (claim,) = read(r"$L = -\log \frac{e^2}{e^2 + e^1 + \exp(0.1)}$", "question-02").claims
    written = claim.cells[()]
    assert abs(written.value - fmpq(4170300, 10**7)) < fmpq(1, 10**5)
    assert written.unit is not None


@pytest.mark.parametrize("side", ["1/0", "log(0)", "9^9^9^9", "exp(exp(exp(9)))", "sqrt(-1)", "(1-1)^(-1)"])
def test_what_has_no_value_gets_none(side):
    assert all(cell.value is None for claim in read(f"y = {side}").claims for cell in claim.cells.values())


@pytest.mark.parametrize("side", ["8 4", r"8 \frac{1}{2}", "2 3^2", "8 .4", "8. 4", "- .4"])
def test_numbers_side_by_side_are_no_product(side):
    assert all(cell.value is None for claim in read(f"$y = {side}$").claims for cell in claim.cells.values())


def test_a_cell_may_be_worked_out_in_its_place():
    text = r"$$U = \begin{bmatrix} 2 \cdot 4 = 8 & 6 \\ (-1)/2 & -\frac{1}{2} \end{bmatrix}$$"
    assert said(read(text)) == {("U", 0): {(0, 0): "8", (0, 1): "6", (1, 0): "-1/2", (1, 1): "-1/2"}}


def test_the_last_number_counts_and_another_before_it_is_a_doubt():
    sheet = read("y = 8 + 12 = 19.3")
    assert (said(sheet), kinds(sheet)) == ({("y", 0): {(): "193/10"}}, ["doubt"])
    assert not read("L = 22.75^2/2 = 258.78").remarks


# Names


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [("Max pooling:", "", "U"), ("LReLU(.)", "", "V"), ("Leaky ReLU", "", "V"), ("values of the matrix W", "", "W"),
     ("", ": values of the matrix U", "U"), ("Maxpooling", ": this is V", "V"), ("gradient of V", "", "dL/dV"),
     ("## Backward through max pooling", "", ""), ("V after leaky ReLU of U", "", "V"), ("U", "V", "U"), ("Forward pass", "", "W"),
     ("∂L/∂U", "", "dL/dU"), ("U =", "", "U"), (r"$\frac{\partial L}{\partial V} = \frac{\partial L}{\partial y} W$", "", "dL/dV")],
)  # fmt: skip
def test_a_table_is_named_by_the_words_around_it(before, after, name):
    sheet = read(f"{before}\n\n8 6\n-0.5 -0.5\n\n{after}\n")
    assert [c.name for c in sheet.claims] == ([name] if name else [])
    assert name or sheet.remarks


def test_nothing_is_named_by_its_values():
    sheet = read("y = 19.3\n\nthen\n\n8 6\n-0.5 -0.5\n\nand\n\nsome more words\n")
    assert [c.name for c in sheet.claims] == ["y"]
    assert kinds(sheet) == ["unread"]


def test_subscripts_count_from_1_and_brackets_from_0():
    text = "v_1 = 1\nv_{12} = 2\nV[1,0] = 3\nv₂₂ = 4\n"
    assert said(read(text)) == {("V", 0): dict(zip(PLACES, "1234", strict=True))}
    assert kinds(read("v_5 = 1\nV[2,0] = 1\nV[0] = 1\nv_{33} = 2")) == ["shape"] * 4


def test_letters_name_no_cell():
    sheet = read(r"$\frac{\partial L}{\partial v_i} = 2$")
    assert not sheet.claims
    assert kinds(sheet) == ["doubt"]


def test_unknown_names_and_other_shapes_are_said():
    assert kinds(read("q = 3\nU = 3\ndL/dQ = [[1, 2], [3, 4]]")) == ["unknown", "shape", "unknown"]
    assert not read("slope = 0.1\nthe learning rate is 0.1").claims


# Parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [("PReLU:\ndL/dα = [[1, 2], [3, 4]]\nOne shared slope:\ndL/dα = 5", [1, 2]),
     ("dL/dα = 5\ndL/dα = [[1, 2], [3, 4]]", [2, 1]), ("Variant 2\nV = [[1, 2], [3, 4]]\nU = 1, 2, 3, 4", [0, 0]),
     ("y = 1\nPReLU\ny = 1\n# Leaky ReLU\ny = 1", [0, 1, 0])],
)  # fmt: skip
def test_parts_of_a_question(text, parts):
    assert [c.part for c in read(text).claims] == parts


@pytest.mark.parametrize("heading", ["Datum 2", "## Second datum", "2nd example:", "(b) data point 2"])
def test_data_of_a_question(heading):
    sheet = read(f"L = 1\n\n{heading}\n\nL = 2\np = (0.1, 0.2, 0.7)\nFirst datum\n z = 1, 2, 3", "question-02")
    assert [(c.name, c.part) for c in sheet.claims] == [("L", 0), ("L", 1), ("p", 1), ("z", 0)]


# Whole sheets

RECOGNISED = r"""
Qustion 1

(i) Forward pas

1	8	0.5	6
3	-10	-1	-8
-0.5	-6	-3	-1O
-1	-8	-0.5	-6

Maxpoling by 2 x 2 >

Max pool

8	6
-0.5	-05
-

: valves of the matrlx U

LReLU(.) = { 0.1 n else

8	6
-0.05	-0 .05

(ii)
$W = \begin{bmatrix} 1 & 2 \\ l0 & 4 \end{bmatrix}$
 $Y = (8 \times 1) + (6 \times 2) + (-0.05) \times (10) + (-0.05) \times (4)$
 $= 19.3$ $Y = (8 \times$

$$\frac{\partial L}{\partial v_I} = \frac{\partial L}{\partial y} \times w_I$$
$$= 2 \times 1$$
$$\frac{\partial L}{\partial V} = \begin{vmatrix} \frac{\partial L}{\partial v_1} = 2 \times 1 & \frac{\partial L}{\partial v_2} = 2 \times 2 \\ \frac{\partial L}{\partial v_3} = 2 \times 10 & \frac{\partial L}{\partial v_4} = 2 \times A \end{vmatrix}$$
$$\frac{\partial L}{\partial U} = \begin{cases} \frac{\partial L}{\partial V} & \text{3 for } U \ge 0 \\ 0.1 & \frac{\partial L}{\partial V} \end{cases}$$
$$\frac{\partial L}{\partial U} \Rightarrow \frac{2}{2} \frac{4}{0.8}$$
$$\frac{\partial L}{\partial x} = \begin{cases} 0 & \begin{cases} 0 & \begin{cases} 0 & $$
"""


def test_a_sheet_as_a_machine_returns_it():
    sheet = read(RECOGNISED)
    found = said(sheet)
    nothing = {(1, 1): "None"}
    assert found.keys() == {(n, 0) for n in ("X", "U", "V", "W", "y", "dL/dV")}
    assert found["X", 0][2, 3] == "None"
    assert found["U", 0] == {(0, 0): "8", (0, 1): "6", (1, 0): "-1/2", (1, 1): "-5"}
    assert found["V", 0] == {(0, 0): "8", (0, 1): "6", (1, 0): "-1/20"} | nothing
    assert found["W", 0] == {(0, 0): "1", (0, 1): "2", (1, 0): "None", (1, 1): "4"}
    assert found["y", 0] == {(): "193/10"}
    assert found["dL/dV", 0] == {(0, 0): "2", (0, 1): "4", (1, 0): "20"} | nothing
    lines = {
        n
        for n, line in enumerate(RECOGNISED.split("\n"), 1)
        if "v_I" in line or "cases" in line or "Rightarrow" in line
    }
    assert lines <= {r.where.line for r in sheet.remarks}


def test_names_with_points_and_digits():
    network = Network({"x": (2,)}, [find("Linear")(out_features=2), find("ReLU")()], initial=Initial(seed=1))
    marked = Question.of(network, {"x": [1, 2]})
    sheet = read_text("h1 = 1, 2\nh1.weight = [[1, 2], [3, 4]]\nh1.weight[0,1] = 2\nh1.bias: 3 4\n", marked)
    assert [(c.name, len(c.cells)) for c in sheet.claims] == [
        ("h1", 2),
        ("h1.weight", 4),
        ("h1.weight", 1),
        ("h1.bias", 2),
    ]


# Formulas


@pytest.mark.parametrize(
    ("latex", "plain"),
    [(r"\frac{\partial L}{\partial z_y}", "dLdz[y]"), (r"\frac{\exp(z_i)}{\sum_{j=1}^{k} \exp(z_j)}", "exp(z[i])/sum(j, exp(z[j]))"),
     (r"-\log p_y", "-log(p[y])"), (r"\frac{d}{dz_y} \left\{ -z_y \right\}", "d(-z[y], z[y])"), (r"e^{z_i - m}", "exp(z[i] - m)"),
     (r"\frac{1}{2} (a - b)^2", "1/2*(a - b)^2"), (r"2 a b_i", "2*a*b[i]"), (r"-\sum_n q(n) \log p(n)", "-sum(n, q[n]*log(p[n]))"),
     (r"p_i ([i = j] - p_j)", "p[i]*([i = j] - p[j])"), (r"\ln\left[\sum_j e^{z_j}\right] - z_y", "log(sum(j, exp(z[j]))) - z[y]"),
     (r"\frac{d}{dz_y} \log \left[ \sum_j \exp(z_j) \right] + 1", "d(log(sum(j, exp(z[j]))), z[y]) + 1"), ("p_{y'}", "p[y']"),
     (r"\sqrt{a} \cdot \tanh b", "sqrt(a)*tanh(b)"), (r"a \times b \div c", "a*b/c"), ("a − b·c²", "a - b*c^2")],
)  # fmt: skip
def test_formulas_are_what_the_language_of_derivations_says(latex, plain):
    ((_, read_side),) = formulas(f"$$h = {latex}$$", "question-02")
    assert read_side.replace("∂L/∂z", "dLdz") == spelled(parsed(plain, 1, ""), TEXT)


def test_lines_that_begin_with_an_equals_sign_go_on():
    text = "$$L = -\\log p_y$$\n$$= -z_y + \\log \\sum_j e^{z_j}$$\n\nso\n\ndL/dz_y = -1 + p_y\n       = p_y - 1"
    chains = read(text, "question-02").chains
    assert [(c.name, len(c.sides)) for c in chains] == [("L", 3), ("dL/dz", 3)]


@pytest.mark.parametrize(
    "line", ["V = U if U > 0", "V = 0.1 U otherwise", "If U ≤ 0 then V = 0.1 U", "$V = U$ for $U > 0$"]
)
def test_a_formula_that_holds_somewhere_is_no_chain(line):
    sheet = read(line)
    assert (sheet.chains, kinds(sheet)) == ((), ["unread"])


@pytest.mark.parametrize(
    "line", ["dL/dz_j = p_j for j ≠ y", r"$\frac{dL}{dz_j} = p_j$ if $j \neq y$", "dL/dz_j = p_j for all j"]
)
def test_which_cells_a_formula_is_about_is_no_condition(line):
    assert formulas(line, "question-02") == [["∂L/∂z[j]", "p[j]"]]


def test_cases_are_brackets():
    text = r"$$\frac{dL}{dU} = \begin{cases} dL/dV & \text{if } U > 0 \\ 0.1 \, dL/dV & \text{otherwise} \end{cases}$$"
    assert formulas(text) == [["∂L/∂U", "∂L/∂V·[U > 0] + 0.1·∂L/∂V·[U ≤ 0]"]]


def test_formulas_and_numbers_in_one_chain():
    sheet = read(r"$$\frac{\partial L}{\partial v_1} = \frac{\partial L}{\partial y} \times w_1 = 2 \times 1 = 2$$")
    assert said(sheet) == {("dL/dV", 0): {(0, 0): "2"}}
    (chain,) = sheet.chains
    assert (chain.name, [spelled(s.expression, TEXT) for s in chain.sides][1]) == ("dL/dV", "∂L/∂y·W[0,0]")


# What is not read


@pytest.mark.parametrize(
    "line", ["the answer is 12", "y = % 3", "$$\\frac{1}{$$", "3 + 4", "y = \\foo 3", "= 5 apples", "[[1, 2], [3, 4]]"]
)
def test_a_line_with_numbers_that_belong_nowhere_is_listed(line):
    sheet = read(f"Some words.\n\n{line}\n\nU = [[8, 6], [1, 1]]\n")
    assert "unread" in kinds(sheet)
    assert {r.where.line for r in sheet.remarks} == {3}
    assert [c.name for c in sheet.claims] == ["U"]


@pytest.mark.parametrize(
    "line", ["Now the backward pass.", "# Question 1", "(a) It goes to the winner", "where $V$ is the input"]
)
def test_plain_words_need_no_remark(line):
    assert not read(f"{line}\n").remarks


def test_damaged_cells_stay_in_their_place():
    sheet = read("U:\n8 6\n-O.5 l9.3\n\nV:\n8 .4 1\n2 3\n\nW = [[1, 2)], [?, 4]]")
    cells = {c.name: c.cells for c in sheet.claims}
    assert [cells["U"][i].illegible for i in PLACES] == [False, False, True, True]
    assert cells["U"][1, 0].readings == (fmpq(-1, 2),)
    assert cells["V"][0, 0].illegible
    assert values(next(c for c in sheet.claims if c.name == "V"))[0, 1] == "1"


# Sheets that ship


def test_the_right_sheet_says_what_the_question_says():
    parts = question().parts
    sheet = read_sheet(FOLDER / "sheets" / "question-01-right.md", question())
    assert {(c.name, c.part) for c in sheet.claims} >= {(n, p) for p in range(3) for n in parts[p].own}
    for claim in sheet.claims:
        record = parts[claim.part].record.array(claim.name)
        assert {i: c.value for i, c in claim.cells.items()} == dict(record.items())
    assert kinds(sheet) == ["unread"]
    data = read_sheet(FOLDER / "sheets" / "question-01.toml", question())
    text = said(sheet)
    assert all(text[key][i] == value for key, cells in said(data).items() for i, value in cells.items())
    assert not data.remarks


def test_the_sheet_with_slips_is_read_whole():
    sheet = read_sheet(FOLDER / "sheets" / "question-01-slips.md", question())
    assert {c.name for c in sheet.claims} == set(question().parts[0].own)
    assert not sheet.remarks
