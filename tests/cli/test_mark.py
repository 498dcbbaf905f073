"""`backproof mark`: one sheet or a class, and how it ends. What is judged, a stand-in says; here it is about the command."""

import json
import os

import jsonschema
import pytest

from backproof.marking import mark
from backproof.marking.question import Question
from backproof.marking.reports.document import schema
from marking.stand_in import mark_file, marking, right

QUESTION = Question.of("question-01")


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(mark, "mark", mark_file)
    monkeypatch.setattr(mark, "mark_text", lambda question, text: marking(question, json.loads(text)))


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "ada.json"
    path.write_text(json.dumps(right(QUESTION) | {"y": "2"}))
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sheets").mkdir()
    for n, y in enumerate(["2", "19.3", "3"]):
        (tmp_path / "sheets" / f"s{n}.json").write_text(json.dumps(right(QUESTION) | {"y": y}))
    return tmp_path / "sheets"


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_one_sheet_gives_a_report(run, tmp_path, sheet, form):
    status, out, err = run("mark", "question-01", sheet, "--format", form)
    assert (status, err) == (0, "")
    if form == "json":
        jsonschema.Draft202012Validator(schema()).validate(json.loads(out))
    else:
        assert "8 of 11 marks" in out
    assert run("mark", "question-01", sheet, "--format", form, "--out", tmp_path / "r") == (0, "", "")
    written = (tmp_path / "r").read_text(encoding="utf-8")
    assert "8 of 11 marks" in written if form == "text" else written == out


def test_the_standard_input(run, monkeypatch, sheet):
    with sheet.open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert "8 of 11 marks" in run("mark", "question-01", "-")[1]


def test_a_folder_is_a_class(run, tmp_path, folder):
    status, out, err = run("mark", "question-01", folder, "--workers", 1, "--out", tmp_path / "r.csv")
    assert (status, err) == (0, "")
    assert "3 sheets" in out
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 4
    assert sorted(os.listdir(tmp_path)) == ["r.csv", "sheets"]
    found = json.loads(run("mark", "question-01", folder, "--workers", 1, "--format", "json")[1])
    assert (found["sheets"], found["marked"]) == (3, 3)
    assert "| median |" in run("mark", "question-01", *folder.iterdir(), "--workers", 1, "--format", "markdown")[1]


def test_reports_of_a_class(run, tmp_path, folder):
    options = ("--reports", tmp_path / "reports", "--format", "json", "--workers", 1)
    assert run("mark", "question-01", folder, *options)[0] == 0
    assert sorted(os.listdir(tmp_path / "reports")) == ["s0.json", "s1.json", "s2.json"]


def test_a_sheet_that_cannot_be_marked_ends_with_1(run, folder):
    (folder / "s1.json").write_text('{"harm": "bad"}')
    status, out, _ = run("mark", "question-01", folder, "--workers", 1)
    assert status == 1
    assert "this is no sheet" in out
    assert "3 sheets, 2 marked" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["question-1", "s.md"], "did you mean the example question-01?"),
        (["question-01"], "Missing argument"),
        (["question-01", "-", "s.md"], "give it alone"),
        (["question-01", "{empty}"], "there are no sheets in this folder"),
        (["question-01", "{sheet}", "--out", "{sheet}"], "this is a file that is read"),
        (["question-01", "{sheet}", "--workers", "0"], "--workers"),
        (["question-01", "{folder}", "--limit", "0"], "--limit"),
        (["question-01", "{folder}", "--out", "{empty}"], "this is a folder"),
        (["question-01", "{folder}", "--out", "{sheet}"], "holds no results of marking"),
        (["question-01", "{folder}", "--reports", "{folder}", "--format", "json"], "would replace a file that is read"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(run, tmp_path, sheet, folder, arguments, message):
    (tmp_path / "empty").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    places = {"empty": tmp_path / "empty", "sheet": sheet, "folder": folder}
    status, out, err = run("mark", *(argument.format(**places) for argument in arguments))
    assert (status, out) == (2, "")
    assert message in err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


def test_too_much_on_the_standard_input(run, monkeypatch, tmp_path):
    (tmp_path / "much").write_bytes(b"[" * (4 * 2**20 + 1))
    with (tmp_path / "much").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        status, _, err = run("mark", "question-01", "-")
    assert status == 2
    assert "more than 4 MiB" in err
