"""A server to be measured, and requests to it that cost the measuring little."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path


class Serving:
    """`backproof practice` on a free port, for as long as the block lasts."""

    def __enter__(self) -> Serving:
        command = [sys.executable, "-u", "-m", "backproof", "practice", "--port", "0", "--no-browser"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        found = re.search(r":(\d+)/", self.process.stdout.readline())
        assert found
        self.port = int(found[1])
        return self

    def __exit__(self, *what: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=10)

    def memory(self) -> dict[str, float]:
        """MiB in memory of the server and of what it has started, the largest last."""
        found = {"server": resident(self.process.pid)}
        workers = sorted(resident(p) for p in descendants(self.process.pid))
        return found | {f"process {n}": size for n, size in enumerate(workers, 1)}


def resident(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def descendants(process: int) -> list[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [process]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found[1:]


class Link:
    """A connection that is kept, as a browser keeps one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer; once more on a new connection where the server had closed the old one."""
        for fresh in (self.streams is None, True):
            if fresh:
                await self.close()
                self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
            try:
                return await self.once(request)
            except (asyncio.IncompleteReadError, ConnectionError):
                if fresh:
                    raise
        raise AssertionError

    async def once(self, request: bytes) -> tuple[int, bytes]:
        assert self.streams is not None
        reader, writer = self.streams
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = re.search(rb"content-length: (\d+)", head)
        body = await reader.readexactly(int(size[1])) if size and not request.startswith(b"HEAD") else b""
        if b"connection: close" in head:
            await self.close()
        return int(head.split()[1]), body

    async def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None
