"""Answers as data: TOML, JSON and mappings say the same; blanks, shapes, names and parts; hostile files."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.errors import BadFile
from backproof.marking.mark import mark_text
from backproof.marking.reading.sheet import LARGEST_SHEET, read_sheet
from backproof.marking.reading.structured import read_json, read_structured, read_toml
from marking.reading_sheets import kinds, question, said, values

SHAPES = {"U": (2, 2), "y": (), "dL/dX": (4, 4), "dL/dW": (2, 2)}
CELLS = st.sampled_from(["8", "-0.5", "0.050", "1e-3", "-7", "", "?"])


def nested(cells, shape):
    return [nested(cells, shape[1:]) for _ in range(shape[0])] if shape else cells.pop()


@given(st.data())
def test_toml_json_and_a_mapping_say_the_same(data):
    answers = {
        name: nested([data.draw(CELLS) for _ in range(16)], shape)
        for name, shape in SHAPES.items()
        if data.draw(st.booleans())
    }
    bare = lambda v: f"[{', '.join(map(bare, v))}]" if isinstance(v, list) else v if v not in ("", "?") else f'"{v}"'
    toml = "\n".join(f'"{name}" = {bare(v)}' for name, v in answers.items())
    table = "{" + ", ".join(f'"{name}": {bare(v)}' for name, v in answers.items()) + "}"
    sheets = [read_structured(answers, question()), read_toml(toml, question()), read_json(table, question())]
    assert said(sheets[0]) == said(sheets[1]) == said(sheets[2])
    for name, value in answers.items():
        flat = list(np.asarray(value, dtype=object).reshape(-1))
        cells = said(sheets[1])[name, 0]
        assert len(cells) == sum(v not in ("", "?") for v in flat)
        assert [c.text for c in sheets[1].claims if c.name == name for c in c.cells.values()] == [
            v for v in flat if v not in ("", "?")
        ]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("dL/dα", "dL/dα"), ("∂L/∂alpha", "dL/dα"), ("dL/dv", "dL/dV"), ("grad_V", "dL/dV"), ("dV", "dL/dV"), ("Y", "y"),
     ("loss", "L"), ("dLoss/dU", "dL/dU"), ("V.grad", "dL/dV")],
)  # fmt: skip
def test_spellings(spelling, name):
    sheet = read_structured({spelling: 1}, question())
    assert [c.name for c in sheet.claims] or kinds(sheet) == ["shape"]
    assert all(c.name == name for c in sheet.claims)
    assert all(name in remark.message for remark in sheet.remarks)


def test_an_unknown_name_is_told_the_nearest():
    sheet = read_toml('"dL/dVV" = 1\n', question())
    (remark,) = sheet.remarks
    assert (remark.kind, remark.where) == ("unknown", (1, 12))
    assert "dL/dV" in remark.message


@pytest.mark.parametrize("value", [[8, 6, -1, -2], [[8], [6], [-1], [-2]], [[[8, 6], [-1, -2]]], [[8, 6, -1, -2]]])
def test_a_list_that_fills_a_matrix_is_read_into_it(value):
    (claim,) = read_structured({"U": value}, question()).claims
    assert values(claim) == {(0, 0): "8", (0, 1): "6", (1, 0): "-1", (1, 1): "-2"}


@pytest.mark.parametrize("value", [8, [8, 6], [[8, 6, 1], [1, 2, 3]], [[8, 6], [1, 2], [3, 4]], [[8], 6], [], {}])
def test_another_shape_is_said_and_not_used(value):
    sheet = read_structured({"U": value}, question())
    assert not sheet.claims
    assert kinds(sheet) == ["shape"]


def test_far_too_many_numbers_are_not_even_looked_at():
    class Number:
        def __str__(self):
            looked.append(1)
            return "1"

    looked = []
    sheet = read_structured({"U": [[Number()] * 1000] * 1000}, question())
    assert (kinds(sheet), len(looked) < 20_000) == (["shape"], True)


def test_rows_that_end_early_leave_blanks():
    (claim,) = read_structured({"U": [[8, 6], [-1]]}, question()).claims
    assert list(claim.cells) == [(0, 0), (0, 1), (1, 0)]


def test_what_only_a_variant_has_finds_it_by_its_shape():
    sheet = read_structured({"dL/dα": [[0, 0], [-10, -4]], "dL/dalpha": -14}, question())
    assert [(c.name, c.part) for c in sheet.claims] == [("dL/dα", 1), ("dL/dα", 2)]


def test_variants_by_place_and_by_title_and_data_by_place():
    tables = [{"dL/dα": [[1, 2], [3, 4]]}, {"title": "PReLU with one slope", "dL/dα": 5}, {"title": "nothing", "y": 1}]
    sheet = read_structured({"variants": tables}, question())
    assert [c.part for c in sheet.claims] == [1, 2]
    assert kinds(sheet) == ["unknown"]
    sheet = read_structured({"data": [{"L": 1}, {"L": 2}, {"L": 3}]}, question("question-02"))
    assert [(c.part, values(c)[()]) for c in sheet.claims] == [(0, "1"), (1, "2")]
    assert kinds(sheet) == ["unknown"]


def test_a_second_answer_is_kept_and_said_and_the_same_one_is_not():
    sheet = read_structured({"dL/dX[0,1]": 2, "dL/dX": np.zeros((4, 4), int)}, question())
    assert len(sheet.claims) == 2
    assert kinds(sheet) == ["twice"]
    assert not read_structured({"y": 19.3, "Y": "19.3"}, question()).remarks


def test_which_question_and_whose():
    sheet = read_toml('question = "question-02"\nperson = "A. Student"\n', question())
    assert (kinds(sheet), sheet.person) == (["question"], "A. Student")
    assert not read_toml('question = "question-01"', question()).remarks


@pytest.mark.parametrize(
    ("text", "recognised"),
    [("y = 19.30", False), ('{"y": 19.30}', False), ("# Answers\n\nThe output is y = 19.30.", True), ("# y = 19.30", True),
     ("{y} = 19.30", True), ("a" + ".a" * 10**5 + "\ny = 19.30", True)],
)  # fmt: skip
def test_a_text_that_is_no_file_is_data_where_it_can_be(text, recognised):
    marking = mark_text(question(), text)
    assert (marking.sheet.recognised, marking["y"].cells[()].written.text) == (recognised, "19.30")


HOSTILE = [
    "[" * 10**5,
    "U = " + "[" * 10**5,
    "a" + ".a" * 10**5 + " = 1",
    "y = " + "9" * 10**5,
    '{"y": ' * 10**5,
    "U = {",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("read", [read_toml, read_json])
def test_hostile_data_is_refused(text, read):
    sheet = read(text, question())
    assert kinds(sheet) == ["refused"]


@pytest.mark.parametrize(
    "text", ["person = {n}", "question = {n}", "data = {n}", "U = {n}", "[[data]]\n[[data]]\ntitle = {n}"]
)
def test_a_number_that_is_too_large_to_be_written_down_is_no_answer(text):
    sheet = read_toml(text.format(n="0x" + "f" * 10**5), question())
    assert not any(cell.value for claim in sheet.claims for cell in claim.cells.values())


def test_a_text_full_of_quotes_is_read_in_a_moment_and_holds_no_keys():
    text = json.dumps({"U": ['"' * 10**5, '"y": 3'], "y": 2}, indent=1)
    began = time.process_time()
    sheet = read_json(text, question())
    assert time.process_time() - began < 5
    assert next(claim for claim in sheet.claims if claim.name == "y").where.line == 6


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5) | st.floats() | st.integers(), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["U", "y", "a", "data", "variants", "title"]), x, max_size=4), max_leaves=20))  # fmt: skip
def test_anything_at_all_may_stand_in_a_mapping(value):
    sheet = read_structured(
        {"U": value, "data": value, "variants": value, "person": value, "question": value}, question()
    )
    assert all(cell.value is not None or cell.doubt for claim in sheet.claims for cell in claim.cells.values())


def test_files(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"y": 19.3}), encoding="utf-8-sig")
    sheet = read_sheet(tmp_path / "a.json", question())
    assert (said(sheet), sheet.person, sheet.claims[0].where.line) == ({("y", 0): {(): "193/10"}}, "a", 1)
    for name, content in (("b.md", b"\xff\xfe"), ("c.toml", b"[" * (LARGEST_SHEET + 1)), ("d.md", b"a\0b")):
        (tmp_path / name).write_bytes(content)
        sheet = read_sheet(tmp_path / name, question())
        assert (kinds(sheet), sheet.claims) == (["refused"], ())
    for missing in (tmp_path, tmp_path / "none.md", tmp_path / "a\0b"):
        with pytest.raises(BadFile):
            read_sheet(missing, question())


def test_data_are_read_without_the_grammar():
    code = "import sys; from backproof.marking.reading import sheet, structured; sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
