"""Expressions that differ in names alone are proved once; nothing else is taken for proved with them."""

import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from backproof import ReLU
from backproof.algebra.alike import Alike
from backproof.algebra.equality import Known, zero
from backproof.arithmetic.symbol import Positive
from backproof.proofs.rule import prove_at

REAL = sp.symbols("a b", real=True)
POSITIVE = sp.symbols("p q", positive=True)
FORMS = [
    lambda x, y: (x + y) ** 2 - x**2 - 2 * x * y - y**2,
    lambda x, y: sp.Abs(x * y) - x * sp.Abs(y),
    lambda x, y: Positive(x) - 1 + Positive(-x),
    lambda x, y: Positive(x - y) * (x - y) - sp.Abs(x - y) / 2 - (x - y) / 2,
    lambda x, y: sp.log(x * y) - sp.log(x) - sp.log(y),
    lambda x, y: x - y,
]
SYMBOLS = st.sampled_from([*REAL, *POSITIVE])


@given(st.lists(st.tuples(st.sampled_from(FORMS), SYMBOLS, SYMBOLS), min_size=2, max_size=8), st.sets(SYMBOLS))
def test_as_each_by_itself(drawn, aside):
    alike = Alike(aside)
    for form, x, y in drawn:
        difference = form(x, y)
        assert alike.zero(difference).status == zero(difference, Known(aside=aside)).status


class OneCell(ReLU):
    """Wrong in its last cell alone."""

    def backward(self, x, dy, dx):
        super().backward(x, dy, dx)
        dx[4,] += dy[4,]


def test_one_wrong_cell_among_many_is_refuted():
    claims = {c.statement.split()[0]: c for c in prove_at(OneCell(), {"x": (5,)}).claims}
    assert (claims["dx"].status, claims["dx"].reason) == ("refuted", "dx[4]")


def test_what_holds_but_at_a_boundary_is_not_taken_for_proved_where_boundaries_count():
    a, b = REAL
    one = Alike({a})
    assert one.zero(Positive(a) + Positive(-a) - 1).status == "proved"
    assert one.zero(Positive(b) + Positive(-b) - 1).status == "refuted"
