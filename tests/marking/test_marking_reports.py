"""Reports: everything that was judged is said, at any width, in ASCII, and nothing from a sheet steers a terminal."""

import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from math import prod

import jsonschema
import pytest
from flint import fmpq
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import backproof as bp
from backproof.cli import PLAIN
from backproof.cli import plain as ascii_of
from backproof.errors import BadFile
from backproof.examples import locate
from backproof.marking.claims import Remark, Where, Written
from backproof.marking.marking import Cell, Explanation, Formula
from backproof.marking.marks import marked, worth
from backproof.marking.question import Question
from backproof.marking.reports import report
from backproof.marking.reports.document import document, schema, to_json
from backproof.marking.reports.markdown import markdown
from backproof.marking.reports.terminal import plain, print_marking
from backproof.network.problem import read_problem
from backproof.network.rubric import shown
from marking.stand_in import judged, marking, right, slip

QUESTION = Question.of("question-01")
SOURCE = locate("question-01").read_text(encoding="utf-8")
HOSTILE = "\x1b[31mred\x07\x9b2J\u202e" + "y" * 300
VERDICTS = ["right", "rounded", "follows", "wrong", "blank", "unread"]


def full():
    """A marking that has something of everything."""
    sheet = right(QUESTION) | {
        "U": [["8", "6"], ["-0.5", "?O.5"]],
        "y": "-19.3",
        "dL/dV": [["1", "2"], ["10", "4"]],
        "dL/dU": [["1", "2"], ["1", "0.4"]],
    }
    del sheet["dL/dX"]
    return marking(
        QUESTION, sheet, person="Ada", follows={"dL/dU": [(i, j) for i in (0, 1) for j in (0, 1)]},
        explanations=[
            Explanation((slip(QUESTION, "y", "wrote − for +"), slip(QUESTION, "dL/dV", index=(0, 1))), 11, 12),
            Explanation((slip(QUESTION, "dL/dV", "did something else"),), 11, 12),
        ],
        formulas=[
            Formula("∂L/∂V = ∂L/∂y · W", "right", "equal to (y − t)·W", "dL/dV"),
            Formula("a/b", "wrong", "for z₁ = 0 it gives 0.27", where=Where(4, 2)),
        ],
        remarks=[
            Remark("unread", "numbers that could not be attributed", "8 6 7", Where(12, 1)),
            Remark("twice", "a second answer to V", where=Where(14, 3)),
        ],
    )  # fmt: skip


FULL = full()
SAID = [
    "Ada: 5.75 of 11 marks", "The first slip is in step 3, y: you wrote − for +.",
    "Then in step 6, ∂L/∂V[0,1]: you left out ∂L/∂y.", "These explain 11 of the 12 numbers that are off",
    "This fits equally well:", "you did something else (step 6, ∂L/∂V)", "1 line could not be read",
    "✗ wrong", "? unread", "↪ follows", "– blank", "✓ right", "0.75 of 1", "written −19.3, expected 19.3",
    "right given your own earlier numbers", "∂L/∂V = ∂L/∂y · W", "line 4, column 2: for z₁ = 0 it gives 0.27",
    "U[1,1], written O.5: this is no number", "line 12, column 1: numbers that could not be attributed “8 6 7”",
    "line 14, column 3: a second answer to V",
]  # fmt: skip


def printed(what, width):
    file = io.StringIO()
    print_marking(what, file, width)
    return file.getvalue()


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_everything_is_said_at_any_width(width):
    text = printed(FULL, width)
    assert "\x1b" not in text
    assert max(map(cell_len, text.splitlines())) <= width
    squeezed = "".join(text.split())
    assert all("".join(said.split()) in squeezed for said in SAID)


def test_everything_is_said_in_markdown():
    text = markdown(FULL).replace("\\", "").replace("**", "")
    assert all(said in text for said in SAID if said != "written −19.3, expected 19.3" or said in text)
    assert FULL._repr_markdown_() == markdown(FULL)


def test_in_ascii_no_sign_but_that_of_unread_is_lost():
    """A question mark stands for a sign that ASCII has not got; here none needs one but α and the small digits."""
    text = plain(FULL, 80)
    ascii_text = "".join(c if c.isascii() else ascii_of(UnicodeEncodeError("ascii", c, 0, 1, ""))[0] for c in text)
    assert ascii_text.isascii()
    assert ascii_text.count("?") == text.count("?") + text.count("α") + text.count("₁")
    signs = [PLAIN.get(sign, sign) for sign in report.SIGNS.values()]
    assert len(set(signs)) == len(set(report.SIGNS.values()))


def test_it_prints_itself():
    assert str(FULL) == repr(FULL) == plain(FULL)
    console = Console(width=70, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(FULL)
    assert "\x1b" in console.file.getvalue()


@given(
    st.sampled_from([HOSTILE, "", "a\nb", "\u200f\x00", "[bold]x[/bold]", "|a|b|", "$x$", "\\end{bmatrix}"]),
    st.integers(40, 90),
)
@example("<img src=//a.b>", 80)
@settings(max_examples=25)
def test_nothing_on_a_sheet_steers_a_terminal(text, width):
    cell = Cell((0, 0), Written(text, fmpq(1)), "wrong", fmpq(8), reason=text, doubt=text)
    answers = tuple(
        replace(a, cells={**a.cells, (0, 0): cell}, verdict="wrong") if a.name == "U" else a for a in FULL.answers
    )
    hostile = replace(
        FULL, answers=answers, remarks=(Remark("unread", text, text, Where(1, 1)),),
        formulas=(Formula(text, "wrong", "no"),), sheet=replace(FULL.sheet, person=text),
        explanations=(Explanation((slip(QUESTION, "U", text),), 1, 1),),
    )  # fmt: skip
    found = printed(hostile, width), to_json(hostile), markdown(hostile)
    for each in found:
        assert all(c.isprintable() or c == "\n" for c in each)
    assert "<" not in re.sub(r"\\.", "", found[2]), "HTML"
    assert max(map(cell_len, found[0].splitlines())) <= width


def test_the_document_keeps_to_its_schema():
    jsonschema.Draft202012Validator(schema()).validate(document(FULL))
    found = json.loads(to_json(FULL))
    assert Fraction(found["marks"]) == sum(Fraction(a["marks"]) for a in [*found["answers"], *found["formulas"]])
    (y,) = (a for a in found["answers"] if a["quantity"] == "y")
    assert [(c["written"], c["exact"], c["verdict"]) for c in y["cells"]] == [("-19.3", "193/10", "wrong")]


def found(what):
    return " ".join(f.text for f in report.findings(what))


def test_findings_of_sheets_that_need_few_words():
    good = right(QUESTION)
    given = {name: [["1"]] for name in ()}
    assert "Every number that was written is right." in found(marking(QUESTION, good))
    assert "Every number that could be read is right." in found(marking(QUESTION, good | {"y": "?l9.3"}))
    assert "No number was found" in found(marking(QUESTION, given))
    wrong = marking(QUESTION, good | {"y": "2"})
    assert "The first number that is wrong is in step 3, y." in found(wrong)
    assert "No misconception that is known gives these numbers." in found(wrong)
    one = replace(wrong, explanations=(Explanation((slip(QUESTION, "y"),), 1, 1),))
    assert "This explains the one number that is off." in found(one)


def test_a_large_quantity_shows_only_what_is_wrong():
    network = bp.Network((30,), [bp.ReLU()], bp.MSELoss())
    question = Question.of(network, {"x": list(range(30)), "t": [0] * 30})
    sheet = right(question)
    sheet["h1"] = [str(n + 100) if n > 9 else str(n) for n in range(30)]
    text = plain(marking(question, sheet))
    assert "of 30 cells 10 right, 20 wrong" in text
    assert "✗ [10]: written 110, expected 10" in text
    assert "[0]" not in text
    assert "[16]" not in text
    assert "… and 14 more cells" in text


@pytest.mark.parametrize("width", [40, 55, 70, 100, 160])
@pytest.mark.parametrize("digits", [1, 8, 20])
def test_no_number_is_cut_off(width, digits):
    """Matrices stand beside each other, below each other, or as single cells, as there is room."""
    texts = [[f"{n}{m}." + "7" * digits for m in range(4)] for n in range(1, 5)]
    wrong = marking(QUESTION, right(QUESTION) | {"dL/dX": texts})
    own = {i: replace(c, own=fmpq(1, 7)) for i, c in wrong["dL/dX"].cells.items()}
    answers = tuple(replace(a, cells=own) if a.name == "dL/dX" else a for a in wrong.answers)
    text = plain(replace(wrong, answers=answers), width)
    assert max(map(cell_len, text.splitlines())) <= width
    squeezed = "".join(text.split())
    shown = [t for row in texts for t in row] if "fromyourownnumbers⎡" in squeezed else texts[0]
    assert all(t in squeezed for t in shown)
    assert "1/7" in squeezed
    assert all(line.count("⎡") == line.count("⎤") for line in text.splitlines())
    assert "…" not in text or "more cells" in text


# --- marks ---------------------------------------------------------------------------------------------------------------


def question_with(rubric, folder):
    path = folder / "q.toml"
    path.write_text(f"{SOURCE}\n{rubric}\n", encoding="utf-8")
    return Question(read_problem(path))


@given(
    st.lists(st.sampled_from(VERDICTS), min_size=4, max_size=4),
    st.fractions(0, 1), st.fractions(0, 9), st.booleans(), st.booleans(),
)  # fmt: skip
def test_marks_are_shares_of_what_a_quantity_is_worth(tmp_path_factory, verdicts, follows, of, every, trivial):
    rubric = f'[rubric]\nmarks = {{ U = "{of}" }}\nfollows = "{follows}"\ncells = "{"all" if every else "each"}"'
    question = question_with(rubric, tmp_path_factory.mktemp("q"))
    answer = judged(question, "U", (2, 2), {})
    indices = [(0, 0), (0, 1), (1, 0), (1, 1)]
    cells = {i: Cell(i, Written(), v, fmpq(1)) for i, v in zip(indices, verdicts, strict=True) if v != "blank"}
    worst = next(v for v in ("wrong", "unread", "follows", "blank", "rounded", "right") if v in verdicts)
    ((result,), ()) = marked([replace(answer, cells=cells, verdict=worst, trivial=trivial)], [], question)
    part = Fraction(0) if trivial else follows
    shares = [{"right": 1, "rounded": 1, "follows": part}.get(v, 0) for v in verdicts]
    if every:
        fine = all(v in ("right", "rounded", "follows") for v in verdicts)
        expected = of * (min(shares) if fine else 0)
    else:
        expected = of * sum(shares) / 4
    assert Fraction(str(result.marks)) == expected
    assert Fraction(str(result.of)) == of
    assert result.reason
    assert worth(question, 0, "V") == 0


def test_what_could_not_be_read_says_where_to_look():
    answer = judged(QUESTION, "U", (2, 2), {})
    cell = Cell((0, 0), Written("?", doubt="no number", where=Where(12, 3)), "unread", fmpq(8))
    ((result,), ()) = marked([replace(answer, cells={(0, 0): cell}, verdict="unread")], [], QUESTION)
    assert result.reason == "of 4 cells 1 could not be read; look at line 12, 3 not written"


@pytest.mark.parametrize(
    ("verdicts", "marks"),
    [(["right", "right"], 2), (["right", "wrong"], 0), (["right", "follows"], 1), (["undecided", "right"], 0), ([], 0)],
)
def test_a_formula_earns_its_marks_once_at_its_worst_side(tmp_path, verdicts, marks):
    question = question_with('[rubric]\nfollows = 0.5\n[rubric.formulas]\n"dL/dV" = 2', tmp_path)
    formulas = [Formula("f", v, "", "dL/dV") for v in verdicts] + [Formula("g", "right", "", "dL/dU")]
    _, found = marked([], formulas, question)
    assert sum((f.of for f in found), fmpq(0)) == 2
    assert sum((f.marks for f in found), fmpq(0)) == marks
    assert ("blank" in {f.verdict for f in found}) == (not verdicts)


def test_a_variant_has_marks_of_its_own(tmp_path):
    source = SOURCE.replace('title = "PReLU with', 'marks = { "dL/dα" = 7 }\ntitle = "PReLU with')
    (tmp_path / "q.toml").write_text(source + '\n[rubric]\nmarks = { V = "1/3" }\n', encoding="utf-8")
    question = Question.of(tmp_path / "q.toml")
    assert [worth(question, n, "dL/dα") for n in range(3)] == [0, 0, 7]
    assert shown(marking(question, right(question)).of) == "22/3"


@pytest.mark.parametrize(
    ("rubric", "line", "message"),
    [
        ('[rubric]\n[rubric.marks]\nV = 2\n"dL/dVV" = 3', 4, "did you mean dL/dV?"),
        ("[rubric]\nmarks = { V = -2 }", 2, "what V is worth is -2; expected 0 or more"),
        ('[rubric]\nmarks = { V = "nan" }', 2, "expected 0 or more"),
        ("[rubric]\nmarks = { X = 2 }", 2, "no quantity to be worked out 'X'"),
        ("[rubric]\nformulas = { Q = 2 }", 2, "no quantity to be worked out 'Q'"),
        ("[rubric]\n\nfollows = 1.5", 3, "expected a part of the marks, from 0 to 1"),
        ('[rubric]\ncells = "some"', 2, "expected each or all"),
        ("[rubric]\ndigits = 0", 2, "expected a whole number from 1 to 1000"),
        ("[rubric]\nmark = { V = 2 }", 2, "did you mean marks?"),
        ("[[variants]]\ntitle = 'a'\nmarks = { V = -1 }", 3, "what V is worth is -1"),
        ("[[variants]]\ntitle = 'a'\nmarks = { Q = 1 }", 3, "no quantity to be worked out 'Q'"),
        ("[[compare]]\ntitle = 'a'\nmarks = { V = 1 }", 3, "make it one of [[variants]]"),
    ],
)
def test_a_rubric_that_cannot_be_is_refused_with_its_line(tmp_path, rubric, line, message):
    with pytest.raises(BadFile) as stop:
        question_with(rubric, tmp_path)
    assert f"q.toml:{SOURCE.count(chr(10)) + 1 + line}:" in str(stop.value)
    assert message in str(stop.value)


@given(st.fractions(0, 50))
def test_marks_are_written_as_what_they_are(marks):
    assert Fraction(shown(fmpq(marks.numerator, marks.denominator))) == marks


def test_the_sum_of_shares_is_exact():
    found = marking(QUESTION, {"U": [["8", "1"], ["1", "1"]], "dL/dX": [["0", "2", "0", "4"]] + [["9"] * 4] * 3})
    assert found.marks == sum((a.marks for a in found.answers), fmpq(0))
    assert found.of == sum(1 for part in QUESTION.parts for _ in part.own)
    assert all(prod(a.shape) * a.marks == int(prod(a.shape) * a.marks) for a in found.answers)
