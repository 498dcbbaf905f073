"""Markdown: mathematics between dollars that LaTeX can read, and every number of the text form."""

import re
from itertools import pairwise

import pytest

from backproof.notation.latex import LATEX
from backproof.worksheet.markdown import markdown
from worksheet.sheets import NAMES, sheet, steps


@pytest.fixture(params=NAMES)
def worksheet(request):
    return sheet(request.param)


def formulas(text):
    """What stands between dollars; and the rest."""
    displayed = re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^\$\$\n.*?\n\$\$$", "", text, flags=re.DOTALL | re.MULTILINE)
    inline = re.findall(r"\$([^$]*)\$", rest)
    return displayed, inline, re.sub(r"\$[^$]*\$", "", rest)


def depth(formula):
    """How deep the braces go; a brace too many at either end fails."""
    level = deepest = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        level += 1 if brace == "{" else -1
        deepest = max(level, deepest)
        assert level >= 0, formula
    assert level == 0, formula
    return deepest


def test_dollars_braces_and_environments_come_in_pairs(worksheet):
    displayed, inline, rest = formulas(markdown(worksheet))
    assert displayed
    assert "$" not in rest
    assert max(map(depth, displayed + inline)) > 0
    for formula in displayed + inline:
        assert formula.strip()
        assert "\n\n" not in formula
        assert formula.count(r"\left") - formula.count(r"\leftarrow") == formula.count(r"\right")
        begun = re.findall(r"\\(begin|end)\{(\w+)\}", formula)
        open_ = []
        for kind, name in begun:
            if kind == "begin":
                open_.append(name)
            else:
                assert open_.pop() == name
        assert not open_


def test_nothing_but_latex_between_the_dollars(worksheet):
    displayed, inline, _ = formulas(markdown(worksheet))
    for formula in displayed + inline:
        assert not re.search(r"[·−≈≤≥≠Σ√∂⟦…]", formula), formula
        known = set(re.findall(r"\\([A-Za-z]+)", formula))
        assert known <= COMMANDS, known - COMMANDS


COMMANDS = {
    *("begin", "end", "left", "right", "frac", "cdot", "sum", "max", "sqrt", "log", "tanh", "operatorname", "text"),
    *("mathrm", "partial", "approx", "le", "ge", "ne", "dots", "cdots", "quad", "alpha", "beta", "pi"),
}


def test_every_line_has_its_sides(worksheet):
    text = " ".join(markdown(worksheet).replace(r"\\", " ").replace("&", " ").split())
    for _, step in steps(worksheet):
        for line in step.lines:
            for side in line.sides(LATEX)[::2]:
                assert " ".join(side.replace("&", " ").split()) in text


def test_every_step_has_a_heading(worksheet):
    headings = re.findall(r"^####? (\d+)\. (.+)$", markdown(worksheet), re.MULTILINE)
    titles = [(number, re.sub(r"\\(.)", r"\1", title)) for number, title in headings]
    assert titles == [(str(step.number), step.title) for _, step in steps(worksheet)]
    assert all(re.fullmatch(r"(?:[^_*]|\\[_*])*", title) for _, title in headings)


def test_headings_step_down_one_level_at_a_time(worksheet):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", markdown(worksheet), re.MULTILINE)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
