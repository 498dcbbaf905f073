"""The table [rubric] of a problem file: what each answer is worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flint import fmpq

from backproof.arithmetic.exact import number
from backproof.arithmetic.numeral import Numeral
from backproof.arithmetic.rounding import decimal
from backproof.errors import BadOption

LONGEST_DECIMAL = 6


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

    def worth(self, name: str) -> fmpq:
        """What a quantity is worth that somebody has to work out; 0 where it is not asked for."""
        if self.marks is None:
            return fmpq(1)
        return number(self.marks[name]) if name in self.marks else fmpq(0)

    def worth_of_formula(self, name: str) -> fmpq:
        """What a formula of a quantity is worth."""
        return number(self.formulas.get(name, Numeral(0)))

    def asks(self, name: str) -> bool:
        """Whether a quantity that somebody has to work out is asked for."""
        return self.marks is None or name in self.marks


def shown(marks: fmpq) -> str:
    """Marks as people write them: a short decimal, or else a fraction.

    >>> shown(fmpq(5, 2)), shown(fmpq(5, 3)), shown(fmpq(1, 1024))
    ('2.5', '5/3', '1/1024')
    """
    text = decimal(int(marks.p), int(marks.q))
    return text if text is not None and len(text) <= LONGEST_DECIMAL else str(marks)


def check_marks(marks: Mapping[str, Numeral], *place: str | int) -> None:
    """Raises `BadOption`, with the place, for marks that are no marks."""
    for name, worth in marks.items():
        check_number(worth, f"what {name} is worth", *place, name)


def check_number(number: Numeral, what: str, *place: str | int) -> None:
    if number.special or number.ratio()[0] < 0:
        raise BadOption(f"{what} is {number}; expected 0 or more").at(*place)
