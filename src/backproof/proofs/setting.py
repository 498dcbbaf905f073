"""A rule at certain shapes, run on whatever numbers it is to be run on: symbols to prove it, numbers to refute it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import product
from typing import TypeAlias, cast

from backproof.arithmetic.array import Array, Index, Number, Places, Shape
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BackproofError, BadShape
from backproof.rules.rule import Loss, Rule, Update, arguments

Shapes: TypeAlias = "Shape | list[Shape]"
Arrays: TypeAlias = "dict[str, Array | list[Array] | None]"
Fresh: TypeAlias = Callable[[str, Shape], Array]
"""An array of this name and shape, its cells symbols, or numbers."""

MOST_CLASSES = 512


@dataclass(frozen=True)
class Setting:
    """A rule, the shapes of what it reads, and the classes that its target names, where it has such a target."""

    rule: Rule
    inputs: Mapping[str, Shapes]
    classes: tuple[int, ...] = ()

    def __str__(self) -> str:
        return ", ".join(f"{name} {' '.join(map(str, shape)) if isinstance(shape, list) else shape}"
                         for name, shape in self.inputs.items())  # fmt: skip

    @cached_property
    def shapes(self) -> dict[str, Shapes]:
        """Every array's shape by the name that the rule gives it."""
        first = next(iter(self.inputs.values()))
        made = self.rule.shapes(*(first if isinstance(first, list) else self.inputs.values()))
        shapes: dict[str, Shapes] = {**self.inputs, **made}
        return shapes | {f"d{name}": shape for name, shape in shapes.items()}

    @cached_property
    def read(self) -> list[str]:
        """What is given: inputs, parameters, chance and numbers for a target; of an update the state too."""
        rule = self.rule
        gradient = ("dp",) if isinstance(rule, Update) else ()
        return [
            n for n in (*inputs_of(rule), *gradient, *rule.parameters, *rule.chance, *rule.state) if n in self.shapes
        ]

    @cached_property
    def learned(self) -> list[str]:
        """What gets a gradient: `x` where backward writes `dx`."""
        if isinstance(self.rule, Update):
            return []
        return [n[1:] for n in arguments(self.rule.backward) if n[1:] in self.read and n[0] == "d" and n in self.shapes]

    @cached_property
    def upstream(self) -> list[str]:
        """The outputs whose gradients come in: `y` where backward reads `dy`."""
        if isinstance(self.rule, Update):
            return []
        return [n for n in self.rule.outputs if f"d{n}" in arguments(self.rule.backward)]

    def given(self, fresh: Fresh) -> Arrays:
        """Everything that is read, made by `fresh`; a target of classes holds this setting's."""
        arrays: Arrays = {}
        for name in [*self.read, *(f"d{name}" for name in self.upstream)]:
            shape = self.shapes[name]
            if isinstance(shape, Places):
                arrays[name] = Array(shape, dict(zip(Array(shape).indices(), self.classes, strict=True)))
            else:
                arrays[name] = self.made(name, fresh)
        return arrays

    def made(self, name: str, fresh: Fresh) -> Array | list[Array] | None:
        """An array of its shape; a numbered list of them for any number of inputs; None where there is none."""
        shape = self.shapes.get(name)
        if isinstance(shape, list):
            return [fresh(f"{name}{i}", part) for i, part in enumerate(shape)]
        return None if shape is None else fresh(name, shape)

    def run(self, rule: Rule, function: str, known: Arrays, fresh: Fresh) -> Arrays:
        """Run one of the rule's functions; what it names and is not known is written, and comes back with the rest."""
        call = getattr(rule, function)
        named: Arrays = {}
        for name in arguments(call):
            if name in known:
                named[name] = known[name]
            else:
                named[name] = self.made(name, fresh)
        call(**named)
        return {**known, **named}


def inputs_of(rule: Rule) -> list[str]:
    """The names of what has to be given a shape: inputs and target, of an update the parameter."""
    if isinstance(rule, Update):
        return ["p"]
    return [*(name.strip("*") for name in rule.inputs), *(rule.targets if isinstance(rule, Loss) else ())]


def settings(rule: Rule, inputs: Mapping[str, Shapes]) -> Iterator[Setting]:
    """The setting; where the target is classes, one for every choice of them that the rule knows."""
    setting = Setting(rule, inputs)
    target = next((n for n in getattr(rule, "targets", ()) if isinstance(setting.shapes[n], Places)), None)
    if target is None:
        yield setting
        return
    x, shape = cast("Shape", inputs[rule.inputs[0]]), cast("Shape", setting.shapes[target])
    known = [y for y in sorted({*range(x[0]), *whole_options(rule)}) if knows(rule, x, shape, y)]
    size = Array(shape).size
    if len(known) ** size > MOST_CLASSES:
        raise BadShape(
            f"{len(known)} classes at {size} places are {len(known) ** size:,} targets; at most {MOST_CLASSES}"
        )
    for classes in product(known, repeat=size):
        yield Setting(rule, inputs, classes)


def whole_options(rule: Rule) -> list[int]:
    """Options that are whole numbers: what is ignored is one of them."""
    return [v for v in vars(rule).values() if type(v) is int]


def knows(rule: Rule, x: Shape, target: Shape, y: int) -> bool:
    try:
        cast("Loss", rule).check(x, Array(target, dict.fromkeys(Array(target).indices(), y)))
    except BackproofError:
        return False
    return True


def with_options(rule: Rule, number: Callable[[Numeral], Number], option: Callable[[str, Index], Number]) -> Rule:
    """The rule with each option that is a number, and not 0, replaced: every value of it at once."""
    copy = rule.read(number)
    for field in fields(rule):  # pyright: ignore[reportArgumentType]
        value = getattr(rule, field.name)
        if isinstance(value, Numeral) and value.ratio()[0]:
            object.__setattr__(copy, field.name, option(field.name, ()))
        elif isinstance(value, tuple) and value and isinstance(value[0], Numeral):
            cells = {(i,): option(field.name, (i,)) for i in range(len(cast("tuple[Numeral, ...]", value)))}
            object.__setattr__(copy, field.name, Array((len(cells),), cast("dict[Index, Number]", cells)))
    return copy
