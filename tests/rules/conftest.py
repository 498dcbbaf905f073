"""What the tests of the rules are given: PyTorch where it is installed, and random values of every kind."""

import pytest

from rules.referee import KINDS, Values


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(params=[(kind, seed) for kind in KINDS for seed in range(12)], ids=lambda p: f"{p[0]}{p[1]}")
def values(request):
    return Values(*request.param)
