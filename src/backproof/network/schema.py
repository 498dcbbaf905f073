"""The JSON Schema of a problem file, made from the rules themselves, so that a new rule is in it at once."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, get_args

import msgspec

from backproof import rules
from backproof.arithmetic import Choice
from backproof.arithmetic.numeral import Numeral
from backproof.network.initialise import INITIALISERS, Initial
from backproof.network.rubric import Rubric
from backproof.network.training import Training
from backproof.rules.rule import Loss, Rule, Update

NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "description": 'digits, such as "0.1" or "1/3"'}]}
NUMBERS = {
    "description": "a number, or lists of numbers, all rows of one length; or a file beside this one that holds them",
    "anyOf": [
        {"$ref": "#/$defs/number"},
        {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/numbers"}},
        {
            "type": "object",
            "required": ["file"],
            "additionalProperties": False,
            "properties": {"file": {"type": "string"}, "key": {"type": "string"}},
        },
    ],
}
MARKS = {"type": "object", "additionalProperties": {"$ref": "#/$defs/number"}}


def problem_schema() -> dict[str, Any]:
    """The schema as plain dictionaries."""
    kinds = [rule for rule in map(rules.find, rules.names()) if rule.__name__ != "Reduction"]
    layers = [rule for rule in kinds if not issubclass(rule, (Loss, Update))]
    losses = [rule for rule in kinds if issubclass(rule, Loss)]
    updates = [rule for rule in kinds if issubclass(rule, Update)]
    table = {"type": "object", "additionalProperties": {"$ref": "#/$defs/numbers"}}
    parameter = {"anyOf": [{"$ref": "#/$defs/numbers"}, {"$ref": "#/$defs/initial"}]}
    parameters = {"type": "object", "additionalProperties": parameter}
    arithmetic = {"enum": list(get_args(Choice))}
    layer_list = {"type": "array", "items": {"$ref": "#/$defs/layer"}}
    variant = {
        "type": "object",
        "required": ["title"],
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string"},
            "layers": layer_list,
            "loss": {"type": "object", "description": "keys of the loss that change"},
            "parameters": parameters,
            "arithmetic": arithmetic,
            "marks": MARKS | {"description": "what each quantity is worth that changes here"},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A problem file of backproof",
        "type": "object",
        "required": ["data"],
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string"},
            "text": {"type": "string"},
            "data": {"anyOf": [table, {"type": "array", "minItems": 1, "items": table}]},
            "batch": {"type": "boolean", "description": "all data at once instead of one after another"},
            "arithmetic": arithmetic,
            "layers": layer_list,
            "loss": {"anyOf": [of_rule(rule, ("output", "input", "target")) for rule in losses]},
            "update": {"anyOf": [of_rule(rule, ()) for rule in updates]},
            "parameters": parameters,
            "initial": {"$ref": "#/$defs/initial"},
            "variants": {"type": "array", "items": {"$ref": "#/$defs/variant"}},
            "compare": {"type": "array", "items": {"$ref": "#/$defs/variant"}},
            "training": of_training(),
            "rubric": of_rubric(),
        },
        "$defs": {
            "number": NUMBER,
            "numbers": NUMBERS,
            "initial": of_initial(),
            "layer": {"anyOf": [of_rule(rule, ("output", "input")) for rule in layers]},
            "variant": variant,
        },
    }


def of_rule(rule: type[Rule], wiring: tuple[str, ...]) -> dict[str, Any]:
    """A rule's table: its name, its place in the network, names for its arrays, its options."""
    options = fields(rule)  # pyright: ignore[reportArgumentType]
    properties: dict[str, Any] = {"rule": {"const": rule.__name__}} | {f.name: of_option(f) for f in options}
    name = {"type": "string"}
    reads = {"anyOf": [name, {"type": "array", "items": name}]}
    properties |= {key: reads if key == "input" else name for key in wiring}
    for array in (*rule.parameters, *rule.chance, *rule.scratch):
        option = properties.get(array)
        properties[array] = name if option is None else {"anyOf": [option, name]}
    return {
        "type": "object",
        "description": (rule.__doc__ or "").partition("\n\n")[0],
        "required": ["rule", *(f.name for f in options if f.default is MISSING), *rule.required],
        "additionalProperties": False,
        "properties": properties,
    }


def of_option(field: Field[Any]) -> dict[str, Any]:
    kind = msgspec.json.schema(field.type, schema_hook=of_numeral)
    default = {} if field.default in (MISSING, None) or not str(field.default) else {"default": field.default}
    return kind | default


def of_numeral(kind: type) -> dict[str, Any]:
    if kind is Numeral:
        return {"$ref": "#/$defs/number"}
    raise TypeError(f"an option of type {kind} has no JSON Schema here")


def of_training() -> dict[str, Any]:
    """The table [training]; its numbers may be written as digits in quotes like any other."""
    return {
        "type": "object",
        "description": "what backproof train does where its options do not say otherwise",
        "additionalProperties": False,
        "properties": {f.name: of_option(f) for f in fields(Training)},
    }


def of_rubric() -> dict[str, Any]:
    """The table [rubric]."""
    described = {
        "marks": MARKS | {"description": "what each quantity is worth; those not named are not asked for"},
        "formulas": MARKS | {"description": "what a formula of a quantity is worth"},
    }
    options = {f.name: of_option(f) for f in fields(Rubric) if f.name not in described}
    return {
        "type": "object",
        "description": "what backproof mark gives for each answer",
        "additionalProperties": False,
        "properties": described | options,
    }


def of_initial() -> dict[str, Any]:
    properties = {"seed": {"type": "integer"}, "init": {"enum": list(INITIALISERS)}, "decimals": {"type": "integer"}}
    assert properties.keys() == {field.name for field in fields(Initial)}
    return {"type": "object", "additionalProperties": False, "properties": properties}
