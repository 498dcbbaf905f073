"""A question is the same, whatever states it."""

from pathlib import Path

import pytest

import backproof as bp
from backproof.examples import locate
from backproof.marking.question import Question

PATH = locate("question-01")
X, T = [[1, 2], [3, -4]], 3
NETWORK = bp.Network(
    {"X": (2, 2)},
    [bp.Layer("V", bp.LeakyReLU("0.1")), bp.Layer("y", bp.Linear(bias=False), weight="W")],
    bp.HalfSquaredError(),
    parameters={"W": [[1, 2], [10, 4]]},
)


def figures(question):
    return [{name: str(dict(part.record.array(name))) for name in part.record.names} for part in question.parts]


@pytest.mark.parametrize("what", ["question-01", str(PATH), PATH, bp.read_problem(PATH), Question.of(PATH)], ids=type)
def test_of_a_file(what):
    assert figures(Question.of(what)) == figures(Question(bp.read_problem(PATH)))


def test_of_a_network_with_data_and_of_its_record():
    by_data = Question.of(NETWORK, {"X": X, "t": T})
    assert figures(by_data) == figures(Question.of(NETWORK.solve(X, T)))
    several = Question.of(NETWORK, [{"X": X, "t": T}, {"X": [[0, 0], [0, 1]], "t": T}])
    assert figures(several)[0] == figures(by_data)[0]
    assert [part.title for part in several.parts] == ["datum 1", "datum 2"]


def test_of_a_record_whose_chance_was_given():
    network = bp.Network((3,), [bp.Layer("h", bp.Dropout(), u="mask")], bp.MSELoss())
    record = network.solve({"x": [3, -1, 2], "mask": [1, 0, 1]}, [0, 0, 0])
    assert figures(Question.of(record)) == [{name: str(dict(record.array(name))) for name in record.names}]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (NETWORK, "give its inputs and its target as data"),
        (7, "7 is no question"),
        (NETWORK.solve([X], [T]), "a record of a batch cannot be marked"),
        ("question-1", "did you mean the example question-01?"),
        (Path("/none.toml"), "there is no such file"),
    ],
)
def test_what_is_no_question(what, message):
    with pytest.raises(bp.BackproofError, match=r".*" + message.replace("?", r"\?")):
        Question.of(what)


def test_of_a_network_the_sheet_states_the_data():
    with pytest.raises(bp.BackproofError, match="states its inputs and its target"):
        bp.mark(NETWORK, "sheet.md")
    with pytest.raises(bp.BackproofError, match="t is missing"):
        bp.mark(NETWORK, {"X": X})
