"""Wrong versions of every rule are refuted, by numbers at which floats see the fault too."""

from __future__ import annotations

from functools import cache
from math import prod

import numpy as np
import pytest

from backproof.proofs.rule import prove_at
from backproof.rules import find, names
from backproof.rules.rule import Update
from proofs.mutants import SEEDS, cell_of, drawn, mutants, of_claim, values, with_function

STILLBORN = LookupError, TypeError, ValueError, ZeroDivisionError
NEAR = 1e-6


def plainest_first(kind):
    """A rule's examples: those of few options and few cells first."""
    parts = lambda shape: shape if isinstance(shape, list) else [shape]
    size = lambda shapes: sum(prod(part) for shape in shapes.values() for part in parts(shape))
    return sorted(kind.examples, key=lambda e: (len(e.options), size(e.shapes)))


@cache
def trials(name):
    """Random numbers at every example; of an optimiser for the first step and for the fourth."""
    kind = find(name)
    dones = (0, 3) if issubclass(kind, Update) else (0,)
    return [(e, [drawn(kind, e, seed, done) for seed in SEEDS for done in dones]) for e in plainest_first(kind)]


def agree(ours, theirs):
    """Where ours has a value: one divided by 0 is none that a counter-example could show."""
    both = [(ours[k], true) for k, true in theirs.items() if np.isfinite(ours[k])]
    return all(np.isclose(given, true, rtol=NEAR, atol=NEAR) for given, true in both)


def wrong_at(name, mutant):
    """The plainest example at which floats see that it is wrong; None where it is right at all of them."""
    return next((e for e, runs in trials(name) if not all(agree(t.wrong(mutant.kind), t.right) for t in runs)), None)


@cache
def sorted_out(name):
    """The versions that are wrong, each with where it is; and those that change nothing. What cannot run is left out."""
    wrong, harmless = [], []
    for mutant in mutants(name):
        try:
            example = wrong_at(name, mutant)
        except STILLBORN:
            continue
        if example is None:
            harmless.append(mutant)
        else:
            wrong.append((mutant, example))
    return wrong, harmless


@cache
def proofs(name):
    wrong, _ = sorted_out(name)
    return [(mutant, example, prove_at(mutant.kind(**example.options), example.shapes)) for mutant, example in wrong]


@pytest.mark.parametrize("name", names())
def test_floats_find_nothing_wrong_with_the_rule_itself(name):
    assert all(agree(trial.wrong(find(name)), trial.right) for _, runs in trials(name) for trial in runs)


@pytest.mark.parametrize("name", names())
def test_at_least_three_wrong_versions_are_refuted_and_none_is_proved(name):
    assert not [(mutant.source, part.status) for mutant, _, part in proofs(name) if part.status != "refuted"]
    assert len(proofs(name)) >= 3


@pytest.mark.parametrize("name", names())
def test_floats_confirm_every_counterexample(name):
    for mutant, (options, inputs), part in proofs(name):
        for claim in (claim for claim in part.claims if claim.status == "refuted"):
            found, trial = claim.counterexample, of_claim(find(name), options, inputs, claim)
            cell = cell_of(found.cell)
            given, true = trial.wrong(mutant.kind)[cell], trial.right[cell]
            assert not np.isclose(given, true, rtol=NEAR, atol=1e-9), (mutant.source, found)
            for other in (values([found.given, found.true]), found.floats or (given, true)):
                assert np.allclose(other, (given, true), rtol=1e-5, atol=NEAR), (mutant.source, found, given, true)


@pytest.mark.parametrize("name", names())
def test_what_changes_nothing_is_not_refuted(name):
    options, inputs = plainest_first(find(name))[0]
    for mutant in sorted_out(name)[1]:
        assert prove_at(mutant.kind(**options), inputs).status != "refuted", mutant.source


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Softmax", "dz[i] = p[i] * (dp[i] + mean)"),
        ("HalfSquaredError", "dx[i] = x[i] - t[i]"),
        ("ReLU", "dx[i] = choose(x[i] <= 0, dy[i], 0)"),
        ("MaxPool2d", "dx[winner[i]] = dy[i]"),
        ("MaxPool2d", "dx[neighbour(winner, i)] += dy[i]"),
    ],
)
def test_the_faults_that_people_make_are_among_them(name, fault):
    assert any(fault in mutant.source for mutant in mutants(name, most=10**6))


@pytest.mark.parametrize("name", [name for name in names() if not issubclass(find(name), Update)])
def test_a_gradient_that_is_left_out_is_refuted(name):
    kind = find(name)
    options, inputs = plainest_first(kind)[0]
    part = prove_at(with_function(kind, nothing(kind.backward))(**options), inputs)
    assert all(c.status == "refuted" and c.counterexample.given == "0" for c in part.claims if "derivative" in c.statement)


def nothing(function):
    """A function with the same arguments that writes nothing."""
    names = {}
    arguments = function.__code__.co_varnames[: function.__code__.co_argcount]
    exec(f"def backward({', '.join(arguments)}): pass", names)
    return names["backward"]
