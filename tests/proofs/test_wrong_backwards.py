"""Wrong versions of every rule are refuted, by numbers at which floats see the fault too."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import numpy as np
import pytest

import backproof as bp
from backproof.proofs.rule import prove_at
from backproof.rules import find, names
from backproof.rules.rule import Update
from proofs.mutants import SEEDS, cell_of, drawn, mutants, of_claim, plainest_first, values, with_function

STILLBORN = LookupError, TypeError, ValueError, ZeroDivisionError
NEAR = 1e-6


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


def judged(name, mutant):
    """The examples at which floats see that it is wrong, and those at which it is right; at others it cannot run."""
    wrong, right = [], []
    for example, runs in trials(name):
        with suppress(*STILLBORN):
            same = all(agree(trial.wrong(mutant.kind), trial.right) for trial in runs)
            (right if same else wrong).append(example)
    return wrong, right


@cache
def sorted_out(name):
    """The versions that are wrong and those that change nothing, each with the plainest example for which that holds."""
    found = [(mutant, *judged(name, mutant)) for mutant in mutants(name)]
    harmless = [(mutant, right[0]) for mutant, wrong, right in found if right and not wrong]
    return [(mutant, wrong[0]) for mutant, wrong, _ in found if wrong], harmless


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
    for mutant, (options, inputs) in sorted_out(name)[1]:
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
    claims = [claim for claim in part.claims if "derivative" in claim.statement]
    assert all(claim.status == "refuted" and claim.counterexample.given == "0" for claim in claims)


@pytest.mark.parametrize("label", [0, 1, 2, 9])
def test_a_fault_at_one_class_alone_is_refuted(label):
    class Hiding(bp.CrossEntropyLoss):
        def backward(self, x, p, t, dloss, dx):
            super().backward(x, p, t, dloss, dx)
            dx[0,] = dx[0,] + (1 if t[()] == label else 0)

    (found,) = [
        claim for claim in prove_at(Hiding(ignore_index=9), {"x": (3,), "t": ()}).claims if claim.counterexample
    ]
    assert found.counterexample.inputs["t"] == label


def nothing(function):
    """A function with the same arguments that writes nothing."""
    names = {}
    arguments = function.__code__.co_varnames[: function.__code__.co_argcount]
    exec(f"def backward({', '.join(arguments)}): pass", names)
    return names["backward"]
