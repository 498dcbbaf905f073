"""Networks of every kind: batches, updates, chance, what is no rational number; and numbers on which the work cannot be done."""

from random import Random

import pytest
from bench.marking.questions import numbers
from bench.marking.right import judged_wrong, right_sheet

from backproof import (
    SGD,
    AvgPool2d,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    HalfSquaredError,
    Layer,
    LeakyReLU,
    Linear,
    MaxPool2d,
    MSELoss,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)  # fmt: skip
from backproof.arithmetic.array import Array
from backproof.marking.claims import Claim, Sheet, Written
from backproof.marking.judging.judge import judge
from backproof.marking.judging.person import answers, as_written, beliefs_of
from backproof.marking.question import Question
from backproof.network.datum import read_datum
from backproof.network.network import Network
from backproof.network.problem import Problem
from backproof.rules import find

NUMBERS = ["1", "-1", "2", "-2", "0.5", "-0.5", "3", "0", "0.25", "-1.5"]
LOSSES = {
    "class": CrossEntropyLoss(),
    "number": MSELoss(),
    "half": HalfSquaredError(),
    "bit": find("BCEWithLogitsLoss")(),
}


def drawn(seed):
    """A small network of layers drawn from a seed, with one datum or two, in one batch or one after the other."""
    random = Random(seed)
    image = random.random() < 0.4
    layers = []
    if image:
        first = [Conv2d(out_channels=2, kernel_size=2), MaxPool2d(2, stride=1), AvgPool2d(2), activation(random)]
        layers = [Layer("A", random.choice(first)), Layer("F", Flatten())]
    for n in range(random.randint(1, 3)):
        kinds = [Linear(out_features=3), activation(random), find("Dropout")(p="0.5"), Softmax()]
        layers.append(Layer(f"B{n}", random.choice(kinds)))
        if random.random() < 0.2:
            layers += [Layer(f"N{n}", Linear(out_features=2)), Layer(f"M{n}", find("LayerNorm")(2))]
    layers.append(Layer("y", Linear(out_features=2, bias=random.random() < 0.7)))
    kind, shape = random.choice(list(LOSSES)), (1, 3, 3) if image else (3,)
    update = random.choice([None, SGD(lr="0.1"), SGD(lr="0.1", momentum="0.9"), find("AdamW")(lr="0.1")])
    network = Network({"x": shape}, layers, Layer("L", LOSSES[kind]), update=update, title=f"from seed {seed}")
    data = []
    for number in range(random.choice([1, 1, 2])):
        target = (
            random.randrange(2) if kind == "class" else random.choices(["0", "1"] if kind == "bit" else NUMBERS, k=2)
        )
        x = numbers(random, shape, NUMBERS).nested()
        data.append(read_datum(network, {"x": x, "t": target}, number=number))
    return Question(Problem(network.title, "", network, data, len(data) > 1 and random.random() < 0.5))


def activation(random):
    return random.choice([ReLU(), LeakyReLU("0.1"), PReLU(), Sigmoid(), Tanh()])


EFFORT = 20_000
"""Numbers made in a search: a count, so that a busy machine finds what an idle one finds."""


SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_right_sheet_is_right_and_a_misconception_is_named(seed):
    question, random = drawn(seed), Random(seed)
    _, wrong = judged_wrong(question, right_sheet(question, random))
    assert not wrong
    beliefs = list(beliefs_of(question))
    for belief in random.sample(beliefs, min(4, len(beliefs))):
        marking = judge(question, answers(question, frozenset({belief})), EFFORT)
        if marking.explanations:
            assert [belief.wrong.key()] in [[s.key for s in e.slips] for e in marking.explanations]
        else:
            assert all(a.marks == a.of for a in marking.answers)


WILD = ["0", "1", "-1", "-7.25", "1e30", "-1e30", "1e-30", "123456789012345678901234567890", "1e400", "0.00"]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_numbers_stop_the_judge(seed):
    """The logarithm of a negative number, a division by 0, a power beyond all measure: then what is right goes on."""
    question, random = drawn(seed), Random(seed)
    claims = []
    for n, part in enumerate(question.parts):
        for name in random.sample([*part.given, *part.own], 4):
            cells = {i: wild(random) for i in Array(part.shapes[name]).indices()}
            claims.append(Claim(name, n, cells))
    marking = judge(question, Sheet(tuple(claims), recognised=random.random() < 0.5), EFFORT)
    assert 0 <= marking.marks <= marking.of
    assert str(marking)


def wild(random):
    if random.random() < 0.1:
        return random.choice([Written(), Written("x?", doubt="this is no number")])
    return as_written(random.choice(WILD))


@pytest.mark.parametrize("power", ["1e10", "1e30", "-1e10", "-1e30", "1e400"])
def test_a_number_whose_exponential_fills_no_memory(power):
    """p and L cannot be worked out from it, or only as 0: the judge goes on from what is right."""
    network = Network({"x": (2,)}, [Layer("s", Sigmoid()), Layer("p", Softmax())], Layer("L", HalfSquaredError()))
    data = [read_datum(network, {"x": ["1", "2"], "t": ["0", "1"]})]
    question = Question(Problem("", "", network, data))
    for name in question.parts[0].own:
        sheet = answers(question)
        claims = [
            Claim(c.name, 0, {i: as_written(power) for i in c.cells}) if c.name == name else c for c in sheet.claims
        ]
        marking = judge(question, Sheet(tuple(claims)), EFFORT)
        assert {c.verdict for c in marking[name].cells.values()} == {"wrong"}
        assert all(a.marks == a.of for a in marking.answers if a.name != name)


def test_each_datum_of_a_batch_is_judged_by_itself():
    layers = [Layer("h", ReLU()), Layer("y", Linear(bias=False), weight="W")]
    network = Network({"x": (2,)}, layers, Layer("L", HalfSquaredError()), parameters={"W": ["2", "3"]})
    data = [read_datum(network, {"x": x, "t": "1"}, number=n) for n, x in enumerate((["1", "-1"], ["2", "5"]))]
    question = Question(Problem("", "", network, data, batch=True))
    marking = judge(question, Sheet((Claim("y", 0, {(0,): as_written("2"), (1,): as_written("77")}),)))
    assert [c.verdict for c in marking["y"].cells.values()] == ["right", "wrong"]
    gradient = Claim("dL/dW", 0, {(0,): as_written("76.5"), (1,): as_written("190")})
    own = judge(question, Sheet((*marking.sheet.claims, gradient)))
    assert [c.verdict for c in own["dL/dW"].cells.values()] == ["follows", "follows"]
