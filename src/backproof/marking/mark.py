"""A sheet read and judged, in one step."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from backproof.arithmetic.numeral import Numeral
from backproof.errors import BadNumber
from backproof.marking.claims import Sheet
from backproof.marking.marking import Marking
from backproof.marking.question import Question


def mark(question: Question, sheet: Path | str | Mapping[str, Any] | Sheet) -> Marking:
    """An answer sheet marked: a file, a mapping from quantities to numbers, or a sheet that has been read.

    Raises `BadFile` where there is no sheet to be read.
    """
    from backproof.marking.judging.judge import judge
    from backproof.marking.reading.sheet import read_sheet

    return judge(question, sheet if isinstance(sheet, Sheet) else read_sheet(sheet, question))


def mark_text(question: Question, text: str) -> Marking:
    """A sheet marked that is no file: JSON, TOML, or free text."""
    from backproof.marking.judging.judge import judge
    from backproof.marking.reading.text import read_text

    found = structured(text)
    return mark(question, found) if found is not None else judge(question, read_text(text, question))


def structured(text: str) -> Mapping[str, Any] | None:
    """What a text says in JSON or TOML, if it is that, each number with its digits.

    >>> structured("y = 19.30"), structured("the output is 19.3")
    ({'y': Numeral('19.30')}, None)
    """
    try:
        if not text.lstrip().startswith("{"):
            return tomllib.loads(text, parse_float=Numeral) or None
        found = json.loads(text, parse_float=Numeral, parse_int=Numeral)
    except (ValueError, RecursionError, BadNumber):
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None
