"""Equal is proved, different is refuted by numbers that differ, and nothing is proved that differs off a boundary."""

from contextlib import suppress
from fractions import Fraction
from random import Random

import mpmath
import pytest
import sympy as sp
from flint import fmpq

from algebra.test_normal import (
    HIDDEN,
    NoValue,
    differ,
    drawn,
    expressions,
    i,
    j,
    l,
    n,
    p,
    q,
    same,
    total,
    truth,
    w,
    x,
    y,
    z,
)
from algebra.test_numbers import flint
from backproof.algebra.equality import Known, zero
from backproof.algebra.normal import normal
from backproof.arithmetic.symbol import Largest, Positive, Wins

TINY = 1e-25
a, b, c = sp.symbols("a b c", real=True)
ZERO, ONE = sp.Integer(0), sp.Integer(1)

EQUAL = {
    "a size squared": sp.Abs(x) ** 2 - x**2,
    "sizes multiplied": sp.Abs(p * x) - p * sp.Abs(x),
    "the larger and the size": 2 * Largest(x, y) - x - y - sp.Abs(x - y),
    "the larger, either way": Largest(x, y) - Largest(y, x),
    "the largest, two at a time": Largest(a, Largest(b, c)) - Largest(Largest(a, b), c),
    "the winner's number": Wins(0, a, b, c) * a + Wins(1, a, b, c) * b + Wins(2, a, b, c) * c - Largest(a, b, c),
    "one wins": Wins(0, a, b, c) + Wins(1, a, b, c) + Wins(2, a, b, c) - 1,
    "either sign": Positive(x - y) + Positive(y - x) - 1,
    "what follows": Positive(a - b) * Positive(b - c) * (1 - Positive(a - c)),
    "a bracket of a bracket": Positive(2 * Positive(x) - 1) - Positive(x),
    "a shift": sp.exp(a - Largest(a, b)) / (sp.exp(a - Largest(a, b)) + sp.exp(b - Largest(a, b)))
    - 1 / (1 + sp.exp(b - a)),
    "a sigmoid by its branches": Positive(x) / (1 + sp.exp(-x)) + (1 - Positive(x)) * sp.exp(x) / (1 + sp.exp(x))
    - (1 + sp.tanh(x / 2)) / 2,
    "softplus": sp.log(1 + sp.exp(-sp.Abs(x))) + Positive(x) * x - sp.log(1 + sp.exp(x)),
    "equal or not": same(i, j) * (z[i] - z[j]),
    "equal in a chain": same(i, j) * same(j, l) * (1 - same(i, l)),
    "a cell of a sum": total(same(i, j) * sp.exp(z[j]), j) - sp.exp(z[i]),
    "every branch of a sum": total(Positive(z[j]) * sp.Abs(z[j]), j) - total(Positive(z[j]) * z[j], j),
}  # fmt: skip
DIFFERENT = {
    "a sign": sp.Abs(x) + x,
    "a bracket the wrong way": Positive(x - y) - Positive(y - x),
    "only beyond a kink": Positive(x - 3) * (x - 3),
    "only in one of nine cases": Positive(x) * Positive(y - 2 * x) * p,
    "a winner": Wins(0, a, b, c) * a + Wins(1, a, b, c) * b - Largest(a, b, c),
    "a factor": sp.exp(x + y) - sp.exp(x) * sp.exp(2 * y) * p,
    "other than equal": 1 - same(i, j),
    "equal": same(i, j) * z[i],
    "one of three equal": same(i, j) * (1 - same(j, l)),
    "a term of a sum": total(z[j] * w[j], j) - total(z[j], j) * total(w[j], j) / n,
    "a number that case after case passes through 0": sp.Abs(x) - 1,
    "a number that is 0 where small numbers are": Positive(x) * (x - 1) * (x - 2) * (x - 3),
    "e": sp.exp(x) - sp.E * x,
    "erf": sp.erf(x) - x,
    "how many are positive": total(Positive(z[j]), j) * (n - total(Positive(z[j]), j)),
    "a mean of what is positive": total(Positive(z[j]) * z[j], j) - total(Positive(z[j]), j) * total(z[j], j) / n,
    "what wins in one place and loses in another": total(Wins(0, z[j], ZERO) * w[j], j)
    * total(Wins(1, z[j], ZERO), j),
    "a cell that may be compared with itself": 1 - Positive(z[i] - z[j]) - Positive(z[j] - z[i]),
    "how many are equal to one": total(1 - Positive(z[i] - z[j]) - Positive(z[j] - z[i]), j),
    "the largest of each pair": total(Largest(z[j], x), j) - n * Largest(total(z[j], j) / n, x),
    "a bracket of a delta": 1 - Positive(same(i, j)) - Positive(-same(i, j)),
    "a delta beyond the sum": total(same(j, 0) * w[j], j) - w[0],
}  # fmt: skip


def decided(e):
    """The verdict; for families and indices with numbers to try for them, and on boundaries too, as in a derivation."""
    known = Known(points=lambda _: [flint(drawn(Random(k))) for k in range(60)], aside=frozenset())
    return zero(e, known) if e.has(sp.Indexed, sp.KroneckerDelta) else zero(e)


def value(e, at):
    """An expression at a refutation's numbers, by mpmath."""
    q = lambda v: Fraction(int(v.p), int(v.q))
    with mpmath.workdps(80):
        return truth(e, {s: q(v) if isinstance(v, fmpq) else lambda *k, family=v: q(family(*k)) for s, v in at.items()})


def fits(case, at):
    return all((v > 0) - (v < 0) == sign for e, sign in case.conditions for v in [value(e, at)])


@pytest.mark.parametrize("e", EQUAL.values(), ids=EQUAL)
def test_equal_is_proved(e):
    assert decided(e).status == "proved"


@pytest.mark.parametrize("e", DIFFERENT.values(), ids=DIFFERENT)
def test_different_is_refuted_where_it_is_different(e):
    verdict = decided(e)
    assert verdict.status == "refuted"
    assert abs(value(e, verdict.at)) > TINY


def test_what_is_nought_in_disguise_is_no_boundary_and_has_no_root():
    disguised = sp.log(x**2) - 2 * sp.log(sp.Abs(x))
    assert zero(1 - Positive(disguised) - Positive(-disguised)).status != "proved"
    assert zero(sp.sqrt(HIDDEN) - 1).status != "proved"


def changed(e, random):
    """The expression written otherwise, and by chance a little different somewhere."""
    u = random.choice((x - y, x + z[i] - 1, y, p - x, z[j]))
    cells = sorted(e.free_symbols & {x, y, p, z[i], z[j]}, key=str) or [x]
    other = e.xreplace({random.choice(cells): random.choice((x, y, p, z[i]))}) if random.random() < 0.5 else e
    return random.choice((
        lambda: Positive(u) * e + (1 - Positive(u)) * other,
        lambda: Largest(u, sp.Integer(0)) * e - (Positive(u) * u) * other,
        lambda: e * sp.Abs(u) - other * u * (Positive(u) - Positive(-u)) + other * (1 - same(i, j)) * same(i, j),
        lambda: total(same(l, j) * other, l),
    ))()  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_a_verdict_on_random_expressions_is_true(seed):
    random = Random(seed)
    for e in expressions(random, 3):
        difference = e - changed(e, random)
        verdict = decided(difference)
        if verdict:
            assert not [at for at in (drawn(random, 101) for _ in range(12)) if differ(difference, ZERO, at)], e
        elif verdict.status == "refuted":
            with suppress(NoValue):
                assert abs(value(difference, verdict.at)) > TINY


@pytest.mark.parametrize("seed", range(20))
def test_what_was_only_written_otherwise_is_proved(seed):
    random = Random(seed)
    u, v = (sp.Add(*(random.choice((-1, 0, 1)) * s for s in (a, b, c, x)), random.randint(-1, 1)) for _ in "uv")
    e = random.choice((x * y, sp.exp(a), 1 / (1 + sp.exp(x - b)), Largest(a, b) * c, sp.Abs(y - x)))
    inner = Positive(v) * e + (1 - Positive(v)) * e
    assert zero(Positive(u) * inner - e + (1 - Positive(u)) * inner).status == "proved"
    assert zero(Largest(u, v) - Positive(u - v) * u - (1 - Positive(u - v)) * v).status == "proved"


@pytest.mark.parametrize("name", ["a sign", "a bracket the wrong way", "only in one of nine cases", "a winner"])
def test_the_numbers_of_a_refutation_are_in_the_case_that_it_names(name):
    verdict = zero(DIFFERENT[name])
    assert verdict.case.conditions
    assert fits(verdict.case, verdict.at)


def test_the_numbers_of_a_refutation_are_in_the_case_that_it_names_where_that_is_not_linear():
    verdict = zero(1 + Positive(x * y - 1))
    assert verdict.status == "refuted"
    assert verdict.case is None or fits(verdict.case, verdict.at)


def test_boundaries_are_left_aside():
    tie = 1 - Positive(x - y) - Positive(y - x)
    assert value(tie, {x: fmpq(1), y: fmpq(1)}) == 1
    assert zero(tie).status == "proved"


def test_a_cell_compared_with_itself_is_no_boundary():
    known = Known(points=lambda _: [flint(drawn(Random(k))) for k in range(60)])
    tie = 1 - Positive(z[i] - z[j]) - Positive(z[j] - z[i])
    assert zero(tie, known).status != "proved"
    assert zero(total(tie, j), known).status != "proved"


def test_a_positive_symbol_is_positive_in_a_refutation():
    for e in (p - q, Positive(p - x) - Positive(p + x), sp.log(p) - Positive(p)):
        at = zero(e).at
        assert all(at.get(s, 1) > 0 for s in (p, q))


def test_a_symbol_that_is_not_negative_is_not_negative_in_a_refutation():
    t = sp.Symbol("t", nonnegative=True)
    assert zero(Positive(-t)).status != "refuted"


def test_a_whole_number_is_whole_in_a_refutation():
    assert zero(Positive(2 * l - 1) - Positive(l)).status != "refuted"
    assert all(v.q == 1 for v in zero(Positive(2 * l - 5) - Positive(2 * l - 7)).at.values())


def test_what_stands_in_a_root_need_not_be_worked_out():
    """The first is too large to be; the others are other than 0 because of what stands there."""
    cells = sp.symbols("x:60", real=True)
    spread = sum((x - sum(cells) / 60) ** 2 for x in cells) ** 3 + 1
    assert zero((a + b) * sp.sqrt(spread) / spread - a / sp.sqrt(spread) - b / sp.sqrt(spread))
    assert zero(sp.sqrt(a**2 + 1) - sp.sqrt(b**2 + 1)).status == "refuted"
    assert zero(sp.sqrt((a + 1) ** 2) - sp.Abs(a + 1))
    free = sp.sqrt(z[j] + 1)
    assert zero(sp.Sum(free, (j, 0, n - 1)) - n * free).status != "proved"


def test_what_is_known_is_used():
    ones = total(w[j], j)
    assert zero(x * ones - x, Known(values={normal(ones): sp.Integer(1)})).status == "proved"
    assert zero(same(i, j) * x, Known(different=frozenset({frozenset({i, j})}))).status == "proved"
    assert zero(sp.Abs(x - y) - x + y, Known(values={Positive(x - y): ONE, Positive(y - x): ZERO})).status == "proved"


def test_what_cannot_be_decided_is_said_to_be_undecided():
    large = x + y + p + q + 1
    assert zero(large**64 - (large + HIDDEN) ** 64).status == "undecided"
    assert zero(x / HIDDEN).status == "undecided"
