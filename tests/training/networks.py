"""Networks and data that the tests of training share."""

import numpy as np

import backproof as bp


def classifier(hidden=8, update=None, seed=0):
    return bp.Network(
        {"x": (2,)},
        [
            bp.Layer("h", bp.Linear(out_features=hidden), weight="W", bias="b"),
            bp.Layer("a", bp.Tanh()),
            bp.Layer("y", bp.Linear(out_features=3), weight="V", bias="c"),
        ],
        bp.CrossEntropyLoss(),
        update=update or bp.SGD(lr="0.1", momentum="0.9"),
        initial=bp.Initial(seed=seed),
    )


def classes(n=300, seed=0):
    """Three clouds of points, with few that are on a wrong side."""
    random = np.random.default_rng(seed)
    t = random.integers(0, 3, n)
    centres = np.array([[0, 2], [2, -1], [-2, -1]])
    return (centres[t] + random.normal(size=(n, 2)) * 0.7).astype(np.float32), t


def regression(update=None):
    return bp.Network(
        {"x": (3,)},
        [bp.Layer("y", bp.Linear(out_features=1), weight="W", bias="b")],
        bp.MSELoss(),
        update=update or bp.SGD(lr="0.05"),
    )


def line(n=200, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 3))
    return x, (x @ [1.0, -2.0, 0.5] + 3)[:, None]


def numbers(network):
    """A network's parameters as bytes, to be compared bit for bit."""
    return {name: [str(v) for v in array.values()] for name, array in network.parameters.items()}
