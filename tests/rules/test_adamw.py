"""AdamW against a hand-worked step and PyTorch's optimiser, over several steps."""

from backproof.rules.adamw import AdamW
from rules.referee import exactly, q
from rules.test_adam import held_to_pytorch


def test_by_hand():
    """The parameter shrinks by lr · weight_decay = 1/8 of itself, and the averages never see it."""
    got = exactly(AdamW("1/4", (0, 0), 1, weight_decay="1/2"), p=[8], dp=[3])
    assert (got["m"], got["v"], got["p"]) == (q([3]), q([9]), q(["109/16"]))


def test_it_decays_unless_told_otherwise():
    assert exactly(AdamW(1, (0, 0)), p=[1], dp=[0])["p"] == q(["0.99"])


def test_pytorch_agrees(torch, values):
    held_to_pytorch(torch, AdamW, torch.optim.AdamW, values)
