"""`backproof solve --format latex`."""

import backproof as bp


def test_a_document_or_a_fragment(run, tmp_path):
    status, out, err = run("solve", "question-01", "--format", "latex")
    assert (status, err) == (0, "")
    assert out == bp.solve("question-01").latex()
    assert out.startswith("\\documentclass")
    assert run("solve", "question-01", "--format", "latex", "--fragment", "--out", tmp_path / "a.tex") == (0, "", "")
    assert (tmp_path / "a.tex").read_text() == bp.solve("question-01").latex(standalone=False)
    assert "documentclass" not in (tmp_path / "a.tex").read_text()


def test_fragments_are_of_latex_alone(run):
    status, _, err = run("solve", "question-01", "--fragment")
    assert status == 2
    assert "--fragment is of LaTeX" in err
