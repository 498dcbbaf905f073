"""The order in which data are walked: drawn from a seed and the number of the epoch, and from nothing else.

NumPy's PCG64, seeded with SeedSequence([seed, epoch]), draws one permutation an epoch, the first epoch being 1; so a run
that is taken up again walks the same way. Past `LONGEST` data, or where it is asked for, blocks of neighbours are walked in a drawn order, and
in a drawn order within each (SeedSequence([seed, epoch, 1 + block])): a file is then read piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

Shuffle: TypeAlias = bool | Literal["blocks"]
Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]

LONGEST = 1 << 24
"""Data of which a whole permutation is drawn: 128 MiB of places."""


def generator(*entropy: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(entropy))))


@dataclass(frozen=True)
class Order:
    """The places 0 … count − 1 in the order of one epoch.

    >>> Order(5, True, seed=0, epoch=1).part(0, 5).tolist()
    [1, 4, 3, 0, 2]
    >>> Order(5, False, seed=0, epoch=1).part(1, 3).tolist()
    [1, 2]
    """

    count: int
    shuffle: Shuffle
    seed: int
    epoch: int
    block: int = 1 << 16

    def part(self, start: int, stop: int) -> Places:
        """What stands from `start` up to `stop`."""
        if not self.shuffle:
            return np.arange(start, stop, dtype=np.int64)
        if self.shuffle == "blocks" or self.count > LONGEST:
            return self.of_blocks(start, stop)
        return self.permutation[start:stop]

    @cached_property
    def permutation(self) -> Places:
        return generator(self.seed, self.epoch).permutation(self.count)

    @cached_property
    def turns(self) -> Places:
        """The blocks in the order in which they are walked."""
        return generator(self.seed, self.epoch).permutation(-(-self.count // self.block))

    @cached_property
    def ends(self) -> Places:
        """Where each of them ends."""
        sizes = np.minimum(self.block, self.count - self.turns * self.block)
        return np.cumsum(sizes)

    def of_blocks(self, start: int, stop: int) -> Places:
        first, last = np.searchsorted(self.ends, [start, stop - 1], side="right")
        parts = [self.of_block(turn) for turn in range(first, last + 1)]
        skipped = start - (int(self.ends[first - 1]) if first else 0)
        return np.concatenate(parts)[skipped : skipped + stop - start]

    def of_block(self, turn: int) -> Places:
        number = int(self.turns[turn])
        begin = number * self.block
        size = min(self.block, self.count - begin)
        return begin + generator(self.seed, self.epoch, 1 + number).permutation(size)


def held_out(count: int, fraction: float, seed: int) -> tuple[Places, Places]:
    """The places to learn from and those that are held out: drawn from the seed; the last ones past `LONGEST` data.

    >>> [part.tolist() for part in held_out(5, 0.4, seed=0)]
    [[0, 1, 3], [2, 4]]
    """
    some = min(max(1, round(count * fraction)), count - 1)
    if count > LONGEST:
        return np.arange(count - some), np.arange(count - some, count)
    drawn = generator(seed).permutation(count)
    return np.sort(drawn[some:]), np.sort(drawn[:some])
