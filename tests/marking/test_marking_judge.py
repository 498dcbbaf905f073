"""Verdicts: what a teacher says of each number, by hand on Question 1, and what holds for every sheet."""

from random import Random

import pytest
from bench.marking.questions import tied, works
from bench.marking.right import judged_wrong, right_sheet
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.arithmetic.array import Array
from backproof.examples import FOLDER
from backproof.marking.claims import Claim, Sheet
from backproof.marking.judging import paper as papers
from backproof.marking.judging.judge import course_of, judge
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.person import answers, as_written
from backproof.marking.question import Question
from marking.by_hand import claim, marked, number, sets, verdicts

QUESTION = Question.of("question-01")
QUESTION_2 = Question.of("question-02")
QUESTIONS = [QUESTION, QUESTION_2]
OTHER = ["0.659001", "0.242433", "-0.901434"]
"""dL/dz of Question 2 if the last class were the right one."""
X = [["1", "8", "0.5", "6"], ["3", "-10", "-1", "-8"], ["-0.5", "-6", "-3", "-10"], ["-1", "-8", "-0.5", "-6"]]


# Right sheets.


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_wrong_on_a_right_sheet_whatever_its_manner(seed):
    random = Random(seed)
    questions = [q for kind in works(2).values() for q in kind] + [Question(tied(10 * seed + n)) for n in range(4)]
    for question in questions:
        for _ in range(3):
            sheet = right_sheet(question, random)
            marking, wrong = judged_wrong(question, sheet)
            assert not wrong
            assert not marking.explanations
            for answer in marking.answers:
                written = sum(c.written.value is not None for c in answer.cells.values())
                assert answer.marks == answer.of * fmpq(written, len(answer.cells))


# Question 1 by hand.


def test_mean_pooling_and_everything_after_it_right():
    marking = marked(
        QUESTION, U=[["0.5", "-0.625"], ["-3.875", "-4.875"]], V=[["0.5", "-0.0625"], ["-0.3875", "-0.4875"]],
        y="-5.45", L="258.78125", dL_dy="-22.75",
    )  # fmt: skip
    assert [verdicts(marking[n]) for n in ("U", "V", "y", "L", "dL/dy")] == ["wwww", "ffff", "f", "f", "f"]
    assert [marking[n].marks for n in ("U", "V", "y", "L", "dL/dy")] == [0, 1, 1, 1, 1]
    assert (marking.first.name, marking.first.step, marking.first.index) == ("U", 1, None)
    assert marking.explanations[0].off == marking.explanations[0].explained == 11
    assert all("follows from your" in c.reason for c in marking["V"].cells.values())


def test_a_gradient_with_its_sign_turned_carries_on():
    marking = marked(QUESTION, y="19.3", dL_dy="-2", dL_dV=[["-2", "-4"], ["-20", "-8"]], dL_dX=X_GRADIENT)
    assert ["HalfSquaredError.SignTurned"] in sets(marking)
    assert (verdicts(marking["dL/dy"]), verdicts(marking["dL/dV"])) == ("w", "ffff")
    assert verdicts(marking["dL/dX"]) == "".join("f" if n != "0" else "r" for row in X_GRADIENT for n in row)
    assert (marking["dL/dy"].marks, marking["dL/dV"].marks, marking["dL/dX"].marks) == (0, 1, 1)
    assert not marking["dL/dV"].trivial


X_GRADIENT = [["0", "-2", "0", "-4"], ["0"] * 4, ["-2", "0", "0", "0"], ["0", "0", "-0.8", "0"]]


@pytest.mark.parametrize("carried", range(-3, 4))
def test_what_follows_earns_its_marks_unless_nothing_is_left_to_be_done(carried):
    g = [["1", "2"], ["10", "4"]]
    times = [[str(carried * int(n)) for n in row] for row in g]
    marking = marked(QUESTION, dL_dy=str(carried), dL_dV=times)
    if carried == 2:
        assert marking["dL/dV"].verdict == "right"
        return
    assert verdicts(marking["dL/dV"]) == "ffff"
    assert marking["dL/dV"].trivial == (carried == 0)
    assert marking["dL/dV"].marks == (0 if carried == 0 else 1)


def test_a_number_that_nothing_explains_is_wrong_and_what_follows_from_it_follows():
    marking = marked(QUESTION, V=[["8", "6"], ["77", "-0.05"]], y="789.8")
    assert (verdicts(marking["V"]), verdicts(marking["y"])) == ("rrwr", "f")
    assert marking["V"].marks == fmpq(3, 4)
    assert sets(marking) == [[]]
    assert (marking.explanations[0].explained, marking.explanations[0].off) == (1, 2)


def test_what_follows_is_told_only_where_it_is_another_number():
    marking = marked(QUESTION, dL_dV=[["2", "4"], ["20", "7"]], dL_dU=[["2", "4"], ["3", "0.9"]])
    assert verdicts(marking["dL/dU"]) == "rrww"
    assert [cell.own for cell in marking["dL/dU"].cells.values()] == [None, None, None, fmpq(7, 10)]


def test_a_right_number_after_a_wrong_one_is_right():
    marking = marked(QUESTION, V=[["8", "6"], ["77", "-0.05"]], y="19.3", dL_dy="2")
    assert [verdicts(marking[n]) for n in ("V", "y", "dL/dy")] == ["rrwr", "r", "r"]
    assert (marking.explanations[0].explained, marking.explanations[0].off) == (0, 1)


@given(st.integers(-20, 20), st.sampled_from([(0, 1), (2, 0), (1, 3), (3, 2)]))
def test_a_given_number_copied_otherwise_costs_nothing_itself_and_what_follows_is_followed(value, place):
    i, j = place
    copied = [[*row] for row in X]
    copied[i][j] = str(value)
    windows = [
        [max(float(copied[2 * a + k][2 * b + m]) for k in (0, 1) for m in (0, 1)) for b in (0, 1)] for a in (0, 1)
    ]
    pooled = [[f"{n:g}" for n in row] for row in windows]
    marking = marked(QUESTION, X=copied, U=pooled)
    changed = X[i][j] != str(value)
    assert marking["X"].of == 0
    assert marking["X"].cells[place].verdict == ("wrong" if changed else "right")
    right = [["8", "6"], ["-0.5", "-0.5"]]
    assert verdicts(marking["U"]) == "".join(
        "r" if pooled[a][b] == right[a][b] else "f" for a in (0, 1) for b in (0, 1)
    )
    assert marking["U"].marks == 1


@pytest.mark.parametrize("right", [True, False])
def test_another_class_taken_for_the_one_that_is_given_is_followed(right):
    marking = marked(
        QUESTION_2, t="0" if right else "2", dL_dz=["-0.340999", "0.242433", "0.098566"] if right else OTHER
    )
    assert marking["t"].verdict == ("right" if right else "wrong")
    assert verdicts(marking["dL/dz"]) == ("rrr" if right else "frf")
    assert marking["dL/dz"].marks == 1
    assert bool(marking.explanations) != right


def test_of_two_numbers_for_one_cell_the_last_counts_and_a_blank_takes_nothing_back():
    assert marked(QUESTION, claim("y", "19.3"), claim("y", "77.7"))["y"].verdict == "wrong"
    assert marked(QUESTION, claim("y", "77.7"), claim("y", "19.3"))["y"].verdict == "right"
    assert marked(QUESTION, claim("y", "19.3"), claim("y", ""))["y"].verdict == "right"
    assert (
        verdicts(marked(QUESTION, claim("U", [["8", ""], ["", "7"]]), claim("U", [["", "6"], ["", "-0.5"]]))["U"])
        == "rrbr"
    )


def test_blank_and_illegible_cells_are_neither_right_nor_wrong():
    answer = marked(QUESTION, U=[["8", ""], ["?o", "-0.5"]])["U"]
    assert (verdicts(answer), answer.verdict, answer.marks) == ("rbur", "unread", fmpq(1, 2))
    assert answer.cells[1, 0].doubt


def test_an_empty_sheet_is_blank_throughout():
    marking = judge(QUESTION, Sheet())
    assert {c.verdict for a in marking.answers for c in a.cells.values()} == {"blank"}
    assert (marking.marks, marking.of, marking.first) == (0, 11, None)


# The parts of a question.


def test_a_slip_in_the_main_part_is_carried_into_the_variants():
    """dL/dα is asked for with PReLU; U and dL/dV are those of the main part, with whatever went wrong there."""
    marking = marked(
        QUESTION, claim("dL/dV", [["2", "4"], ["20", "9"]]), claim("dL/dα", [["0", "0"], ["-10", "-4.5"]], 1),
        claim("dL/dα", "-14.5", 2),
    )  # fmt: skip
    alone, shared = (a for a in marking.answers if a.name == "dL/dα")
    assert (verdicts(alone), verdicts(shared)) == ("rrrf", "f")
    assert (alone.marks, shared.marks) == (1, 1)


@pytest.mark.parametrize("index", list(Array((2, 3)).indices()))
def test_the_second_datum_starts_from_the_persons_own_updated_weights(index):
    question = Question.of(FOLDER / "starter.toml")
    own = next(c for c in answers(question).claims if (c.name, c.part) == ("W'", 0))
    slipped = {**own.cells, index: as_written("4.75")}
    course = course_of(question)
    paper = Paper(course, 2, {course.place(0, "W'", index)[0]: slipped})
    marking = judge(question, answers(question, paper=paper))
    first = next(a for a in marking.answers if (a.name, a.part) == ("W'", 0))
    assert [i for i, c in first.cells.items() if c.verdict == "wrong"] == [index]
    later = [a for a in marking.answers if a.part == 1]
    matters = index[1] > 0  # the second datum's x is 0, 1, 1
    assert any(a.verdict == "follows" for a in later if a.name == "h") == matters
    assert not any(a.verdict == "wrong" for a in later)
    assert all(a.marks == a.of for a in later if not a.trivial)


# What holds for every sheet.

TEXTS = st.sampled_from(
    ["", "0", "1", "-1", "2", "8", "-0.5", "19.3", "0.67", "1e30", "-1e-30", "?x", "7.25", "123456789"]
)


@given(st.data())
def test_a_marking_says_what_was_written_whatever_it_was(data):
    question = data.draw(st.sampled_from(QUESTIONS))
    places = [(n, name) for n, part in enumerate(question.parts) for name in [*part.own, *part.given * (n == 0)]]
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=3, unique=True))
    claims = []
    for part, name in chosen:
        shape = question.parts[part].shapes[name]
        claims.append(Claim(name, part, {i: number(data.draw(TEXTS)) for i in Array(shape).indices()}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papers, "PATIENCE", 0.02)
        marking = judge(question, Sheet(tuple(claims)))
    told = {(a.part, a.name): a for a in marking.answers}
    off = 0
    for each in claims:
        for index, cell in told[each.part, each.name].cells.items():
            written = each.cells[index]
            assert cell.written == written
            assert (cell.verdict == "blank") == written.blank
            assert (cell.verdict == "unread") == written.illegible
            off += cell.verdict in ("wrong", "follows")
            if written.value is not None and written.value == cell.expected:
                assert cell.verdict == "right"
    for answer in marking.answers:
        assert 0 <= answer.marks <= answer.of
        assert all(0 <= n < len(marking.explanations[0].slips) for n in answer.after)
        if (answer.part, answer.name) not in {(c.part, c.name) for c in claims}:
            assert {c.verdict for c in answer.cells.values()} == {"blank"}
    for explanation in marking.explanations:
        assert 0 <= explanation.explained <= explanation.off == off
    assert bool(marking.explanations) == bool(off)
