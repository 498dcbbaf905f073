"""The practice page served on this machine until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from errno import EACCES, EADDRINUSE
from pathlib import Path
from urllib.parse import quote

import uvicorn

from backproof.errors import BackproofError
from backproof.practice.app import application
from backproof.practice.connections import Connection
from backproof.practice.guard import ANYWHERE, is_loopback
from backproof.practice.workers import Workers


def serve(
    own: Path | None, first: str, host: str, port: int, browser: bool, limit: float, say: Callable[[str], None]
) -> None:  # fmt: skip
    """Serve until somebody stops it.

    own: a problem file to be offered beside the examples. first: the question to begin with. port: 0 takes one that is
    free. Raises `BackproofError` where the address cannot be had.
    """
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    listening = bound(host, port)
    place = f":{listening.getsockname()[1]}/" + (f"q/{quote(first)}" if first else "")
    shown = [f"http://{f'[{name}]' if ':' in name else name}{place}" for name in reached(host)]
    config = uvicorn.Config(
        application(Workers(own, limit=limit), host, own), http=Connection, ws="none", loop="asyncio", log_level="error",
        access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=5, timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=16 * 1024,
    )  # fmt: skip
    server = uvicorn.Server(config)
    logging.getLogger("uvicorn.error").addFilter(worth_telling)
    say(f"practise at {' or '.join(shown)} (Ctrl-C ends it)")
    if browser and has_display():
        threading.Timer(0.5, webbrowser.open, [shown[0]]).start()
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)
        if number in (EADDRINUSE, EACCES):
            why = f"port {port} is {'taken' if number == EADDRINUSE else 'not for everybody'}"
            raise BackproofError(f"{host}, {why}; --port 0 takes a port that is free") from None
        raise BackproofError(
            f"{host} is no address of this machine; --host takes one, such as 127.0.0.1 or 0.0.0.0"
        ) from None


def reached(host: str) -> list[str]:
    """What others type to reach a server that listens there; this machine's addresses where that is all of them."""
    if host not in ANYWHERE:
        return [host]
    family, outside = (socket.AF_INET, "192.0.2.1") if host == "0.0.0.0" else (socket.AF_INET6, "2001:db8::1")
    found: list[str] = []
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as link:
        link.connect((outside, 9))  # sends nothing; it asks which address would be used
        found.append(link.getsockname()[0])
    with suppress(OSError):
        found += [
            str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None, family, socket.SOCK_STREAM)
        ]
    others = [name for name in dict.fromkeys(found) if not is_loopback(name.partition("%")[0])]
    return others or ["127.0.0.1" if family == socket.AF_INET else "::1"]


def worth_telling(record: logging.LogRecord) -> bool:
    """Whether a line of the server's log is for somebody to read: not that Ctrl-C cut off what was still being worked on."""
    cut_off = isinstance(record.exc_info, tuple) and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut_off and "timeout graceful shutdown exceeded" not in record.msg


def has_display() -> bool:
    """Whether there is a screen that a browser could open on."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
