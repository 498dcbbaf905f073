"""All that a practice page knows: it travels with every request, and the server keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from backproof.errors import BackproofError

LARGEST_PROBLEM = 48_000
"""Characters of a problem's text."""
MOST_FIELDS = 4_096
LAST_HINT = 4
LONGEST_SAID = 1_000
LONGEST_TYPED = 4_000
"""Characters of an address or a number that are taken in; well above what a number may have, so that its reader says what is
wrong with it."""

Address: TypeAlias = Annotated[
    str, Meta(max_length=LONGEST_TYPED, description="a quantity, or a cell of one: dL/dU[0,1]")
]
Typed: TypeAlias = Annotated[
    str, Meta(max_length=LONGEST_TYPED, description="a number as somebody writes it: 1/3, -0,5, 2e-3")
]
Name: TypeAlias = Annotated[str, Meta(max_length=200, description="a question that the server lists; or none")]
Toml: TypeAlias = Annotated[str, Meta(max_length=LARGEST_PROBLEM, description="the text of a problem file; or none")]
Part: TypeAlias = Annotated[int, Meta(ge=0, le=1_000, description="which pass or variant, counted from 0")]
Place: TypeAlias = Annotated[int, Meta(ge=0, le=1_000, description="the step that is reached; null for the last")]
Level: TypeAlias = Annotated[int, Meta(ge=0, le=LAST_HINT)]
Most = Meta(max_length=MOST_FIELDS)


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question, what was changed in it, what was answered, and how far somebody has come."""

    example: Name = ""
    problem: Toml = ""
    part: Part = 0
    given: Annotated[dict[Address, Typed], Most] = {}
    answers: Annotated[dict[Address, Typed], Most] = {}
    hints: Annotated[dict[Address, Level], Most] = {}
    uncovered: Annotated[list[Address], Most] = []
    """Quantities whose solution is shown among boxes that are to be filled in."""
    at: Place | None = None
    mode: Literal["read", "practise"] = "read"


class BadRequest(BackproofError):
    """A request that is no state of a practice page."""


PLAIN = ("example", "problem", "mode")
BY_ADDRESS = {"given": "given", "answer": "answers", "hint": "hints"}
"""What stands before the colon of a field's name, and what of a state it tells."""


def state_of(fields: Iterable[tuple[str, str]]) -> tuple[State, str]:
    """The state that a form holds, and what is to be done: `answer:U[0,1]`, `given:X[0,1]`, `mode`, `do`, …

    Of two fields of one name the last counts; fields of other names are passed over. Raises `BadRequest`.

    >>> state_of([("example", "question-01"), ("answer:U[0,1]", "6"), ("do", "check")])[0].answers
    {'U[0,1]': '6'}
    """
    found: dict[str, object] = {}
    tables: dict[str, dict[str, object]] = {name: {} for name in BY_ADDRESS.values()}
    do = ""
    uncovered: list[str] = []
    for name, value in fields:
        kind, colon, address = name.partition(":")
        if name == "do":
            do = value
        elif colon and kind in BY_ADDRESS:
            tables[BY_ADDRESS[kind]][address] = whole_number(name, value) if kind == "hint" else value
        elif colon and kind == "uncovered":
            uncovered.append(address)
        elif name in ("part", "at"):
            found[name] = whole_number(name, value) if value else {"part": 0, "at": None}[name]
        elif name in PLAIN:
            found[name] = value
    try:
        return msgspec.convert({**found, **tables, "uncovered": uncovered}, State), do
    except msgspec.ValidationError as error:
        raise BadRequest(f"the form cannot be read: {plainly(error)}") from None


PLAIN_WORDS = {
    "`str`": "a text", "`int`": "a whole number", "`object`": "a table", "`array`": "a list", "`null`": "nothing",
    "of length <= ": "of length at most ", " <= ": " of at most ", " >= ": " of at least ", " | ": " or ", "`": "",
}  # fmt: skip


def sentence(text: str) -> str:
    """What an error says, as a sentence, not too long."""
    text = text[:1].upper() + text[1:LONGEST_SAID]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def plainly(error: msgspec.ValidationError) -> str:
    """What is wrong with a state, in words and with the name of its field.

    >>> try: msgspec.convert({"given": {"t": 1}}, State)
    ... except msgspec.ValidationError as error: plainly(error)
    'given: expected a text, got a whole number'
    """
    what, _, where = str(error).partition(" - at ")
    for theirs, ours in PLAIN_WORDS.items():
        what = what.replace(theirs, ours)
    field = re.match(r"`\$\.(\w+)", where)
    return (f"{field[1]}: " if field else "") + what[:1].lower() + what[1:]


def whole_number(name: str, value: str) -> int:
    """A small whole number of a form."""
    if len(value) <= 6 and value.isascii() and value.isdigit():
        return int(value)
    raise BadRequest(f"the form cannot be read: {name[:60]} is {value[:20]!r}; expected a whole number")


def acted(state: State, do: str, steps: int) -> State:
    """The state after a button was pressed; `steps` is how many the question has.

    check, hint:ADDRESS, next, back, first, last, step, apply, restore, restore:ADDRESS, cover, cover:NAME, uncover, uncover:NAME,
    reset; `part:N` is for `turned`.
    """
    at = steps if state.at is None else min(state.at, steps)
    what, _, address = do.partition(":")
    replace = msgspec.structs.replace
    match what:
        case "first" | "back" | "next" | "last":
            place = {"first": 0, "back": max(at - 1, 0), "next": min(at + 1, steps), "last": None}[what]
            return replace(state, at=place, mode="read")
        case "hint" if address:
            level = min(state.hints.get(address, 0) + 1, LAST_HINT)
            return replace(state, hints={**state.hints, address: level}, mode="practise")
        case "step":
            return replace(state, at=min(1, steps) if state.at is None else at, mode="read")
        case "uncover" | "cover" if address:
            rest = [name for name in state.uncovered if name != address]
            return replace(state, uncovered=[*rest, address] if what == "uncover" else rest, mode="practise")
        case "restore" if address:
            return replace(state, given={place: text for place, text in state.given.items() if place != address})
        case "check" | "cover":
            return replace(state, mode="practise")
        case "uncover":
            return replace(state, mode="read", at=None)
        case "restore":
            return replace(state, given={})
        case "reset":
            return replace(state, given={}, answers={}, hints={}, uncovered=[], at=None)
        case "" | "apply":
            return state
        case _:
            raise BadRequest(f"there is nothing to do that is called {do[:60]!r}")


def turned(state: State, do: str) -> State:
    """The state with another part of the question, if that is what is to be done; what was of the old part is dropped."""
    what, _, number = do.partition(":")
    if what != "part":
        return state
    return State(example=state.example, problem=state.problem, part=whole_number("part", number), mode=state.mode)
