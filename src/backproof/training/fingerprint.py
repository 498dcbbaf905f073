"""What a network is, without its numbers: so that parameters of another are not taken for its own."""

from __future__ import annotations

from backproof.errors import listed
from backproof.network.network import Network


def fingerprint(network: Network) -> dict[str, str]:
    """Each part of a network in words, under its name."""
    parts = {f"input {name}": str(shape) for name, shape in network.inputs.items()}
    for layer in network.layers:
        names = {array: layer.name(array) for array in layer.rule.parameters if layer.name(array) in network.shapes}
        named = "".join(f", {array} {name} {network.shapes[name]}" for array, name in names.items())
        parts[f"layer {layer.output}"] = f"{layer.rule.summary} of {listed(layer.inputs)}{named}"
    if network.loss:
        parts["loss"] = f"{network.loss.rule.summary} of {listed(network.loss.inputs)}"
    if network.update:
        parts["update"] = network.update.summary
    return parts


def difference(found: dict[str, str], expected: dict[str, str]) -> str:
    """How two networks differ, in words; empty where they are the same. The rate of learning may differ."""
    names = list(dict.fromkeys([*expected, *found]))
    return "; ".join(
        f"{name} is {found.get(name, 'not there')} in the file and {expected.get(name, 'not there')} here"
        for name in names
        if found.get(name) != expected.get(name)
    )
