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
    from backproof.marking.judge import judge
    from backproof.marking.reading import read_sheet

    return judge(question, sheet if isinstance(sheet, Sheet) else read_sheet(sheet, question))
