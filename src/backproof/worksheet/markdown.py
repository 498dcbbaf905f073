"""A worksheet as Markdown with LaTeX, as notebooks, GitHub and Pandoc read it."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.notation.latex import LATEX
from backproof.notation.markdown import escaped, harmless
from backproof.notation.matrices import equations
from backproof.notation.prose import paragraphs
from backproof.notation.text import TEXT
from backproof.record.quantity import Quantity
from backproof.worksheet.sheet import Pass, Section, Sheet, compared, sections
from backproof.worksheet.steps import Line, Step

LONGEST_LINE = 70


def markdown(worksheet: Sheet) -> str:
    """The whole worksheet."""
    return "\n\n".join(blocks(worksheet)) + "\n"


def blocks(sheet: Sheet) -> Iterator[str]:
    if sheet.title:
        yield f"# {escaped(sheet.title)}"
    for spans in paragraphs(sheet.text):
        yield "".join(f"`{text}`" if code else harmless(text) for text, code in spans)
    yield f"*{sheet.legend}*"
    for section in sections(sheet):
        yield from of_section(section)
    if sheet.compare:
        yield "## Side by side"
        yield from (of_comparison(sheet, each) for each in sheet.passes)


def of_section(section: Section) -> Iterator[str]:
    level = "###" if section.title else "##"
    if section.title:
        yield f"## {escaped(section.title)}"
    if section.heading:
        yield f"{level} {section.heading}"
    yield from (display(matrix(quantity)) for quantity in section.givens)
    for phase, steps in section.phases:
        yield f"{level} {phase}"
        for step in steps:
            yield f"{level}# {step.number}. {escaped(step.title)}"
            yield from of_step(step, section.whole)
    if section.note:
        yield escaped(section.note)


def of_step(step: Step, whole: bool) -> Iterator[str]:
    yield from (display(formula) for formula in step.formulas(LATEX))
    yield step.why
    if step.lines:
        rows = " \\\\\n".join(of_line(line) for line in step.lines)
        yield display(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")
    since = [f"- ${line.sides(LATEX)[0]}$: since {', '.join(quoted(line))}" for line in step.lines if line.reasons]
    if since:
        yield "\n".join(since)
    if step.rest:
        yield escaped(step.rest)
    if step.convention:
        yield f"*Convention: {step.convention}*"
    if whole and step.array.shape:
        yield display(matrix(step.record[step.quantity]))


def quoted(line: Line) -> list[str]:
    """The reasons behind a line; those that are formulas between dollar signs."""
    decisions = [f"${decision}$" for decision in line.decisions(LATEX)]
    return [line.path, *decisions] if line.path else decisions


def of_line(line: Line) -> str:
    """One equation; a long one with each of its sides on a row of its own."""
    first, *rest = line.sides(LATEX)
    apart = " \\\\\n&" if len("".join(line.sides(TEXT))) > LONGEST_LINE else " "
    sides = [f"{sign} {side}" for sign, side in zip(rest[::2], rest[1::2], strict=True)]
    return f"{first} &{apart.join(sides)}"


def display(formula: str) -> str:
    return f"$$\n{formula}\n$$"


def matrix(quantity: Quantity) -> str:
    """`W = \\begin{bmatrix} … \\end{bmatrix}`; a quantity of more axes as one matrix for each."""
    return r",\quad ".join(" ".join(filter(None, equation)) for equation in equations(quantity, LATEX))


def of_comparison(sheet: Sheet, each: Pass) -> str:
    """One pass's quantities as a table, a column for each comparison."""
    titles = [sheet.column, *(escaped(title) for title, _ in sheet.compare)]
    lines = [f"Pass {each.number}:\n"] if each.of > 1 else []
    lines += [f"| | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for label, values in compared(sheet, each):
        lines.append(f"| {escaped(label)} | {' | '.join(values)} |")
    return "\n".join(lines)
