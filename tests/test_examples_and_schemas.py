"""Examples and published schemas: what ships is what the code makes, and both refuse the same files."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from backproof import rules
from backproof.errors import BadFile
from backproof.examples import FOLDER, STARTER, locate, names
from backproof.marking.reports.document import schema as marking_schema
from backproof.network.problem import read_problem
from backproof.network.schema import problem_schema
from backproof.worksheet.document import schema as worksheet_schema
from backproof.worksheet.worksheet import solve

SCHEMAS = Path(__file__).parents[1] / "schemas"
MADE = {"problem": problem_schema, "worksheet": worksheet_schema, "marking": marking_schema}
GOOD = """
[data]
x = [[1, 2], [3, "1/3"]]
t = 3

[[layers]]
output = "m"
rule = "MaxPool2d"
kernel_size = 2

[[layers]]
output = "y"
rule = "Linear"
input = "m"
weight = "W"
bias = false

[parameters]
W = [[0.5]]

[loss]
rule = "HalfSquaredError"

[update]
rule = "SGD"
lr = 0.1
"""


def valid(text):
    try:
        jsonschema.Draft202012Validator(problem_schema()).validate(tomllib.loads(text))
    except jsonschema.ValidationError:
        return False
    return True


def solved(folder, text):
    path = folder / "p.toml"
    path.write_text(text, encoding="utf-8")
    try:
        solve(read_problem(path))
    except BadFile:
        return False
    return True


@pytest.mark.parametrize("kind", MADE)
def test_the_published_schema_is_the_one_that_the_code_makes(kind):
    text = (SCHEMAS / f"{kind}.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    assert json.loads(text) == json.loads(json.dumps(MADE[kind]()))
    printed = subprocess.run([sys.executable, "-m", "backproof", "schema", kind], capture_output=True, check=True)
    assert printed.stdout.decode() == text


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_examples_keep_to_the_schema_and_can_be_solved(path):
    text = path.read_text(encoding="utf-8")
    assert valid(text)
    assert solve(read_problem(path)).passes
    assert str(read_problem(path).network)


def test_every_example_has_a_title_and_is_found_by_name():
    assert STARTER.stem not in names()
    for name in names():
        assert locate(name) == FOLDER / f"{name}.toml"
        assert read_problem(locate(name)).title


def test_a_file_of_the_name_of_an_example_goes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("question-01").write_text("mine")
    assert locate("question-01") == Path("question-01")


def test_every_rule_can_be_named_in_a_problem_file():
    text = json.dumps(problem_schema())
    assert [name for name in rules.names() if f'"const": "{name}"' not in text] == ["Reduction"]


def test_the_good_file_is_good(tmp_path):
    assert valid(GOOD)
    assert solved(tmp_path, GOOD)


GOODS = [
    ("t = 3", "t = 3\n"),
    ("kernel_size = 2", "kernel_size = [2, 1]\nstride = 1"),
    ('bias = false', 'bias = "b"'),
    ("W = [[0.5]]", "W = { seed = 3, init = 'ones' }"),
    ("W = [[0.5]]", 'W = [["1/2"]]'),
    ("lr = 0.1", 'lr = "1/10"'),
    ("[data]", "[[data]]"),
    ("[data]", 'title = "t"\nbatch = false\narithmetic = "ball"\n[data]'),
    ("[update]", '[training]\nepochs = 3\nlr = "1/3"\nmetrics = ["mse"]\nvalidation = 0.1\n[update]'),
    ("[update]", '[[variants]]\ntitle = "v"\nloss = { rule = "MSELoss" }\n[update]'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), GOODS)
def test_good_files_are_taken_by_both(tmp_path, old, new):
    text = GOOD.replace(old, new)
    if "MaxPool2d" in text and "[2, 1]" in new:
        text = text.replace("W = [[0.5]]", "W = [[0.5, 1]]")
    assert valid(text)
    assert solved(tmp_path, text)


BADS = [
    ("[data]", "[date]"),
    ("t = 3", "t = true"),
    ("t = 3", "t = []"),
    ("t = 3", 't = { path = "t.npy" }'),
    ('rule = "MaxPool2d"', ""),
    ('rule = "MaxPool2d"', 'rule = "MaxPol2d"'),
    ('rule = "MaxPool2d"', 'rule = "Reduction"'),
    ('rule = "MaxPool2d"', 'rule = "MSELoss"'),
    ("kernel_size = 2", ""),
    ("kernel_size = 2", "kernel_size = 2.5"),
    ("kernel_size = 2", 'kernel_size = "2"'),
    ("kernel_size = 2", "kernel_size = [2, 2, 2]"),
    ("kernel_size = 2", "kernel_size = 2\nceil_mode = 1"),
    ("kernel_size = 2", "kernel_size = 2\nkernel = 2"),
    ('input = "m"', "input = 1"),
    ('output = "y"', "output = 1"),
    ("bias = false", "bias = 0"),
    ("W = [[0.5]]", "W = { init = 'one' }"),
    ("W = [[0.5]]", "W = { seed = 0.5 }"),
    ('rule = "HalfSquaredError"', 'rule = "ReLU"'),
    ('rule = "HalfSquaredError"', 'rule = "HalfSquaredError"\nreduction = "median"'),
    ('rule = "SGD"', 'rule = "Linear"'),
    ("lr = 0.1", "lr = true"),
    ("lr = 0.1", "learning_rate = 0.1"),
    ("[data]", 'arithmetic = "float16"\n[data]'),
    ("[data]", 'batch = "no"\n[data]'),
    ("[data]", "title = 1\n[data]"),
    ("[data]", "seed = 1\n[data]"),
    ("[update]", "[[variants]]\nbatch = true\n[update]"),
    ("[update]", "[training]\nepoch = 3\n[update]"),
    ("[update]", "[training]\nepochs = 0.5\n[update]"),
    ("[update]", "[training]\nschedule = 'cos'\n[update]"),
    ("[update]", "[training]\nmetrics = 'mse'\n[update]"),
    ("[update]", "[initial]\ninit = 'one'\n[update]"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), BADS)
def test_bad_files_are_refused_by_both(tmp_path, old, new):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert not valid(text)
    assert not solved(tmp_path, text)
