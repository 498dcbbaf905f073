"""The commands as a person meets them: what they print where, and how they end."""

import json
import os
import subprocess
import sys

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.cli import main
from backproof.examples import STARTER, names

QUESTION = 'title = "t"\n\n[data]\nx = [1, -2]\nt = [1, 1]\n\n[[layers]]\nrule = "ReLU"\n\n[loss]\nrule = "MSELoss"\n'


@pytest.mark.parametrize("example", names())
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_examples_are_solved(run, example, form):
    status, out, err = run("solve", example, "--format", form)
    assert (status, err) == (0, "")
    assert "\x1b" not in out
    if form == "json":
        assert json.loads(out)["format"] == "backproof-worksheet-1"
    else:
        assert "∂L/∂" in out or r"\partial" in out


def test_more_digits(run):
    _, out, _ = run("solve", "question-02", "--digits", 30, "--explain", "L")
    with mpmath.workdps(40):
        loss = mpmath.log(sum(map(mpmath.exp, (0, -1, mpmath.mpf("-1.9")))))
        assert f"≈ {mpmath.nstr(loss, 30)}\n" in out


def test_arithmetic(run):
    status, _, err = run("solve", "question-02", "--arithmetic", "exact")
    assert status == 2
    assert "is not a ratio of whole numbers" in err
    assert run("solve", "question-01", "--arithmetic", "float64")[0] == 0
    assert run("solve", "question-01", "--arithmetic", "ball")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["solve"], "Missing argument"),
        (["solve", "question-1"], "did you mean the example question-01?"),
        (["solve", "none.toml"], "none.toml: there is no such file"),
        (["solve", "/"], "this is a folder"),
        (["solve", "question-01", "--explain", "dL/dx"], "did you mean dL/dX?"),
        (["solve", "question-01", "--explain", "dL/dX[9,9]"], "has shape (4, 4)"),
        (["solve", "question-01", "--digits", "0"], "--digits"),
        (["solve", "question-01", "--digits", "many"], "--digits"),
        (["solve", "question-01", "--format", "docx"], "--format"),
        (["solve", "question-01", "--arithmetic", "float16"], "--arithmetic"),
        (["solve", "question-01", "--colour"], "--colour"),
        (["slove", "question-01"], "did you mean solve?"),
        (["examples", "question-3"], "there is no such file or example"),
        (["schema", "network"], "network"),
        (["new", "/none/at/all/p.toml"], "/none/at/all/p.toml: cannot be written"),
    ],
)
def test_what_is_wrong_is_said_on_the_error_stream(run, arguments, message):
    status, out, err = run(*arguments)
    assert status == 2
    assert message in err
    assert out == ""


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"], ["solve", "--help"], ["new", "-h"]])
def test_help(run, arguments):
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    assert "backproof" in out


def test_a_fault_in_a_file_is_named_with_its_line(run, tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(QUESTION.replace('"ReLU"', '"ReLu"'))
    status, out, err = run("solve", path)
    assert (status, out) == (2, "")
    assert err == f"error: {path}:8: layers[0].rule: there is no rule 'ReLu'; did you mean ReLU?\n"


def test_new_writes_a_file_that_can_be_solved(run, tmp_path):
    path = tmp_path / "mine.toml"
    assert run("new", path)[0] == 0
    assert path.read_text(encoding="utf-8") == STARTER.read_text(encoding="utf-8")
    assert run("solve", path)[0] == 0
    path.write_text("precious")
    status, _, err = run("new", path)
    assert status == 2
    assert "is there already" in err
    assert path.read_text() == "precious"
    assert run("new", path, "--force")[0] == 0
    assert path.read_text(encoding="utf-8") == STARTER.read_text(encoding="utf-8")


def test_examples_are_listed_and_printed(run, tmp_path):
    _, out, _ = run("examples")
    assert [line.split()[0] for line in out.splitlines()] == names()
    for name in names():
        _, text, _ = run("examples", name)
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
        assert run("solve", tmp_path / "mine.toml")[1] == run("solve", name)[1]


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8), max_size=3))
def test_whatever_is_asked_ends_with_0_or_2(arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["backproof", *arguments])
        patch.setenv("BACKPROOF_TRACEBACK", "1")
        with pytest.raises(SystemExit) as stop:
            main()
    assert stop.value.code in (0, 2)


def test_a_fault_of_backproof_itself_is_owned_up_to(run, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a wheel came off")

    monkeypatch.setattr("backproof.cli.solve.worksheet_of", fail)
    status, out, err = run("solve", "question-01")
    assert (status, out) == (70, "")
    assert "backproof itself failed (RuntimeError: a wheel came off)" in err


def test_stopping(run, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("backproof.cli.solve.worksheet_of", stop)
    assert run("solve", "question-01") == (130, "", "\nstopped\n")


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "backproof", *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        **options,
    )


def test_a_pipe_that_closes_early():
    done = subprocess.run(
        f"{sys.executable} -m backproof solve question-01 | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("Question 1")
    assert done.stderr == ""


def test_a_terminal_that_knows_ascii_alone():
    done = process("solve", "question-01", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"= 19.3" in done.stdout


def test_a_wide_pipe_is_not_coloured():
    done = process("solve", "question-01", env={**os.environ, "COLUMNS": "60", "TERM": "xterm-256color"})
    assert b"\x1b" not in done.stdout
    assert max(map(len, done.stdout.decode().splitlines())) <= 60
