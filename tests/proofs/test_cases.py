"""Cases cover everything, exclude each other and have the numbers' values: at points, ties among them, by exact arithmetic."""

from itertools import product
from random import Random

import pytest
import sympy as sp

from backproof.arithmetic.symbol import Largest, Positive, Wins
from backproof.proofs.cases import TooMany, blocks, cases, check, relation

x, y, z = UNKNOWNS = sp.symbols("x y z", real=True)
SEEDS = range(25)


def sign(number):
    return int(number.p > 0) - int(number.p < 0)


def value(e, at):
    """The number that an expression is at rational numbers."""
    first = lambda numbers: numbers.index(max(numbers))
    return e.xreplace(at).replace(Largest, lambda *a: max(a)).replace(Wins, lambda k, *a: sp.Integer(first(a) == k))


def linear(random):
    return sp.Add(*(random.choice((-1, 0, 1, 1)) * s for s in UNKNOWNS), random.choice((0, 0, 1, -1)))


def grown(random, depth):
    part = lambda: grown(random, depth - 1)
    if depth == 0:
        return random.choice((x, y, z, sp.Integer(2), linear(random)))
    return random.choice((
        lambda: part() + part(),
        lambda: part() * random.choice((-1, 2, x)),
        lambda: Positive(linear(random)) * part() + (1 - Positive(linear(random))) * part(),
        lambda: Positive(linear(random) + Positive(linear(random))),
        lambda: Largest(linear(random), linear(random), part()),
        lambda: Wins(sp.Integer(random.randint(0, 2)), linear(random), linear(random), linear(random)) * part(),
    ))()  # fmt: skip


def drawn(seed):
    """Numbers with branches, and their cases."""
    random = Random(seed)
    while True:
        numbers = [sp.sympify(grown(random, random.randint(1, 2))) for _ in range(2)]
        try:
            found = cases(numbers, 60)
        except TooMany:
            continue
        if len(found) > 1:
            return numbers, found, random


def holding(found, at):
    return [case for case in found if all(sign(value(e, at)) == s for e, s in case.conditions)]


@pytest.mark.parametrize("seed", SEEDS)
def test_at_every_point_one_case_holds_and_has_the_numbers_values(seed):
    numbers, found, random = drawn(seed)
    for _ in range(8):
        at = {s: sp.Rational(random.randint(-4, 4), random.choice((1, 1, 2))) for s in UNKNOWNS}
        (case,) = holding(found, at)
        assert [value(e, at) for e in numbers] == [value(e, at) for e in case.values], at


@pytest.mark.parametrize("seed", SEEDS)
def test_a_case_holds_at_its_point(seed):
    _, found, _ = drawn(seed)
    for case in found:
        at = {s: sp.Rational(str(case.point.get(s, 0))) for s in UNKNOWNS}
        assert holding(found, at) == [case]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_branch_is_left_in_a_case(seed):
    _, found, _ = drawn(seed)
    assert not any(e.has(Positive, Largest, Wins) for case in found for e in case.values)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_passes_all_cases_and_no_list_with_one_left_out_twice_there_or_changed(seed):
    _, found, _ = drawn(seed)
    whole = [case.conditions for case in found]
    assert check(whole)
    for k, conditions in enumerate(whole):
        assert not check(whole[:k] + whole[k + 1 :])
        assert not check([*whole, conditions])
        for n, (e, s) in enumerate(conditions):
            for other in {1, 0, -1} - {s}:
                changed = (*conditions[:n], (e, other), *conditions[n + 1 :])
                assert not check([*whole[:k], changed, *whole[k + 1 :]])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_refuses_a_case_that_asks_for_less_or_for_more(seed):
    _, found, _ = drawn(seed)
    whole = [case.conditions for case in found]
    for k, conditions in enumerate(whole):
        assert not check([*whole[:k], conditions[:-1], *whole[k + 1 :]])
        assert not check([*whole[:k], (*conditions, (x + y + z, 1)), *whole[k + 1 :]])


def test_nothing_covers_nothing_but_always_covers_everything():
    assert check([()])
    assert not check([(), ()])
    assert not check([])


def test_the_check_uses_what_is_known():
    halves = [((x, 1),), ((x, 0),)]
    assert not check(halves)
    assert check(halves, known=((x + y, 1), (y, -1), (x - 1, -1)))[:] if False else check(halves, ((x - y, 1), (y, 0))) is False
    assert check([((x, 1),)], known=((x - y, 1), (y, 1)))


def test_of_equal_numbers_the_first_wins():
    found = cases([Wins(k, x, y, x) for k in map(sp.Integer, range(3))])
    assert {str(case): case.values for case in found} == {"y > x": (0, 1, 0), "y = x": (1, 0, 0), "x > y": (1, 0, 0)}


@pytest.mark.parametrize("cells", [2, 3, 4])
def test_a_largest_number_has_a_case_for_each_way_the_race_can_go(cells):
    """Each number may lead, tie with or fall behind the largest before it: 3^(cells − 1) ways."""
    found = cases([Largest(*sp.symbols(f"x:{cells}", real=True))])
    assert len(found) == 3 ** (cells - 1)
    assert sum(not case.on_boundary(set(case.values[0].free_symbols)) for case in found) >= 2 ** (cells - 1) - 1


def test_comparisons_that_others_decide_are_not_asked():
    found = cases([Positive(x - y) + Positive(y - z) + Positive(x - z)])
    assert len(found) == 13, "the weak orders of three numbers"


def test_a_case_is_on_a_boundary_of_what_stands_in_an_equality():
    tie, *_ = (case for case in cases([Positive(x - y) * z]) if case.conditions[0][1] == 0)
    assert [tie.on_boundary({s}) for s in UNKNOWNS] == [True, True, False]


def test_too_many_cases_are_not_begun():
    numbers = [Positive(s) for s in sp.symbols("x:30", real=True)]
    with pytest.raises(TooMany):
        cases(numbers)


@pytest.mark.parametrize("seed", SEEDS)
def test_blocks_share_no_symbol_that_is_compared_and_keep_all_that_branches(seed):
    random = Random(seed)
    symbols = sp.symbols("x:7", real=True)
    compared = [random.sample(symbols, random.choice((1, 1, 2))) for _ in range(5)]
    numbers = [Positive(sp.Add(*group)) * random.choice(symbols) for group in compared] + [symbols[0] * 2]
    found = blocks(numbers)
    assert sorted((n for block in found for n in block), key=str) == sorted(numbers[:-1], key=str)
    names = [{s for n in block for e in n.atoms(Positive) for s in e.free_symbols} for block in found]
    assert not any(a & b for i, a in enumerate(names) for b in names[:i])
    linked = {k: {k} for k in range(5)}
    for a, b in product(range(5), repeat=2):
        if set(compared[a]) & set(compared[b]):
            linked[a] = linked[b] = linked[a] | linked[b]
            for k in linked[a]:
                linked[k] = linked[a]
    assert len(found) == len({frozenset(group) for group in linked.values()})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_condition_is_written_as_what_it_says(seed):
    random = Random(seed)
    e = linear(random) + linear(random) / 2
    for s, _ in product((1, 0, -1), range(3)):
        at = {u: sp.Integer(random.randint(-2, 2)) for u in UNKNOWNS}
        left, middle, right = relation(e, s).partition("<") if "<" in relation(e, s) else relation(e, s).partition(">")
        assert middle or "=" in relation(e, s)
