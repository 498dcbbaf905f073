"""A worksheet as Markdown with LaTeX, as notebooks, GitHub and Pandoc read it."""

from __future__ import annotations

from collections.abc import Iterator

from backproof.arithmetic.array import Array, Index
from backproof.notation.markdown import escaped
from backproof.notation.styles import LATEX, TEXT, pretty
from backproof.record.digits import grid
from backproof.record.quantity import Quantity
from backproof.worksheet.sheet import PHASES, Pass, Sheet, Variant, compared
from backproof.worksheet.steps import Line, Step

LONGEST_LINE = 70


def markdown(worksheet: Sheet) -> str:
    """The whole worksheet."""
    return "\n\n".join(blocks(worksheet)) + "\n"


def blocks(sheet: Sheet) -> Iterator[str]:
    if sheet.title:
        yield f"# {escaped(sheet.title)}"
    if sheet.text:
        yield sheet.text.strip()
    yield f"*{sheet.legend}*"
    for each in sheet.passes:
        if each.of > 1:
            yield f"## Pass {each.number} of {each.of}"
        yield from of_pass(each)
    for variant in sheet.variants:
        yield from of_variant(variant)
    if sheet.compare:
        yield "## Side by side"
        yield from (of_comparison(sheet, each) for each in sheet.passes)


def of_pass(each: Pass) -> Iterator[str]:
    level = "##" if each.of == 1 else "###"
    if not each.explain:
        yield f"{level} Given"
        yield from (display(matrix(quantity)) for quantity in each.givens)
    elif not each.steps:
        yield display(matrix(each.record[each.explain]))
        yield f"{escaped(pretty(each.explain))} is given; nothing had to be computed."
    yield from of_steps(each.steps, level, whole=not each.explain)


def of_variant(variant: Variant) -> Iterator[str]:
    yield f"## Variant: {escaped(variant.title)}"
    for number in range(len(variant.records)):
        yield from (display(matrix(quantity)) for quantity in variant.givens(number))
        yield from of_steps(variant.changed(number), "###")
    yield "All other steps are as before."


def of_steps(steps: list[Step], level: str, whole: bool = True) -> Iterator[str]:
    phase = ""
    for step in steps:
        if step.phase != phase:
            phase = step.phase
            yield f"{level} {PHASES[phase]}"
        yield f"{level}# {step.number}. {escaped(step.title)}"
        yield from (display(formula) for formula in step.formulas(LATEX))
        yield step.why
        if step.lines:
            rows = " \\\\\n".join(of_line(line) for line in step.lines)
            yield display(f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}")
        since = [
            f"- ${line.sides(LATEX)[0]}$: since {', '.join(quoted(line))}" for line in step.lines if line.reasons(LATEX)
        ]
        if since:
            yield "\n".join(since)
        if step.zeros == 1:
            yield "The other cell is 0: nothing came back to it."
        elif step.zeros:
            yield f"The other {step.zeros} cells are 0: nothing came back to them."
        if step.left_out:
            yield f"… and {step.left_out:,} more cells of {escaped(pretty(step.quantity))} in the same way."
        if step.convention:
            yield f"*Convention: {step.convention}*"
        if whole and step.array.shape:
            yield display(matrix(step.record[step.quantity]))


def quoted(line: Line) -> list[str]:
    """The reasons behind a line; those that are formulas between dollar signs."""
    return [reason if reason == line.path else f"${reason}$" for reason in line.reasons(LATEX)]


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
    name, _, index = quantity.name.partition("[")
    place = tuple(int(i) for i in index.rstrip("]").split(",")) if index else ()
    return of_array(name, quantity.array, quantity.digits, place)


def of_array(name: str, array: Array, digits: int, place: Index) -> str:
    if len(array.shape) > 2:
        shown = min(array.shape[0], 4)
        parts = [of_array(name, array.at(i), digits, (*place, i)) for i in range(shown)]
        parts += [rf"\dots\ ({array.shape[0] - shown}\text{{ more}})"] if shown < array.shape[0] else []
        return r",\quad ".join(parts)
    rows, exact = grid(array, digits, 12)
    label, sign = LATEX.name(name, place), "=" if exact else r"\approx"
    cells = [[cell_text(text) for text in row] for row in rows]
    if not array.shape:
        return f"{label} {sign} {cells[0][0]}"
    body = r" \\ ".join(" & ".join(row) for row in cells)
    return rf"{label} {sign} \begin{{bmatrix}} {body} \end{{bmatrix}}"


def cell_text(text: str) -> str:
    return r"\cdots" if text == "…" else LATEX.number(text.replace("−", "-"))


def of_comparison(sheet: Sheet, each: Pass) -> str:
    """One pass's quantities as a table, a column for each comparison."""
    titles = [sheet.column, *(escaped(title) for title, _ in sheet.compare)]
    lines = [f"Pass {each.number}:\n"] if each.of > 1 else []
    lines += [f"| | {' | '.join(titles)} |", "|---" * (len(titles) + 1) + "|"]
    for label, values in compared(sheet, each):
        lines.append(f"| {escaped(label)} | {' | '.join(values)} |")
    return "\n".join(lines)
