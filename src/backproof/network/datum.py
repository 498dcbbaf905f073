"""One datum: the inputs and the target of a network, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backproof.arithmetic.array import Array, Places
from backproof.errors import BackproofError, BadNetwork, BadShape, UnknownName
from backproof.network import given
from backproof.network.network import Network
from backproof.rules.rule import Loss


def read_datum(network: Network, datum: Mapping[str, Any], *place: str | int) -> dict[str, Array]:
    """One datum's inputs and target, their shapes checked; `place` is where it stands in a problem file."""
    loss = network.loss
    expected = [*network.inputs, *([loss.target] if loss else [])]
    for name in datum:
        if name not in expected:
            raise UnknownName("input or target", name, expected).at(*place, name)
    result: dict[str, Array] = {}
    for name in expected:
        if name not in datum:
            what = "target" if loss and name == loss.target else "input"
            raise BadNetwork(f"{name} is missing; the {what} of the network must be given").at(*place)
        try:
            result[name] = given.read(name, datum[name])
            shape = network.inputs.get(name)
            if shape is not None and result[name].shape != shape:
                raise BadShape(f"{name} has shape {result[name].shape}; expected {shape}")
            if loss and name == loss.target and network.loss_rule:
                result[name] = read_target(network, network.loss_rule, name, result[name])
        except BackproofError as error:
            raise error.at(*place, name) from None
    return result


def read_target(network: Network, rule: Loss, name: str, target: Array) -> Array:
    """A target as classes where the loss takes classes, refused where it does not fit the prediction."""
    prediction = network.shapes[network.prediction]
    try:
        shapes = rule.shapes(prediction, target.shape)
    except BadShape as error:
        raise BadShape(f"{name}, the target of {type(rule).__name__}: {error}") from error
    if isinstance(shapes.get("t"), Places):
        target = given.places(name, target)
    rule.check(prediction, target)
    return target
