"""Every rule at its own examples, and networks drawn at random: compiled, they learn what they learn uncompiled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backproof as bp
from backproof.compiled.program import Program
from backproof.errors import BackproofError
from backproof.rules import find, names
from backproof.rules.rule import Loss, Places, Update
from compiled.uncompiled import agree, trained

WAYS = [(1, None), (3, None), (3, True)]
"""The batch size, and whether samples lie in the lanes of vectors."""
LAYERS = [n for n in names() if not issubclass(find(n), (Loss, Update)) and n != "Reduction"]
LOSSES = [n for n in names() if issubclass(find(n), Loss)]


def cases(rules):
    return [pytest.param(n, *e, id=f"{n}-{k}") for n in rules for k, e in enumerate(find(n).examples)]


WITHIN = {"float64": 1e-9, "float32": 1e-4}
"""Of an array's largest number; a few steps in 24 bits leave six digits of eight."""


def hold(network, batch_size, lanes, data, order, dtype="float64"):
    """A program's losses, parameters and state against those of the rules one after another."""
    program = Program(network, batch_size, dtype, lanes_of_samples=lanes)
    losses = program.train(data, order)
    expected = trained(network, data, order, batch_size, program.chance)
    found = {"losses": losses} | program.parameters | program.state
    agree(found, {"losses": expected[0]} | expected[1] | expected[2], WITHIN[dtype])


def drawn(network, count, rng, target=None):
    data = {name: rng.normal(size=(count, *shape)) for name, shape in network.inputs.items()}
    shape = network.shapes[network.prediction] if target is None else target
    if isinstance(network.loss_rule.shapes(network.shapes[network.prediction], shape).get("t"), Places):
        return data | {"t": rng.integers(network.shapes[network.prediction][0], size=(count, *shape))}
    return data | {"t": rng.uniform(size=(count, *shape))}


@pytest.mark.parametrize(("name", "options", "shapes"), cases(LAYERS))
def test_every_rule_between_layers_that_learn(name, options, shapes):
    (given_shapes,) = shapes.values()
    inputs = given_shapes if isinstance(given_shapes, list) else [given_shapes]
    before = [bp.Layer(f"p{k}", bp.PReLU(num_parameters="cell"), f"x{k}") for k in range(len(inputs))]
    layers = [*before, bp.Layer("r", find(name)(**options), [la.output for la in before]), bp.Sigmoid()]
    network = bp.Network(
        {f"x{k}": s for k, s in enumerate(inputs)}, layers, bp.MSELoss(), update=bp.SGD(lr="0.1", momentum="0.5")
    )
    if network.shapes["r"]:
        layers += [bp.Flatten()] * (len(network.shapes["r"]) > 1) + [bp.Linear(out_features=3)]
        network = bp.Network(network.inputs, layers, bp.MSELoss(), update=network.update)
    rng = np.random.default_rng(len(name))
    data = drawn(network, 5, rng)
    last = options is find(name).examples[-1].options
    for batch_size, lanes in WAYS if last else WAYS[:2]:
        hold(network, batch_size, lanes, data, rng.integers(5, size=4))
    if last and name != "Dropout":  # whose chance has other digits in float32
        for batch_size, lanes in WAYS[1:]:
            hold(network, batch_size, lanes, data, rng.integers(5, size=4), "float32")


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("name", "options", "shapes"), cases(LOSSES))
def test_every_loss_and_reduction(name, options, shapes, reduction):
    network = bp.Network(
        {"x": shapes["x"]},
        [bp.PReLU(num_parameters="cell")],
        find(name)(**{**options, "reduction": reduction}),
        update=bp.SGD(lr="0.1"),
    )
    rng = np.random.default_rng(len(name))
    data = drawn(network, 5, rng, shapes["t"])
    for batch_size, lanes in WAYS[1:2] if reduction != "mean" else WAYS[:2]:
        hold(network, batch_size, lanes, data, rng.integers(5, size=4))


@pytest.mark.parametrize(
    ("name", "options"), [(n, e.options) for n in ("SGD", "Adam", "AdamW") for e in find(n).examples]
)
def test_every_update(name, options):
    network = bp.Network(
        (5,),
        [bp.Linear(out_features=9), bp.Tanh(), bp.Linear(out_features=2)],
        bp.MSELoss(),
        update=find(name)(**options),
    )
    rng = np.random.default_rng(len(name))
    data = drawn(network, 7, rng)
    for batch_size, lanes in WAYS[:2]:
        hold(network, batch_size, lanes, data, rng.integers(7, size=10))


@pytest.mark.parametrize("first", ["W", "W1", "lr", "run", "llvm.memcpy"])
def test_names_that_end_in_digits_or_are_a_programs_own(first):
    layers = [
        bp.Layer("y1", bp.Linear(out_features=3), weight=first, bias="b"),
        bp.Layer("y", bp.Linear(out_features=3), weight="W0", bias="W10"),
    ]
    network = bp.Network((3,), layers, bp.MSELoss(), update=bp.SGD(lr="0.1"))
    rng = np.random.default_rng(1)
    data = drawn(network, 40, rng)
    for batch_size in (4, 40):
        hold(network, batch_size, None, data, rng.integers(40, size=batch_size + 1))


@pytest.mark.parametrize("stride", [(2, 2), (1, 2), (3, 3)])
def test_strides_over_many_channels(stride):
    layers = [
        bp.Conv2d(out_channels=8, kernel_size=1),
        bp.MaxPool2d(2),
        bp.Conv2d(out_channels=9, kernel_size=2, stride=stride),
    ]
    network = bp.Network((1, 9, 9), layers, bp.MSELoss(), update=bp.SGD(lr="0.1"))
    hold(network, 2, None, drawn(network, 3, np.random.default_rng(2)), [0, 1, 2])


SIZES = st.sampled_from([1, 2, 3, 7, 8, 9, 15, 16, 17])
ACTIVATIONS = st.sampled_from([bp.ReLU(), bp.LeakyReLU("0.2"), bp.Tanh(), bp.Sigmoid(), bp.GELU(), bp.PReLU()])
WINDOWS = {"kernel_size": st.sampled_from([1, 2, 3, (1, 2), (3, 1)]), "padding": st.integers(0, 1)}
CONVOLUTIONS = st.fixed_dictionaries(
    {
        "out_channels": st.sampled_from([1, 2, 8, 9]),
        **WINDOWS,
        "stride": st.integers(1, 2),
        "dilation": st.integers(1, 2),
        "bias": st.booleans(),
        "padding_mode": st.sampled_from(["zeros", "zeros", "circular", "reflect", "replicate"]),
    }
)
POOLS = st.fixed_dictionaries({**WINDOWS, "stride": st.sampled_from([None, 1, 2]), "ceil_mode": st.booleans()})


@st.composite
def networks(draw):
    """A small network with branches; a layer that does not fit is left out."""
    image = draw(st.booleans())
    inputs = {"x": (draw(st.integers(1, 2)), draw(st.integers(3, 6)), draw(SIZES)) if image else (draw(SIZES),)}
    layers = []

    def add(make, reads=None):
        try:
            layer = bp.Layer(f"h{len(layers)}", make(), reads or ((layers[-1].output,) if layers else ("x",)))
            bp.Network(inputs, [*layers, layer])
        except BackproofError:
            return
        layers.append(layer)

    for _ in range(draw(st.integers(1, 3))):
        if image:
            add(lambda: bp.Conv2d(**draw(CONVOLUTIONS)))
        else:
            add(lambda: bp.Linear(out_features=draw(SIZES), bias=draw(st.booleans())))
        if draw(st.booleans()) and layers:
            last = layers[-1].output
            add(lambda: draw(ACTIVATIONS))
            add(draw(st.sampled_from([bp.Add, lambda: bp.Concat(dim=1)])), (layers[-1].output, last))
        add(lambda: draw(ACTIVATIONS))
        if image and draw(st.booleans()):
            add(lambda: draw(st.sampled_from([bp.MaxPool2d, bp.MaxPool2d, bp.AvgPool2d]))(**draw(POOLS)))
        elif draw(st.booleans()):
            add(lambda: bp.Dropout("0.3"))
    if image:
        add(bp.Flatten)
    add(lambda: bp.Linear(out_features=draw(SIZES)))
    loss = draw(st.sampled_from([bp.MSELoss(), bp.CrossEntropyLoss(label_smoothing="0.1"), bp.BCEWithLogitsLoss()]))
    return bp.Network(inputs, layers, loss, update=draw(st.sampled_from([bp.SGD(lr="0.02"), bp.Adam(lr="0.01")])))


@settings(max_examples=8)
@given(networks(), st.sampled_from(WAYS), st.integers(0, 1000))
def test_networks_at_random(network, way, seed):
    rng = np.random.default_rng(seed)
    shape = network.shapes[network.prediction]
    classes = isinstance(network.loss_rule, bp.CrossEntropyLoss) and seed % 2
    hold(network, *way, drawn(network, 3, rng, shape[1:] if classes else shape), rng.integers(3, size=4))
