"""Answers as data: TOML, JSON, or a Python mapping from a quantity's name to its numbers.

    question = "question-01"
    person = "A. Student"
    U = [[8, 6], [-0.5, ""]]
    "dL/dV" = [[2, 4], ["1/3", "2,5"]]
    "dL/dX[0,1]" = 2

    [[variants]]
    "dL/dα" = [[0, 0], [-10, -4]]

Numbers keep their digits. Blank is "", "?", "-", nothing, or a row that ends early. A table [[data]] answers for one datum,
[[variants]] for one variant, in order or by `title`; what only a later part has may stand at the top as well.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any, cast

from backproof.arithmetic.numeral import Numeral
from backproof.errors import shortened
from backproof.marking.claims import Remark, Sheet, Where, Written
from backproof.marking.question import Question
from backproof.marking.reading.collecting import MOST_REMARKS, Collecting, refused
from backproof.marking.reading.names import cell_of
from backproof.marking.reading.numbers import written
from backproof.marking.reading.shapes import Misfit, mapped

MOST_KEYS = 2_000
SPARE = 10_000
PASS = re.compile(r"(?:datum|pass|variant|example|sample|step)(?:e?s)?[\s_-]*\d{0,3}", re.IGNORECASE)
"""What people call a part, who do not know that it is a table of [[data]]."""
DEEP_KEY = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]{1,64}[ \t]*\.[ \t]*){12}""")
KEY_LINE = re.compile(r"""^[ \t]*(?:\[\[?[ \t]*(\w+)[^\n]*|("[^"\n]*"|'[^'\n]*'|[\w-]+)[ \t]*=[ \t]*)""", re.MULTILINE)
KEY_JSON = re.compile(r'("(?:[^"\\\n]|\\.)*+")(\s*+:\s*+)?')
"""A text, and the colon that makes it a key; read whole either way, so that a text full of quotes is read once."""


def read_structured(
    mapping: Mapping[str, Any], question: Question, path: Path | None = None, places: list[tuple[str, Where]] | None = None
) -> Sheet:  # fmt: skip
    """The sheet that a mapping is. Bad content is said in the sheet's remarks, never raised.

    places: the keys in the order in which they were written, with where each one's value stands.
    """
    reading = Reading(question, places or [])
    told = mapping.get("person") or (path.stem if path else "")
    person = (told if isinstance(told, str) else shortened(told))[:200]
    answered = mapping.get("question")
    if isinstance(answered, str) and not names_question(answered, question):
        message = f"the sheet answers {shortened(answered)}; it is held against {shortened(question.title)}"
        reading.remark("question", message, where=reading.where("question"))
    reading.table(mapping, 0)
    return reading.sheet(path, person, False)


def read_toml(text: str, question: Question, path: Path | None = None) -> Sheet:
    """The sheet in a TOML text."""
    if DEEP_KEY.search(text):
        return refused("a key has more than a dozen parts", path)
    try:
        document = tomllib.loads(text, parse_float=Numeral)
    except tomllib.TOMLDecodeError as error:
        return refused(f"this is not TOML: {error}", path)
    except (RecursionError, ValueError) as error:
        return refused(beyond(error), path)
    found = [(m[1] or m[2].strip("\"'"), m.end()) for m in KEY_LINE.finditer(text)]
    return read_structured(document, question, path, located(text, found))


def read_json(text: str, question: Question, path: Path | None = None) -> Sheet:
    """The sheet in a JSON text."""
    import json

    twice: list[Remark] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        done: dict[str, Any] = {}
        for key, value in pairs:
            if key in done:
                message = f"{shortened(key)} stands here as {shortened(done[key])} and as {shortened(value)}; the last is taken"
                twice.append(Remark("twice", message, key[:200]))
            done[key] = value
        return done

    try:
        document = json.loads(
            text, parse_float=Digits, parse_int=Digits, parse_constant=Digits, object_pairs_hook=table
        )
    except json.JSONDecodeError as error:
        return refused(f"this is not JSON: {error.msg} (at line {error.lineno}, column {error.colno})", path)
    except (RecursionError, ValueError) as error:
        return refused(beyond(error), path)
    if not isinstance(document, dict):
        return refused(f"the sheet is {shortened(document)}; expected a table of quantities", path)
    found = [(m[1].strip('"'), m.end()) for m in KEY_JSON.finditer(text) if m[2]]
    sheet = read_structured(cast("dict[str, Any]", document), question, path, located(text, found))
    return replace(sheet, remarks=(*twice[:MOST_REMARKS], *sheet.remarks)) if twice else sheet


def beyond(error: Exception) -> str:
    """What is wrong with a text that is written as it should be, and cannot be read all the same."""
    deep = isinstance(error, RecursionError)
    return "lists or tables are nested too deeply to be read" if deep else f"a number cannot be read: {error}"


class Digits(str):
    """A number of a JSON file, as it stands there."""

    __slots__ = ()


class Reading(Collecting):
    """A mapping on its way into claims."""

    def __init__(self, question: Question, places: list[tuple[str, Where]]) -> None:
        super().__init__(question)
        self.places = iter(places)
        self.keys = 0

    def where(self, key: str) -> Where:
        """Where the value of the next key of this name stands; keys come in the order in which they were written."""
        return next((where for name, where in self.places if name == key), Where())

    def table(self, mapping: Mapping[str, Any], part: int) -> None:
        """The answers of one table, those of its variants and data last."""
        later: list[tuple[str, Any]] = []
        for key, value in mapping.items():
            if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                self.unknown(shortened(key), "", Where())
            elif key in ("data", "variants"):
                later.append((key, value))
            elif self.keys > MOST_KEYS:
                return
            elif key not in ("question", "person", "title"):
                self.part = part
                self.answer(key, value, self.where(key))
        for key, value in later:
            self.passes(key, value, part)

    def answer(self, key: str, value: Any, where: Where) -> None:
        """The numbers of one quantity, or of one of its cells."""
        self.keys += 1
        if self.keys > MOST_KEYS:
            return self.remark(
                "refused", f"what follows was not read: a sheet has at most {MOST_KEYS:,} keys", key, where
            )
        base, index = cell_of(key)
        name = self.names.found(base)
        if not name:
            if PASS.fullmatch(key) and isinstance(value, Mapping | list | tuple):
                message = "answers to one datum stand in a table [[data]], those to a variant in [[variants]]"
                return self.remark("unknown", f"{key}: {message}", key, where)
            return self.unknown(key, key, where)
        if hasattr(value, "tolist"):
            value = value.tolist()
        if isinstance(value, Mapping):
            return self.remark("shape", f"{name} is a table; expected its numbers", key, where)
        try:
            nest = mapped(value, lambda v: number(v, where), self.room(name))
        except Misfit as error:
            return self.remark("shape", f"{name}: {error}", key, where)
        if index and isinstance(nest, Written):
            self.cell(name, index, nest, where, key)
        elif index:
            self.remark("shape", f"{key} is one cell; expected one number", key, where)
        else:
            self.claim(name, nest, where, key)
        return None

    def room(self, name: str) -> int:
        """How many numbers may stand for a quantity, those too many that a message still counts among them."""
        return max(prod(shapes[name]) for shapes in self.names.shapes if name in shapes) + SPARE

    def passes(self, key: str, tables: Any, part: int) -> None:
        """The tables [[data]] or [[variants]], each for one part of the question."""
        tables = [tables] if isinstance(tables, Mapping) else tables
        if not isinstance(tables, list | tuple):
            self.remark("shape", f"{key} is {shortened(tables)}; expected tables [[{key}]]", key)
            return
        for n, table in enumerate(cast("list[Any]", tables)[:MOST_KEYS]):
            where = self.where(key)
            if not isinstance(table, Mapping):
                self.remark("shape", f"{key} is {shortened(table)}; expected a table of quantities", key, where)
                continue
            chosen = self.chosen(key, n, cast("Mapping[str, Any]", table), part)
            if chosen is None:
                what = "datum" if key == "data" else "variant"
                title = cast("Mapping[str, Any]", table).get("title")
                named = shortened(title) if title else f"number {n + 1}"
                self.remark("unknown", f"the question has no {what} {named}", key, where)
            else:
                self.table(cast("Mapping[str, Any]", table), chosen)

    def chosen(self, key: str, n: int, table: Mapping[str, Any], part: int) -> int | None:
        """The part that a table is about: the one of its title, else the one of its place among its like."""
        now = self.parts[part]
        if key == "data":
            fits = [p for p, other in enumerate(self.parts) if other.variant == now.variant]
        else:
            fits = [p for p, other in enumerate(self.parts) if other.variant and other.datum == now.datum]
        title = table.get("title")
        if isinstance(title, str):
            fits = [p for p in fits if self.parts[p].title.casefold().startswith(title.strip().casefold())]
            return fits[0] if len(fits) == 1 else None
        return fits[n] if n < len(fits) else None


def number(value: Any, where: Where) -> Written:
    """One cell: its digits where it is a number or text, blank where it is nothing."""
    if value is None:
        return Written(where=where)
    if isinstance(value, bool | bytes | Mapping):
        return Written(shortened(cast("Any", value)), where=where, doubt="this is no number")
    try:
        return written(str(value), where)
    except ValueError:
        return Written("…", where=where, doubt="a whole number has too many digits to be read")


def names_question(said: str, question: Question) -> bool:
    """Whether this is the question's title or its file's name, or the beginning of one."""
    word = re.sub(r"[\W_]", "", said).casefold()
    path = question.problem.path
    known = [question.title, path.stem if path else ""]
    return not any(known) or any(re.sub(r"[\W_]", "", k).casefold().startswith(word) for k in known if k)


def located(text: str, found: list[tuple[str, int]]) -> list[tuple[str, Where]]:
    """Places in a text as line and column."""
    places: list[tuple[str, Where]] = []
    line, start, at = 1, 0, 0
    for name, end in found:
        newlines = text.count("\n", at, end)
        if newlines:
            line, start = line + newlines, text.rfind("\n", 0, end) + 1
        at = end
        places.append((name, Where(line, end - start + 1)))
    return places
