"""`backproof plot`: a picture of a problem file or an example."""

import sys

import pytest

pytest.importorskip("matplotlib")


@pytest.mark.parametrize("kind", ["gradients", "activations", "all"])
def test_a_picture_is_written(run, tmp_path, kind):
    for name, start in (("a.svg", b"<?xml"), ("a.png", b"\x89PNG")):
        assert run("plot", "question-01", "--kind", kind, "--out", tmp_path / name) == (0, "", "")
        assert (tmp_path / name).read_bytes().startswith(start)


def test_one_of_several_passes(run, tmp_path):
    pictures = []
    for number in (1, 2):
        assert run("plot", "question-02", "--pass", number, "--out", tmp_path / "a.svg")[0] == 0
        pictures.append((tmp_path / "a.svg").read_bytes())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["question-01"], "Missing option '--out'"),
        (["question-01", "--out", "a.gif"], "ends in .svg or .png"),
        (["question-01", "--out", "."], "folder"),
        (["question-01", "--out", "missing/a.svg"], "cannot be written"),
        (["question-01", "--out", "a.svg", "--kind", "gradient"], "gradients"),
        (["question-02", "--out", "a.svg", "--pass", "3"], "2 passes"),
        (["question-02", "--out", "a.svg", "--kind", "activations"], "no activation"),
        (["question-7", "--out", "a.svg"], "no such file or example"),
    ],
)
def test_what_is_asked_in_vain(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = run("plot", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_nothing_is_computed_in_vain(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    status, _, err = run("plot", "question-01", "--out", tmp_path / "a.svg")
    assert status == 2
    assert 'pip install "backproof[plot]"' in err
