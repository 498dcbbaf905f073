"""The processes that do the work: each request has a time, and a worker that overruns it is ended and replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from backproof.errors import BackproofError
from backproof.practice import work

T = TypeVar("T")
COUNT = 2
LIMIT = 5.0
"""Seconds that a request may work."""
MOST_WAITING = 128
LONGEST_WAIT = 30.0


class Busy(BackproofError):
    """So many requests wait that one more would wait too long."""


class Stopped(BackproofError):
    """The work of a request was ended: it took too long, or too much memory."""


class Workers:
    """A few processes, kept warm, and the requests that wait for them."""

    def __init__(
        self, own: Path | None = None, count: int = COUNT, limit: float = LIMIT, most: int = MOST_WAITING
    ) -> None:
        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
        context: Any = get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["backproof.practice.work", "backproof.marking.judging.judge"])
        self.pool = ProcessPool(count, initializer=work.start, initargs=(own,), context=context)
        self.count, self.limit, self.most, self.waiting = count, limit, most, 0

    async def ready(self) -> None:
        """Wait until every worker has begun."""
        await asyncio.gather(*(self.run(work.index, True) for _ in range(self.count)))

    async def run(self, what: Callable[..., T], *given: Any) -> T:
        """What a worker makes of this. Raises `Busy` or `Stopped`."""
        if self.waiting >= self.most:
            raise Busy("too many questions are being worked out just now")
        self.waiting += 1
        future = cast("Future[T]", self.pool.schedule(what, args=given, timeout=self.limit))
        waited = asyncio.timeout(LONGEST_WAIT)
        try:
            async with waited:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if waited.expired():
                raise Busy("too many questions are being worked out just now") from None
            raise Stopped(f"it took longer than {self.limit:g} s, and was stopped") from None
        except ProcessExpired:
            raise Stopped("it took more memory than a question is lent here, and was stopped") from None
        finally:
            self.waiting -= 1

    def stop(self) -> None:
        self.pool.stop()
        self.pool.join()
