"""What programs send and get, and its description as OpenAPI."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from backproof import __version__
from backproof.marking.marking import Verdict
from backproof.practice.state import State


class Hinted(msgspec.Struct, frozen=True):
    """One hint."""

    title: str
    says: str
    formulas: list[str]
    """as plain text"""


class Judged(msgspec.Struct, frozen=True):
    """One number."""

    verdict: Verdict
    reason: str
    hints: list[Hinted]


class CheckReply(msgspec.Struct, frozen=True):
    """Every number that is asked for, by its address."""

    cells: dict[str, Judged]
    summary: str
    findings: list[str]
    faults: dict[str, str]
    """by address: why a given number could not be changed"""


class SolveReply(msgspec.Struct, frozen=True):
    """Every number by the name of its quantity, as nested lists of texts: ratios, or the certain digits."""

    numbers: dict[str, Any]
    left_out: list[str]
    """quantities with very many numbers"""
    faults: dict[str, str]


class Fault(msgspec.Struct, frozen=True):
    """Why there is no answer."""

    error: str


FAULTS = {
    "400": "this is no JSON",
    "403": "the request comes from another site",
    "405": "another method is expected",
    "408": "the request was not sent in time",
    "413": "the request is too large",
    "415": "the content type is not application/json",
    "421": "the server goes by another name",
    "422": "there is no such question, or it cannot be worked out",
    "500": "backproof itself failed",
    "503": "the server is busy",
}


@cache
def description() -> bytes:
    """The OpenAPI document."""
    (state, check, solve, fault), components = msgspec.json.schema_components(
        [State, CheckReply, SolveReply, Fault], ref_template="#/components/schemas/{name}"
    )
    document = {
        "openapi": "3.1.0",
        "info": {"title": "backproof practice", "version": __version__},
        "paths": {
            "/api/check": {"post": operation("check", "Answers judged, cell by cell.", state, check, fault)},
            "/api/solve": {"post": operation("solve", "Every number of a question.", state, solve, fault)},
        },
        "components": {"schemas": components},
    }
    return msgspec.json.encode(document)


def operation(name: str, says: str, takes: Any, gives: Any, fault: Any) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": says,
        "requestBody": {"required": True, "content": {"application/json": {"schema": takes}}},
        "responses": {
            "200": {"description": says, "content": {"application/json": {"schema": gives}}},
            **{
                status: {"description": why, "content": {"application/json": {"schema": fault}}}
                for status, why in FAULTS.items()
            },
        },
    }
