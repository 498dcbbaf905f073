"""The table [rubric] of a problem file: what each answer is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backproof.arithmetic.numeral import Numeral
from backproof.errors import BadOption


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

    def __post_init__(self) -> None:
        check_marks(self.marks or {}, "rubric", "marks")
        check_marks(self.formulas, "rubric", "formulas")
        check_number(self.follows, "follows", "rubric", "follows")
        p, q = self.follows.ratio()
        if p > q:
            raise BadOption(f"follows is {self.follows}; expected a part of the marks, from 0 to 1").at(
                "rubric", "follows"
            )
        if not 1 <= self.digits <= 1000:
            raise BadOption(f"digits is {self.digits}; expected a whole number from 1 to 1000").at("rubric", "digits")


def check_marks(marks: Mapping[str, Numeral], *place: str | int) -> None:
    """Raises `BadOption`, with the place, for marks that are no marks."""
    for name, worth in marks.items():
        check_number(worth, f"what {name} is worth", *place, name)


def check_number(number: Numeral, what: str, *place: str | int) -> None:
    if number.special or number.ratio()[0] < 0:
        raise BadOption(f"{what} is {number}; expected 0 or more").at(*place)
