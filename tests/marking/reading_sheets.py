"""Sheets made up for tests: numbers written in every way that people write them, and characters damaged as machines do."""

import random
from functools import cache

from backproof.examples import locate
from backproof.marking.question import Question
from backproof.network.problem import read_problem

LOOK_ALIKES = {
    "0": "Oo",
    "1": "lI|",
    "2": "Z",
    "5": "S",
    "6": "b",
    "8": "B",
    "9": "gq",
    "-": "~_",
    ".": " ,:",
    "=": "-:",
}


@cache
def question(name="question-01"):
    return Question(read_problem(locate(name)))


def values(claim):
    """The numbers of a claim by index, as text of a fraction."""
    return {index: str(cell.value) for index, cell in claim.cells.items()}


def said(sheet):
    """(quantity, part) -> the numbers claimed, later claims of other cells joined to earlier ones."""
    found = {}
    for claim in sheet.claims:
        found.setdefault((claim.name, claim.part), {}).update(values(claim))
    return found


def kinds(sheet):
    return [remark.kind for remark in sheet.remarks]


def rows_in(cells, between, beside="", end="\n"):
    return end.join(beside + between.join(row) + beside.strip()[::-1] for row in cells)


def latex(environment):
    def write(name, cells):
        body = rows_in(cells, " & ", end=" \\\\ ")
        return f"$$\\frac{{\\partial L}}{{\\partial {name}}} = \\begin{{{environment}}} {body} \\end{{{environment}}}$$"

    return write


FORMS = {
    "bmatrix": latex("bmatrix"),
    "pmatrix": latex("pmatrix"),
    "vmatrix": latex("vmatrix"),
    "left": lambda n, c: (
        rf"\[ \frac{{dL}}{{d{n}}} = \left[ \begin{{array}}{{cc}} {rows_in(c, ' & ', end=chr(92) * 2)} \end{{array}} \right] \]"
    ),
    "brackets": lambda n, c: f"dL/d{n} = [{', '.join('[' + ', '.join(row) + ']' for row in c)}]",
    "lines": lambda n, c: f"dL/d{n} = [[{', '.join(c[0])}],\n         [{', '.join(c[1])}]]",
    "semicolons": lambda n, c: f"∂L/∂{n} = [{'; '.join(' '.join(row) for row in c)}]",
    "numpy": lambda n, c: f"dL/d{n} = array([[{', '.join(c[0])}],\n       [{', '.join(c[1])}]])",
    "bare rows": lambda n, c: f"dL/d{n}:\n{rows_in(c, '   ')}",
    "tabs": lambda n, c: f"dL/d{n} =\n\n{rows_in(c, chr(9))}",
    "commas": lambda n, c: f"The gradient of {n}\n\n{rows_in(c, ', ')}",
    "table": lambda n, c: f"**dL/d{n}**\n\n| | |\n|---|---|\n{rows_in(c, ' | ', '| ')}",
    "headless": lambda n, c: f"## dL/d{n}\n\n{rows_in(c, ' | ', '| ')}",
    "bars": lambda n, c: f"dL/d{n} = | {'  '.join(c[0])} |\n        | {'  '.join(c[1])} |",
    "cells": lambda n, c: "\n".join(
        f"dL/d{n.lower()}_{{{i + 1}{j + 1}}} = {c[i][j]}" for i in range(2) for j in range(2)
    ),
    "counted": lambda n, c: ", ".join(
        rf"$\frac{{\partial L}}{{\partial {n.lower()}_{2 * i + j + 1}}} = {c[i][j]}$"
        for i in range(2)
        for j in range(2)
    ),
    "indexed": lambda n, c: "\n".join(f"dL/d{n}[{i},{j}] = {c[i][j]}" for i in range(2) for j in range(2)),
    "table of cells": lambda n, c: (
        "| what | value |\n|---|---|\n"
        + "\n".join(f"| dL/d{n}[{i},{j}] | {c[i][j]} |" for i in range(2) for j in range(2))
    ),
    "own cells": lambda n, c: (
        r"$$\begin{vmatrix} "
        + r" \\ ".join(
            " & ".join(rf"\frac{{\partial L}}{{\partial {n.lower()}_{2 * i + j + 1}}} = {c[i][j]}" for j in range(2))
            for i in range(2)
        )
        + r" \end{vmatrix}$$"
    ),
    "goes on": lambda n, c: f"dL/d{n} = dL/dy · W\n= [[{', '.join(c[0])}], [{', '.join(c[1])}]]",
    "below": lambda n, c: f"{rows_in(c, '  ')}\n\n: values of the gradient dL/d{n}",
    "in words": lambda n, c: f"So the gradient is dL/d{n} = [[{', '.join(c[0])}], [{', '.join(c[1])}]]. This goes on.",
}
"""Ways to write that ∂L/∂n is two rows of two numbers."""


def damaged(text, rng, times):
    """The text with characters exchanged for ones that look like them, lost, or put in."""
    characters = list(text)
    for _ in range(times):
        at = rng.randrange(len(characters))
        match rng.randrange(3):
            case 0:
                characters[at] = rng.choice(LOOK_ALIKES.get(characters[at], "lO|\\{}$&~?"))
            case 1:
                del characters[at]
            case _:
                characters.insert(at, rng.choice("lIO.,|\\{}[]()$&=^_ \n'"))
    return "".join(characters)


def random_number(rng):
    return rng.choice(["{}", "-{}", "{}.5", "-0.{}", "{}e-2", "{}/7"]).format(rng.randrange(1, 400))


def seeded(n):
    return random.Random(n)
