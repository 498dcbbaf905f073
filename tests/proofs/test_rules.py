"""Every rule is proved, at every shape that it states; the proof says for what, and on how many branches."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from backproof.proofs.proof import Proof
from backproof.proofs.rule import prove_at, prove_rule
from backproof.proofs.setting import Setting
from backproof.rules import find, names
from backproof.rules.rule import Update, arguments


@pytest.mark.parametrize("name", names())
def test_every_rule_is_proved(name):
    rule = find(name)
    proof = prove_rule(rule)
    assert proof, [claim for part in proof.parts for claim in part.claims if claim.status != "proved"]
    assert len(proof.parts) == len(rule.examples) > 0
    for part, (options, inputs) in zip(proof.parts, rule.examples, strict=True):
        there = Setting(rule(**options), inputs).shapes
        said = " ".join(claim.statement for claim in part.claims)
        wanted = [] if issubclass(rule, Update) else [n for n in arguments(rule.backward) if n[1:] in rule.parameters]
        assert all(f"{n} is the derivative" in said for n in wanted if n in there)
        assert ("published" in said) == issubclass(rule, Update)
        assert ("textbook" in said) == (hasattr(rule, "textbook") and not issubclass(rule, Update))
        assert part.cases >= 1 or not part.counted


def test_a_layer_norm_of_ten_numbers_is_proved():
    """Its variance, worked out, would be too large."""
    assert prove_at(find("LayerNorm")(10, elementwise_affine=False), {"x": (10,)}).status == "proved"


def test_a_proof_has_a_json_form():
    found = json.loads(prove_rule(find("ReLU")).to_json(cases=True))
    assert found[0]["status"] == "proved"
    assert [case["conditions"] for case in found[0]["parts"][0]["blocks"][0]["cases"]] == [
        ["x[0] > 0"],
        ["x[0] = 0"],
        ["x[0] < 0"],
    ]


@pytest.mark.parametrize("size", [40, 700])
def test_more_cases_than_a_float_can_count(size):
    """Each number is above, at or below 0: 3^size cases, for 700 more than 10^308."""
    proof = prove_at(find("ReLU")(), {"x": (size,)})
    assert (proof.status, proof.cases) == ("proved", 3**size)
    whole = Proof("", (proof,), "rule")
    first, power = f"{Decimal(3) ** size:.2e}".split("e+")
    assert f"{first}·10^{power} cases" in str(whole)
    assert json.loads(whole.to_json())[0]["parts"][0]["cases"] == f"{first}e+{power}"
