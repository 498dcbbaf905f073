"""Training as the rules do it one after another, uncompiled, in float64: what every program is held against."""

from __future__ import annotations

from math import ceil

import numpy as np

from backproof.arithmetic.array import Array
from backproof.network import given
from backproof.record.quantity import Quantity
from backproof.record.record import Record


def numbers(array):
    """An array of any arithmetic as float64."""
    return Quantity("", array, 6, lambda: None).numpy("float64")


def trained(network, data, order, batch_size=1, chance=None):
    """Losses, parameters and state after a walk over the data in this order, every step a record.

    chance: what a step draws for a place of its batch, by name.
    """
    parameters = dict(network.parameters)
    state = {
        f"{name}.{s}": Array.filled(shape, 0)
        for name, array in network.parameters.items()
        for s, shape in network.update.shapes(array.shape).items()
    }
    losses = []
    for step in range(ceil(len(order) / batch_size)):
        places = order[step * batch_size : (step + 1) * batch_size]
        batch = [
            {name: given.read(name, value[n]) for name, value in data.items()} | (chance(step, k) if chance else {})
            for k, n in enumerate(places)
        ]
        with np.errstate(all="ignore"):
            record = Record.of(network.with_parameters(parameters), batch, arithmetic="float64", state=state)
            losses.append(float(numbers(record.array(network.loss.output)).sum()))
            parameters, changed = record.after()
        state |= changed
    return losses, {n: numbers(a) for n, a in parameters.items()}, {n: numbers(a) for n, a in state.items()}


def agree(found, expected, within=1e-9):
    """Arrays by name, each within a part of its own largest number; both not finite in the same places."""
    assert found.keys() == expected.keys()
    for name, truth in expected.items():
        truth = np.asarray(truth)
        size = max(1.0, np.abs(truth[np.isfinite(truth)]).max(initial=0))
        np.testing.assert_allclose(found[name], truth, rtol=0, atol=within * size, err_msg=name)
