"""Variants and comparisons in problem files: what they change, and where their faults are said to lie."""

import pytest

from backproof.errors import BadFile
from backproof.network.problem import read_problem
from backproof.worksheet.worksheet import solve

MAIN = """\
[data]
x = [1, -2]
t = 3

[[layers]]
output = "a"
rule = "PReLU"
weight = "slope"

[[layers]]
output = "y"
rule = "Linear"
weight = "W"
bias = false

[parameters]
slope = 0.5
W = [1, 2]

[loss]
rule = "HalfSquaredError"

"""


def written(tmp_path, addition):
    path = tmp_path / "problem.toml"
    path.write_text(MAIN + addition, encoding="utf-8")
    return path


def test_a_variant_may_drop_a_parameter(tmp_path):
    path = written(tmp_path, '[[variants]]\ntitle = "V"\n[[variants.layers]]\noutput = "a"\nrule = "ReLU"\n')
    (variant,) = solve(read_problem(path)).variants
    assert "slope" not in variant.records[0].names
    assert float(variant.records[0]["y"]) == 1


def test_a_variant_may_rename_one(tmp_path):
    addition = """\
[[variants]]
title = "V"
parameters = { beta = 2 }
[[variants.layers]]
output = "a"
rule = "PReLU"
weight = "beta"
"""
    (variant,) = solve(read_problem(written(tmp_path, addition))).variants
    assert float(variant.records[0]["y"]) == 1 - 8


def test_a_comparison_without_some_quantity_leaves_its_cell_empty(tmp_path):
    sheet = solve(read_problem(written(tmp_path, '[[compare]]\ntitle = "C"\nloss = { output = "M" }\n')))
    (row,) = [line.split() for line in str(sheet).splitlines() if line.startswith(" L ")]
    assert row == ["L", "8"]


FAULTS = [
    ('[[variants]]\ntitle = "V"\nparamters = { W = [1, 2] }\n', 25, "did you mean parameters"),
    ('[[variants]]\ntitle = "V"\nparameters = { Q = [1, 2] }\n', 25, "there is no parameter 'Q'"),
    ('[[variants]]\ntitle = "V"\nparameters = { W = [1, 2, 3] }\n', 25, "has shape"),
    ('[[variants]]\ntitle = "V"\nloss = { reduction = "men" }\n', 25, "did you mean 'mean'"),
    ('[[compare]]\ntitle = "C"\narithmetic = "exakt"\n', 25, "exact or"),
    ('[[variants]]\ntitle = "V"\n[[variants.layers]]\noutput = "a"\nrule = "Tahn"\n', 27, "did you mean Tanh"),
    ('[[variants]]\ntitle = "V"\n[[variants.layers]]\noutput = "b"\nrule = "Tanh"\n', 26, "there is no layer 'b'"),
]


@pytest.mark.parametrize(("addition", "line", "said"), FAULTS)
def test_faults_lie_in_the_variant(tmp_path, addition, line, said):
    path = written(tmp_path, addition)
    with pytest.raises(BadFile) as caught:
        solve(read_problem(path))
    assert str(caught.value).startswith(f"{path}:{line}: "), caught.value
    assert said in str(caught.value)


def test_an_ignored_target_is_told_of(tmp_path):
    path = tmp_path / "ignored.toml"
    data = "".join(f"[[data]]\nz = [1, 2]\nt = {t}\n" for t in (0, -100))
    path.write_text(f'batch = true\n{data}[loss]\nrule = "CrossEntropyLoss"\n', encoding="utf-8")
    assert "A target of -100 is ignored" in str(solve(read_problem(path)))
