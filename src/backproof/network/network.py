"""A network: rules wired together, every quantity under a name of the author's choosing.

Everything that can be checked without data is checked when a network is made: names, wiring, shapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from copy import copy
from graphlib import CycleError, TopologicalSorter
from math import prod
from operator import index
from typing import Any, Literal, Self

from backproof.arithmetic.array import Array, Shape
from backproof.errors import BackproofError, BadNetwork, BadOption, BadShape, UnknownName, listed, plural, shortened
from backproof.network import given
from backproof.network.initialise import Initial, fans
from backproof.rules.rule import Loss, Rule, Update

MOST_CELLS: ContextVar[int] = ContextVar("MOST_CELLS", default=10_000_000)
"""How many numbers one quantity may have; who works for others sets less."""
LEGAL_NAME = re.compile(r"[^\W\d_][\w.]*")


class Layer:
    """A rule at its place: what it reads, and what its outcome and its own arrays are called.

    >>> from backproof.rules import find
    >>> Layer("y", find("Linear")(bias=False), "V", weight="W")
    Layer('y', Linear(in_features=None, out_features=None, bias=False), 'V', weight='W')

    Without inputs it reads what the layer before it gives. An array that is not named is called after the
    output: `y.weight`.
    """

    def __init__(self, output: str, rule: Rule, inputs: str | Sequence[str] = (), /, **names: str) -> None:
        if not isinstance(output, str) or not isinstance(rule, Rule):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadNetwork(f"Layer({output!r}, {shortened(rule)}): expected a name and a rule such as Linear()")
        self.output, self.rule = output, rule
        self.inputs = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        self.names = names
        targets = rule.targets if isinstance(rule, Loss) else ()
        nameable = (*rule.parameters, *rule.chance, *rule.scratch, *targets)
        for name in names:
            if name not in nameable:
                raise UnknownName(f"array of {type(rule).__name__} called", name, nameable).at(name)

    def __repr__(self) -> str:
        inputs = "" if not self.inputs else f", {self.inputs[0]!r}" if len(self.inputs) == 1 else f", {self.inputs!r}"
        return f"Layer({self.output!r}, {self.rule!r}{inputs}{''.join(f', {k}={v!r}' for k, v in self.names.items())})"

    def name(self, array: str) -> str:
        """The quantity that one of the rule's own arrays is."""
        return self.names.get(array, array if array == "t" else f"{self.output}.{array}")

    @property
    def target(self) -> str:
        return self.name("t")


class Network:
    """Layers from the inputs to the loss, with their parameters.

    inputs: the shape of one datum, or shapes by name. layers: rules or `Layer`s, in any order that has no circle.
    loss: a loss rule, or a `Layer` of one. parameters: numbers by name; those not given are drawn as `initial` says.
    """

    def __init__(
        self,
        inputs: Shape | Mapping[str, Shape],
        layers: Sequence[Layer | Rule],
        loss: Layer | Loss | None = None,
        *,
        parameters: Mapping[str, Any] | None = None,
        update: Update | None = None,
        initial: Initial | None = None,
        title: str = "",
    ) -> None:
        self.inputs: dict[str, Shape] = (
            {k: shape_given(k, v) for k, v in inputs.items()}
            if isinstance(inputs, Mapping)
            else {"x": shape_given("x", inputs)}
        )
        if not self.inputs:
            raise BadNetwork("there is no input; expected one at least beside the target").at("data")
        if not isinstance(layers, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadNetwork(f"the layers are {shortened(layers)}; expected a list of them")
        if initial is not None and not isinstance(initial, Initial):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadNetwork(f"initial is {shortened(initial)}; expected one such as Initial(seed=1)")
        if update is not None and not isinstance(update, Update):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadNetwork(f"{shortened(update)} is no update rule; expected one such as SGD(lr=0.1)")
        self.title, self.update, self.initial = title, update, initial or Initial()
        self.layers = wired([as_layer(layer, f"h{i + 1}") for i, layer in enumerate(layers)], list(self.inputs))
        self.loss = None if loss is None else as_loss(loss, self.layers, list(self.inputs))
        check_names(self)
        self.places = {layer.output: i for i, layer in enumerate(self.layers)}
        """Where each layer stands in the order in which it was written."""
        self.layers = ordered(self.layers, list(self.inputs))
        self.shapes = self.measured()
        self.parameters = self.filled(parameters or {})

    def __repr__(self) -> str:
        layers, numbers = len(self.layers), sum(p.size for p in self.parameters.values())
        lines = [f"Network of {layers} layer{plural(layers)}, {numbers:,} parameter{plural(numbers)}"]
        lines += [f"  {name}: {shape}, given" for name, shape in self.inputs.items()]
        for layer in [*self.layers, *([self.loss] if self.loss else [])]:
            shape = self.shapes.get(layer.output, ())
            lines.append(f"  {layer.output}: {shape} = {layer.rule.summary} of {listed(layer.inputs)}")
        return "\n".join(lines)

    def measured(self) -> dict[str, Shape]:
        """The shape of every quantity of the forward pass, the loss apart."""
        shapes: dict[str, Shape] = dict(self.inputs)
        for layer in self.layers:
            try:
                made = shapes_of(layer, [shapes[name] for name in layer.inputs])
            except (BadShape, BadOption) as error:
                raise error.at("layers", self.places[layer.output]) from None
            for array, shape in made.items():
                name = layer.output if array == layer.rule.outputs[0] else layer.name(array)
                shapes[name] = sized(name, shape, "layers", self.places[layer.output])
        return shapes

    def own(self, kind: Literal["parameters", "chance"]) -> dict[str, tuple[Layer, str]]:
        """The rules' own arrays of one kind, by name, each with its layer and with the rule's name for it."""
        named = {layer.name(array): (layer, array) for layer in self.layers for array in getattr(layer.rule, kind)}
        return {name: which for name, which in named.items() if name in self.shapes}

    @property
    def chance(self) -> dict[str, Shape]:
        """The arrays of random numbers that layers read, with their shapes: of each datum, somebody draws them."""
        return {name: self.shapes[name] for name in self.own("chance")}

    def filled(self, parameters: Mapping[str, Any]) -> dict[str, Array]:
        """Every parameter: as it was given, its shape checked, or drawn."""
        learned = self.own("parameters")
        for name in parameters:
            if name not in learned:
                raise UnknownName("parameter", name, learned).at("parameters", name)
        result: dict[str, Array] = {}
        for name, (layer, array) in learned.items():
            shape = self.shapes[name]
            if name not in parameters or isinstance(parameters[name], Initial):
                weight = self.shapes[layer.name("weight")]
                initial = parameters.get(name, self.initial)
                size = fans(weight, self.shapes[layer.output])
                result[name] = initial.draw(name, shape, size, layer.rule.initial(array))
                continue
            try:
                result[name] = value = given.read(name, parameters[name])
            except BackproofError as error:
                raise error.at("parameters", name) from None
            if value.shape != shape:
                raise BadShape(
                    f"{name} has shape {value.shape}; layer {layer.output} ({type(layer.rule).__name__}) "
                    f"expects its {array} to have shape {shape}"
                ).at("parameters", name)
        return result

    def with_parameters(self, parameters: Mapping[str, Array]) -> Network:
        """The same network with these parameters in place of its own."""
        other = copy(self)
        other.parameters = {**self.parameters, **parameters}
        return other

    def evaluating(self) -> Self:
        """The same network as it predicts, nothing being learned: with dropout, one that drops nothing."""
        other = copy(self)
        other.layers = [Layer(la.output, la.rule.evaluating, la.inputs, **la.names) for la in self.layers]
        other.shapes = other.measured()
        return other

    @property
    def loss_rule(self) -> Loss | None:
        """The rule at the end."""
        rule = self.loss.rule if self.loss else None
        return rule if isinstance(rule, Loss) else None

    @property
    def prediction(self) -> str:
        """The quantity that the loss looks at, or the last output."""
        return self.loss.inputs[0] if self.loss else self.layers[-1].output


def sized(name: str, shape: Shape, *place: str | int) -> Shape:
    """The shape, refused where nobody would live to see it computed."""
    if prod(shape) > MOST_CELLS.get():
        raise BadShape(f"{name} would have shape {shape}; at most {MOST_CELLS.get():,} numbers are taken on").at(*place)
    return shape


def as_layer(layer: Layer | Rule, name: str) -> Layer:
    if isinstance(layer, Layer):
        return layer
    if not isinstance(layer, Rule):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise BadNetwork(f"{shortened(layer)} is no layer; expected a rule such as Linear(), or a Layer")
    return Layer(name, layer)


def shape_given(name: str, shape: Any) -> Shape:
    """An input's shape as it was given: whole numbers above 0."""
    try:
        numbers = tuple(index(n) for n in shape)
    except TypeError:
        raise BadShape(f"the shape of input {name} is {shape!r}; expected whole numbers such as (1, 28, 28)") from None
    if any(n < 1 for n in numbers):
        raise BadShape(f"the shape of input {name} is {numbers}; expected numbers of at least 1")
    return sized(name, numbers, "data", name)


def as_loss(loss: Layer | Loss, layers: list[Layer], inputs: list[str]) -> Layer:
    layer = loss if isinstance(loss, Layer) else Layer("L", loss)
    if not isinstance(layer.rule, Loss):
        raise BadNetwork(f"{type(layer.rule).__name__} is no loss; a loss is a rule such as HalfSquaredError").at(
            "loss", "rule"
        )
    last = layers[-1].output if layers else inputs[-1]
    read = layer.inputs or (last,)
    if len(read) != 1:
        raise BadNetwork(f"the loss reads one input, not {listed(read)}").at("loss", "input")
    known = [*inputs, *(other.output for other in layers)]
    for name in read:
        if name not in known:
            raise UnknownName("quantity", name, known).at("loss", "input")
    return Layer(layer.output, layer.rule, read, **layer.names)


def wired(layers: list[Layer], inputs: list[str]) -> list[Layer]:
    """The layers with their inputs filled in: what the layer before gives, for the first the only input."""
    result: list[Layer] = []
    for i, layer in enumerate(layers):
        if isinstance(layer.rule, (Loss, Update)):
            kind = "loss" if isinstance(layer.rule, Loss) else "update"
            raise BadNetwork(f"{type(layer.rule).__name__} is no layer; it belongs under {kind}").at(
                "layers", i, "rule"
            )
        if not layer.inputs and i == 0 and len(inputs) != 1:
            raise BadNetwork(f"layer {layer.output} must say which input it reads, of {listed(inputs)}").at("layers", i)
        read = layer.inputs or ((inputs[0],) if i == 0 else (layers[i - 1].output,))
        variadic = layer.rule.inputs[0].startswith("*")
        if not variadic and len(read) != len(layer.rule.inputs):
            raise BadNetwork(
                f"layer {layer.output} ({type(layer.rule).__name__}) reads {len(layer.rule.inputs)} input, not {listed(read)}"
            ).at("layers", i, "input")
        result.append(Layer(layer.output, layer.rule, read, **layer.names))
    return result


def check_names(network: Network) -> None:
    """Every name is legal, and names one thing."""
    seen: dict[str, str] = {}

    def claim(name: str, what: str, *place: str | int) -> None:
        if not isinstance(name, str) or not LEGAL_NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise BadNetwork(f"{name!r} cannot be a name; expected letters, digits, _ and ., a letter first").at(*place)
        if name in seen:
            raise BadNetwork(f"the name {name} is used twice: for {seen[name]} and for {what}").at(*place)
        seen[name] = what

    for name in network.inputs:
        claim(name, "an input", "data", name)
    for i, layer in enumerate(network.layers):
        claim(layer.output, f"the output of layer {i + 1}", "layers", i, "output")
        for array in (*layer.rule.parameters, *layer.rule.chance, *layer.rule.scratch):
            claim(layer.name(array), f"the {array} of layer {i + 1}", "layers", i, array)
            for state in network.update.state if network.update and array in layer.rule.parameters else ():
                claim(
                    f"{layer.name(array)}.{state}", f"the optimiser's {state} of the {array} of layer {i + 1}", "update"
                )
    if network.loss:
        claim(network.loss.output, "the loss", "loss", "output")
        claim(network.loss.target, "the target", "loss", "target")
        for array in (*network.loss.rule.outputs, *network.loss.rule.scratch):
            claim(network.loss.name(array), f"the {array} of the loss", "loss", array)


def ordered(layers: list[Layer], inputs: list[str]) -> list[Layer]:
    """The layers in an order in which each finds its inputs made."""
    made = {layer.output: layer for layer in layers}
    for i, layer in enumerate(layers):
        for name in layer.inputs:
            if name not in made and name not in inputs:
                raise UnknownName("quantity", name, [*inputs, *made]).at("layers", i, "input")
    graph = {layer.output: [name for name in layer.inputs if name in made] for layer in layers}
    try:
        return [made[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle: list[str] = list(reversed(error.args[1]))
        first = next(i for i, layer in enumerate(layers) if layer.output in circle)
        raise BadNetwork(f"the layers go round in a circle: {' needs '.join(circle)}").at(
            "layers", first, "input"
        ) from None


def shapes_of(layer: Layer, inputs: list[Shape]) -> dict[str, Shape]:
    try:
        return layer.rule.shapes(*inputs)
    except BadShape as error:
        reads = ", ".join(f"{name} of shape {shape}" for name, shape in zip(layer.inputs, inputs, strict=True))
        message = f"layer {layer.output} ({type(layer.rule).__name__}) cannot read {reads}: {error}"
        raise BadShape(message) from error
