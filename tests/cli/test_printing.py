"""`solve --format pdf`: pages into a file or a pipe; what does not go together is refused in a sentence."""

import os
import subprocess
import sys

import pytest

import backproof as bp

pytest.importorskip("typst")


@pytest.mark.parametrize(("option", "kind"), [([], "solution"), (["--blank"], "blank"), (["--key"], "key")])
def test_pages_into_a_file(run, tmp_path, option, kind):
    path = tmp_path / "q1.pdf"
    assert run("solve", "question-01", "--format", "pdf", *option, "--paper", "letter", "--out", path) == (0, "", "")
    assert path.read_bytes() == bp.solve("question-01").pdf(kind, "letter")
    assert os.listdir(tmp_path) == ["q1.pdf"]


def test_pages_into_a_pipe():
    command = [sys.executable, "-m", "backproof", "solve", "question-02", "--format", "pdf"]
    pages = subprocess.run(command, capture_output=True, check=True).stdout
    assert pages == bp.solve("question-02").pdf()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--blank"], "--blank is for pages to print; say --format pdf"),
        (["--format", "markdown", "--paper", "a4"], "--paper is for pages to print"),
        (["--format", "pdf", "--blank", "--key"], "ask for one at a time"),
        (["--format", "pdf", "--key", "--explain", "dL/dW"], "leave one of them out"),
        (["--format", "pdf", "--paper", "a3"], "'a3' is not one of"),
    ],
)
def test_what_does_not_go_together(run, tmp_path, options, said):
    status, out, err = run("solve", "question-01", *options, "--out", tmp_path / "sheet")
    assert (status, out) == (2, "")
    assert said in err
    assert os.listdir(tmp_path) == []


def test_never_to_a_terminal(run, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    status, out, err = run("solve", "question-01", "--format", "pdf")
    assert (status, out) == (2, "")
    assert "--out sheet.pdf" in err


def test_without_typst(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    status, out, err = run("solve", "question-01", "--format", "pdf", "--out", tmp_path / "q1.pdf")
    assert (status, out) == (2, "")
    assert 'pip install "backproof[pdf]"' in err


def test_a_failure_of_typst_is_told(run, tmp_path, monkeypatch):
    from backproof.worksheet.printed import pdf

    monkeypatch.setattr(pdf, "layout", lambda: "#panic()\n")
    status, _, err = run("solve", "question-01", "--format", "pdf", "--out", tmp_path / "q1.pdf")
    assert status == 2
    assert "Typst cannot set these pages" in err
    assert os.listdir(tmp_path) == []
