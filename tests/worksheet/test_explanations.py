"""An explanation holds what the number rests on, and nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backproof as bp
from backproof.errors import BadFile, BadShape, UnknownName
from backproof.notation.text import TEXT
from worksheet.sheets import NAMES, sheet, token


def mentioned(record, text):
    return {match["name"] for match in token(record).finditer(text) if match["name"]}


def test_one_cell_of_question_1():
    text = str(bp.solve("question-01", explain="dL/dX[0,1]"))
    assert set(re.findall(r"∂L/∂X\[\d,\d\]", text)) == {"∂L/∂X[0,1]"}
    assert set(re.findall(r"∂L/∂U\[\d,\d\]", text)) == {"∂L/∂U[0,0]"}
    assert "∂L/∂W" not in text
    assert "∂L/∂X[0,1] = ∂L/∂U[0,0] = 2   since X[0,1] won its window for U[0,0]" in text


@pytest.mark.parametrize("name", [n for n in NAMES if n != "wide"])
@settings(max_examples=12)
@given(data=st.data())
def test_each_line_is_needed_and_what_is_needed_is_there(name, data):
    each = sheet(name).passes[0]
    made = [step.quantity for step in each.steps]
    quantity = data.draw(st.sampled_from(made))
    index = data.draw(st.sampled_from(sorted(each.record.array(quantity))))
    address = f"{quantity}[{','.join(map(str, index))}]" if index else quantity
    explained = type(each)(each.record, address)
    lines = {line.sides(TEXT)[0]: line for step in explained.steps for line in step.lines}
    target = TEXT.name(quantity, index)
    assert target in lines
    said = {cell: " ".join([*line.sides(TEXT)[1:], *line.reasons]) for cell, line in lines.items()}
    if "more terms" in "".join(said.values()) or any(step.left_out for step in explained.steps):
        return
    families = {match for text in said.values() for match in re.findall(r"max\s([\w.]+)", text)}
    named = {cell for text in said.values() for cell in mentioned(each.record, text)}
    assert {cell for cell in lines if cell.partition("[")[0] not in families} <= named | {target}
    givens = {q.name for q in each.givens}
    assert {cell for cell in named if cell.partition("[")[0] not in givens} <= set(lines)


def test_what_is_given_needs_no_explanation():
    text = str(bp.solve("question-01", explain="W[1,0]"))
    assert "W[1,0] = 10" in text
    assert "W[1,0] is given; nothing had to be computed." in text


def test_a_quantity_of_a_variant_alone():
    assert "∂L/∂α[1,0] = U[1,0]·∂L/∂V[1,0] = (−0.5)·20 = −10" in str(bp.solve("question-01", explain="dL/dα"))


@pytest.mark.parametrize(
    ("address", "kind", "message"),
    [("dL/dx", UnknownName, "did you mean dL/dX"), ("dL/dX[4,0]", BadShape, "has shape")],
)
def test_what_is_not_there(address, kind, message):
    with pytest.raises(kind, match=message):
        network_record().explain(address)
    with pytest.raises(BadFile, match=message):
        bp.solve("question-01", explain=address)


def network_record():
    return bp.Network({"X": (4, 4)}, [bp.MaxPool2d(2), bp.Linear()], bp.HalfSquaredError()).solve([[1] * 4] * 4, 0)


def test_a_record_explains_its_numbers():
    text = str(network_record().explain("dL/dX[0,0]"))
    assert "X[0,0] won its window" in text
    assert "∂L/∂X[0,1]" not in text


def test_the_largest_average_rests_on_the_average():
    made = bp.Network({"x": ()}, [bp.Linear()], bp.HalfSquaredError(), update=bp.Adam(amsgrad=True))
    steps = made.solve(2, 1).explain("h1.weight'").passes[0].steps
    names = [step.quantity for step in steps]
    assert {"h1.weight.m'", "h1.weight.v'", "h1.weight.peak'", "h1.weight'", "dL/dh1.weight"} <= set(names)
