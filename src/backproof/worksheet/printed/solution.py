"""The worked solution as a Typst document."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.notation.prose import paragraphs
from backproof.notation.typst import literal
from backproof.worksheet.printed.markup import call, content, flow, formulas, listed, worked
from backproof.worksheet.sheet import Pass, Section, Sheet, compared, sections
from backproof.worksheet.steps import Step


def solution(sheet: Sheet) -> Iterator[str]:
    """The worksheet in pieces of code, from its text to its comparisons."""
    yield from prose(sheet.text)
    yield call("small", literal(sheet.legend))
    for section in sections(sheet):
        yield from of_section(section)
    if sheet.compare:
        yield heading(1, "Side by side")
        for each in sheet.passes:
            yield from of_comparison(sheet, each)


def prose(text: str) -> Iterator[str]:
    """A text that somebody wrote, its paragraphs apart."""
    for spans in paragraphs(text):
        yield call("prose", *(call("code" if code else "broken", literal(part)) for part, code in spans))


def heading(level: int, text: str) -> str:
    return call("heading", f"level: {level}", literal(text))


def of_section(section: Section) -> Iterator[str]:
    level = 1
    if section.title:
        yield heading(level, section.title)
        level += 1
    if section.heading:
        yield heading(level, section.heading)
    if section.givens:
        yield flow(section.givens)
    for phase, steps in section.phases:
        yield heading(level, phase)
        for step in steps:
            title = literal(f"{step.number}. {step.title}")
            yield call("step", level + 1, title, content(of_step(step, section.whole)))
    if section.note:
        yield call("note", literal(section.note))


def of_step(step: Step, whole: bool) -> Iterator[str]:
    yield from (call("worked", listed([formula])) for formula in formulas(step))
    if step.why:
        yield call("note", literal(step.why))
    yield from map(worked, step.lines)
    if step.rest:
        yield call("small", literal(step.rest))
    if step.convention:
        yield call("small", literal(f"Convention: {step.convention}"))
    if whole and step.array.shape:
        yield flow([step.record[step.quantity]])


def of_comparison(sheet: Sheet, each: Pass) -> Iterator[str]:
    """One pass's quantities as a table, a column for each comparison."""
    if each.of > 1:
        yield heading(2, f"Pass {each.number}")
    titles = ["quantity", sheet.column, *(title for title, _ in sheet.compare)]
    rows = [listed(map(literal, (label, *values))) for label, values in compared(sheet, each)]
    yield call("listing", len(titles), listed(map(literal, titles)), *rows)
