"""Doubts: only where a machine has read the text, and nothing is judged otherwise for them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.marking.claims import Claim, Sheet
from backproof.marking.judging.doubts import distance
from backproof.marking.judging.judge import judge
from backproof.marking.judging.person import answers, as_written, beliefs_of
from backproof.marking.question import Question
from marking.by_hand import marked

QUESTION = Question.of("question-01")


def doubts(marking):
    return {(a.part, a.name, i): c.doubt for a in marking.answers for i, c in a.cells.items() if c.doubt}


def damaged(sheet, random):
    """The sheet with characters of some numbers exchanged, as recognition does."""
    claims = []
    for claim in sheet.claims:
        cells = dict(claim.cells)
        for i, written in claim.cells.items():
            if random.random() < 0.15:
                at = random.randrange(len(written.text))
                if written.text[at].isdigit():
                    cells[i] = as_written(written.text[:at] + random.choice("0123456789") + written.text[at + 1 :])
        claims.append(Claim(claim.name, claim.part, cells))
    return claims


@pytest.mark.parametrize("seed", range(3))
def test_a_doubt_alters_nothing_and_stands_only_at_what_is_wrong_in_recognised_text(seed):
    random = Random(seed)
    beliefs = frozenset(random.sample(list(beliefs_of(QUESTION)), random.choice([0, 1])))
    claims = tuple(damaged(answers(QUESTION, beliefs), random))
    typed, recognised = judge(QUESTION, Sheet(claims)), judge(QUESTION, Sheet(claims, recognised=True))
    assert not doubts(typed)
    assert recognised.marks == typed.marks
    assert recognised.explanations == typed.explanations
    for a, b in zip(typed.answers, recognised.answers, strict=True):
        assert (a.verdict, a.marks, a.reason) == (b.verdict, b.marks, b.reason)
        for index, cell in a.cells.items():
            other = b.cells[index]
            assert (cell.verdict, cell.reason, cell.expected) == (other.verdict, other.reason, other.expected)
            assert cell.verdict == "wrong" or not other.doubt
    named = {s.name for e in typed.explanations for s in e.slips if not s.key.startswith("number.")}
    for a in recognised.answers:
        assert a.name in named or all(c.doubt for c in a.cells.values() if c.verdict == "wrong")


@pytest.mark.parametrize(
    ("written", "meant"), [("79.3", "19.3"), ("19.8", "19.3"), ("9.3", "19.3"), ("119.3", "19.3"), ("-19.3", "19.3")]
)
def test_a_character_away_from_what_is_right_is_told(written, meant):
    cell = marked(QUESTION, y=written, recognised=True)["y"].cells[()]
    if cell.verdict == "wrong":
        assert meant in cell.doubt
    assert not marked(QUESTION, y=written)["y"].cells[()].doubt


def test_a_name_that_may_have_been_misread_is_told():
    marking = marked(QUESTION, dL_dU=[["2", "4"], ["20", "8"]], recognised=True)
    wrong = [c for c in marking["dL/dU"].cells.values() if c.verdict == "wrong"]
    assert wrong
    assert all("∂L/∂V" in c.doubt for c in wrong)


@given(st.text("0123456789.-", max_size=8), st.text("0123456789.-", max_size=8))
def test_the_distance_of_texts_is_the_least_number_of_changes(a, b):
    assert distance(a, b) == min(changes(a, b), 3) == distance(b, a)


def changes(a, b):
    """By the definition."""
    table = {(i, j): i + j for i in range(len(a) + 1) for j in range(len(b) + 1) if not i or not j}
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (x != y))
    return table[len(a), len(b)]
