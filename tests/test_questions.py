"""The two examination questions: every figure of the first exactly, the second to sixty digits."""

import json
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backproof as bp
from backproof.record.digits import bounds

HIDDEN = st.integers(-1000, -1)
X = [[1, 8, "0.5", 6], [3, -10, -1, -8], ["-0.5", -6, -3, -10], [-1, -8, "-0.5", -6]]
FIGURES = {
    "U": [[8, 6], ["-0.5", "-0.5"]],
    "V": [[8, 6], ["-0.05", "-0.05"]],
    "W": [[1, 2], [10, 4]],
    "y": "19.3",
    "t": "17.3",
    "L": 2,
    "dL/dy": 2,
    "dL/dV": [[2, 4], [20, 8]],
    "dL/dW": [[16, 12], ["-0.1", "-0.1"]],
    "dL/dU": [[2, 4], [2, "0.8"]],
    "dL/dX": [[0, 2, 0, 4], [0, 0, 0, 0], [2, 0, 0, 0], [0, 0, "0.8", 0]],
}
SLOPES = {"cell": [[0, 0], [-10, -4]], 1: -14}


def network(v, **parameters):
    """Question 1's network, `v` the layer between the pooling and the linear one."""
    return bp.Network(
        {"X": (4, 4)},
        [bp.Layer("U", bp.MaxPool2d(2)), v, bp.Layer("y", bp.Linear(bias=False), weight="W")],
        bp.HalfSquaredError(),
        parameters={"W": [[1, 2], [10, 4]], **parameters},
    )


LEAKY = bp.Layer("V", bp.LeakyReLU("0.1"))


def fractions(value):
    """Nested lists of anything that `Fraction` reads."""
    return list(map(fractions, value)) if isinstance(value, list) else Fraction(value)


def figures(record, names):
    return {name: fractions(record[name].array.map(lambda v: f"{v.p}/{v.q}").nested()) for name in names}


def expected(names):
    return {name: fractions(FIGURES[name]) for name in names}


def test_every_figure_of_question_1():
    record = network(LEAKY).solve(X, "17.3")
    assert figures(record, FIGURES) == expected(FIGURES)


@given(HIDDEN, HIDDEN)
def test_the_cells_that_cannot_be_read_change_nothing_else(first, second):
    unread = [row.copy() for row in X]
    unread[1][1], unread[2][3] = first, second
    record = network(LEAKY).solve(unread, "17.3")
    assert figures(record, FIGURES) == expected(FIGURES)


@pytest.mark.parametrize("kind", ["cell", 1])
def test_prelu_learns_its_slope(kind):
    slope = [["0.1"] * 2] * 2 if kind == "cell" else "0.1"
    prelu = bp.Layer("V", bp.PReLU(num_parameters=kind), weight="α")
    record = network(prelu, α=slope).solve(X, "17.3")
    assert figures(record, FIGURES) == expected(FIGURES)
    assert figures(record, ["dL/dα"])["dL/dα"] == fractions(SLOPES[kind])


def test_the_example_that_ships_says_the_same():
    from backproof.worksheet.document import to_json

    sheet = bp.solve("question-01")
    document = json.loads(to_json(sheet))
    quantities = {name: document["quantities"][name]["exact"] for name in FIGURES}
    assert {name: fractions(value) for name, value in quantities.items()} == expected(FIGURES)
    assert quantities["dL/dX"] == [
        ["0", "2", "0", "4"],
        ["0", "0", "0", "0"],
        ["2", "0", "0", "0"],
        ["0", "0", "4/5", "0"],
    ]
    assert document["quantities"]["y"]["decimal"] == "19.3"
    slopes = [v["passes"][0]["quantities"]["dL/dα"]["exact"] for v in document["variants"]]
    assert slopes == [[["0", "0"], ["-10", "-4"]], "-14"]


LOGITS = [(2, 1, "0.1"), (1000, 0, -1000)]


def truth(logits, label):
    """Softmax, loss and gradient by their definitions, in so many digits that nothing is lost."""
    with mpmath.workdps(3000):
        powers = [mpmath.exp(mpmath.mpf(str(z))) for z in logits]
        p = [power / sum(powers) for power in powers]
        return p, -mpmath.log(p[label]), [value - (i == label) for i, value in enumerate(p)]


def enclosed(quantity, true):
    """Every enclosure holds the true number, and is narrow to sixty digits."""
    for value, number in zip(quantity.array.values(), true if isinstance(true, list) else [true], strict=True):
        with mpmath.workdps(3000):
            low, high = (mpmath.mpf(int(b.p)) / int(b.q) for b in bounds(value.value))
            assert low <= number <= high
            assert high - low <= abs(number) * mpmath.mpf(10) ** -60


@pytest.mark.parametrize("label", [0, 1, 2])
@pytest.mark.parametrize("logits", LOGITS)
def test_question_2_to_sixty_digits(logits, label):
    loss = bp.Layer("L", bp.CrossEntropyLoss(), "z", p="p")
    record = bp.Network({"z": (3,)}, [], loss).solve(list(logits), label, digits=60)
    p, surprise, gradient = truth(logits, label)
    enclosed(record["p"], p)
    enclosed(record["L"], surprise)
    enclosed(record["dL/dz"], gradient)


@given(st.lists(st.fractions(-20, 20, max_denominator=100), min_size=2, max_size=5), st.data())
def test_the_gradient_is_p_minus_q_for_any_logits(logits, data):
    label = data.draw(st.integers(0, len(logits) - 1))
    loss = bp.Layer("L", bp.CrossEntropyLoss(), "z", p="p")
    record = bp.Network({"z": (len(logits),)}, [], loss).solve(logits, label)
    p, got = record["p"].numpy(), record["dL/dz"].numpy()
    assert got == pytest.approx([value - (i == label) for i, value in enumerate(p)], abs=1e-15)
    assert float(record["L"]) == pytest.approx(-float(mpmath.log(p[label])), abs=1e-14)


def test_subtracting_the_largest_logit_changes_nothing_but_overflow():
    def record(shift, arithmetic):
        loss = bp.Layer("L", bp.CrossEntropyLoss(shift=shift), "z", p="p")
        return bp.Network({"z": (3,)}, [], loss).solve([1000, 0, -1000], 0, arithmetic=arithmetic)

    assert repr(record(True, "auto")["dL/dz"]) == repr(record(False, "auto")["dL/dz"])
    assert list(record(True, "float64")["p"].numpy()) == [1, 0, 0]
    assert str(record(False, "float64")["L"][()]) == "inf"
    assert str(record(False, "float64")["p"][0]) == "nan"
