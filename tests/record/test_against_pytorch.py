"""Whole networks against PyTorch in float64: outputs, losses, gradients, batches and training."""

import numpy as np
import pytest

import backproof as bp
from record.networks import NETWORKS, drawn, made

torch = pytest.importorskip("torch")
CLOSE = {"rtol": 1e-12, "atol": 1e-13}
LOSSES = {
    "half": (bp.HalfSquaredError, lambda y, t: ((y - t) ** 2).sum() / 2),
    "mse": (bp.MSELoss, lambda y, t: torch.nn.functional.mse_loss(y, t)),
    "bce": (bp.BCEWithLogitsLoss, lambda y, t: torch.nn.functional.binary_cross_entropy_with_logits(y, t)),
    "classes": (bp.CrossEntropyLoss, lambda y, t: torch.nn.functional.cross_entropy(y[None], t[None])),
    "smooth": (
        lambda: bp.CrossEntropyLoss(label_smoothing="0.1"),
        lambda y, t: torch.nn.functional.cross_entropy(y[None], t[None], label_smoothing=0.1),
    ),
}


def target(rng, loss):
    return np.array(rng.integers(0, 3)) if loss in ("classes", "smooth") else np.abs(drawn(rng, 3)) % 1


def tensors(arrays):
    return {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}


def compare(record, given, x, xt):
    for name, tensor in given.items():
        np.testing.assert_allclose(record[f"dL/d{name}"].numpy(), tensor.grad.numpy(), **CLOSE, err_msg=name)
    np.testing.assert_allclose(record["dL/dx"].numpy(), xt.grad.numpy(), **CLOSE)


@pytest.mark.parametrize("arithmetic", ["auto", "float64"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("build", NETWORKS)
def test_gradients(build, loss, arithmetic):
    rng = np.random.default_rng([NETWORKS.index(build), list(LOSSES).index(loss)])
    rule, theirs = LOSSES[loss]
    network, arrays, double = made(build, rng, rule(), torch)
    x, t = drawn(rng, *network.inputs["x"]), target(rng, loss)
    record = network.solve(x, t, arithmetic=arithmetic)
    given, xt = tensors(arrays), torch.tensor(x, requires_grad=True)
    y = double(given, xt)
    whole = theirs(y, torch.tensor(t))
    whole.backward()
    np.testing.assert_allclose(record[network.prediction].numpy(), y.detach().numpy(), **CLOSE)
    np.testing.assert_allclose(float(record["L"]), whole.item(), **CLOSE)
    compare(record, given, x, xt)


OPTIMISERS = {
    "plain": (lambda: bp.SGD(lr="0.125"), lambda p: torch.optim.SGD(p, 0.125)),
    "momentum": (
        lambda: bp.SGD(lr="0.125", momentum="0.5", weight_decay="0.25"),
        lambda p: torch.optim.SGD(p, 0.125, momentum=0.5, weight_decay=0.25),
    ),
    "dampened": (
        lambda: bp.SGD(lr="0.125", momentum="0.5", dampening="0.25"),
        lambda p: torch.optim.SGD(p, 0.125, momentum=0.5, dampening=0.25),
    ),
    "nesterov": (
        lambda: bp.SGD(lr="0.125", momentum="0.5", nesterov=True),
        lambda p: torch.optim.SGD(p, 0.125, momentum=0.5, nesterov=True),
    ),
    "adam": (lambda: bp.Adam(lr="0.1"), lambda p: torch.optim.Adam(p, 0.1)),
    "amsgrad": (
        lambda: bp.Adam(lr="0.1", amsgrad=True, weight_decay="0.1"),
        lambda p: torch.optim.Adam(p, 0.1, amsgrad=True, weight_decay=0.1),
    ),
    "adamw": (lambda: bp.AdamW(lr="0.1"), lambda p: torch.optim.AdamW(p, 0.1)),
}


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_training_datum_after_datum(optimiser):
    ours, theirs = OPTIMISERS[optimiser]
    rng = np.random.default_rng(list(OPTIMISERS).index(optimiser))
    network, arrays, double = made(NETWORKS[0], rng, bp.MSELoss(), torch, update=ours())
    given = tensors(arrays)
    stepping, state = theirs(list(given.values())), {}
    for _ in range(4):
        x, t = drawn(rng, 5), drawn(rng, 3)
        record = bp.Record.of(network, {"x": x, "t": t}, state=state, arithmetic="float64")
        parameters, state = record.after()
        network = network.with_parameters(parameters)
        stepping.zero_grad()
        LOSSES["mse"][1](double(given, torch.tensor(x)), torch.tensor(t)).backward()
        stepping.step()
        for name, tensor in given.items():
            np.testing.assert_allclose(record[f"{name}'"].numpy(), tensor.detach().numpy(), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("weighted", [False, True])
def test_batches(reduction, weighted):
    rng = np.random.default_rng([reduction == "sum", weighted])
    loss = bp.CrossEntropyLoss(reduction=reduction, ignore_index=1, weight=("0.5", "2", "3") if weighted else None)
    network, arrays, double = made(NETWORKS[2], rng, loss, torch)
    x, t = drawn(rng, 4, 3), np.array([0, 1, 2, 2])
    record = network.solve(x, t)
    given, xt = tensors(arrays), torch.tensor(x, requires_grad=True)
    whole = torch.nn.functional.cross_entropy(
        torch.stack([double(given, row) for row in xt]),
        torch.tensor(t),
        torch.tensor([0.5, 2, 3], dtype=torch.float64) if weighted else None,
        ignore_index=1,
        reduction=reduction,
    )
    whole.backward()
    np.testing.assert_allclose(float(record["L"]), whole.item(), **CLOSE)
    compare(record, given, x, xt)
