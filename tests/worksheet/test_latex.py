"""Worksheets as LaTeX: ASCII that compiles without a warning, whatever stands in a problem."""

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backproof as bp
from backproof.network.problem import read_problem
from backproof.notation.latex import LATEX
from backproof.notation.tex import LONG, broken, closing, cut, escaped, mathematics, width
from worksheet.sheets import sheet

L = bp.Layer
HOSTILE = r"""\input{/etc/passwd} \write18{ls} \end{document} $x^ % & # _ { } ~ ^^5c \\ `a` "b" <c> |d| -- é ß ł ñ α′∂½² 漢字 """
TEXTS = [HOSTILE, "A" + "w" * 300, "漢" * 80, "\x00\x07\u200b tab\tand \\", "`\\verb|x|` `{`", "# no heading", ""]


def log_of(folder, text, program="pdflatex"):
    """What TeX says of a document; that it is a document at all is asserted."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    (folder / "sheet.tex").write_text(text, encoding="ascii")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "sheet.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    log = (folder / "sheet.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-2000:]
    assert (folder / "sheet.pdf").is_file()
    return log


def complaints(log):
    return [line for line in log.splitlines() if re.search(r"Warning|Overfull|Underfull|^!", line)]


def hostile(text, name="x"):
    """A worksheet whose every text is this one, and whose names are long, Greek, Chinese."""
    layers = [
        L(f"h_{name}.long_" + "m" * 60, bp.Linear(out_features=2), weight="Σ_ß", bias="漢"),
        L("θ2", bp.GELU(approximate="tanh")),
    ]
    network = bp.Network({name: (2,)}, layers, bp.MSELoss(), update=bp.Adam(), title=text)
    solved = network.solve(["1/3", "1e-7"], [1, "1e30"]).worksheet()
    return type(solved)(text, f"{text}\n\n{text}", solved.passes, compare=((text, (solved.record,)),))


@pytest.mark.parametrize("name", ["question-01", "question-02", "branch", "lenet-5"])
def test_examples_compile_without_a_word(tmp_path, name):
    assert complaints(log_of(tmp_path, bp.solve(name).latex())) == []


def test_hostile_texts_are_printed_and_not_obeyed(tmp_path):
    for text in TEXTS:
        assert complaints(log_of(tmp_path, hostile(text).latex())) == []
    log = log_of(tmp_path, hostile(TEXTS[0], "ÿ").latex())
    assert "passwd" not in re.sub(r"\s", "", log)


@pytest.mark.parametrize("name", ["wide", "random 2", "batch 1", "random 4"])
def test_wide_and_various_networks_compile(tmp_path, name):
    assert complaints(log_of(tmp_path, sheet(name).latex())) == []


def test_many_digits_and_many_comparisons_compile(tmp_path):
    path = tmp_path / "p.toml"
    text = '[data]\nx = [1, 0.1]\nt = 0\n[loss]\nrule = "CrossEntropyLoss"\n'
    more = "".join(f'[[compare]]\ntitle = "column number {n}"\narithmetic = "float32"\n' for n in range(9))
    path.write_text(text + more)
    assert complaints(log_of(tmp_path, bp.solve(read_problem(path), digits=150).latex())) == []


def test_fragments_stand_in_a_document(tmp_path):
    one, other = bp.solve("question-01"), bp.solve("question-02")
    (tmp_path / "one.tex").write_text(one.latex(standalone=False), encoding="ascii")
    (tmp_path / "other.tex").write_text(other.latex(standalone=False), encoding="ascii")
    needs = [line[2:] for line in one.latex(standalone=False).splitlines() if line.startswith(r"% \usepackage")]
    document = ["\\documentclass{book}", *needs, "\\begin{document}", "Before.", "\\input{one}", "Between.",
                "\\input{other}", "\\end{document}"]  # fmt: skip
    assert [line for line in complaints(log_of(tmp_path, "\n".join(document))) if "Underfull \\vbox" not in line] == []


@pytest.mark.parametrize("program", ["lualatex", "xelatex"])
def test_other_engines_compile_it(tmp_path, program):
    empty = r"\documentclass[10pt,a4paper]{article}\begin{document}" + "x" * 30 + r"\end{document}"
    own = complaints(log_of(tmp_path, empty, program))
    assert set(complaints(log_of(tmp_path, bp.solve("question-02").latex(), program))) <= set(own)


def test_one_quantity_explained(tmp_path):
    text = bp.solve("question-01", explain="dL/dX[0,1]").latex()
    assert r"\frac{\partial L}{\partial X_{0,1}}" in text
    assert "Given" not in text


# The parts, without TeX


@pytest.mark.parametrize("name", ["question-01", "question-02", "wide", "batch 3"])
def test_every_result_is_there(name):
    found = sheet(name).latex()
    plain = re.sub(r"\\penalty\d+ ?|\\displaystyle |\\whole|\\left|\\right|[\s${}~]|\\ ", "", found)
    for each in sheet(name).passes:
        for step in each.steps:
            assert escaped(step.title) in found
            for line in step.lines:
                last = mathematics(line.sides(LATEX)[-1])
                assert re.sub(r"\\left|\\right|[\s{}]", "", last) in plain


@given(st.text(max_size=60))
def test_whatever_text_is_ascii_with_balanced_braces(text):
    found = escaped(text)
    assert found.isascii()
    assert "\n" not in found
    assert closing(f"{{{found}}}", 0) == len(found) + 2
    assert not re.search(r"(?<!\\)(?:\\\\)*[$%#&_]", found)


@given(
    st.lists(
        st.sampled_from(["a", r"\left(b + c\right)", r"\frac{d - e}{f}", r"x_{i + 1}", r"\cdot "]),
        min_size=1,
        max_size=9,
    )
)
def test_cutting_loses_nothing(terms):
    formula = " + ".join(terms)
    parts = cut(formula, "+-")
    assert "".join(parts) == formula
    assert len(parts) == len(terms)


def test_wide_fractions_can_be_broken():
    formula = r"\frac{a}{" + " + ".join(["e^{0.123456}"] * 12) + "}"
    assert r"\frac" not in broken(formula)
    assert broken(formula).count(r"\penalty300") == 11
    assert r"\frac" in broken(r"\frac{a}{b + c}")


def test_nothing_that_cannot_be_broken_is_wider_than_it_may_be():
    for piece in re.findall(r"\$\\displaystyle (.*?)\$", sheet("wide").latex()):
        assert max(map(width, cut(piece, ""))) <= LONG
