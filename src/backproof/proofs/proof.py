"""What a proof is: claims, each proved, refuted by numbers, or undecided; of a rule, or of a network's parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from backproof.algebra.cases import Block
from backproof.algebra.equality import Status, worst

WIRING = "the wiring"
"""The title of that part of a network's proof which joins the others."""


@dataclass(frozen=True)
class CounterExample:
    """Numbers at which a claim fails: what is claimed, and what is true, certified and by floats."""

    inputs: Mapping[str, Any]
    """Every array that was read, as nested lists of fractions written out."""
    cell: str
    given: str
    true: str
    floats: tuple[float, float] | None = None
    """What the rule gives in float64, and the difference quotient of its forward pass."""

    def __str__(self) -> str:
        at = ", ".join(f"{name} = {listed(value)}" for name, value in self.inputs.items())
        return f"at {at}: {self.cell} is {self.given}, but should be {self.true}"


def listed(nested: Any) -> str:
    """Nested lists of numbers in brackets."""
    return f"[{', '.join(map(listed, cast('list[Any]', nested)))}]" if isinstance(nested, list) else str(nested)


@dataclass(frozen=True)
class Claim:
    """One statement and what became of it."""

    statement: str
    status: Status
    reason: str = ""
    counterexample: CounterExample | None = None


@dataclass(frozen=True)
class Part:
    """A rule at certain shapes."""

    title: str
    shapes: str
    claims: tuple[Claim, ...]
    cases: int = 1
    boundaries: int = 0
    counted: bool = True
    """Whether the cases were written out; where they are too many, all branches were decided at once."""
    convention: str = ""
    blocks: tuple[tuple[str, Block], ...] = field(default=(), repr=False, compare=False)
    """The cases, numbers that do not branch together apart; each with the classes of the target that it is for."""
    group: str = ""
    """The variant of a problem that it belongs to."""
    seconds: float = 0.0

    @property
    def status(self) -> Status:
        return worst([claim.status for claim in self.claims])


@dataclass(frozen=True, repr=False)
class Proof:
    """The parts of a proof; it is proved if every part is."""

    title: str
    parts: tuple[Part, ...]
    kind: str = "rule"

    @property
    def status(self) -> Status:
        return worst([part.status for part in self.parts])

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)

    @property
    def counterexample(self) -> CounterExample | None:
        """The first, where it is refuted."""
        found = (claim.counterexample for part in self.parts for claim in part.claims)
        return next((each for each in found if each is not None), None)

    def __bool__(self) -> bool:
        return self.status == "proved"

    def to_json(self, cases: bool = False) -> str:
        """JSON text; with every case if so wished."""
        from backproof.proofs.document import to_json

        return to_json([self], cases)

    def __str__(self) -> str:
        from backproof.notation.table import plain
        from backproof.proofs.terminal import Rendered

        return plain(Rendered(self))

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        from backproof.proofs.markdown import markdown

        return markdown(self)
