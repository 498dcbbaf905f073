"""`prove` and `derive` as a person meets them: forms, files, what is refused, and the exit status."""

import json
import os
import subprocess
import sys

import pytest

from backproof.derivations.shipped import shipped
from backproof.examples import names as examples
from backproof.rules.relu import ReLU

RIGHT = (
    "title Squares\nabout By hand.\nlet s = a + b   # a sum\n(a + b)^2\n= a^2 + 2*a*b + b^2   # multiplied out\n= s^2\n"
)
WRONG = RIGHT + "part two\nwhere a > 0\nabs(a)^2\n= a^2\n= a^3   # a slip\n= a^4\n"
UNDECIDED = "sum(i, i)\n= k*(k + 1)/2\n"
FORMS = "text", "markdown", "json"


@pytest.fixture
def few(monkeypatch):
    """Three rules alone."""
    monkeypatch.setattr("backproof.rules.names", lambda: ["Add", "Flatten", "ReLU"])


@pytest.fixture
def wrong_relu(monkeypatch):
    def backward(self, x, dy, dx):
        for i in dx.indices():
            dx[i] = dy[i] + dy[i]

    monkeypatch.setattr(ReLU, "backward", backward)


@pytest.fixture
def file(tmp_path):
    """A file with this text."""

    def write(text, name="mine.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# derive


def test_derivations_are_listed_with_their_titles(run):
    status, out, err = run("derive")
    assert (status, err) == (0, "")
    assert {line.split()[0] for line in out.splitlines()} == set(shipped())
    assert "softmax-gradient                The derivative of softmax\n" in out
    assert all(len(line.split()) > 2 for line in out.splitlines())


def test_the_list_is_in_alphabetical_order(run):
    found = [line.split()[0] for line in run("derive")[1].splitlines()]
    assert found == sorted(found)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(set(shipped()) - {"softmax-stability"}))
def test_derivations_are_shown(run, name, form):
    status, out, err = run("derive", name, "--format", form)
    assert (status, err) == (0, "")
    title = shipped()[name].read_text(encoding="utf-8").splitlines()[0].removeprefix("title ")
    assert title in " ".join(out.split()) or form == "markdown"
    if form == "json":
        assert json.loads(out)["status"] == "proved"
    else:
        assert "Every “=” is verified" in out
        assert len(out.splitlines()) > 8


def test_the_tables_are_shown(run):
    out = run("derive", "softmax-stability")[1]
    assert "Where each form fails" in out
    assert "NaN" in out
    found = json.loads(run("derive", "softmax-stability", "--format", "json")[1])
    assert [len(table["rows"]) > 2 for table in found["tables"]] == [True] * 3


def test_a_derivation_of_ones_own_as_text(run, file):
    status, out, err = run("derive", file(RIGHT))
    assert (status, err) == (0, "")
    flat = " ".join(out.split())
    for part in (
        "Squares By hand. s = a + b a sum",
        "1. (a + b)²",
        "2. = a² + 2·a·b + b² multiplied out 3. = s² Every “=” is verified (2 lines)",
    ):
        assert part in flat


def test_a_derivation_of_ones_own_as_markdown(run, file):
    out = run("derive", file(RIGHT), "--format", "markdown")[1]
    assert out.startswith("# Squares\n\nBy hand.\n")
    assert "\\left(a + b\\right)^{2}" in out
    assert "**2.** multiplied out\n" in out
    assert out.count("$$") % 2 == 0


def test_a_derivation_of_ones_own_as_json(run, file):
    found = json.loads(run("derive", file(RIGHT), "--format", "json")[1])
    assert (found["name"], found["title"], found["about"], found["status"]) == ("mine", "Squares", "By hand.", "proved")
    ((first, second, third),) = [chain["lines"] for chain in found["chains"]]
    assert (first["number"], first["first"], second["first"], third["number"]) == (1, True, False, 3)
    assert second["reason"] == "multiplied out"
    assert second["text"] == "a² + 2·a·b + b²"
    assert found["definitions"][0]["name"]["text"] == "s"


def test_a_line_that_does_not_follow(run, file):
    status, out, err = run("derive", file(WRONG))
    assert (status, err) == (1, "")
    flat = " ".join(out.split())
    assert "refuted: with a = 2 the line before is 4, this one 8" in flat
    assert flat.endswith("Line 6 does not follow from the line before.")
    assert "where a > 0" in flat


def test_a_line_that_does_not_follow_in_every_form(run, file):
    path = file(WRONG)
    status, out, _ = run("derive", path, "--format", "markdown")
    assert status == 1
    assert "> **refuted**: with a = 2 the line before is 4, this one 8" in out
    status, out, _ = run("derive", path, "--format", "json")
    assert status == 1
    found = json.loads(out)
    assert found["status"] == "refuted"
    assert [line["status"] for chain in found["chains"] for line in chain["lines"]] == ["proved"] * 5 + ["refuted"] * 2


def test_a_line_that_could_not_be_decided(run, file):
    status, out, err = run("derive", file(UNDECIDED))
    assert (status, err) == (1, "")
    assert "Line 2 could not be decided." in out


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("text", "status"), [(RIGHT, 0), (WRONG, 1)])
def test_written_to_a_file_it_is_the_same_and_nothing_is_printed(run, file, tmp_path, form, text, status):
    path, there = file(text), tmp_path / "out"
    printed = run("derive", path, "--format", form)[1]
    assert run("derive", path, "--format", form, "--out", there) == (status, "", "")
    found = there.read_text(encoding="utf-8")
    assert "\x1b" not in found
    assert found.replace("─", "").split() == printed.replace("─", "").split()


def test_the_list_is_written_to_a_file_too(run, tmp_path):
    printed = run("derive")[1]
    assert run("derive", "--out", tmp_path / "out") == (0, "", "")
    assert (tmp_path / "out").read_text(encoding="utf-8") == printed


def test_a_file_goes_before_a_derivation_of_that_name(run, file, tmp_path, monkeypatch):
    file("a\n= a\n", "tanh")
    monkeypatch.chdir(tmp_path)
    assert "The derivative of tanh" not in run("derive", "tanh")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["softmax-gradiant"],
            "error: softmax-gradiant: there is no such file or derivation; did you mean softmax-gradient?\n",
        ),
        (["Tanh"], "did you mean tanh?"),
        (["nothing/at/all.txt"], "`backproof derive` lists those that ship"),
        (["/"], "error: /: this is a folder; expected a file or the name of a derivation\n"),
        (["tanh", "--format", "pdf"], "--format"),
        (["tanh", "sigmoid"], "sigmoid"),
        (["tanh", "--out", "/none/at/all.txt"], "/none/at/all.txt: cannot be written"),
        (["tanh", "--out", "/"], "this is a folder"),
        (["--digits", "3"], "--digits"),
    ],
)
def test_what_derive_refuses(run, arguments, message):
    status, out, err = run("derive", *arguments)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\xff\xfe\x00", ": this is not text in UTF-8"),
        ("", ": holds no derivation; expected an expression, and lines that begin with ="),
        ("x\n= 2y\n", ":2: '2y' cannot be read: 'y' was not expected"),
        ("x\n\n= tan(x)\n", ":3: 'tan(x)': there is no function tan; did you mean tanh?"),
        ("let x = x + 1\n", ":1: x is defined by itself"),
        ("= x\n", ":1: there is no line before this one to be equal to"),
        ("x\nrun faster\n", ":2: there is nothing called 'faster' to run; there is stability"),
    ],
)
def test_a_fault_in_a_derivation_is_named_with_its_line(run, file, text, message):
    path = file(text)
    status, out, err = run("derive", path)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {path}{message}")
    assert err.count("\n") == 1


def test_a_file_that_may_not_be_read(run, file, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    path = file(RIGHT)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert run("derive", path) == (2, "", f"error: {path}: cannot be read: Permission denied\n")


def test_windows_and_a_byte_order_mark(run, file):
    assert run("derive", file("\ufeff" + RIGHT.replace("\n", "\r\n")))[0] == 0


# prove


@pytest.mark.parametrize("form", FORMS)
def test_all_rules(run, few, form):
    status, out, err = run("prove", "--format", form)
    assert (status, err) == (0, "")
    if form == "json":
        found = json.loads(out)
        assert [proof["title"] for proof in found] == ["Add", "Flatten", "ReLU"]
        assert {proof["status"] for proof in found} == {"proved"}
    else:
        assert all(out.count(name) == 1 for name in ("Add", "Flatten", "ReLU"))
        assert "3 of 3 proved in " in out


def test_one_rule(run):
    status, out, err = run("prove", "ReLU")
    assert (status, err) == (0, "")
    assert out.startswith("ReLU: proved\n")
    assert "27 cases, 19 of them on a boundary" in out
    assert "dx is the derivative of Σ dy · y by x" in out
    assert "Convention: At 0 the derivative is taken as 0" in out
    assert " of 1 proved" not in out


def test_several_rules_in_the_order_they_are_asked_for(run):
    status, out, _ = run("prove", "Tanh", "Add", "--format", "json")
    assert status == 0
    assert [proof["title"] for proof in json.loads(out)] == ["Tanh", "Add"]


def test_an_example(run):
    status, out, err = run("prove", "question-02", "--format", "json")
    assert (status, err) == (0, "")
    (found,) = json.loads(out)
    assert (found["kind"], found["status"]) == ("network", "proved")


def test_a_file_of_ones_own(run, file):
    path = file(
        'title = "t"\n[data]\nx = [1, -2]\nt = [1, 1]\n[[layers]]\nrule = "ReLU"\n[loss]\nrule = "MSELoss"\n', "p.toml"
    )
    status, out, _ = run("prove", path)
    assert status == 0
    assert out.startswith("t: proved")


@pytest.mark.parametrize("form", FORMS)
def test_a_rule_that_is_wrong(run, wrong_relu, form):
    status, out, err = run("prove", "ReLU", "--format", form)
    assert (status, err) == (1, "")
    if form == "json":
        claims = [claim for part in json.loads(out)[0]["parts"] for claim in part["claims"]]
        shown = next(claim["counterexample"] for claim in claims if claim["status"] == "refuted")
        assert shown["given"] != shown["true"]
    else:
        assert "refuted" in out
        assert "Not proved" in out


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_rule_that_is_wrong_among_all(run, few, wrong_relu, form):
    status, out, _ = run("prove", "--format", form)
    assert status == 1
    assert "2 of 3 proved in " in out
    assert "not proved: ReLU" in out
    assert "dx is the derivative" in out


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", [[], ["Add"]])
def test_a_proof_is_written_to_a_file_and_nothing_is_printed(run, few, tmp_path, form, what):
    there = tmp_path / "out"
    assert run("prove", *what, "--format", form, "--out", there) == (0, "", "")
    text = there.read_text(encoding="utf-8")
    assert "Add" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Relu"], "error: there is no rule, file or example 'Relu'; did you mean ReLU?\n"),
        (["ReLU", "question-3"], "did you mean question-0"),
        (["Nothing"], "there is no rule, file or example 'Nothing'"),
        (["none.toml"], "none.toml: there is no such file"),
        (["/"], "this is a folder"),
        (["ReLU", "--format", "pdf"], "--format"),
        (["ReLU", "--out", "/none/at/all.txt"], "/none/at/all.txt: cannot be written"),
    ],
)
def test_what_prove_refuses(run, arguments, message):
    status, out, err = run("prove", *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_a_wrong_name_is_refused_before_any_time_is_taken(run, monkeypatch):
    def fail(*_, **__):
        raise AssertionError

    monkeypatch.setattr("backproof.front.prove", fail)
    assert run("prove", "ReLU", "Nothing")[0] == 2


def test_a_fault_in_a_problem_file_is_named_with_its_line(run, file):
    path = file('title = "t"\n[data]\nx = [1]\n[[layers]]\nrule = "ReLu"\n', "p.toml")
    status, out, err = run("prove", path)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {path}:5: ")
    assert "did you mean ReLU?" in err


def test_examples_can_be_proved_by_name():
    assert {"question-01", "question-02"} <= set(examples())


# In a terminal, or not


def process(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "backproof", *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(
    "arguments", [["derive", "softmax-gradient"], ["derive", "softmax-stability"], ["prove", "ReLU", "Add"]]
)
def test_a_narrow_pipe(arguments):
    done = process(*arguments, COLUMNS="50", TERM="xterm-256color")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    assert max(map(len, done.stdout.decode().splitlines())) <= 50


def test_signs_that_ascii_does_not_have(file):
    path = file("a^3 + b^10\n= b^10 + a^2*a   # Σ, (log p)′, a · b\n")
    done = process("derive", path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"a^3 + b^10" in done.stdout
    assert b"?" not in done.stdout
