"""Answers side by side, answers taken back or only supposed, and which of several data an answer belongs to."""

import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backproof.marking.question import Question
from backproof.marking.reading.structured import read_json, read_structured
from backproof.marking.reading.text import read_text
from backproof.network.problem import read_problem
from marking.reading_sheets import kinds, question, said

NUMBERS = st.decimals(-99, 99, places=2).map(str)
V = "[[8, 6], [-0.05, -0.05]]"


def read(text, name="question-01"):
    return read_text(text, question(name))


def scalar(sheet):
    return {name: cells[()] for (name, _), cells in said(sheet).items() if () in cells}


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([" ", "|", " | ", ", ", "; ", "  ", " \\quad "]))
def test_answers_side_by_side_are_each_their_own(y, loss, slope, between):
    sheet = read(between.join([f"y = {y}", f"L = {loss}", f"dL/dy = {slope}"]))
    apart = read(f"y = {y}\nL = {loss}\ndL/dy = {slope}")
    assert said(sheet) == said(apart)
    assert len(sheet.claims) == 3


def test_matrices_side_by_side():
    sheet = read(f"U = [[8, 6], [-0.5, -0.5]] V = {V}")
    assert {name for name, _ in said(sheet)} == {"U", "V"}
    assert not sheet.remarks


@pytest.mark.parametrize("text", ["y = 19\ndL/dα = 2 y = 38", "dL/dα = 2y = 38", "dL/dα = 2 t = 38"])
def test_a_product_with_what_is_known_is_a_product(text):
    sheet = read(text)
    assert sum(claim.name == "y" for claim in sheet.claims) == text.startswith("y")
    assert not any(claim.name == "t" for claim in sheet.claims)
    assert sheet.chains


@pytest.mark.parametrize("words", ["leaky relu of U", "LeakyReLU von U", "the activation of U", "pooling"])
def test_what_an_operation_is_applied_to_is_not_the_answer(words):
    sheet = read(f"U = [[8, 6], [-0.5, -0.5]]\nV = {words} = {V}")
    assert {name for name, _ in said(sheet)} == {"U", "V"}
    assert "twice" not in kinds(sheet)


@pytest.mark.parametrize(
    "line",
    ["if y = 17.3, L = 0", "when y = 5", "not y = 5", "Check: y = 19", "Check: for y = 17.3 the loss would be L = 0",
     "if y > 20 then y = 3"],
)  # fmt: skip
def test_what_is_supposed_is_no_answer(line):
    sheet = read(f"y = 19.3\nL = 2\n{line}\ndL/dy = 2")
    assert scalar(sheet) == {"y": "193/10", "L": "2", "dL/dy": "2"}
    assert kinds(sheet) == ["unread"]
    assert len(sheet.claims) == 3


@pytest.mark.parametrize(
    "line", ["For V we get y = 19.3", "for z = 3, y = 19.3", "If so. y = 19.3", "Since t = 17.3, y = 19.3"]
)
def test_not_every_condition_is_one(line):
    assert scalar(read(line))["y"] == "193/10"


@given(NUMBERS, NUMBERS)
def test_what_is_struck_out_or_taken_back_does_not_count(wrong, right):
    forms = [f"y = ~~{wrong}~~ {right}", f"y = {wrong} no, {right}", f"$y = \\sout{{{wrong}}} {right}$",
             f"~~y = {wrong}~~\ny = {right}", f"y = <del>{wrong}</del> {right}"]  # fmt: skip
    if "-" not in right:
        forms.append(f"$y = \\cancel{{{wrong}}} {right}$")
    plain = said(read(f"y = {right}"))
    for form in forms:
        sheet = read(form)
        assert said(sheet) == plain, form
        assert not sheet.remarks, form


def test_a_factor_that_cancels_stays():
    sheet = read(r"$\frac{\partial L}{\partial y} = \frac{\cancel{2}(y-t)}{\cancel{2}} = 2$")
    assert [side.text for side in sheet.chains[0].sides][1] == r"\frac{\cancel{2}(y-t)}{\cancel{2}}"


@pytest.mark.parametrize("by", ["grad V", "Gradient V", "gradient of L with respect to V", "Gradiente von L nach V"])
@pytest.mark.parametrize("sign", [" = ", ": ", " is "])
def test_a_gradient_in_words(by, sign):
    assert set(said(read(f"{by}{sign}[[2, 4], [20, 8]]"))) == {("dL/dV", 0)}


@pytest.mark.parametrize("sign", [" ~ ", " ≈ ", " → ", ": ", " -> ", " $\\approx$ "])
def test_signs_of_an_answer(sign):
    assert scalar(read(f"y{sign}19.3")) == {"y": "193/10"}


@pytest.mark.parametrize("text", ["X → 4 × 4 → U → 2 × 2", "U → V → y", "V_4 = ~0.05", "y ~0.5"])
def test_signs_of_no_answer(text):
    assert not read(text).claims


# Several data

GIVENS = "z = [1, 0, 0], t = 0", "z = [0, 2, 1], t = 2", "z = [3, 1, 0], t = 1"
NAMES = ("p", "L", "dL/dz")
PAIRS = [
    ("## Pass {}", 2), ("Datum {}", 3), ("datum {}:", 3), ("### Example {}", 2), ("Step {}", 2), ("{}. Datum", 3),
    ("Beispiel {}", 2), ("## {}", 3), ("{}.", 2), ("Data point {}", 2), ("**Datum {}**", 2),
]  # fmt: skip


LOSS = '[loss]\noutput = "L"\nrule = "CrossEntropyLoss"\ninput = "z"\np = "p"\ntarget = "t"\n'


@cache
def several(many):
    """A question of up to three data."""
    path = Path(tempfile.mkdtemp()) / "several.toml"
    path.write_text("".join(f"[[data]]\n{given.replace(', t', chr(10) + 't')}\n" for given in GIVENS[:many]) + LOSS)
    return Question(read_problem(path))


def answers(n, names=NAMES):
    numbers = {"p": f"p = [0.{n}, 0.2, 0.3]", "L": f"L = {n}.5", "dL/dz": f"dL/dz = [{n}, 2, 3]"}
    return "\n".join(numbers[name] for name in names)


def data_of(sheet):
    return [(claim.name, claim.part) for claim in sheet.claims if claim.name in NAMES]


@pytest.mark.parametrize(("heading", "many"), PAIRS)
def test_headings_of_data(heading, many):
    text = "\n\n".join(f"{heading.format(n + 1)}\n{answers(n)}" for n in range(many))
    sheet = read_text(text, several(many))
    assert data_of(sheet) == [(name, n) for n in range(many) for name in NAMES]
    assert set(kinds(sheet)) <= {"doubt"}


@pytest.mark.parametrize("heading", ["Datum {}: ", "Pass {} - ", "**Example {}:** ", "Beispiel {}) "])
def test_a_heading_before_an_answer_in_its_line(heading):
    text = "\n".join(f"{heading.format(n + 1)}L = {n}.5" for n in (1, 0, 2))
    assert data_of(read_text(text, several(3))) == [("L", 1), ("L", 0), ("L", 2)]


@given(st.permutations(range(3)), st.sampled_from(["\n", ": ", ", "]))
def test_givens_say_which_datum_begins(order, end):
    text = "\n".join(GIVENS[n] + end + answers(n) for n in order)
    sheet = read_text(text, several(3))
    assert data_of(sheet) == [(name, n) for n in order for name in NAMES]
    assert not sheet.remarks


def test_givens_that_stand_together_begin_nothing():
    sheet = read_text("\n".join(GIVENS) + "\n" + answers(0), several(3))
    assert data_of(sheet) == [(name, 0) for name in NAMES]


@given(st.integers(1, 3), st.booleans())
def test_answers_in_the_order_of_the_data(many, by_quantity):
    data = range(many)
    if by_quantity:
        text = "\n".join(answers(n, [name]) for name in NAMES for n in data)
    else:
        text = "\n\n".join(answers(n) for n in data)
    sheet = read_text(text, several(3))
    if many == 3:
        assert sorted(data_of(sheet)) == sorted((name, n) for name in NAMES for n in data)
        assert kinds(sheet) == ["doubt"]
    else:
        assert {part for _, part in data_of(sheet)} == {0}
        assert kinds(sheet).count("twice") == 3 * (many - 1)


@pytest.mark.parametrize(("first", "second"), [(NAMES[:2], NAMES), (NAMES, NAMES[:2]), (NAMES[1:], NAMES)])
def test_what_is_answered_once_goes_with_its_neighbours(first, second):
    sheet = read_text(answers(0, first) + "\n" + answers(1, second), several(2))
    assert data_of(sheet) == [(name, 0) for name in first] + [(name, 1) for name in second]


def test_a_correction_and_a_summary_are_of_the_same_datum():
    corrected = read_text(answers(0) + "\nL = 7", several(2))
    assert {part for _, part in data_of(corrected)} == {0}
    assert "twice" in kinds(corrected)
    summary = read_text(answers(0) + "\n" + answers(0), several(2))
    assert {part for _, part in data_of(summary)} == {0}


@given(NUMBERS, NUMBERS, st.sampled_from(["", "[[data]]"]))
def test_a_key_that_json_has_twice(first, last, place):
    table = f'{{"L": {first}, "p": [1, 0, 0], "L": {last}}}'
    sheet = read_json(f'{{"data": [{{}}, {table}]}}' if place else table, several(3))
    assert scalar(sheet) == scalar(read_json(f'{{"L": {last}}}', several(3)))
    (remark,) = sheet.remarks
    assert remark.kind == "twice"
    assert remark.message.index(first) < remark.message.rindex(last)


@pytest.mark.parametrize("key", ["passes", "Pass 1", "pass1", "datum_2", "Variant 1"])
def test_a_part_that_is_no_table_of_data_is_told_where_to_stand(key):
    (remark,) = read_structured({key: {"L": 1}}, several(2)).remarks
    assert "[[data]]" in remark.message
    assert "[[variants]]" in remark.message


@given(NUMBERS, NUMBERS.map(lambda n: "1" + n.lstrip("-")))
def test_a_second_answer_names_the_first_and_its_place(first, second):
    assume(float(first) != float(second))
    remarks = read(f"V = {V}\n\nV[1,0] = {first}\nV[1,0] = {second}").remarks
    assert [remark.kind for remark in remarks][-1] == "twice"
    assert f"V[1,0] stands before this one: {first} at line 3, column" in remarks[-1].message
    assert remarks[-1].text == second


@given(st.lists(NUMBERS, min_size=4, max_size=4), st.sampled_from(["^T", "ᵀ", "^{T}", "^\\top"]))
def test_a_t_behind_a_matrix_turns_it(numbers, sign):
    a, b, c, d = numbers
    turned = said(read(f"$V = [[{a}, {c}], [{b}, {d}]]{sign}$"))
    assert turned == said(read(f"V = [[{a}, {b}], [{c}, {d}]]"))


@pytest.mark.parametrize("column", ["[1, 0, 0]ᵀ", "(1 0 0)^T", "[[1, 0, 0]]^T", "[[1], [0], [0]]", "[1, 0, 0]"])
def test_a_column_and_a_row_are_one_vector(column):
    assert said(read_text(f"p = {column}", several(3))) == {("p", 0): {(0,): "1", (1,): "0", (2,): "0"}}


@pytest.mark.parametrize("text", ["y = 19.3 +- 0.1", "y = 19.3 ± 0.1"])
def test_a_number_with_its_error_is_unread(text):
    sheet = read(text)
    assert kinds(sheet) == ["unread"]
    assert not sheet.claims


@pytest.mark.parametrize("text", ["y = 19.3 ✓", "ŷ = 19.3", "y = 19.3 ✔"])
def test_ticks_and_hats_change_nothing(text):
    assert scalar(read(text)) == {"y": "193/10"}
    assert not read(text).remarks


@pytest.mark.parametrize(
    "name",
    ["updated W", "New W", "W_new", "$W_{new}$", "$W_{\\text{neu}}$", "$W^\\prime$", "$W^{\\prime}$", "W′"],
)
def test_what_an_update_leaves_is_no_given(name):
    data = '[[data]]\nx = [1, 2]\nt = [1]\n[[layers]]\nrule = "Linear"\nweight = "W"\nout_features = 1\nbias = false\noutput = "y"\n'
    path = Path(tempfile.mkdtemp()) / "updated.toml"
    path.write_text(
        data + '[loss]\nrule = "HalfSquaredError"\n[parameters]\nW = [[3, 4]]\n[update]\nrule = "SGD"\nlr = 0.1\n'
    )
    sheet = read_text(f"y = 11\n{name} = [[2, 2]]\n", Question(read_problem(path)))
    assert {name for name, _ in said(sheet)} == {"y", "W'"}
    assert "W'" not in {name for name, _ in said(read(f"{name} = [[2, 2]]"))}


def test_headings_count_where_the_order_says_too_little():
    sheet = read_text("Step 1\n" + answers(0, ["p", "L"]) + "\nStep 2\n" + answers(1, ["dL/dz", "L"]), several(2))
    assert data_of(sheet) == [("p", 0), ("L", 0), ("dL/dz", 1), ("L", 1)]
    assert kinds(sheet) == ["doubt"]
