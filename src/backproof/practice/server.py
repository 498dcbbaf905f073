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
from pathlib import Path
from urllib.parse import quote

import uvicorn

from backproof.errors import BackproofError
from backproof.practice.app import application
from backproof.practice.connections import Connection
from backproof.practice.workers import LIMIT, Workers

PORT = 8000


def serve(
    own: Path | None = None, first: str = "", host: str = "127.0.0.1", port: int = PORT, browser: bool = True,
    limit: float = LIMIT, say: Callable[[str], None] = print,
) -> None:  # fmt: skip
    """Serve until somebody stops it.

    own: a problem file to be offered beside the examples. first: the question to begin with. port: 0 takes one that is
    free. Raises `BackproofError` where the address cannot be had.
    """
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    listening = bound(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/" + (f"q/{quote(first)}" if first else "")
    config = uvicorn.Config(
        application(Workers(own, limit=limit), host, own), http=Connection, ws="none", loop="asyncio", log_level="error",
        access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=5, timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=16 * 1024,
    )  # fmt: skip
    server = uvicorn.Server(config)
    logging.getLogger("uvicorn.error").addFilter(worth_telling)
    say(f"practise at {address} (Ctrl-C ends it)")
    if browser and has_display():
        threading.Timer(0.5, webbrowser.open, [address]).start()
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
        why = getattr(error, "strerror", None) or str(error)
        raise BackproofError(
            f"{host}, port {port} cannot be listened to: {why}; --port 0 takes a port that is free"
        ) from None


def worth_telling(record: logging.LogRecord) -> bool:
    """Whether a line of the server's log is for somebody to read: not that Ctrl-C cut off what was still being worked on."""
    cut_off = isinstance(record.exc_info, tuple) and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut_off and "timeout graceful shutdown exceeded" not in record.msg


def has_display() -> bool:
    """Whether there is a screen that a browser could open on."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
