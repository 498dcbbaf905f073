"""JSON: it keeps to its schema, and every number in it is the record's."""

import json
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from flint import fmpq

from backproof.notation.text import TEXT
from backproof.worksheet.document import to_json
from worksheet.sheets import NAMES, sheet

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "worksheet.json").read_text(encoding="utf-8"))


@pytest.fixture(params=NAMES)
def worksheet(request):
    return sheet(request.param)


def passes(document):
    return document.get("passes", [document])


def at(nested, index):
    for i in index:
        nested = nested[i]
    return nested


def test_it_keeps_to_its_schema(worksheet):
    document = json.loads(to_json(worksheet))
    jsonschema.validate(document, SCHEMA)
    assert document["format"] == "backproof-worksheet-1"
    assert document["title"] == worksheet.title
    assert len(document.get("variants", [])) == len(worksheet.variants)
    assert len(document.get("compare", [])) == len(worksheet.compare)


def test_the_schema_bites():
    document = json.loads(to_json(sheet("question-01")))
    for key in ("format", "digits"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({k: v for k, v in document.items() if k != key}, SCHEMA)
    document["steps"][0]["lines"] = "none"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_every_number_is_the_record_s(worksheet):
    for each, said in zip(worksheet.passes, passes(json.loads(to_json(worksheet))), strict=True):
        assert list(said["quantities"]) == each.record.names
        for name, quantity in said["quantities"].items():
            array = each.record.array(name)
            assert tuple(quantity["shape"]) == array.shape
            for index, value in array.items():
                exact, decimal = at(quantity["exact"], index), at(quantity["decimal"], index)
                if isinstance(value, (fmpq, int)):
                    assert fmpq(*map(int, exact.split("/"))) == value
                    assert decimal is None or Fraction(decimal) == Fraction(exact)
                    assert (decimal is not None) == ends(Fraction(exact))
                else:
                    assert exact is decimal is None
                    assert isinstance(at(quantity["rounded"], index), str)


def ends(number):
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def test_kinds(worksheet):
    for each, said in zip(worksheet.passes, passes(json.loads(to_json(worksheet))), strict=True):
        kinds = {name: quantity["kind"] for name, quantity in said["quantities"].items()}
        phases = {step.quantity: step.phase for step in each.steps}
        expected = {"forward": "value", "backward": "gradient", "update": "update", None: "given"}
        assert kinds == {name: expected[phases.get(name)] for name in kinds}


def test_the_steps_are_those_that_are_printed(worksheet):
    for each, said in zip(worksheet.passes, passes(json.loads(to_json(worksheet))), strict=True):
        assert [step["quantity"] for step in said["steps"]] == [step.quantity for step in each.steps]
        for written, step in zip(said["steps"], each.steps, strict=True):
            assert [line["sides"] for line in written["lines"]] == [line.sides(TEXT) for line in step.lines]
            assert [line["reasons"] for line in written["lines"]] == [line.reasons for line in step.lines]
            assert (written["zeros"], written["left_out"]) == (max(step.zeros, 0), step.left_out)
