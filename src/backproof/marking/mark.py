"""A sheet read and judged, in one step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    """A sheet marked that is no file: JSON or TOML, where it is that and says anything, else free text."""
    from backproof.marking.reading.structured import read_json, read_toml
    from backproof.marking.reading.text import read_text

    sheet = (read_json if text.lstrip().startswith("{") else read_toml)(text, question)
    says = sheet.claims or sheet.person or any(remark.kind != "refused" for remark in sheet.remarks)
    return mark(question, sheet if says else read_text(text, question))
