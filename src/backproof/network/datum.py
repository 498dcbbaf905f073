"""One datum: the inputs and the target of a network, read and checked, and what is left to chance, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backproof.arithmetic.array import Array, Places, address
from backproof.errors import BackproofError, BadNetwork, BadNumber, BadShape, UnknownName
from backproof.network import given
from backproof.network.network import Network
from backproof.rules.rule import Loss


def read_datum(network: Network, datum: Mapping[str, Any], *place: str | int, number: int = 0) -> dict[str, Array]:
    """One datum's inputs and target, their shapes checked, and its random numbers, those that it has not drawn.

    place: where it stands in a problem file. number: which of several data it is, for each draws numbers of its own.
    What is given for a rule that leaves nothing to chance, such as dropout in evaluation, is passed over.
    """
    loss = network.loss
    expected = [*network.inputs, *([loss.target] if loss else [])]
    known = [*expected, *(layer.name(array) for layer in network.layers for array in layer.rule.chance)]
    for name in datum:
        if name not in known:
            raise UnknownName("input or target", name, known).at(*place, name)
    result: dict[str, Array] = {}
    for name in [*expected, *network.chance]:
        if name not in datum:
            if name in network.chance:
                result[name] = network.initial.chance(name, network.chance[name], number)
                continue
            what = "target" if loss and name == loss.target else "input"
            raise BadNetwork(f"{name} is missing; the {what} of the network must be given").at(*place)
        try:
            result[name] = given.read(name, datum[name])
            shape = network.inputs.get(name, network.chance.get(name))
            if shape is not None and result[name].shape != shape:
                raise BadShape(f"{name} has shape {result[name].shape}; expected {shape}")
            if loss and name == loss.target and network.loss_rule:
                result[name] = read_target(network, network.loss_rule, name, result[name])
            if name in network.chance:
                check_chance(name, result[name])
        except BackproofError as error:
            raise error.at(*place, name) from None
    return result


def check_chance(name: str, array: Array) -> None:
    """Refuses what is no random number from 0 to 1; 1 itself is never drawn, but serves in a mask of 0 and 1."""
    for index, u in array.items():
        if not 0 <= u <= 1:
            raise BadNumber(str(u), address(name, index), "a random number from 0 to 1")


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
