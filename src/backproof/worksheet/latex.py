"""A worksheet as LaTeX: a document of its own, or a fragment for another one.

The source is ASCII and asks for nothing beyond what every TeX has: article, amsmath, amssymb, array, graphicx, geometry.
Equations stand in ragged paragraphs, so that TeX finds where to break them; what cannot be broken and is wider than
the line, such as a large matrix, is scaled to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby

from backproof.notation.latex import LATEX
from backproof.notation.matrices import equations
from backproof.notation.prose import Span, paragraphs
from backproof.notation.tex import broken, escaped, inline, mathematics
from backproof.record.quantity import Quantity
from backproof.worksheet.sheet import Pass, Section, Sheet, compared, sections
from backproof.worksheet.steps import Line, Step

PACKAGES = r"""\usepackage{amsmath,amssymb}
\usepackage{array}
\usepackage{graphicx}"""
DOCUMENT = r"""\documentclass[10pt,a4paper]{{article}}
\renewcommand{{\rmdefault}}{{cmr}}\renewcommand{{\ttdefault}}{{cmtt}}
\renewcommand{{\encodingdefault}}{{OT1}}
\usepackage[margin=22mm]{{geometry}}
{packages}
\pagestyle{{plain}}
\begin{{document}}
{body}
\end{{document}}
"""
FRAGMENT = r"""% A worksheet of backproof. The document that it stands in needs:
% {packages}
{body}
"""
SETUP = r"""\begingroup
\raggedright \setlength{\parindent}{0pt}\setlength{\parskip}{4pt}
\setlength{\lineskip}{5pt}\setlength{\lineskiplimit}{4pt}
\setcounter{MaxMatrixCols}{20}
% mathematics that is not broken, scaled where it is wider than the line
\def\whole#1{\setbox2\hbox{$\displaystyle #1$}\fitted}
\def\fitted{\leavevmode\ifdim\wd2>\dimexpr\linewidth-4em\relax
  \resizebox{\dimexpr\linewidth-4em\relax}{!}{\box2}\else\box2 \fi}
\ifdefined\columnwide\else\newdimen\columnwide\fi
% one equation, its later rows further in
\def\equationline#1{{\leftskip=1.5em\hangindent=2em\hangafter=1 #1\par}}"""
TABLE_ROWS = 30
"""Rows of text after which a table goes on as another one, which may stand on the next page."""


def latex(sheet: Sheet, standalone: bool = True) -> str:
    """The whole worksheet: a document, or a fragment to be read by \\input in one that loads the packages it names."""
    body = "\n\n".join([SETUP, *blocks(sheet), r"\par\endgroup"])
    if standalone:
        return DOCUMENT.format(packages=PACKAGES, body=body)
    return FRAGMENT.format(packages=PACKAGES.replace("\n", "\n% "), body=body)


def blocks(sheet: Sheet) -> Iterator[str]:
    if sheet.title:
        yield rf"{{\LARGE\bfseries {escaped(sheet.title)}\par}}\bigskip"
    yield from map(prose, paragraphs(sheet.text))
    yield rf"{{\small\itshape {escaped(sheet.legend)}\par}}"
    for section in sections(sheet):
        yield from of_section(section)
    if sheet.compare:
        yield r"\section*{Side by side}"
        yield from chain.from_iterable(of_comparison(sheet, each) for each in sheet.passes)


def prose(spans: list[Span]) -> str:
    """A paragraph that somebody wrote."""
    return "".join(rf"\texttt{{{escaped(text)}}}" if code else escaped(text) for text, code in spans)


def of_section(section: Section) -> Iterator[str]:
    level = "subsection" if section.title else "section"
    if section.title:
        yield rf"\section*{{{escaped(section.title)}}}"
    if section.heading:
        yield rf"\{level}*{{{escaped(section.heading)}}}"
    yield from map(matrix, section.givens)
    for phase, steps in section.phases:
        yield rf"\{level}*{{{escaped(phase)}}}"
        for step in steps:
            yield rf"\sub{level}*{{{step.number}. {escaped(step.title)}}}"
            yield from of_step(step, section.whole)
    if section.note:
        yield escaped(section.note)


def of_step(step: Step, whole: bool) -> Iterator[str]:
    yield from (equation(broken(formula)) for formula in step.formulas(LATEX))
    yield rf"\textit{{{escaped(step.why)}}}"
    yield from map(of_line, step.lines)
    if step.rest:
        yield escaped(step.rest)
    if step.convention:
        yield rf"\textit{{Convention: {escaped(step.convention)}}}"
    if whole and step.array.shape:
        yield matrix(step.record[step.quantity])


def of_line(line: Line) -> str:
    """One equation, each of its sides in one piece as far as may be, and what decided."""
    first, *rest = line.sides(LATEX)
    sides = [broken(f"{sign} {side}") for sign, side in zip(rest[::2], rest[1::2], strict=True)]
    reasons = ([escaped(line.path)] if line.path else []) + [broken(decision) for decision in line.decisions(LATEX)]
    since = rf"\quad since {', '.join(reasons)}" if reasons else ""
    return equation(rf"{inline(mathematics(first))}\penalty500\ " + "\n".join(sides) + since)


def equation(body: str) -> str:
    return rf"\equationline{{{body}}}"


def matrix(quantity: Quantity) -> str:
    """`W = \\begin{bmatrix} … \\end{bmatrix}`; a quantity of more axes as one matrix for each."""
    texts = [" ".join(filter(None, each)) for each in equations(quantity, LATEX)]
    return equation(",\\quad\n".join(rf"\whole{{{mathematics(text)}}}" for text in texts))


def of_comparison(sheet: Sheet, each: Pass) -> Iterator[str]:
    """One pass's quantities as tables, a column for each comparison."""
    if each.of > 1:
        yield rf"\subsection*{{Pass {each.number}}}"
    head = ["", escaped(sheet.column), *(escaped(title) for title, _ in sheet.compare)]
    rows = [(label, *values) for label, values in compared(sheet, each)]
    for _, part in groupby(zip(rows, pages(rows), strict=True), lambda pair: pair[1]):
        body = [[escaped(cell) for cell in row] for row, _ in part]
        lines = " \\\\\n".join(" & ".join(cells) for cells in [head, *body])
        columns = rf"*{{{len(head)}}}{{>{{\raggedright\arraybackslash}}p{{\columnwide}}}}"
        yield "\n".join(
            [
                rf"\setlength{{\columnwide}}{{\dimexpr\linewidth/{len(head)}-2\tabcolsep-1em\relax}}",
                r"\ifdim\columnwide<9em \setlength{\columnwide}{9em}\fi",
                rf"\setbox2\hbox{{\begin{{tabular}}{{{columns}}}",
                lines,
                r"\end{tabular}}\fitted",
            ]
        )


def pages(rows: list[tuple[str, ...]]) -> Iterator[int]:
    """For each row, on which table it stands."""
    used = 0
    for row in rows:
        yield used // TABLE_ROWS
        used += max(1 + len(cell) // 10 for cell in row)
