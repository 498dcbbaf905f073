"""What a person gives a program, checked and made into what it reads."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.arithmetic.array import Shape
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BackproofError, BadOption, BadShape, shortened
from backproof.network.network import Network


def clip(name: str, value: Any) -> Numeral | None:
    """A bound of gradients, as the digits that it was given in."""
    if value is None:
        return None
    try:
        numeral = Numeral(str(value))
        if not numeral.special and numeral.ratio()[0] > 0:
            return numeral
    except BackproofError:
        pass
    raise BadOption(f"{name} is {shortened(value)}; expected a number above 0")


def at_least(least: int, name: str, value: Any) -> int:
    """An option that is a whole number of 63 bits."""
    good = not isinstance(value, bool) and hasattr(value, "__index__") and least <= int(value) < 1 << 63
    if not good:
        raise BadOption(f"{name} is {shortened(value)}; expected a whole number of at least {least}")
    return int(value)


def numbers(name: str, value: Any) -> Any:
    """An array of real numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise BadOption(f"{name} is {shortened(value)}; expected an array of real numbers")
    return array


def ordered(order: Any, count: int) -> Any:
    """Which data are walked over, by number."""
    order = numbers("order", order).reshape(-1)
    if len(order) and order.dtype.kind not in "iu":
        raise BadOption(f"the order holds {order.dtype} numbers; expected whole numbers")
    order = np.ascontiguousarray(order, np.int64)
    if len(order) and order.view(np.uint64).max() >= count:  # a number below 0 is a very large one
        raise BadOption(f"the order names datum {order[(order < 0) | (order >= count)][0]}; there are {count}, from 0")
    return order


def as_classes(name: str, target: Any) -> Any:
    """Classes as whole numbers of 64 bits."""
    if target.dtype.kind == "f" and not np.array_equal(target, np.floor(target)):
        raise BadOption(
            f"{name} holds numbers such as {target[target != np.floor(target)][0]}; the loss expects classes"
        )
    if target.size and (target.min() < -(1 << 31) or target.max() >= 1 << 31):
        raise BadOption(f"{name} holds a class of {target.max()}; expected numbers of 32 bits")
    return np.ascontiguousarray(target, np.int64)


def default_target(network: Network) -> Shape:
    """The shape of one target, where no data say it: a class for each place if the loss knows classes."""
    assert network.loss is not None
    x = network.shapes[network.loss.inputs[0]]
    for shape in (x[1:], x):
        try:
            network.loss.rule.shapes(x, shape)
        except BadShape:
            continue
        return shape
    return x
