"""A table of a problem file as a value: its keys and types checked, its faults told in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args, get_type_hints

import msgspec

from backproof.arithmetic import Choice
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BackproofError, BadOption, UnknownName, shortened
from backproof.network.rubric import Rubric
from backproof.network.training import Training

PATH = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
PART = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")
KINDS = {
    "int": "a whole number",
    "array": "a list",
    "str": "text in quotes",
    "bool": "true or false",
    "object": "a table",
}
EXPECTED = re.compile(r"Expected `(?P<kinds>[^`]*)`, got `[^`]*`")


def converted(table: dict[str, Any], kind: type[Any], place: tuple[str | int, ...]) -> Any:
    """A table as a value of a dataclass, its keys and types checked."""
    check_keys(table, [f.name for f in fields(kind)], place)
    try:
        return msgspec.convert(table, kind, dec_hook=lambda _, value: Numeral(value))
    except BackproofError as error:
        raise error.at(*place) from None
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, BackproofError) and error.__cause__.place:
            raise error.__cause__ from None
        match = PATH.match(str(error))
        assert match is not None
        parts = [m["key"] or int(m["index"]) for m in PART.finditer(match["path"] or "")]
        raise BadOption(explained(match["what"], table, parts)).at(*place, *parts) from error


def check_keys(table: Mapping[str, Any], known: list[str], place: tuple[str | int, ...]) -> None:
    for key in table:
        if key not in known:
            raise UnknownName("key", key, known).at(*place, key)


def explained(message: str, table: dict[str, Any], parts: list[str | int]) -> str:
    """What the validation found, in plain words and with the value that was given."""
    match, value = EXPECTED.fullmatch(message), table
    for part in parts:
        value = value[part]  # pyright: ignore[reportArgumentType]
    if match:
        kinds = [KINDS.get(k, k) for k in match["kinds"].split(" | ") if k != "null"]
        return f"{parts[-1] if parts else 'this'} is {shortened(value)}; expected {' or '.join(kinds)}"
    if message.startswith("Invalid enum value"):
        return f"{parts[-1]} is {shortened(value)}; expected {' or '.join(choices(str(parts[-1])))}"
    return message.replace("Object missing required field", "missing key").replace("`", "'")


def choices(key: str) -> tuple[str, ...]:
    """The words that may stand at a key: of [training], of [rubric], or else an arithmetic."""
    kinds = get_type_hints(Training) | get_type_hints(Rubric)
    return tuple(word for word in get_args(kinds.get(key, Choice)) if isinstance(word, str))
