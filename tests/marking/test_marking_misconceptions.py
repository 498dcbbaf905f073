"""What holds for every misconception in the folder: it runs wherever it fits, and is no other, the right rule included."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backproof.arithmetic import ball, exact
from backproof.arithmetic.array import Array, Places
from backproof.errors import NotExact, Undecided
from backproof.marking.catalogue import markdown
from backproof.marking.wrong import Wrong, find, misconceptions
from backproof.proofs.setting import settings as settings_of
from backproof.rules import find as rule_of
from backproof.rules import names
from backproof.rules.rule import Update

BITS = 300
DIRECTIONS = "forward", "backward"
NOTHING_TO_MISTAKE: dict[str, str] = {}
"""Rules without a misconception, and why."""


def cases(name):
    """Every example of a rule, with every choice of classes that its target could name."""
    return [s for options, shapes in rule_of(name).examples for s in settings_of(rule_of(name)(**options), shapes)]


def drawn(setting, seed, simple=False):
    """Rational numbers for all that a rule reads; simple ones are few, so that there are ties and zeros."""
    rng = np.random.default_rng(seed)
    positive = ("t", "shares", *setting.rule.state)

    def fresh(name, shape):
        size = int(np.prod(shape))
        if name in setting.rule.chance:
            numbers = rng.integers(0, 100, size) / 100
        elif simple:
            numbers = rng.integers(-2, 3, size)
        else:
            numbers = rng.permutation([k for k in range(-40, 41) if k])[:size] / 4
        numbers = abs(numbers) if {name, name.rstrip("0123456789")} & set(positive) else numbers
        cells = (fmpq(*float(n).as_integer_ratio()) for n in numbers)
        return Array(shape, dict(zip(np.ndindex(shape), cells, strict=True)))

    return setting.given(fresh)


def outcome(setting, known, wrong=None):
    """All that is written, with the wrong rule's in place of the right one's; exactly, or else in balls.

    The wrong backward reads what the right forward wrote, so that each direction is judged by itself.
    """
    try:
        return worked(setting, known, wrong, exact)
    except NotExact:
        with ball.precision(BITS):
            return worked(setting, known, wrong, ball)


def worked(setting, given, wrong, arithmetic):
    right = setting.rule.read(arithmetic.number)
    known = {name: each(lambda a: lifted(a, arithmetic), arrays) for name, arrays in given.items()}
    written = {}
    for direction in DIRECTIONS if hasattr(right, "backward") else DIRECTIONS[:1]:
        before = {name: each(copied, arrays) for name, arrays in known.items()}
        after = setting.run(right, direction, known, zeros)
        found = after
        if wrong is not None and direction in wrong.directions() and not wrong.order:
            found = {**after, **setting.run(wrong.of(setting.rule).read(arithmetic.number), direction, before, zeros)}
        changed = [n for n in found if n not in given or isinstance(right, Update)]
        written |= {(direction, n): each(lambda a: lifted(a, arithmetic), found[n]) for n in changed}
        known = {name: each(lambda a: lifted(a, arithmetic), arrays) for name, arrays in after.items()}
    return written


def each(function, value):
    return [function(v) for v in value] if isinstance(value, list) else None if value is None else function(value)


def copied(array):
    return Array(array.shape, dict(array))


def lifted(array, arithmetic):
    return copied(array) if isinstance(array.shape, Places) else array.map(arithmetic.lift)


def zeros(_, shape):
    return Array.filled(shape, 0)


def differences(a, b):
    """Under which names, each with its direction, two outcomes hold different numbers."""
    return {what for what in a if not same(a[what], b[what])}


def same(a, b):
    if isinstance(a, list):
        return all(map(same, a, b))
    return a is b or all(equal(a[i], b[i]) for i in a)


def equal(a, b):
    a, b = (v.value if isinstance(v, ball.Ball) else v for v in (a, b))
    return arb(a).overlaps(arb(b)) if isinstance(a, arb) or isinstance(b, arb) else a == b


def test_every_rule_can_be_misunderstood():
    wrong = {w.rule.__name__ for w in misconceptions().values()}
    assert wrong | set(NOTHING_TO_MISTAKE) == set(names())
    assert not wrong & set(NOTHING_TO_MISTAKE)


def test_the_page_of_misconceptions_is_what_the_code_says():
    page = Path(__file__).parents[2] / "docs" / "misconceptions.md"
    assert page.read_text(encoding="utf-8") == markdown(), "`just misconceptions` makes it anew"


@pytest.mark.parametrize("name", names())
def test_nothing_of_a_misconception_hides_what_its_rule_has(name):
    assert not {n for n in vars(Wrong) if not n.startswith("__")} & {*dir(rule_of(name)), *vars(rule_of(name))}


@pytest.mark.parametrize("key", misconceptions())
def test_it_reads_well(key):
    says = find(key).says()
    assert says[0].islower(), "it goes on after You"
    assert not says.startswith("you ")
    assert says[-1] not in ".!?"
    assert len(says) <= 130
    assert find(key).key() == key


@pytest.mark.parametrize("key", misconceptions())
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_it_runs_wherever_it_fits(key, seed, data):
    """On ties and zeros too, wherever the right rule does."""
    wrong = find(key)
    setting = data.draw(st.sampled_from([s for s in cases(wrong.rule.__name__) if wrong.fits(s.rule)]))
    known = drawn(setting, seed, simple=True)
    try:
        outcome(setting, known)
    except (NotExact, Undecided, ZeroDivisionError):
        assume(False)
    outcome(setting, known, wrong)


@pytest.mark.parametrize("name", names())
def test_none_is_another_or_the_right_rule(name):
    """On some example each differs from the right rule in the directions that it says, and from every other."""
    wrongs = [w for w in misconceptions().values() if w.rule.__name__ == name and not w.order]
    alike, unlike, away = set(), set(), {w: set() for w in wrongs}
    seen = {}
    for seed, setting in enumerate(cases(name)):
        if seen.setdefault(setting.rule, 0) == 2:
            continue
        seen[setting.rule] += 1
        known = drawn(setting, [seed, len(name)])
        right = outcome(setting, known)
        found = {w: outcome(setting, known, w) for w in wrongs if w.fits(setting.rule)}
        for w, numbers in found.items():
            away[w] |= {direction for direction, _ in differences(numbers, right)}
        for a, b in combinations(found, 2):
            (unlike if differences(found[a], found[b]) else alike).add((a, b))
    assert {w.key(): tuple(d for d in DIRECTIONS if d in away[w]) for w in wrongs} == {
        w.key(): w.directions() for w in wrongs
    }
    assert not [f"{a.key()} is {b.key()}" for a, b in alike - unlike]
