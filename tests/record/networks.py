"""Small networks in many shapes, each beside its PyTorch double."""

import numpy as np

import backproof as bp

L = bp.Layer


def mlp(torch):
    layers = [
        L("a", bp.Linear(out_features=4)),
        L("b", bp.Tanh()),
        L("c", bp.Linear(out_features=3)),
        L("d", bp.Sigmoid()),
    ]

    def double(p, x):
        hidden = torch.tanh(x @ p["a.weight"].T + p["a.bias"])
        return torch.sigmoid(hidden @ p["c.weight"].T + p["c.bias"])

    return {"x": (5,)}, layers, double


def convolutional(torch):
    layers = [
        L("a", bp.Conv2d(out_channels=2, kernel_size=3, stride=2, padding=1)),
        L("b", bp.PReLU(num_parameters=2)),
        L("c", bp.MaxPool2d(2, 1)),
        L("d", bp.AvgPool2d(2, 1)),
        L("e", bp.Flatten()),
        L("f", bp.Linear(out_features=3)),
    ]

    def double(p, x):
        f = torch.nn.functional
        a = f.prelu(f.conv2d(x[None], p["a.weight"], p["a.bias"], 2, 1), p["b.weight"])
        pooled = f.avg_pool2d(f.max_pool2d(a, 2, 1), 2, 1).flatten(1)
        return (pooled @ p["f.weight"].flatten(1).T + p["f.bias"])[0]

    return {"x": (1, 6, 6)}, layers, double


def branched(torch):
    """x goes two ways and comes back together; a is read three times."""
    layers = [
        L("a", bp.Linear(out_features=3), "x"),
        L("b", bp.GELU(), "a"),
        L("s", bp.Add(), ("a", "b", "a")),
        L("c", bp.Concat(), ("s", "x")),
        L("y", bp.Linear(out_features=3), "c"),
    ]

    def double(p, x):
        a = x @ p["a.weight"].T + p["a.bias"]
        joined = torch.cat([a + torch.nn.functional.gelu(a) + a, x])
        return joined @ p["y.weight"].T + p["y.bias"]

    return {"x": (3,)}, layers, double


def softened(torch):
    layers = [
        L("a", bp.Linear(out_features=3)),
        L("p", bp.Softmax()),
        L("y", bp.LeakyReLU(0.1)),
        L("z", bp.LogSoftmax()),
        L("r", bp.ReLU(), "a"),
        L("s", bp.Add(), ("z", "r")),
    ]

    def double(p, x):
        f = torch.nn.functional
        a = x @ p["a.weight"].T + p["a.bias"]
        return torch.log_softmax(f.leaky_relu(torch.softmax(a, 0), 0.1), 0) + f.relu(a)

    return {"x": (4,)}, layers, double


def regularised(torch):
    """Rows normalised by themselves, then all together; some cells dropped, in both networks the same."""
    layers = [
        L("a", bp.LayerNorm(3)),
        L("b", bp.Linear(out_features=4)),
        L("c", bp.Dropout("0.25")),
        L("d", bp.LayerNorm(4, eps="0.125", bias=False)),
        L("e", bp.Linear(out_features=3)),
    ]

    def double(p, x):
        f = torch.nn.functional
        a = f.layer_norm(x, (3,), p["a.weight"], p["a.bias"])
        b = a.flatten() @ p["b.weight"].flatten(1).T + p["b.bias"]
        u = bp.Initial().chance("c.u", (4,), 0)
        keep = torch.tensor([0 if 4 * u[i,] < 1 else 1 / 0.75 for i in range(4)], dtype=x.dtype)
        return f.layer_norm(b * keep, (4,), p["d.weight"], eps=0.125) @ p["e.weight"].T + p["e.bias"]

    return {"x": (2, 3)}, layers, double


NETWORKS = [mlp, convolutional, branched, softened, regularised]


def drawn(rng, *shape):
    """Numbers that floats hold exactly, in no order and of no size that could make a tie."""
    return np.round(rng.normal(size=shape) * 2**20) / 2**20


def made(build, rng, loss, torch, **options):
    """A network with parameters of its own, and the same parameters by name as arrays."""
    inputs, layers, double = build(torch)
    network = bp.Network(inputs, layers, loss, **options)
    given = {name: drawn(rng, *array.shape) for name, array in network.parameters.items()}
    return bp.Network(inputs, layers, loss, parameters=given, **options), given, double
