"""The search: a misconception is named, alone or with another; ties are told; nothing is invented; and time is bounded."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from random import Random

import pytest
from bench.marking import questions as made
from bench.marking.naming import pairs, with_blanks
from bench.marking.slipping import single

from backproof.arithmetic.array import Array
from backproof.marking.claims import Claim, Sheet
from backproof.marking.judging import paper as papers
from backproof.marking.judging.judge import course_of, judge
from backproof.marking.judging.paper import Paper
from backproof.marking.judging.person import answers, as_written, beliefs_of
from backproof.marking.judging.sources import visible
from backproof.marking.judging.walk import walk
from backproof.marking.question import Question
from backproof.marking.reading.structured import read_structured
from marking.by_hand import marked, sets

MAKERS = [made.variant_1, made.variant_prelu, made.variant_2, made.convolution, made.tied]
"""Questions of which each seed gives another."""
QUESTIONS = [Question(made.question_1()), Question(made.question_2()), *(Question(m(n)) for n, m in enumerate(MAKERS))]
QUESTION = QUESTIONS[0]
EACH_QUESTION = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.title)


@EACH_QUESTION
def test_a_misconception_alone_is_named_where_it_is(question):
    """If not by itself then beside others that give the very same numbers. It may also be as right, at a kink or a tie."""
    course = course_of(question)
    beliefs = list(beliefs_of(question))
    for belief in beliefs[:: 1 + len(beliefs) // 40]:
        marking = judge(question, answers(question, frozenset({belief})))
        off = [(a.part, a.name) for a in marking.answers if a.verdict in ("wrong", "follows")]
        assert bool(off) == bool(marking.explanations)
        if not off:
            continue
        key = belief.wrong.key()
        slips = [e.slips[0] for e in marking.explanations if [s.key for s in e.slips] == [key]]
        assert slips, f"{key} at {belief.layer}: {sets(marking)}"
        assert all(e.complete for e in marking.explanations)
        assert any(slip.name in where(question, belief) for slip in slips)
        assert all(slip.step == course.steps[slip.part, slip.name] for slip in slips)


def where(question, belief):
    """The quantities that the misconception itself makes otherwise than what they are made of would."""
    found = walk(Paper(course_of(question), 2), frozenset({belief}))
    return {visible(course_of(question), key)[1] for key in found.done_right}


@EACH_QUESTION
def test_a_misconception_is_named_in_one_quantity_though_all_else_is_right(question):
    """Its numbers under the name of one quantity, what is right under all others."""
    beliefs = list(beliefs_of(question))
    right = {(c.part, c.name): c for c in answers(question).claims}
    tried = 0
    for belief in beliefs[:: 1 + len(beliefs) // 30]:
        wrong = answers(question, frozenset({belief})).claims
        first = next((c for c in wrong if c.cells != right[c.part, c.name].cells), None)
        if first is None:
            continue
        marking = judge(question, Sheet(tuple({**right, (first.part, first.name): first}.values())))
        if marking.explanations:  # and not another subgradient, which is right
            tried += 1
            assert all(e.complete for e in marking.explanations), (
                f"{belief.wrong.key()} in {first.name}: {sets(marking)}"
            )
            assert any({s.name for s in e.slips} == {first.name} for e in marking.explanations)
    assert tried > 10


@EACH_QUESTION
def test_what_follows_from_a_misconception_earns_its_marks_and_only_what_it_makes_is_wrong(question):
    for belief in list(beliefs_of(question))[::9]:
        marking = judge(question, answers(question, frozenset({belief})))
        found = next((n for n, each in enumerate(sets(marking)) if each == [belief.wrong.key()]), None)
        if found != 0:
            continue  # the verdicts rest on another, which gives the same numbers
        for answer in marking.answers:
            assert answer.verdict != "wrong" or answer.name in where(question, belief)
            assert answer.verdict == "wrong" or answer.trivial or answer.marks == answer.of
            assert not answer.trivial or answer.marks < answer.of


def test_two_misconceptions_are_named_together():
    tally = pairs(QUESTIONS, 8, seed=5)
    assert tally.sheets > 30
    assert tally.missed <= 0.08 * tally.sheets, tally.misses


def test_misconceptions_are_named_on_sheets_half_blank():
    tally = with_blanks(QUESTIONS[1:5], 0.5, seed=2)
    assert tally.sheets > 100
    assert tally.missed <= 0.1 * tally.sheets, tally.misses


def test_slips_with_single_numbers_are_named():
    tally = single(QUESTIONS, 2, seed=1)
    assert tally.sheets > 60
    assert tally.missed <= 0.1 * tally.sheets, tally.misses


@pytest.mark.parametrize("miscounted", range(5))
def test_a_misconception_is_named_beside_numbers_that_nothing_explains(miscounted):
    """Somebody took means, and some of them came out wrong: with half of them right that is still what was done."""
    means, others = ["0.5", "-0.625", "-3.875", "-4.875"], ["3.7", "-91.2", "47.3", "-66.1"]
    numbers = [*others[:miscounted], *means[miscounted:]]
    marking = marked(QUESTION, U=[numbers[:2], numbers[2:]])
    named = ["MaxPool2d.Mean"] in sets(marking)
    assert named == (miscounted <= 2)
    explanation = marking.explanations[0]
    assert (explanation.explained, explanation.off) == (4 - miscounted if named else 0, 4)
    reasons = [c.reason for c in marking["U"].cells.values()]
    assert ["mean" in r for r in reasons] == [named and n >= miscounted for n in range(4)]


# Ties.


def test_everything_that_gives_the_same_numbers_is_told():
    """A sign turned may be the loss's or the hand's, and nothing on the sheet tells which."""
    marking = marked(QUESTION, dL_dy="-2")
    assert sets(marking) == [["HalfSquaredError.SignTurned"], ["number.sign"]]
    later = marked(QUESTION, y="21.3", dL_dy="-4")
    assert ["HalfSquaredError.SignTurned"] in [[k for k in each if k.startswith("Half")] for each in sets(later)]


def test_what_is_written_decides_between_what_would_be_a_tie():
    """Slope on the positive side: without V nobody knows whether the slope was forgotten there or in the linear layer."""
    assert len(sets(marked(QUESTION, y="20"))) > len(sets(marked(QUESTION, V=[["8", "6"], ["0", "0"]], y="20"))) > 0


# Nothing is invented.


@pytest.mark.parametrize("name", ["U", "dL/dV"])
def test_random_numbers_are_seldom_explained(name):
    random, invented = Random(name), 0
    for _ in range(8):
        cells = {i: as_written(f"{random.uniform(-30, 30):.1f}") for i in Array((2, 2)).indices()}
        marking = judge(QUESTION, Sheet((Claim(name, 0, cells),)))
        invented += any(e.slips for e in marking.explanations)
        assert marking.explanations[0].off >= 3
    assert invented <= 1


def test_a_random_number_is_seldom_explained():
    random, invented = Random(1), 0
    for _ in range(40):
        marking = marked(QUESTION, y=f"{random.uniform(-60, 60):.1f}")
        invented += any(e.slips for e in marking.explanations)
    assert invented <= 4


def test_no_misconception_is_named_where_something_right_speaks_against_it():
    """y = 20 is what comes of no slope in V, but V is right."""
    with_v = marked(QUESTION, V=[["8", "6"], ["-0.05", "-0.05"]], y="20")
    assert not any(key.startswith("LeakyReLU") for each in sets(with_v) for key in each)


# Bounds.


def garbage(seed):
    random = Random(seed)
    claims = [
        Claim(n, 0, {i: as_written(str(random.randint(-99, 99))) for i in Array(QUESTION.parts[0].shapes[n]).indices()})
        for n in QUESTION.parts[0].own
    ]
    return Sheet(tuple(claims))


@pytest.mark.parametrize("patience", [0.0, 0.1])
def test_the_search_ends_when_its_time_is_over_and_says_what_it_has(patience, monkeypatch):
    monkeypatch.setattr(papers, "PATIENCE", patience)
    question = QUESTIONS[5]
    sheet = answers(question, frozenset(list(beliefs_of(question))[:9:4]))
    wild = replace(sheet, claims=tuple(replace(c, cells={i: as_written("77") for i in c.cells}) for c in sheet.claims))
    start = time.perf_counter()
    marking = judge(question, wild)
    assert time.perf_counter() - start < patience + 2
    assert marking.explanations
    assert {c.verdict for a in marking.answers for c in a.cells.values()} <= {"wrong", "right", "follows"}


SCRIPT = """
import sys
sys.path.insert(0, "tests")
from marking.test_marking_search import QUESTION, garbage
from backproof.marking.judging.judge import judge
from backproof.marking.reports.document import to_json
from backproof.marking.judging.person import answers, beliefs_of
print(to_json(judge(QUESTION, garbage(3))))
for belief in list(beliefs_of(QUESTION))[::10]:
    print(to_json(judge(QUESTION, answers(QUESTION, frozenset({belief})))))
"""


def test_a_sheet_is_marked_the_same_in_every_process():
    def output(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        return subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True).stdout

    first, second = output("1"), output("2")
    assert first
    assert first == second


def test_a_misconception_of_one_part_alone_is_one_of_that_part():
    """Somebody may know better in the other variant."""
    belief = next(b for b in beliefs_of(QUESTION) if b.wrong.key() == "PReLU.TermsSignLost")
    for part in (1, 2):
        once = replace(belief, parts=frozenset({part}))
        marking = judge(QUESTION, answers(QUESTION, frozenset({once})))
        assert {s.part for e in marking.explanations for s in e.slips if s.key == belief.wrong.key()} == {part}
        assert {a.part for a in marking.answers if a.verdict in ("wrong", "follows")} == {part}


def test_a_search_that_may_not_try_leaves_the_slips_unexplained():
    question = Question.of("question-01")
    means = read_structured({"U": [["0.5", "-0.625"], ["-3.875", "-4.875"]]}, question)
    assert judge(question, means).explanations[0].slips
    hasty = judge(question, means, effort=0)
    assert not hasty.explanations[0].slips
    assert hasty["U"].verdict == "wrong"
