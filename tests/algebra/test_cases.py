"""Cases cover everything, exclude each other and have the numbers' values: exactly, at points, ties among them."""

import re
from contextlib import suppress
from functools import cache
from random import Random

import pytest
import sympy as sp

from backproof.algebra.cases import TooMany, blocks, cases, check, relation
from backproof.algebra.inequalities import point
from backproof.arithmetic.symbol import Largest, Positive, Wins

x, y, z = UNKNOWNS = sp.symbols("x y z", real=True)
SEEDS = range(12)


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


@cache
def drawn(seed):
    """Numbers with branches, and their cases."""
    random = Random(seed)
    while True:
        numbers = [sp.sympify(grown(random, random.randint(1, 2))) for _ in range(2)]
        with suppress(TooMany):
            found = cases(numbers, 40)
            if len(found) > 1:
                return numbers, found


def holding(found, at):
    return [case for case in found if all(sign(value(e, at)) == s for e, s in case.conditions)]


@pytest.mark.parametrize("seed", SEEDS)
def test_at_every_point_one_case_holds_and_has_the_numbers_values(seed):
    random, (numbers, found) = Random(seed), drawn(seed)
    for _ in range(6):
        at = {s: sp.Rational(random.randint(-4, 4), random.choice((1, 1, 2))) for s in UNKNOWNS}
        (case,) = holding(found, at)
        assert [value(e, at) for e in numbers] == [value(e, at) for e in case.values], at


@pytest.mark.parametrize("seed", SEEDS)
def test_a_case_holds_at_its_point(seed):
    _, found = drawn(seed)
    for case in found:
        at = {s: sp.Rational(str(case.point.get(s, 0))) for s in UNKNOWNS}
        assert holding(found, at) == [case]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_branch_is_left_in_a_case(seed):
    _, found = drawn(seed)
    assert not any(e.has(Positive, Largest, Wins) for case in found for e in case.values)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_passes_all_cases_and_no_list_with_one_left_out_twice_there_or_changed(seed):
    _, found = drawn(seed)
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
def test_the_check_refuses_a_case_that_asks_for_less(seed):
    _, found = drawn(seed)
    whole = [case.conditions for case in found]
    for k, conditions in enumerate(whole):
        assert not check([*whole[:k], conditions[:-1], *whole[k + 1 :]])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_case_may_ask_for_more_only_where_that_is_certain(seed):
    _, found = drawn(seed)
    whole, more = [case.conditions for case in found], linear(Random(seed))
    for k, conditions in enumerate(whole):
        certain = all(point([*conditions, (more, other)]) is None for other in (0, -1))
        assert check([*whole[:k], (*conditions, (more, 1)), *whole[k + 1 :]]) == certain


@pytest.mark.parametrize("seed", SEEDS)
def test_the_check_refuses_a_case_that_asks_something_else(seed):
    _, found = drawn(seed)
    whole, other = [case.conditions for case in found], sp.Symbol("other", real=True)
    for k, conditions in enumerate(whole):
        for n, (_, s) in enumerate(conditions):
            changed = (*conditions[:n], (other, s), *conditions[n + 1 :])
            assert not check([*whole[:k], changed, *whole[k + 1 :]])


def test_one_case_without_conditions_covers_everything_and_no_case_nothing():
    assert check([()])
    assert not check([(), ()])
    assert not check([])


def test_the_check_leaves_out_what_is_known_not_to_be():
    positive = [((x, 1),)]
    assert not check(positive)
    assert check(positive, known=((x - y, 1), (y, 1)))
    assert not check(positive, known=((x - y, 1), (y + 1, 1)))


def test_of_equal_numbers_the_first_wins():
    found = cases([Wins(k, x, y, x) for k in map(sp.Integer, range(3))])
    assert {case.conditions: case.values for case in found} == {
        ((y - x, 1),): (0, 1, 0),
        ((y - x, 0),): (1, 0, 0),
        ((y - x, -1),): (1, 0, 0),
    }


@pytest.mark.parametrize("cells", [2, 3, 4])
def test_a_largest_number_leads_ties_or_falls_behind_at_each_comparison(cells):
    numbers = sp.symbols(f"x:{cells}", real=True)
    found = cases([Largest(*numbers)])
    assert len(found) == 3 ** (cells - 1)
    assert sum(not case.on_boundary({*numbers}) for case in found) == 2 ** (cells - 1)


def test_comparisons_that_others_decide_are_not_asked():
    """Three numbers can be ordered, ties among them, in 13 ways."""
    assert len(cases([Positive(x - y) + 2 * Positive(y - z) + 4 * Positive(x - z)])) == 13


def test_a_case_is_on_a_boundary_of_what_stands_in_an_equality():
    (tie,) = (case for case in cases([Positive(x - y) * z]) if case.conditions[0][1] == 0)
    assert [tie.on_boundary({s}) for s in UNKNOWNS] == [True, True, False]


def test_too_many_cases_are_refused():
    numbers = [Positive(s) for s in UNKNOWNS]
    assert len(cases(numbers, most=27)) == 27
    with pytest.raises(TooMany):
        cases(numbers, most=26)


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_share_a_block_if_a_chain_of_comparisons_links_them(seed):
    random = Random(seed)
    symbols = sp.symbols("x:8", real=True)
    compared = {f"n{k}": set(random.sample(symbols, random.choice((1, 1, 2)))) for k in range(5)}
    numbers = {name: Positive(sp.Add(*group)) * random.choice(symbols) for name, group in compared.items()}
    found = blocks({**numbers, "plain": symbols[0] * 2})
    linked = {frozenset({name}) for name in numbers}
    for s in symbols:
        touched = {group for group in linked if any(s in compared[name] for name in group)}
        linked = (linked - touched) | ({frozenset().union(*touched)} if touched else set())
    assert {frozenset(block.names) for block in found} == linked
    assert all(block.covered and len(block.cases[0].values) == len(block.names) for block in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_condition_is_written_as_what_it_says(seed):
    random = Random(seed)
    names = {s.name: s for s in UNKNOWNS}
    e = random.choice((linear(random) + x / 2, -x - 1, x + y, -z))
    at = {s: sp.Integer(random.randint(-2, 2)) for s in UNKNOWNS}
    for s in (1, 0, -1):
        left, said, right = re.fullmatch(r"(.+) ([<=>]) (.+)", relation(e, s)).groups()
        left, right = (sp.sympify(side, locals=names).xreplace(at) for side in (left, right))
        assert {"<": left < right, "=": left == right, ">": left > right}[said] == (sign(e.xreplace(at)) == s)
