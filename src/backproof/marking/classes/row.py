"""What one sheet comes to in a table of many: its marks, its verdicts, its slips; or why it has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from backproof.marking.marking import Marking
from backproof.marking.marks import worth
from backproof.marking.question import Question
from backproof.marking.reports import report


class Column(NamedTuple):
    """One quantity that is asked for."""

    part: int
    name: str
    title: str
    """`dL/dV`, with the part's title in front where it has one."""


@dataclass
class Row:
    """A sheet, marked or not; plain values, so that it goes from process to process and to a file and back."""

    sheet: str
    digest: str = ""
    """Of the sheet's content."""
    person: str = ""
    marks: str = "0"
    """A ratio of whole numbers, like `of`."""
    of: str = "0"
    counts: dict[str, int] = field(default_factory=dict[str, int])
    """How many cells have each verdict."""
    answers: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    """For each column its step, verdict and marks."""
    first: str = ""
    """Where the first slip is: `step 6, dL/dV`."""
    slips: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Each with what was done, by the first explanation."""
    explained: int = 0
    off: int = 0
    doubts: int = 0
    unread: int = 0
    """Lines that could not be read."""
    error: str = ""
    """Why there are no marks."""


def columns(question: Question) -> list[Column]:
    """Every quantity that is asked for, in the order of the parts and of the work."""
    return [
        Column(n, name, f"{part.title}: {name}" if part.title else name)
        for n, part in enumerate(question.parts)
        for name in part.own
        if worth(question, n, name)
    ]


def row_of(marking: Marking, sheet: str, digest: str = "") -> Row:
    """A marked sheet as a row; one of which nothing was read says why."""
    read = marking.sheet
    refused = next((r for r in marking.remarks if r.kind == "refused"), None)
    if refused is not None and not (read.claims or read.chains):
        return Row(sheet, digest, report.whose(marking), error=f"not marked: {report.remark_text(refused)}")
    answers = {(a.part, a.name): a for a in marking.answers}
    found = [answers[c.part, c.name] for c in columns(marking.question)]
    explanation = marking.explanations[0] if marking.explanations else None
    off = [a for a in marking.answers if a.verdict in ("wrong", "follows")]
    first = marking.first or (off[0] if off else None)
    return Row(
        sheet,
        digest,
        report.whose(marking),
        str(marking.marks),
        str(marking.of),
        dict(report.counts(marking)),
        [(a.step, a.verdict, str(a.marks)) for a in found],
        report.place(first, marking) if first else "",
        [(slip.key, report.clean(slip.says, 200)) for slip in explanation.slips] if explanation else [],
        explanation.explained if explanation else 0,
        explanation.off if explanation else 0,
        len(report.doubts(marking)),
        sum(1 for remark in marking.remarks if remark.kind in ("unread", "refused")),
    )
