"""What a number is: rational, enclosed, shown, or a float; and how a rule walks over arrays of them."""

from typing import Literal, TypeAlias

Choice: TypeAlias = Literal["auto", "exact", "ball", "float64", "float32"]
"""The arithmetics that a whole network can be asked to run in; `auto` is exact for as long as that goes."""
