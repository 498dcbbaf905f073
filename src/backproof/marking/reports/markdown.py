"""A marked sheet as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.marking.marking import Answer, Formula, Marking
from backproof.marking.reports import report
from backproof.notation.markdown import escaped
from backproof.notation.styles import pretty


def markdown(marking: Marking) -> str:
    """The whole report."""
    return "\n\n".join(blocks(marking)) + "\n"


def blocks(marking: Marking) -> Iterator[str]:
    if marking.question.title:
        yield f"# {escaped(marking.question.title)}"
    whose = report.whose(marking)
    yield f"{escaped(whose)}: **{report.headline(marking)}**" if whose else f"**{report.headline(marking)}**"
    found = [("  - " if f.further else "- ") + escaped(f.text) for f in report.findings(marking)]
    if found:
        yield "\n".join(found)
    for title, answers in report.parts(marking):
        yield f"## {escaped(title or 'Numbers')}"
        yield "\n".join(table(answers))
        yield from (block for answer in answers if report.told(answer) for block in numbers(answer))
    if marking.formulas:
        yield "## Formulas"
        yield "\n".join(of_formula(formula) for formula in marking.formulas)
    yield from of_list("Doubts", report.doubts(marking))
    for title, kinds in report.TOLD.items():
        yield from of_list(title, report.remarks(marking, kinds))


def table(answers: list[Answer]) -> Iterator[str]:
    yield "| step | quantity | verdict | marks | why |"
    yield "|---|---|---|---|---|"
    for a in answers:
        why = escaped(report.reason(a))
        step, marks = a.step or "", report.earned(a)
        yield f"| {step} | {escaped(pretty(a.name))} | {report.verdict(a)} | {marks} | {why} |"


def numbers(answer: Answer) -> Iterator[str]:
    """What was written of one quantity beside what is right; of a large one only what is wrong."""
    name, found = pretty(answer.name), report.matrices(answer)
    if found:
        titled = ((title if n else f"{name} as {title}", rows) for n, (title, rows) in enumerate(found.items()))
        yield "$$\n" + r"\qquad ".join(rf"\text{{{title}: }}{matrix(rows)}" for title, rows in titled) + "\n$$"
    lines = report.reasons(answer) if found else report.numbers(answer)
    if lines:
        yield f"{escaped(name)}:\n\n" + "\n".join(f"- {escaped(line)}" for line in lines)


def matrix(rows: list[list[str]]) -> str:
    body = r" \\ ".join(" & ".join(rf"\text{{{latex(cell)}}}" for cell in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


SPECIAL = {
    "\\": r"\textbackslash ", "^": r"\textasciicircum ", "~": r"\textasciitilde ", "<": r"\textless ", ">": r"\textgreater ",
}  # fmt: skip


def latex(text: str) -> str:
    """Text that says in LaTeX what it says, and in Markdown is no HTML."""
    return "".join(SPECIAL.get(c, f"\\{c}" if c in "{}$&#%_" else c) for c in text)


def of_formula(formula: Formula) -> str:
    earned = report.earned(formula)
    text = f"- {report.verdict(formula)}: {escaped(report.formula_text(formula))}"
    text += f" ({earned})" if earned else ""
    why = report.reason(formula)
    return text + (f"  \n  {escaped(report.where(formula.where) + why)}" if why else "")


def of_list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join(f"- {escaped(line)}" for line in lines)
