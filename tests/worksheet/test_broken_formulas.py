"""Formulas of a page in pieces: whatever is opened so that it may be broken, it is read as what it was."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.notation.mathml import MATHML
from backproof.worksheet.html import mathematics
from backproof.worksheet.html.mathematics import elements, pieces, text

SIGNS = {"·": "*", "−": "-"}


def number(n):
    return MATHML.number(str(n)), Fraction(n), "atom"


def joined(op, left, right):
    """As worksheets write it: what binds less stands in parentheses, a fraction in none."""
    (a, x, how), (b, y, other) = left, right
    if op == "/":
        return MATHML.fraction(a, b), x / y, "atom"
    if op == "*":
        a, b = (MATHML.fence(body) if kind == "sum" else body for body, kind in ((a, how), (b, other)))
        return MATHML.joined("*", a, b), x * y, "product"
    b = MATHML.fence(b) if op == "-" and other == "sum" else b
    return MATHML.joined(op, a, b), x + y if op == "+" else x - y, "sum"


def longer(inner):
    return (
        st.tuples(st.sampled_from("+-*/"), inner, inner)
        .filter(lambda t: t[0] != "/" or t[2][1])
        .map(lambda t: joined(*t))
    )


FORMULAS = st.recursive(st.integers(1, 99).map(number), longer, max_leaves=14)


def read(body):
    """The formula as eyes take it: only parentheses and the bar of a fraction hold anything together."""
    found = []
    for element in elements(body):
        if element.tag == "mfrac":
            above, below = (read(side.inside) for side in elements(element.inside))
            found.append(f"(({above})/({below}))")
        elif element.tag == "mrow":
            found.append(read(element.inside))
        else:
            sign = text(element.whole)
            found.append(f"Fraction({sign})" if element.tag == "mn" else SIGNS.get(sign, sign))
    return "".join(found)


@pytest.mark.parametrize("widest", [0, 6, 64])
@given(formula=FORMULAS)
def test_the_pieces_say_what_the_formula_says(widest, formula):
    body, value, _ = formula
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mathematics, "WIDEST", widest)
        parts = pieces(body)
    assert eval(read("".join(parts)), {"Fraction": Fraction}) == value
    if widest == 0:
        assert not any("<mfrac>" in part for part in parts)
