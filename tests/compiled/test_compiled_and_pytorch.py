"""Whole networks trained beside PyTorch in float64: the same losses and the same parameters."""

import numpy as np
import pytest

import backproof as bp
from backproof.compiled.program import Program

torch = pytest.importorskip("torch")
L = bp.Layer


def lenet():
    layers = [
        *(L("C1", bp.Conv2d(1, 6, 5, padding=2)), L("R1", bp.ReLU()), L("P1", bp.MaxPool2d(2))),
        *(L("C2", bp.Conv2d(6, 16, 5)), L("R2", bp.ReLU()), L("P2", bp.MaxPool2d(2))),
        *(L("F1", bp.Linear(400, 40)), L("R3", bp.ReLU()), L("z", bp.Linear(40, 10))),
    ]
    return bp.Network((1, 28, 28), layers, bp.CrossEntropyLoss(), update=bp.SGD(lr="0.05"))


def mlp():
    layers = [L("F1", bp.Linear(70, 33)), L("R1", bp.Tanh()), L("z", bp.Linear(33, 10))]
    return bp.Network((70,), layers, bp.CrossEntropyLoss(), update=bp.SGD(lr="0.1", momentum="0.9"))


def shallow():
    layers = [
        *(L("C1", bp.Conv2d(2, 9, 3, padding=1, stride=2)), L("R1", bp.GELU()), L("P1", bp.AvgPool2d(2))),
        *(L("C2", bp.Conv2d(9, 8, 2)), L("R2", bp.LeakyReLU("0.2")), L("P2", bp.MaxPool2d(2, stride=1))),
        *(L("N", bp.LayerNorm((8, 2, 2))), L("z", bp.Linear(32, 10))),
    ]
    return bp.Network((2, 15, 17), layers, bp.CrossEntropyLoss(), update=bp.AdamW(lr="0.01"))


def in_torch(network, parameters):
    """The same network there, its parameters by our names."""
    modules, named = [], {}
    for layer in network.layers:
        rule, kind = layer.rule, type(layer.rule).__name__
        if kind == "Conv2d":
            channels = network.shapes[layer.inputs[0]][0]
            module = torch.nn.Conv2d(channels, rule.out_channels, rule.kernel_size, rule.stride, rule.padding)
        elif kind == "Linear":
            size = int(np.prod(network.shapes[layer.inputs[0]]))
            module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(size, rule.out_features))
        elif kind == "LayerNorm":
            module = torch.nn.LayerNorm(rule.normalized_shape)
        elif kind == "MaxPool2d":
            module = torch.nn.MaxPool2d(rule.kernel_size, rule.stride)
        else:
            options = {"LeakyReLU": (0.2,), "AvgPool2d": (2,)}.get(kind, ())
            module = getattr(torch.nn, kind)(*options)
        modules.append(module.double())
        for name, parameter in module.named_parameters():
            own = layer.name(name.rpartition(".")[2])
            parameter.data = torch.tensor(parameters[own].reshape(parameter.shape))
            named[own] = parameter
    return torch.nn.Sequential(*modules), named


OPTIMISERS = {
    lenet: lambda p: torch.optim.SGD(p, lr=0.05),
    mlp: lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    shallow: lambda p: torch.optim.AdamW(p, lr=0.01),
}


@pytest.mark.parametrize(
    ("batch_size", "threads", "lanes"), [(1, 1, None), (7, 1, False), (40, 2, None), (40, 1, False)]
)
@pytest.mark.parametrize("make", OPTIMISERS)
def test_a_network_learns_what_pytorch_learns(make, batch_size, threads, lanes):
    network, rng = make(), np.random.default_rng(7)
    count = max(12, batch_size + 13)
    shape = next(iter(network.inputs.values()))
    x, t = rng.normal(size=(count, *shape)), rng.integers(0, 10, count)
    program = Program(network, batch_size, "float64", threads, lanes_of_samples=lanes)
    theirs, named = in_torch(network, program.parameters)
    optimiser = OPTIMISERS[make](theirs.parameters())
    losses = program.train({"x": x, "t": t}, np.arange(count))
    for n, start in enumerate(range(0, count, batch_size)):
        rows = slice(start, start + batch_size)
        loss = torch.nn.functional.cross_entropy(theirs(torch.tensor(x[rows])), torch.tensor(t[rows]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        assert losses[n] == pytest.approx(loss.item(), rel=1e-11)
    for name, parameter in named.items():
        expected = parameter.detach().numpy().reshape(program.parameters[name].shape)
        np.testing.assert_allclose(program.parameters[name], expected, rtol=0, atol=1e-11, err_msg=name)
