"""The processes that do the work: each request has a time, and a worker that overruns it is ended and replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from backproof.errors import BackproofError
from backproof.practice import work
from backproof.practice.turns import Turns

T = TypeVar("T")
COUNT = 2
LIMIT = 5.0
"""Seconds that may be worked on what somebody sent."""
LIMIT_OF_OWN = 30.0
"""Seconds that may be worked on a question that the server itself offers, the largest of which takes a few."""
MOST_WAITING = 128
LONGEST_WAIT = 30.0
"""Seconds that a request waits for its turn."""
BUSY = "too many questions are being worked out just now"
Gone: TypeAlias = Callable[[], Awaitable[bool]]


class Busy(BackproofError):
    """So many requests wait that one more would wait too long."""


class Stopped(BackproofError):
    """The work of a request was ended: it took too long, or too much memory."""


class Abandoned(BackproofError):
    """Whoever asked for something did not wait for it."""


class Workers:
    """A few processes, kept warm, and the requests that wait for them."""

    def __init__(
        self, own: Path | None = None, count: int = COUNT, limit: float = LIMIT, most: int = MOST_WAITING
    ) -> None:
        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
        context: Any = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["backproof.practice.work"])
        self.pool = ProcessPool(count, initializer=work.start, initargs=(own,), context=context)
        self.count, self.limit, self.most, self.waiting = count, limit, most, 0
        # Two for each worker, so that none waits for work; one address leaves one, so that another is next, whatever it asks.
        self.turns = Turns(2 * count, each=2 * count - 1)

    async def ready(self) -> None:
        """Wait until every worker has begun."""
        await asyncio.gather(*(self.run(work.index, True) for _ in range(self.count)))

    async def run(
        self, what: Callable[..., T], *given: Any, who: str = "", gone: Gone | None = None, limit: float | None = None
    ) -> T:
        """What a worker makes of this. Raises `Busy` or `Stopped`; `Abandoned` if, by the time that it is its turn, whoever
        asked for it has `gone`. who: the address that it is for. limit: seconds, if not as many as usual.
        """
        if self.waiting >= self.most or self.turns.waiting(who) >= self.most // 2:
            raise Busy(BUSY)
        self.waiting += 1
        try:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self.turns.take(who)
            except TimeoutError:
                raise Busy(BUSY) from None
            try:
                if gone is not None and await gone():
                    raise Abandoned("nobody waits for this any more")
                return await self.made(what, given, limit or self.limit)
            finally:
                self.turns.give_back(who)
        finally:
            self.waiting -= 1

    async def made(self, what: Callable[..., T], given: tuple[Any, ...], limit: float) -> T:
        future = cast("Future[T]", self.pool.schedule(what, args=given, timeout=limit))
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError:
            raise Stopped(f"it took longer than {limit:g} s, and was stopped") from None
        except ProcessExpired:
            raise Stopped("it took more memory than a question is lent here, and was stopped") from None

    def stop(self) -> None:
        self.pool.stop()
        self.pool.join()
