"""Schedules against PyTorch's, batch by batch."""

import pytest

from backproof.errors import BackproofError
from backproof.training.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Schedule,
    Step,
    Warmup,
    schedule_of,
)

N = 40
PAIRS = {
    "constant": (Constant(), lambda s, o: s.ConstantLR(o, factor=1.0)),
    "step": (Step(step_size=7, gamma=0.3), lambda s, o: s.StepLR(o, 7, 0.3)),
    "exponential": (Exponential(gamma=0.9), lambda s, o: s.ExponentialLR(o, 0.9)),
    "cosine": (Cosine(eta_min=0.01), lambda s, o: s.CosineAnnealingLR(o, N, 0.01)),
    "cosine, longer": (Cosine(T_max=100), lambda s, o: s.CosineAnnealingLR(o, 100)),
    "onecycle": (OneCycle(), lambda s, o: s.OneCycleLR(o, 0.1, N)),
    "onecycle, late": (
        OneCycle(pct_start=0.6, div_factor=10, final_div_factor=100),
        lambda s, o: s.OneCycleLR(o, 0.1, N, pct_start=0.6, div_factor=10, final_div_factor=100),
    ),
    "warmup": (
        Warmup(total_iters=5, start_factor=0.2),
        lambda s, o: s.LinearLR(o, 0.2, total_iters=5),
    ),
    "warmup, then cosine": (
        Warmup(total_iters=10, start_factor=0.5, then=Cosine()),
        lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.5, total_iters=10), s.CosineAnnealingLR(o, N - 10)], [10]),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.filterwarnings("ignore:The epoch parameter in `scheduler.step")
def test_schedules_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    ours, theirs = PAIRS[name]
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = theirs(torch.optim.lr_scheduler, optimiser)
    for t in range(N):
        assert ours.rate(t, N, 0.1) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-9, abs=1e-12), t
        optimiser.step()
        scheduler.step()


@pytest.mark.parametrize("kind", SCHEDULES.values())
@pytest.mark.parametrize("n", [1, 2, 3, 1000])
def test_without_options_every_length_will_do(kind, n):
    rates = [kind().rate(t, n, 0.1) for t in range(n)]
    assert all(0 <= rate <= 0.1 + 1e-12 for rate in rates)


def test_what_stands_for_a_schedule():
    assert schedule_of(None) == Constant()
    assert schedule_of(0.5) == Constant(lr=0.5)
    assert schedule_of("cosine") == Cosine()
    assert isinstance(schedule_of(Step(lr=1)), Schedule)


@pytest.mark.parametrize(
    "given", ["cosin", -1, float("nan"), Cosine(lr=-1.0), Step(step_size=0), Warmup(total_iters=0)]
)
def test_what_does_not(given):
    with pytest.raises(BackproofError, match=r"lr is|batches|cosine"):
        schedule_of(given)
