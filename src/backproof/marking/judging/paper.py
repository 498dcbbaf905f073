"""A paper: what somebody wrote of each quantity of the course, held against numbers of theirs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backproof.arithmetic.array import Array, Index, Places
from backproof.marking.claims import Claim, Where, Written
from backproof.marking.judging.accepting import Accepted, accepted, middle
from backproof.marking.judging.course import Course, Key


class Compared(NamedTuple):
    """What came of comparing: how the quantity goes on, and which of its cells are off."""

    worked: Array
    """Unrounded: what was worked out, and what was written where that is something else."""
    written: Array
    """With the numbers on the paper."""
    off: list[Index]
    despite: bool
    """Whether something right was written where the person's own numbers give something else."""
    whole: bool
    """Whether every cell was written."""


MOST_EFFORT = 1_000_000
"""Numbers that are made in the search for an explanation; the count, so that each run ends in the same place."""
PATIENCE = 60.0
"""Seconds after which a search ends whatever the count, on networks too large for it."""


@dataclass
class Paper:
    """The numbers on a sheet by the quantities of the course."""

    course: Course
    digits: int
    """The least digits of a rounded number."""
    cells: dict[Key, dict[Index, Written]] = field(default_factory=dict[Key, dict[Index, Written]])
    where: dict[tuple[int, str], Where] = field(default_factory=dict[tuple[int, str], Where])
    """Where the last claim about each quantity begins."""
    most: int = MOST_EFFORT
    """The effort that the search for an explanation may take."""
    effort: int = 0
    began: float = field(default_factory=time.monotonic)
    compared: dict[Any, tuple[Any, Compared]] = field(default_factory=dict[Any, Any])
    """What has been compared already: most walks meet the same numbers."""

    @classmethod
    def of(cls, course: Course, digits: int, claims: Iterable[Claim], most: int = MOST_EFFORT) -> Paper:
        """The paper of these claims; of two numbers for one cell the last counts."""
        paper = cls(course, digits, most=most)
        for claim in claims:
            for index, written in claim.cells.items():
                key, inner = course.place(claim.part, claim.name, index)
                cells = paper.cells.setdefault(key, {})
                if not written.blank or inner not in cells:
                    cells[inner] = written
            paper.where[claim.part, claim.name] = claim.where
        return paper

    @property
    def tired(self) -> bool:
        """Whether the search for an explanation has taken enough."""
        return self.effort > self.most or time.monotonic() > self.began + PATIENCE

    def accepts(self, written: Written, number: Any) -> Accepted:
        """Whether what was written is this number: right, rounded, or neither."""
        return accepted(written, *middle(number), self.digits)

    @property
    def all_right(self) -> bool:
        """Whether nothing needs to be looked into."""
        truth = self.course.truth
        return all(
            w.value is None or self.accepts(w, truth[key][i])
            for key, cells in self.cells.items()
            if key not in self.course.makers or not isinstance(truth[key].shape, Places)
            for i, w in cells.items()
        )

    def whole(self, key: Key) -> bool:
        """Whether every cell of a quantity was written."""
        cells = self.cells.get(key, {})
        return sum(w.value is not None for w in cells.values()) == self.course.truth[key].size

    def exact(self, key: Key) -> bool:
        """Whether every cell of a quantity was written, and none rounded."""
        truth, cells = self.course.truth[key], self.cells.get(key, {})
        return self.whole(key) and all(w.value == middle(truth[i])[0] for i, w in cells.items())

    def compare(
        self, key: Key, own: Array, other: Array, inputs: tuple[Array, ...], mixtures: Iterable[Array]
    ) -> Compared:
        """Hold what was written of a quantity against what was worked out from unrounded and from written numbers.

        inputs: what it was worked out from. mixtures: what else it may be, some inputs taken as written, some not.
        """
        mark = (key, id(own), id(other), *map(id, inputs))
        if mark not in self.compared:
            self.compared[mark] = (own, other, inputs), self.outcome(key, own, other, mixtures)
        return self.compared[mark][1]

    def outcome(self, key: Key, own: Array, other: Array, mixtures: Iterable[Array]) -> Compared:
        cells, truth = self.cells[key], self.course.truth[key]
        values = {i: w.value for i, w in cells.items() if w.value is not None}
        on: dict[Index, Any] = {}
        off: list[Index] = []
        despite = False
        for index, value in values.items():
            written = cells[index]
            if self.accepts(written, own[index]):
                continue
            if own is not other and self.accepts(written, other[index]):
                on[index] = other[index]
            elif own is not truth and self.accepts(written, truth[index]):
                on[index], despite = truth[index], True
            else:
                on[index] = value
                off.append(index)
        if off and any(all(self.accepts(cells[i], mixture[i]) for i in off) for mixture in mixtures):
            off = []
        worked = Array(own.shape, {**own, **on}) if on else own
        if any(middle(other[i])[0] != v for i, v in values.items()):
            other = Array(other.shape, {**other, **values})
        return Compared(worked, other, off, despite, len(values) == truth.size)
