"""Problem files: what they say is what is solved, and every fault is answered with file, line and key."""

import re
from contextlib import suppress

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from backproof.errors import BadFile
from backproof.network.network import MOST_CELLS
from backproof.network.places import line_of
from backproof.network.problem import read_problem, read_source

GOOD = """\
title = "a title"

[data]
x = [1, -2]
t = 3

[[layers]]
output = "h"
rule = "Linear"
out_features = 2
weight = "W"
bias = "b"

[[layers]]
output = "y"
rule = "Linear"
weight = "C"
bias = false

[parameters]
W = [[1, 2], [3, 4]]
b = [0.1, "1/3"]

[loss]
rule = "HalfSquaredError"

[update]
rule = "SGD"
lr = 0.1
"""


def read(folder, text):
    path = folder / "p.toml"
    path.write_text(text, encoding="utf-8")
    return read_problem(path)


def refusal(folder, text):
    """What follows the file's name in the message of the error."""
    with pytest.raises(BadFile) as caught:
        read(folder, text)
    assert str(caught.value).startswith(f"{folder / 'p.toml'}:")
    return str(caught.value).removeprefix(f"{folder / 'p.toml'}:")


def swapped(old, new):
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1)


def test_a_good_file(tmp_path):
    problem = read(tmp_path, GOOD)
    assert problem.title == "a title"
    assert [layer.output for layer in problem.network.layers] == ["h", "y"]
    assert problem.network.parameters["b"].nested() == [fmpq(1, 10), fmpq(1, 3)]
    assert problem.network.inputs == {"x": (2,)}
    assert str(problem.network.update.lr) == "0.1"


FAULTS = [
    ("x = [1, -2]", "x = [1, nan", 5, "this is not TOML"),
    ("x = [1, -2]", "x = [[1], [2, 3]]", 4, "data.x: x is ragged: x[1] has 2 numbers, x[0] has 1 number"),
    ("x = [1, -2]", 'x = [1, "two"]', 4, "data.x: x[1] is 'two', which is not a number"),
    ("x = [1, -2]", "x = []", 4, "data.x: x is empty"),
    ("x = [1, -2]", "", 3, "data: there is no input; expected one at least beside the target"),
    ("t = 3", "t = [3, 4]", 5, "data.t: t, the target of HalfSquaredError"),
    ("t = 3", "", 24, "the data have no t"),
    ('rule = "Linear"', 'rule = "Linaer"', 9, "layers[0].rule: there is no rule 'Linaer'; did you mean Linear?"),
    ("out_features = 2", "out_feature = 2", 10, "did you mean out_features?"),
    ("out_features = 2", "out_features = 2.5", 10, "out_features is '2.5'; expected a whole number"),
    ("out_features = 2", 'out_features = "2"', 10, "out_features is '2'; expected a whole number"),
    ("out_features = 2", "out_features = 0", 10, "layers[0].out_features: out_features is 0; expected at least 1"),
    ('weight = "C"', 'weight = "W"', 17, "the name W is used twice: for the weight of layer 1 and for the weight of layer 2"),
    ('output = "y"', 'output = "h"', 15, "layers[1].output: the name h is used twice"),
    ('output = "y"', 'output = "y z"', 15, "layers[1].output: 'y z' cannot be a name"),
    ('output = "y"', "output = 5", 15, "layers[1].output: output is 5; expected a name"),
    ('output = "y"', 'output = "y"\ninput = "g"', 16, "layers[1].input: there is no quantity 'g'"),
    ('output = "h"', 'output = "h"\ninput = "y"', 9, "layers[0].input: the layers go round in a circle"),
    ('rule = "Linear"\nweight = "C"', 'weight = "C"', 14, "layers[1]: rule is missing"),
    ("W = [[1, 2], [3, 4]]", "W = [[1, 2, 3], [3, 4, 5]]", 21, "parameters.W: W has shape (2, 3); layer h (Linear) expects its weight to have shape (2, 2)"),
    ("W = [[1, 2], [3, 4]]", "W = [[1, 2], [3]]", 21, "parameters.W: W is ragged: W[1] has 1 number, W[0] has 2 numbers"),
    ("W = [[1, 2], [3, 4]]", "V = [[1, 2], [3, 4]]", 21, "parameters.V: there is no parameter 'V'"),
    ("W = [[1, 2], [3, 4]]", 'W = { init = "xavier" }', 21, "there is no initialiser 'xavier'"),
    ('b = [0.1, "1/3"]', "b = [0.1, 1e99999]", 22, "too large an exponent"),
    ('rule = "HalfSquaredError"', 'rule = "ReLU"', 25, "loss.rule: ReLU is no loss"),
    ('rule = "HalfSquaredError"', 'rule = "HalfSquaredError"\nreduction = "median"', 26, "loss.reduction: "),
    ('rule = "SGD"', 'rule = "ReLU"', 28, "update.rule: ReLU is no update rule"),
    ("lr = 0.1", "learning_rate = 0.1", 29, "update.learning_rate: there is no key 'learning_rate'"),
    ("lr = 0.1", 'lr = "fast"', 29, "'fast'"),
    ("lr = 0.1", "lr = 0.1\nnesterov = true", 30, "update.nesterov: nesterov needs a momentum"),
    ('title = "a title"', "title = 5", 1, "title: title is 5; expected text in quotes"),
    ('title = "a title"', 'tilte = "a title"', 1, "tilte: there is no key 'tilte'; did you mean title?"),
    ('title = "a title"', 'arithmetic = "float16"', 1, "arithmetic"),
    ('title = "a title"', 'batch = "yes"', 1, "batch: batch is 'yes'; expected true or false"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "what"), FAULTS, ids=[f"{line}-{new[:24]}" for _, new, line, _ in FAULTS]
)
def test_faults_are_answered_with_line_and_key(tmp_path, old, new, line, what):
    message = refusal(tmp_path, swapped(old, new))
    assert message.startswith(f"{line}: ")
    assert what in message


@given(st.integers(0, 40))
def test_the_line_moves_with_the_fault(tmp_path_factory, above):
    message = refusal(
        tmp_path_factory.mktemp("p"), "# a line\n" * above + swapped("out_features = 2", "out_features = -3")
    )
    assert message.startswith(f"{10 + above}: ")


def test_the_line_of_a_fault_in_the_second_datum(tmp_path):
    text = GOOD.replace("[data]", "[[data]]").replace("t = 3", "t = 3\n\n[[data]]\nx = [1, 2, 3]\nt = 4")
    assert refusal(tmp_path, text).startswith("8: data[1].x: x has shape (3,); expected (2,)")


def test_the_line_of_a_class_out_of_range(tmp_path):
    text = '[data]\nx = [1, 2]\nt = 2\n\n[loss]\nrule = "CrossEntropyLoss"\ninput = "x"\n'
    assert refusal(tmp_path, text).startswith("3: data.t: the target is 2, which is not a class from 0 to 1")


def test_nan_in_an_exact_problem(tmp_path):
    from backproof.worksheet.worksheet import solve

    problem = read(tmp_path, swapped("x = [1, -2]", "x = [1, nan]"))
    with pytest.raises(BadFile) as caught:
        solve(problem)
    assert re.search(
        r"p\.toml:4: data\.x.*x\[1\] is nan, which exact numbers and enclosures cannot hold", str(caught.value)
    )


def test_faults_of_a_variant(tmp_path):
    variant = '\n[[variants]]\ntitle = "v"\n\n[[variants.layers]]\noutput = "z"\nrule = "ReLU"\n'
    message = refusal(tmp_path, GOOD + variant)
    assert message.startswith("35: variants[0].layers[0].output: there is no layer 'z'")


def test_a_variant_without_a_title(tmp_path):
    assert "title" in refusal(tmp_path, GOOD + '\n[[variants]]\narithmetic = "float64"\n')


def test_missing_file(tmp_path):
    with pytest.raises(BadFile, match="there is no such file"):
        read_problem(tmp_path / "none.toml")


def test_a_folder(tmp_path):
    with pytest.raises(BadFile, match="this is a folder"):
        read_problem(tmp_path)


def test_an_unreadable_file(tmp_path, monkeypatch):
    path = tmp_path / "p.toml"
    path.write_text(GOOD)

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(path), "read_bytes", refuse)
    with pytest.raises(BadFile, match="cannot be read: Permission denied"):
        read_problem(path)


@pytest.mark.parametrize("text", ["", "\n\n", "  \t\n", "\ufeff"])
def test_an_empty_file(tmp_path, text):
    assert "the file is empty" in refusal(tmp_path, text)


def test_comments_alone_are_no_problem(tmp_path):
    assert "data" in refusal(tmp_path, "# nothing\n")


def test_a_file_of_a_gigabyte_is_refused_unread(tmp_path):
    path = tmp_path / "p.toml"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(BadFile, match="the file has 1,024 MiB; a problem file has at most 64"):
        read_problem(path)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00t", b'title = "\xe4"', bytes(range(256))])
def test_a_file_that_is_not_text(tmp_path, raw):
    (tmp_path / "p.toml").write_bytes(raw)
    with pytest.raises(BadFile, match="this is not UTF-8 text"):
        read_problem(tmp_path / "p.toml")


def read_or_refused(folder, text):
    """Read it, or see a refusal that names the file; nothing else may come."""
    with suppress(BadFile):
        read(folder, text)
        return
    assert refusal(folder, text)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_a_problem_or_a_clear_refusal(tmp_path_factory, text):
    read_or_refused(tmp_path_factory.mktemp("any"), text)


@given(st.data())
def test_a_damaged_file_is_a_problem_or_a_clear_refusal(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("any")
    lines = GOOD.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at] = data.draw(st.sampled_from(["", "x = 1", "[data]", "[[layers]]", 'rule = "Add"', "W = [1]", *lines]))
    read_or_refused(folder, "\n".join(lines))


DEEP = 'a = 1\n\n[b]\nc = [1,\n 2]\nd = "x"\n\n[[e]]\nf = 1\n\n[[e]]\nf = 2\ng = { h = 1 }\n'


@pytest.mark.parametrize(
    ("place", "line"),
    [(("a",), 1), (("b",), 3), (("b", "c"), 4), (("b", "d"), 6), (("e", 0), 8), (("e", 1), 11), (("e", 1, "f"), 12),
     (("e", 1, "g", "h"), 13), (("e", 1, "none"), 11), (("b", "c", 1), 5), (("none",), None)],
)  # fmt: skip
def test_lines_of_places(place, line):
    assert line_of(DEEP, place) == line


@pytest.mark.parametrize("old", ["W = [[1, 2], [3, 4]]", "x = [1, -2]"])
def test_a_text_without_a_folder_may_name_no_file(old):
    name = old.partition(" ")[0]
    assert read_source(GOOD, "a text", None).network.parameters["W"].shape == (2, 2)
    with pytest.raises(BadFile, match=rf"a text:\d+: \w+\.{name}: numbers in a file of their own are not read here"):
        read_source(swapped(old, f'{name} = {{ file = "{name}.npy" }}'), "a text", None)


def test_who_works_for_others_takes_on_less():
    token = MOST_CELLS.set(3)
    try:
        with pytest.raises(BadFile, match="at most 3 numbers are taken on"):
            read_source(GOOD, "a text", None)
    finally:
        MOST_CELLS.reset(token)
    assert read_source(GOOD, "a text", None)
