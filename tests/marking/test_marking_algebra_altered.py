"""Formulas of both questions rewritten, which leaves them right, and altered, of which mpmath says what that makes of them."""

import re
from functools import cache
from random import Random

import mpmath
import pytest

from backproof.arithmetic.shown import Comparison, Shown
from backproof.derivations.language import parsed
from backproof.examples import locate
from backproof.marking.claims import Chain, Side
from backproof.marking.formulas.chains import judge_chain
from backproof.marking.question import Question
from backproof.network.problem import read_problem
from derivations.worlds import CHANGES, World, alterations, differ, everywhere, number, spelled

CLASSES = """
let p[i] = exp(z[i]) / sum(n, exp(z[n]))
let q[i] = [i = y]
let L = -log(p[y])
p[i] + p[j] + p[n] + p[y]
"""
PIXELS = """
let V[i,j] = [U[i,j] > 0]*U[i,j] + [U[i,j] <= 0]*U[i,j]/10
let y = sum(n, sum(m, W[n,m]*V[n,m]))
let L = (y - t)^2/2
V[i,j]
"""
SLOPES = {
    "question-02": {"dL/dz": (("i",), "p[i] - [i = y]")},
    "question-01": {
        "dL/dy": ((), "y - t"),
        "dL/dV": (("i", "j"), "(y - t)*W[i,j]"),
        "dL/dW": (("i", "j"), "(y - t)*V[i,j]"),
        "dL/dU": (("i", "j"), "(y - t)*W[i,j]*([U[i,j] > 0] + [U[i,j] <= 0]/10)"),
    },
}
FORMULAS = {
    "question-02": [
        "dL/dz[y] = p[y] - 1",
        "dL/dz[y] = -1 + exp(z[y])/sum(j, exp(z[j]))",
        "dL/dz[y] = d(log(sum(j, exp(z[j]))) - z[y], z[y])",
        "dL/dz[i] = p[i] - q[i]",
        "dL/dz[i] = exp(z[i])/sum(j, exp(z[j])) - [i = y]",
        "dL/dz[i] = sum(j, q[j]*(p[i] - [i = j]))",
        "p[i] = exp(z[i])/sum(j, exp(z[j]))",
        "p[i] = 1/sum(j, exp(z[j] - z[i]))",
        "L = -sum(n, q[n]*log(p[n]))",
        "L = log(sum(j, exp(z[j]))) - z[y]",
    ],
    "question-01": [
        "y = sum(i, sum(j, V[i,j]*W[i,j]))",
        "dL/dy = d((y - t)^2/2, y)",
        "dL/dV[i,j] = dL/dy*W[i,j]",
        "dL/dW[i,j] = (y - t)*V[i,j]",
        "dL/dU[i,j] = [U[i,j] > 0]*dL/dV[i,j] + 0.1*[U[i,j] <= 0]*dL/dV[i,j]",
    ],
}
EACH = [(question, text) for question, texts in FORMULAS.items() for text in texts]


@cache
def asked(name):
    return Question(read_problem(locate(name)))


@cache
def formula(text):
    """An expression in the grammar, in which a quantity may be called dL/dz."""
    return renamed(parsed(re.sub(r"dL/d(\w)", r"dL_over_d\1", text), 1, "a test"))


def renamed(e):
    if isinstance(e, Comparison):
        return Comparison(e.relation, renamed(e.left), renamed(e.right))
    if e.op in ("name", "number"):
        return Shown(e.op, (e.args[0].replace("_over_", "/"), *e.args[1:]), None)
    return Shown(e.op, tuple(renamed(a) if isinstance(a, (Shown, Comparison)) else a for a in e.args), None)


def judged(question, *sides):
    return judge_chain(Chain(tuple(Side(spelled(e), e) for e in sides)), asked(question))


def worlds(question):
    """Numbers for everything; the names of slopes have the values that a book gives."""
    for seed in range(16):
        world = World(CLASSES if question == "question-02" else PIXELS, seed)
        world.bodies |= {n: (letters, formula(text)) for n, (letters, text) in SLOPES[question].items()}
        if question == "question-01":
            world.known["k", ()] = 2
            world.known["U", (1, 1)], world.known["U", (1, 2)] = mpmath.mpf(seed + 1) / 2, -mpmath.mpf(seed + 1) / 4
        yield world


def right_class(world, letter):
    return world.number(letter) == world.number("y")


# Rewriting

ONE, SMALL = number(1), number("2/7")
REWRITINGS = {
    "another order": lambda e: Shown(e.op, (e.args[1], e.args[0]), None) if e.op in "+*" else None,
    "a shift": lambda e: Shown("-", (Shown("+", (e, SMALL), None), SMALL), None),
    "a factor": lambda e: Shown("/", (Shown("*", (SMALL, e), None), SMALL), None),
    "two signs": lambda e: Shown("neg", (Shown("neg", (e,), None),), None),
    "a sum for a difference": lambda e: (
        Shown("+", (e.args[0], Shown("neg", (e.args[1],), None)), None) if e.op == "-" else None
    ),
    "a product for a quotient": lambda e: (
        Shown("*", (e.args[0], Shown("/", (ONE, e.args[1]), None)), None) if e.op == "/" else None
    ),
    "multiplied out": lambda e: (
        Shown(e.args[1].op, tuple(Shown("*", (e.args[0], part), None) for part in e.args[1].args), None)
        if e.op == "*" and e.args[1].op in "+-"
        else None
    ),
    "an exponential taken apart": lambda e: (
        Shown("*", (Shown("exp", (Shown("-", (e.args[0], SMALL), None),), None), Shown("exp", (SMALL,), None)), None)
        if e.op == "exp"
        else None
    ),
}


def rewritten(e, random):
    places = [(part, put) for part, put in everywhere(e)]
    random.shuffle(places)
    change = REWRITINGS[random.choice(sorted(REWRITINGS))]
    return next((put(new) for part, put in places if (new := change(part)) is not None), e)


@pytest.mark.parametrize(("question", "text"), EACH)
def test_what_is_rewritten_stays_right(question, text):
    head, side = map(formula, text.split(" = ", 1))
    random, sides = Random(text), [side]
    for _ in range(6):
        sides.append(rewritten(sides[-1], random))
    for found in judged(question, head, *sides):
        assert found.verdict == "right", (found.text, found.reason)


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize(("question", "text"), EACH)
def test_what_is_altered_is_judged_as_numbers_say(question, text, kind):
    head, side = map(formula, text.split(" = ", 1))
    letters = {"question-02": {"i", "j", "y"}, "question-01": {"i", "j"}}[question]
    wrong = alterations(side, letters)[kind]
    Random(f"{text} {kind}").shuffle(wrong)
    for e in wrong[:2]:
        (found,) = judged(question, head, e)
        differing = [w for w in worlds(question) if differ(w, head, e)]
        if found.verdict == "right" and (apart := re.search(r"for every (\w) other than", found.reason)):
            assert all(right_class(world, apart[1]) for world in differing), found
        elif found.reason.endswith("it has no value"):
            assert not differing, found
        elif found.verdict != "unread" or "runs over" not in found.reason:
            assert found.verdict in (["wrong"] if differing else ["right", "undecided"]), (found, len(differing))
