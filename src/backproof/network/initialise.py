"""Parameters drawn by the standard initialisers, and chance, from a seed.

Each array has a generator of its own, seeded with the seed and the array's name, so that adding a
layer changes no other. The numbers are rounded to a few decimals, so that they can be read and copied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod, sqrt
from random import Random
from typing import TypeAlias

from backproof.arithmetic import exact
from backproof.arithmetic.array import Array, Shape
from backproof.arithmetic.numeral import Numeral
from backproof.errors import BadOption, UnknownName

Draw: TypeAlias = Callable[[Random, int, int], float]

INITIALISERS: dict[str, Draw] = {
    "default": lambda r, fan_in, fan_out: r.uniform(-1, 1) / sqrt(fan_in),
    "xavier_uniform": lambda r, fan_in, fan_out: r.uniform(-1, 1) * sqrt(6 / (fan_in + fan_out)),
    "xavier_normal": lambda r, fan_in, fan_out: r.gauss(0, 1) * sqrt(2 / (fan_in + fan_out)),
    "kaiming_uniform": lambda r, fan_in, fan_out: r.uniform(-1, 1) * sqrt(6 / fan_in),
    "kaiming_normal": lambda r, fan_in, fan_out: r.gauss(0, 1) * sqrt(2 / fan_in),
    "zeros": lambda r, fan_in, fan_out: 0.0,
    "ones": lambda r, fan_in, fan_out: 1.0,
}
"""By the names of torch.nn.init; `default` is what PyTorch's Linear and Conv2d draw. Kaiming's gain is ReLU's."""


@dataclass(frozen=True)
class Initial:
    """How parameters, and random numbers, that nobody gave are drawn."""

    seed: int = 0
    init: str = "default"
    decimals: int = 4

    def __post_init__(self) -> None:
        if self.init not in INITIALISERS:
            raise UnknownName("initialiser", self.init, INITIALISERS)
        if not 0 <= self.decimals <= 30:
            raise BadOption(f"decimals is {self.decimals}; expected 0 to 30")

    def chance(self, name: str, shape: Shape, datum: int) -> Array:
        """Uniform random numbers in [0, 1) for one datum, with at least two decimals; the same for the same seed.

        >>> all(0 <= u < 1 for u in Initial(seed=1).chance("h.u", (100,), 0).values())
        True
        """
        random, parts = Random(f"{self.seed}:{name}:{datum}"), 10 ** max(2, self.decimals)
        array = Array(shape)
        for index in array.indices():
            array[index] = exact.number(Numeral(f"{random.randrange(parts)}/{parts}"))
        return array

    def draw(self, name: str, shape: Shape, fans: tuple[int, int], constant: Numeral | None = None) -> Array:
        """One parameter's numbers; the same for the same seed, name and shape.

        >>> Initial(seed=1).draw("W", (2,), (4, 1)) == Initial(seed=1).draw("W", (2,), (4, 1))
        True
        """
        if constant is not None and self.init == "default":
            return Array.filled(shape, exact.number(constant))
        random, draw = Random(f"{self.seed}:{name}"), INITIALISERS[self.init]
        array = Array(shape)
        for index in array.indices():
            array[index] = exact.number(Numeral(f"{draw(random, *fans):.{self.decimals}f}"))
        return array


def fans(weight: Shape, outputs: Shape) -> tuple[int, int]:
    """How many inputs one output sums, and how many outputs one input reaches, as torch.nn.init counts them."""
    outs = weight[0] if weight[:1] == outputs[:1] and outputs else 1
    window = prod(weight[2:]) if len(outputs) == 3 else 1
    return max(1, prod(weight) // max(1, outs)), outs * window
