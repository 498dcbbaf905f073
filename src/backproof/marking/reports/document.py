"""A marked sheet as JSON: every cell with what was written, what is right, and why it was judged so.

The schema stands in `schemas/marking.json`; `schema()` makes it from the types below.
"""

from __future__ import annotations

import json
from typing import Any, TypedDict

from flint import fmpq

from backproof.marking.claims import Remark, Where
from backproof.marking.marking import Answer, Cell, Explanation, Formula, Marking, Slip
from backproof.marking.reports.report import clean
from backproof.record.digits import text_of

FORMAT = "backproof-marking-1"
DIGITS = 12
LONGEST = 1000


class WhereDocument(TypedDict):
    """A place in the sheet, counted from 1; 0 where there is none."""

    line: int
    column: int


class SlipDocument(TypedDict):
    """One thing that went wrong."""

    key: str
    """of the misconception, or number.sign and the like"""
    says: str
    """what was done, to be read after You"""
    quantity: str
    part: int
    step: int
    index: list[int] | None
    where: WhereDocument


class ExplanationDocument(TypedDict):
    """A smallest set of slips that gives the numbers on the sheet."""

    slips: list[SlipDocument]
    explained: int
    off: int
    """how many numbers are not those that are right"""


class CellDocument(TypedDict):
    """One number. Numbers are texts, so that no digit is lost."""

    index: list[int]
    written: str
    verdict: str
    expected: str
    exact: str | None
    """the number that is right as a ratio of whole numbers, null where it is enclosed"""
    own: str | None
    """what follows from this person's own numbers, where that is another"""
    reason: str
    doubt: str
    readings: list[str]
    """what else it may be; guesses, which decide nothing"""
    where: WhereDocument


class AnswerDocument(TypedDict):
    """One quantity. marks and of are ratios of whole numbers."""

    quantity: str
    part: int
    """which of parts"""
    step: int
    shape: list[int]
    verdict: str
    """right, rounded, follows, wrong, blank or unread"""
    marks: str
    of: str
    reason: str
    trivial: bool
    after: list[int]
    """which slips of the first explanation its numbers follow from"""
    cells: list[CellDocument]
    """those that were written"""
    where: WhereDocument


class FormulaDocument(TypedDict):
    """One side of a chain of formulas."""

    text: str
    quantity: str
    part: int
    verdict: str
    reason: str
    marks: str
    of: str
    where: WhereDocument


class RemarkDocument(TypedDict):
    """What is to be said of a place beside the marks."""

    kind: str
    message: str
    text: str
    where: WhereDocument


class MarkingDocument(TypedDict):
    """A sheet, marked."""

    format: str
    title: str
    sheet: str
    person: str
    marks: str
    of: str
    parts: list[str]
    """their titles"""
    answers: list[AnswerDocument]
    explanations: list[ExplanationDocument]
    """the first is what the marks rest on; the others fit equally well"""
    formulas: list[FormulaDocument]
    remarks: list[RemarkDocument]


def to_json(marking: Marking) -> str:
    """The marking as JSON text."""
    return json.dumps(document(marking), ensure_ascii=False, indent=1) + "\n"


def document(marking: Marking) -> MarkingDocument:
    """The marking as plain lists and dictionaries."""
    return {
        "format": FORMAT,
        "title": marking.question.title,
        "sheet": clean(marking.sheet.path.name, LONGEST) if marking.sheet.path else "",
        "person": clean(marking.sheet.person, LONGEST),
        "marks": str(marking.marks),
        "of": str(marking.of),
        "parts": [part.title for part in marking.question.parts],
        "answers": [of_answer(answer) for answer in marking.answers],
        "explanations": [of_explanation(explanation) for explanation in marking.explanations],
        "formulas": [of_formula(formula) for formula in marking.formulas],
        "remarks": [of_remark(remark) for remark in marking.remarks],
    }


def of_answer(answer: Answer) -> AnswerDocument:
    return {
        "quantity": answer.name,
        "part": answer.part,
        "step": answer.step,
        "shape": list(answer.shape),
        "verdict": answer.verdict,
        "marks": str(answer.marks),
        "of": str(answer.of),
        "reason": clean(answer.reason, LONGEST),
        "trivial": answer.trivial,
        "after": list(answer.after),
        "cells": [of_cell(cell) for cell in answer.cells.values() if cell.verdict != "blank"],
        "where": of_where(answer.where),
    }


def of_cell(cell: Cell) -> CellDocument:
    digits = max(DIGITS, cell.written.digits + 2)
    return {
        "index": list(cell.index),
        "written": clean(cell.written.text, LONGEST),
        "verdict": cell.verdict,
        "expected": text_of(cell.expected, digits)[0],
        "exact": str(cell.expected) if isinstance(cell.expected, fmpq) else None,
        "own": None if cell.own is None else text_of(cell.own, digits)[0],
        "reason": clean(cell.reason, LONGEST),
        "doubt": clean(cell.doubt or cell.written.doubt, LONGEST),
        "readings": [str(reading) for reading in cell.written.readings],
        "where": of_where(cell.written.where),
    }


def of_explanation(explanation: Explanation) -> ExplanationDocument:
    slips = [of_slip(slip) for slip in explanation.slips]
    return {"slips": slips, "explained": explanation.explained, "off": explanation.off}


def of_slip(slip: Slip) -> SlipDocument:
    return {
        "key": slip.key,
        "says": clean(slip.says, LONGEST),
        "quantity": slip.name,
        "part": slip.part,
        "step": slip.step,
        "index": None if slip.index is None else list(slip.index),
        "where": of_where(slip.where),
    }


def of_formula(formula: Formula) -> FormulaDocument:
    return {
        "text": clean(formula.text, LONGEST),
        "quantity": formula.name,
        "part": formula.part,
        "verdict": formula.verdict,
        "reason": clean(formula.reason, LONGEST),
        "marks": str(formula.marks),
        "of": str(formula.of),
        "where": of_where(formula.where),
    }


def of_remark(remark: Remark) -> RemarkDocument:
    return {
        "kind": remark.kind,
        "message": clean(remark.message, LONGEST),
        "text": clean(remark.text, LONGEST),
        "where": of_where(remark.where),
    }


def of_where(where: Where) -> WhereDocument:
    return {"line": where.line, "column": where.column}


def schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    import msgspec

    (root,), components = msgspec.json.schema_components([MarkingDocument])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A sheet marked by backproof",
        **root,
        "$defs": components,
    }
