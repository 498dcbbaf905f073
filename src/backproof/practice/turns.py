"""Turns at the work, handed to one address after another: whoever sends much waits behind themselves, and not before others."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque


class Turns:
    """So many turns at a time, of which one address has at most `each`."""

    def __init__(self, count: int, each: int) -> None:
        self.free, self.each = count, each
        self.held = Counter[str]()
        self.queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        """Those who wait, by address; the address that was served last stands last."""

    def waiting(self, who: str) -> int:
        """How many requests of this address wait."""
        return len(self.queues.get(who, ()))

    async def take(self, who: str) -> None:
        """Wait for a turn."""
        turn = asyncio.get_running_loop().create_future()
        self.queues.setdefault(who, deque()).append(turn)
        self.hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self.forget(who, turn)
            else:
                self.give_back(who)
            raise

    def give_back(self, who: str) -> None:
        """End a turn."""
        self.free += 1
        self.held[who] -= 1
        if not self.held[who]:
            del self.held[who]
        if who in self.queues:
            self.queues.move_to_end(who)
        self.hand_out()

    def hand_out(self) -> None:
        """What turns there are to those whose they are next."""
        while self.free and (who := next((w for w in self.queues if self.held[w] < self.each), None)) is not None:
            turn = self.queues[who][0]
            self.forget(who, turn)
            if not turn.done():
                self.free -= 1
                self.held[who] += 1
                turn.set_result(None)

    def forget(self, who: str, turn: asyncio.Future[None]) -> None:
        """Take a turn that is waited for off its queue, and put the address behind the others."""
        queue = self.queues.get(who)
        if queue is None or turn not in queue:
            return
        queue.remove(turn)
        self.queues.move_to_end(who)
        if not queue:
            del self.queues[who]
