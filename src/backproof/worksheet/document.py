"""A worksheet as JSON: every rational exactly, every other number to certain digits, every step with its text and its LaTeX.

The schema stands in `schemas/worksheet.json`; `schema()` makes it from the types below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NotRequired, TypedDict

from flint import fmpq

from backproof.arithmetic.array import Array
from backproof.arithmetic.rounding import decimal
from backproof.notation.latex import LATEX
from backproof.notation.text import TEXT
from backproof.record.digits import text_of
from backproof.record.record import Record
from backproof.worksheet.sheet import Pass, Sheet
from backproof.worksheet.steps import Line, Step

ROW = re.compile(r'\[\s+((?:"[^"\\]*"|null|-?\d+)(?:,\s+(?:"[^"\\]*"|null|-?\d+))*)\s+\]')
"""A list of plain values, which is easier to read on one line."""
NEW_LINE = re.compile(r"\n\s*")
FORMAT = "backproof-worksheet-1"
Nested = Any


class QuantityDocument(TypedDict):
    """One quantity. `exact`, `decimal` and `rounded` have the quantity's own nesting."""

    shape: list[int]
    kind: str
    """given, value, gradient or update"""
    exact: Nested
    """ratios of whole numbers as strings, null for a number that is enclosed or a float"""
    decimal: Nested
    """the same as decimals, null where they do not end"""
    rounded: Nested
    """to so many digits, each certain"""


class LineDocument(TypedDict):
    """How one cell came about, in text and in LaTeX; sides of one equation, signs between them."""

    cell: str
    sides: list[str]
    latex: list[str]
    reasons: list[str]


class StepDocument(TypedDict):
    """One step of the reasoning."""

    number: int
    phase: str
    quantity: str
    layer: str
    rule: str
    formulas: list[str]
    latex: list[str]
    why: str
    convention: str
    lines: list[LineDocument]
    zeros: int
    left_out: int


class PassDocument(TypedDict):
    """One pass: its quantities by name, and its steps."""

    arithmetic: str
    quantities: dict[str, QuantityDocument]
    steps: list[StepDocument]


class VariantDocument(TypedDict):
    """What changed in a variant: all quantities, and the steps that are not as before."""

    title: str
    passes: list[PassDocument]


class WorksheetDocument(TypedDict):
    """A worksheet. Of one pass, quantities and steps stand at the top; of several, under passes."""

    format: str
    title: str
    text: str
    digits: int
    explain: NotRequired[str]
    arithmetic: NotRequired[str]
    quantities: NotRequired[dict[str, QuantityDocument]]
    steps: NotRequired[list[StepDocument]]
    passes: NotRequired[list[PassDocument]]
    variants: NotRequired[list[VariantDocument]]
    compare: NotRequired[list[VariantDocument]]


def to_json(worksheet: Sheet) -> str:
    """The worksheet as JSON text."""
    text = json.dumps(document(worksheet), ensure_ascii=False, indent=1)
    return ROW.sub(lambda m: f"[{NEW_LINE.sub(' ', m[1])}]", text) + "\n"


def document(sheet: Sheet) -> WorksheetDocument:
    """The worksheet as plain lists and dictionaries."""
    result: WorksheetDocument = {
        "format": FORMAT,
        "title": sheet.title,
        "text": sheet.text,
        "digits": sheet.record.digits,
    }
    if sheet.explain:
        result["explain"] = sheet.explain
    passes = [of_pass(each) for each in sheet.passes]
    if len(passes) == 1:
        result["arithmetic"] = passes[0]["arithmetic"]
        result["quantities"] = passes[0]["quantities"]
        result["steps"] = passes[0]["steps"]
    else:
        result["passes"] = passes
    if sheet.variants:
        result["variants"] = [
            VariantDocument(title=v.title, passes=[of_record(r, v.changed(i)) for i, r in enumerate(v.records)])
            for v in sheet.variants
        ]
    if sheet.compare:
        result["compare"] = [
            VariantDocument(title=title, passes=[of_record(r, []) for r in records]) for title, records in sheet.compare
        ]
    return result


def of_pass(each: Pass) -> PassDocument:
    return of_record(each.record, each.steps)


def of_record(record: Record, steps: Iterable[Step]) -> PassDocument:
    quantities = {name: of_quantity(record, name) for name in record.names}
    return {
        "arithmetic": record.evaluation.choice,
        "quantities": quantities,
        "steps": [of_step(step) for step in steps],
    }


def of_quantity(record: Record, name: str) -> QuantityDocument:
    array = record.array(name)
    kind = (
        "given"
        if name not in record.made
        else "update"
        if name.endswith("'")
        else "gradient"
        if "/" in name
        else "value"
    )
    return {
        "shape": list(array.shape),
        "kind": kind,
        "exact": nested(array, exact_text),
        "decimal": nested(array, decimal_text),
        "rounded": nested(array, lambda v: text_of(v, record.digits)[0]),
    }


def nested(array: Array, text: Callable[[Any], str | None]) -> Nested:
    return array.map(text).nested()


def exact_text(value: Any) -> str | None:
    return str(value) if isinstance(value, (fmpq, int)) else None


def decimal_text(value: Any) -> str | None:
    if isinstance(value, int):
        return str(value)
    return decimal(int(value.p), int(value.q)) if isinstance(value, fmpq) else None


def of_step(step: Step) -> StepDocument:
    return {
        "number": step.number,
        "phase": step.phase,
        "quantity": step.quantity,
        "layer": step.layer,
        "rule": step.rule,
        "formulas": step.formulas(TEXT),
        "latex": step.formulas(LATEX),
        "why": step.why,
        "convention": step.convention,
        "lines": [of_line(line) for line in step.lines],
        "zeros": step.zeros,
        "left_out": step.left_out,
    }


def of_line(line: Line) -> LineDocument:
    sides = line.sides(TEXT)
    return {"cell": sides[0], "sides": sides, "latex": line.sides(LATEX), "reasons": line.reasons}


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    import msgspec

    (root,), components = msgspec.json.schema_components([WorksheetDocument])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A worksheet of backproof",
        **root,
        "$defs": components,
    }
