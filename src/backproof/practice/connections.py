"""Connections that do not last: what sends its request, or takes its answer, too slowly is closed."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

LONGEST = 15.0
"""Seconds for a whole request to arrive, and for an answer to be taken."""
MOST = 400
MOST_OF_ONE = 200
"""Of one address, so that there is room for others; not fewer, since all who come through one proxy have its address."""
FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Connection(H11Protocol):
    """One connection with a deadline."""

    arriving: asyncio.TimerHandle | None = None
    leaving: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)
        super().connection_made(transport)
        if len(self.connections) > MOST or self.of_same_address() > MOST_OF_ONE:
            transport.write(FULL)
            transport.close()
        else:
            self.expect()

    def of_same_address(self) -> int:
        host = self.client and self.client[0]
        others = (cast("Connection", other).client for other in self.connections)
        return sum(other is not None and other[0] == host for other in others)

    def connection_lost(self, exc: Exception | None) -> None:
        self.arriving = cancelled(self.arriving)
        self.leaving = cancelled(self.leaving)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.expect()

    def expect(self) -> None:
        """See to it that a request that has begun to arrive comes to its end."""
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self.arriving = cancelled(self.arriving)
        elif self.arriving is None:
            self.arriving = self.loop.call_later(LONGEST, self.transport.abort)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.leaving = self.leaving or self.loop.call_later(LONGEST, self.transport.abort)

    def resume_writing(self) -> None:
        self.leaving = cancelled(self.leaving)
        super().resume_writing()


def cancelled(timer: Any) -> None:
    if timer is not None:
        timer.cancel()
