"""Typst mathematics: each formula compiles, and no text gets out of its string."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.notation.styles import ends_low
from backproof.notation.typst import TYPST, literal
from backproof.worksheet.printed.pdf import typeset
from worksheet.sheets import NAMES, sheet, steps

typst = pytest.importorskip("typst")
TEXTS = st.text(st.characters(codec=None), max_size=30) | st.text('#$"\\{}[]()/*@<>`_^&;:,.\n', max_size=12)


def evaluated(code):
    return json.loads(typst.eval(b"", code, ignore_system_fonts=True))


@given(TEXTS)
def test_a_literal_is_its_text(text):
    expected = "".join(c if c.isprintable() else " " for c in text)
    assert evaluated(literal(text)) == expected


@given(TEXTS.map(lambda text: "".join(c for c in text if c not in " /'")).filter(bool))
def test_a_name_is_one_symbol(name):
    """Whatever a quantity is called, a formula with it has the parts that it has with any other name of its kind."""
    known = "weight2" if ends_low(name) or name[-1].isdecimal() else "weight"
    there, here = (evaluated(f"${TYPST.name(n, (0, 1))} + c$")["body"]["children"] for n in (name, known))
    assert [part["func"] for part in there] == [part["func"] for part in here]


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_compiles(name):
    formulas = []
    for _, step in steps(sheet(name)):
        formulas += step.formulas(TYPST)
        for line in step.lines:
            sides = line.sides(TYPST)
            formulas += [" ".join(sides), *line.decisions(TYPST)]
    body = "\n".join(f'#math.equation(alt: "x", ${formula}$)' for formula in formulas)
    pages, warnings = typeset(f'#set document(title: "x", date: none)\n#set page(width: 9cm)\n{body}')
    assert pages
    assert not warnings


def test_signs_and_numbers():
    assert TYPST.name("dL/dW'", (0, "⟦3⟧")) == "frac(partial L, partial W'_(0,⟦3⟧))"
    assert TYPST.name("dL/dV via S", ()) == 'lr(frac(partial L, partial V) |)_("via S")'
    assert TYPST.name("weight", (1,)) == '"weight"_(1)'
    numbers = {
        "-1/3": "-frac(1, 3)",
        "1.5e-07": "1.5 dot 10^(-7)",
        "inf": "infinity",
        "±1e-9": "plus.minus 1 dot 10^(-9)",
    }
    assert {text: TYPST.number(text) for text in numbers} == numbers
