"""IEEE floats, 16, 32 or 64 bits wide, rule by rule as they stand: to debug with, and to compare with.

NumPy's scalars, because they overflow to infinity where Python's own floats raise an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.arithmetic.functions import register
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.rounding import rounded


@dataclass(frozen=True)
class Floats:
    """The floats of one width: `float64.number("0.1")` is the nearest of them."""

    name: str
    type: Any

    def number(self, given: Numeral | str | int) -> Any:
        numeral = Numeral(given)
        if numeral.special:
            return self.type(math.pi if numeral.special == "pi" else float(numeral.special))
        return self.type(rounded(*numeral.ratio(), self.name))

    def lift(self, value: Any) -> Any:
        if isinstance(value, (float, int, np.floating)):
            return self.type(value)
        return self.type(rounded(int(value.p), int(value.q), self.name))


float16 = Floats("float16", np.float16)
float32 = Floats("float32", np.float32)
float64 = Floats("float64", np.float64)


def each(function: Callable[[float], float]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        return type(x)(function(float(x)))

    return apply


for kind in (np.float16, np.float32, np.float64):
    register(
        kind,
        {"exp": np.exp, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "tanh": np.tanh, "erfc": each(math.erfc)},
    )
