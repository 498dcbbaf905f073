"""Questions to be marked: the two examination questions, small networks, and variants of all with numbers drawn from a seed."""

from __future__ import annotations

from pathlib import Path
from random import Random

import backproof
from backproof import (
    SGD,
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
)
from backproof.arithmetic.array import Array
from backproof.arithmetic.numeral import Numeral
from backproof.marking.question import Question
from backproof.network.network import Network
from backproof.network.problem import Problem, read_problem

EXAMPLES = Path(backproof.__file__).parent / "examples"


def numbers(random: Random, shape: tuple[int, ...], choices: list[str]) -> Array:
    """An array of numerals, no two of one window likely to be equal."""
    array = Array(shape)
    for index in array.indices():
        array[index] = Numeral(random.choice(choices))
    return array


def small(random: Random, most: int = 9) -> list[str]:
    """Numbers as examiners like them: whole ones and halves of both signs, not 0."""
    return [f"{sign}{n}" for n in range(1, most + 1) for sign in ("", "-")] + ["0.5", "-0.5", "1.5", "-2.5"]


def question_1() -> Problem:
    return read_problem(EXAMPLES / "question-01.toml")


def question_2() -> Problem:
    return read_problem(EXAMPLES / "question-02.toml")


def variant_1(seed: int) -> Problem:
    """Question 1's network on other numbers, with an update."""
    random = Random(seed)
    slope, bias = random.choice(["0.1", "0.2", "0.25", "0.05"]), random.random() < 0.5
    layers = [
        Layer("U", MaxPool2d(2)),
        Layer("V", LeakyReLU(slope)),
        Layer("y", Linear(bias=bias), weight="W", **({"bias": "b"} if bias else {})),
    ]
    loss = HalfSquaredError() if random.random() < 0.6 else MSELoss()
    network = Network({"X": (4, 4)}, layers, Layer("L", loss), update=SGD(lr="0.1"), parameters={
        "W": nested(numbers(random, (2, 2), small(random))),
        **({"b": random.choice(["1", "-2", "0.5"])} if bias else {}),
    }, title=f"Question 1 with numbers from seed {seed}")  # fmt: skip
    return problem(network, {"X": nested(numbers(random, (4, 4), small(random))), "t": random.choice(small(random))})


def variant_prelu(seed: int) -> Problem:
    """The same with PReLU, one slope for all or one a cell."""
    random = Random(seed)
    cell = random.random() < 0.5
    rule = PReLU(num_parameters="cell") if cell else PReLU()
    slope = nested(numbers(random, (2, 2), ["0.1", "0.2", "0.3"])) if cell else "0.2"
    network = Network(
        {"X": (4, 4)},
        [Layer("U", MaxPool2d(2)), Layer("V", rule, weight="α"), Layer("y", Linear(bias=False), weight="W")],
        Layer("L", HalfSquaredError()), update=SGD(lr="0.1"), parameters={"α": slope, "W": nested(numbers(random, (2, 2), small(random)))},
        title=f"PReLU with numbers from seed {seed}",
    )  # fmt: skip
    return problem(network, {"X": nested(numbers(random, (4, 4), small(random))), "t": random.choice(small(random))})


def tied(seed: int) -> Problem:
    """Pooling windows that overlap, with many ties, and activations at 0."""
    random = Random(seed)
    rule = random.choice([ReLU(), LeakyReLU("0.1"), PReLU()])
    learned = {"V.weight": "0.2"} if isinstance(rule, PReLU) else {}
    network = Network(
        {"X": (4, 4)},
        [Layer("U", MaxPool2d(2, stride=random.choice([1, 2]))), Layer("V", rule), Layer("y", Linear(out_features=2), weight="W", bias="b")],
        Layer("L", MSELoss()), parameters=learned, title=f"Ties, from seed {seed}",
    )  # fmt: skip
    return problem(network, {"X": nested(numbers(random, (4, 4), ["0", "0", "0", "1", "-1", "1"])), "t": ["1", "-1"]})


def variant_2(seed: int) -> Problem:
    """Softmax and cross-entropy on other logits."""
    random = Random(seed)
    logits = random.sample(["2", "1", "0.1", "-1", "0.5", "3", "-0.5", "1.5", "0"], random.choice([3, 4]))
    network = Network(
        {"z": (len(logits),)},
        [],
        Layer("L", CrossEntropyLoss(), "z", p="p"),
        title=f"Question 2 with numbers from seed {seed}",
    )
    return problem(network, {"z": logits, "t": random.randrange(len(logits))})


def convolution(seed: int) -> Problem:
    """A small convolutional network whose pooling windows overlap."""
    random = Random(seed)
    tenths = ["0.5", "-0.5", "1", "-1", "1.5", "-1.5", "0.25", "-0.25", "2", "-2"]
    layers = [
        Layer("C", Conv2d(out_channels=2, kernel_size=2), weight="K", bias="b"),
        Layer("R", ReLU()),
        Layer("P", MaxPool2d(2, stride=1)),
        Layer("F", Flatten()),
        Layer("y", Linear(out_features=3), weight="W", bias="c"),
    ]
    parameters = {
        "K": nested(numbers(random, (2, 1, 2, 2), tenths)), "b": ["0.5", "-0.25"],
        "W": nested(numbers(random, (3, 8), ["0.1", "-0.1", "0.2", "-0.2", "0.3", "-0.3"])), "c": ["0.1", "0", "-0.1"],
    }  # fmt: skip
    network = Network(
        {"X": (1, 4, 4)}, layers, Layer("L", CrossEntropyLoss(), p="p"), update=SGD(lr="0.1"), parameters=parameters,
        title=f"A convolutional network with numbers from seed {seed}",
    )  # fmt: skip
    return problem(
        network,
        {
            "X": nested(numbers(random, (1, 4, 4), ["0.5", "1", "-1", "2", "-2", "3", "1.5", "-0.5", "0.25"])),
            "t": random.randrange(3),
        },
    )


def problem(network: Network, datum: dict[str, object]) -> Problem:
    from backproof.network.datum import read_datum

    return Problem(network.title, "", network, [read_datum(network, datum)])


def nested(array: Array) -> object:
    return array.nested()


def works(seeds: int) -> dict[str, list[Question]]:
    """The questions by kind, so many variants of each."""
    return {
        "Question 1": [Question(question_1())],
        "Question 2": [Question(question_2())],
        "Question 1, other numbers": [Question(variant_1(s)) for s in range(seeds)],
        "PReLU, other numbers": [Question(variant_prelu(s)) for s in range(seeds)],
        "Question 2, other numbers": [Question(variant_2(s)) for s in range(seeds)],
        "convolution, overlapping pooling": [Question(convolution(s)) for s in range(max(2, seeds // 4))],
    }
