"""Answers judged cell by cell, and hints that tell no more than they should."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backproof as bp
from backproof.practice import work
from backproof.practice.state import LONGEST_TYPED, State
from backproof.record.digits import text_of
from practice.pages import described, page, text

NETWORK = """
data = {x = [[13, -17], [29, 31]], t = [3, 5]}
layers = [
  {rule = "Flatten", output = "f"},
  {rule = "Linear", output = "h", out_features = 2, weight = "W", bias = "b"},
  {rule = "Tanh", output = "y"},
]
parameters = {W = [[0.11, 0.07, 0.13, -0.19], [-0.23, 0.21, 0.03, 0.17]], b = [0.37, -0.41]}
loss = {rule = "MSELoss"}
"""


def checked(answers, **state):
    reply = work.check_json(State(**{"example": "question-01", **state}, answers=answers))
    assert reply.status == 200, reply.text
    return json.loads(reply.text)


@pytest.mark.parametrize(
    ("typed", "verdict"),
    [
        ("-0.05", "right"), ("−0,05", "right"), (" -5e-2 ", "right"), ("-1/20", "right"), ("-0.050", "right"),
        ("-.05", "right"), ("-1/19", "wrong"), ("0.05", "wrong"), ("x", "unread"), ("1,000", "unread"), ("", "blank"), ("?", "blank"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(typed, verdict):
    assert checked({"V[1,0]": typed})["cells"]["V[1,0]"]["verdict"] == verdict


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("9" * 401, "400 digits"),
        ("1" * 3000, "1000 characters"),
        ("1e30000", "exponent up to 2000"),
        ("1/1e9999999", "2000"),
    ],
)
def test_numbers_that_are_too_long_are_refused_with_the_limit(typed, says):
    assert says in checked({"y": typed}, given={"t": typed})["cells"]["y"]["reason"]
    assert says in checked({}, given={"t": typed})["faults"]["t"]
    assert says in described(page(mode="practise", answers={"y": typed}), "answer:y")
    assert all(int(box.get("maxlength", 4000)) == LONGEST_TYPED for box in page(mode="practise").iter("input"))


def test_rounded_numbers_are_right():
    cells = checked({"p[0]": "0.66", "p[1]": "0.2424"}, example="question-02")["cells"]
    assert (cells["p[0]"]["verdict"], cells["p[1]"]["verdict"]) == ("rounded", "rounded")


def test_what_follows_from_a_slip_says_from_which():
    answers = {"U[0,0]": "-8", "U[0,1]": "6", "U[1,0]": "-0.5", "U[1,1]": "-0.5"}
    answers |= {"V[0,0]": "-0.8", "V[0,1]": "6", "V[1,0]": "-0.05", "V[1,1]": "-0.05"}
    cells = checked(answers)["cells"]
    assert (cells["U[0,0]"]["verdict"], cells["V[0,0]"]["verdict"]) == ("wrong", "follows")
    assert cells["V[0,0]"]["reason"] == "follows from your U"
    tree = page(mode="practise", answers=answers)
    assert "follows from your U" in described(tree, "answer:V[0,0]")


def test_a_misconception_is_named():
    means = {"U[0,0]": "0.5", "U[0,1]": "-0.625", "U[1,0]": "-3.875", "U[1,1]": "-4.875"}
    reply = checked(means)
    assert "mean" in reply["cells"]["U[0,0]"]["reason"]
    assert any("mean" in finding for finding in reply["findings"])
    tree = page(mode="practise", answers=means)
    assert "✗ wrong" in described(tree, "answer:U[0,0]")
    assert "mean of each window" in described(tree, "answer:U[0,0]")


def test_no_finding_is_empty():
    answers = {"p[0]": "0.7", "p[1]": "0.2", "p[2]": "0.1", "L": "0.4170"}
    answers |= {"dL/dz[0]": "-0.3410", "dL/dz[1]": "0.2424", "dL/dz[2]": "0.0986"}
    found = checked(answers, example="question-02")["findings"]
    assert "rounded too early" in found[0]
    assert all(found)
    assert not found[-1].endswith("equally well:")


@pytest.mark.parametrize("part", range(3))
def test_all_right_answers_are_right_in_every_part(part):
    sheet = bp.solve("question-01")
    record = [sheet.record, *(v.records[0] for v in sheet.variants)][part]
    answers = {}
    for name in record.made & set(record.names):
        array = record.array(name)
        answers |= {f"{name}{list(i) if i else ''}".replace(" ", ""): text_of(array[i], 9)[0] for i in array.indices()}
    cells = checked(answers, part=part)["cells"]
    assert {cell["verdict"] for cell in cells.values()} == {"right"}
    assert cells.keys() == answers.keys()


def test_a_batch_is_answered_datum_by_datum():
    text = """
        batch = true
        data = [{x = [1, 2], t = 1}, {x = [3, -1], t = 0}]
        layers = [{rule = "Linear", output = "y", weight = "W", bias = false}]
        parameters = {W = [1, "1/2"]}
        loss = {rule = "HalfSquaredError"}
    """
    cells = checked({"y[0]": "2", "y[1]": "2.5", "dL/dW[0]": "4.25"}, example="", problem=text)["cells"]
    assert [cells[c]["verdict"] for c in ("y[0]", "y[1]", "dL/dW[0]")] == ["right"] * 3
    cells = checked({"y[1]": "1.5"}, example="", problem=text, given={"x[1,0]": "2"}, hints={"y[0]": 4})["cells"]
    assert cells["y[1]"]["verdict"] == "right"
    assert cells["y[0]"]["hints"][3]["formulas"] == ["y[0] = W[0]·x[0,0] + W[1]·x[0,1] = 1·1 + 0.5·2 = 2"]


def hints(address, answer="", level=4, **state):
    return checked({address: answer}, hints={address: level}, **state)["cells"][address]["hints"]


@pytest.mark.parametrize(
    ("address", "answer", "says"),
    [
        ("U[0,0]", "-8", "sign"),
        ("U[0,0]", "80", "decimal point"),
        ("U[0,0]", "6", "another cell"),
        ("U[0,0]", "7.9", "Nearly"),
        ("U[0,0]", "24", "whole factor"),
        ("U[0,0]", "13.7", "too large"),
        ("U[0,0]", "0", "not 0"),
        ("U[0,0]", "19.3", "y, another quantity"),
        ("V[0,0]", "eight", "no number"),
        ("y", "", "Step 3: it is made by Linear from W and V."),
        ("dL/dX[0,0]", "5", "what reaches this cell"),
    ],
)
def test_the_first_hint_tells_what_can_be_seen(address, answer, says):
    (hint,) = hints(address, answer, 1)
    assert says in hint["says"]


def test_right_answers_need_no_hint():
    assert not hints("U[0,0]", "8")


def digits_of(value: str) -> str:
    """The digits that begin a number, as a page would show them."""
    return f"{abs(float(Fraction(value))):.6g}"[:6]


ADDRESSES = [
    *(f"h[{i}]" for i in range(2)), *(f"y[{i}]" for i in range(2)), "L",
    *(f"dL/dy[{i}]" for i in range(2)), *(f"dL/dW[{i},{j}]" for i in range(2) for j in range(4)),
    *(f"dL/dx[{i},{j}]" for i in range(2) for j in range(2)),
]  # fmt: skip


@settings(max_examples=20)
@given(st.sampled_from(ADDRESSES), st.sampled_from(["", "1.2345", "-77", "no"]))
def test_no_hint_but_the_last_holds_the_result(address, answer):
    solved = json.loads(work.solve_json(State(problem=NETWORK)).text)["numbers"]
    name, _, index = address.partition("[")
    value = solved[name]
    for i in index.rstrip("]").split(",") if index else ():
        value = value[int(i)]
    found = hints(address, answer, example="", problem=NETWORK)
    digits = digits_of(value)
    assert len(found) == 4
    told = [" ".join([h["says"], *h["formulas"]]) for h in found]
    assert not any(digits in one for one in told[:3])
    assert found[3]["formulas"][0].startswith(found[2]["formulas"][0])
    tree = page(example="", problem=NETWORK, mode="practise", answers={address: answer}, hints={address: 3})
    assert digits not in text(tree)


def test_a_page_with_answers_covered_holds_none_of_them():
    solved = json.loads(work.solve_json(State(problem=NETWORK)).text)["numbers"]
    covered = work.page(State(problem=NETWORK, mode="practise"), "", True).text.decode()
    shown = work.page(State(problem=NETWORK), "", True).text.decode()
    for name in ("h", "y", "dL/dy", "dL/dh"):
        for value in solved[name]:
            digits = digits_of(value)
            assert digits in shown
            assert digits not in covered


def test_hints_come_one_by_one():
    for level in range(5):
        assert len(hints("y", "", level)) == level
    asked = page("hint:y", mode="practise", hints={"y": 3})
    assert "The full step" in described(asked, "answer:y")
    assert not [b for b in asked.iter("button") if b.get("value") == "hint:y"]
