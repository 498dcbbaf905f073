"""The table [rubric] of a problem file: what each answer is worth."""

from dataclasses import dataclass, field
from typing import Literal

from backproof.arithmetic.numeral import Numeral


@dataclass(frozen=True)
class Rubric:
    """The keys of the table. Without one, every quantity is worth 1, and what follows from a slip earns all of that."""

    marks: dict[str, Numeral] | None = None
    """Quantity -> marks; those that it does not name are not asked for. None: 1 for every quantity that is made."""
    formulas: dict[str, Numeral] = field(default_factory=dict[str, Numeral])
    """Quantity -> marks for a formula of it."""
    follows: Numeral = Numeral(1)
    """The part of its marks that a number earns which follows from an earlier slip, from 0 to 1."""
    cells: Literal["each", "all"] = "each"
    """Whether each cell of a matrix earns its own share, or all must be right for any."""
    digits: int = 2
    """The least significant digits, or places behind the point, of a number that may be right as a rounded one."""
