"""What stands before every request: whom the server answers to, and what browsers may do with what it sends."""

from __future__ import annotations

import re
import socket
from collections.abc import Awaitable, Callable
from functools import cache
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that, browsers call the origin of the page's own forms null.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
ANYWHERE = frozenset({"0.0.0.0", "::", "[::]"})
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
SAFE = ("GET", "HEAD")

Refusal = Callable[[int, str, Scope], ASGIApp]


class Guard:
    """Refuses requests under other names (a page elsewhere may have its name point here) and those that a page elsewhere
    sends; puts the headers on every answer.

    host: what the server was told to listen to. refusal: makes the answer for a status and a reason.
    """

    def __init__(self, app: ASGIApp, host: str, refusal: Refusal) -> None:
        self.app, self.host, self.refusal = app, host, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        app = self.app
        if "content-length" in headers and "transfer-encoding" in headers:
            app = self.refusal(400, "It gives its length in two ways.", scope)
        elif not known_host(headers.getlist("host"), self.host):
            app = self.refusal(421, "It answers to the address under which it was started, and to no other.", scope)
        elif scope["method"] not in SAFE and from_elsewhere(headers):
            app = self.refusal(403, "It was sent by a page of another site.", scope)
        await app(scope, receive, guarded(send))


def guarded(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


def known_host(given: list[str], host: str) -> bool:
    """Whether a request is for this server by one of its own names. Where it listens to others, the machine's name is
    one; where to the whole network, any address in figures: only names can be made to point at somebody else's machine.

    >>> known_host(["localhost:8000"], "127.0.0.1"), known_host(["evil.example"], "127.0.0.1")
    (True, False)
    """
    if len(given) != 1:
        return False
    found = HOST.fullmatch(given[0].lower())
    if found is None:
        return False
    name, bare = found[1], host.strip("[]").lower()
    own = {*LOCAL, f"[{bare}]" if ":" in bare else bare}
    if not is_loopback(bare):
        own |= names_of_machine()
    return name in own or (host in ANYWHERE and in_figures(name))


@cache
def names_of_machine() -> frozenset[str]:
    """What others call this machine."""
    name = socket.gethostname().lower()
    return frozenset({name, f"{name}.local"})


def is_loopback(host: str) -> bool:
    return host == "localhost" or (in_figures(host) and ip_address(host).is_loopback)


def in_figures(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def from_elsewhere(headers: Headers) -> bool:
    """Whether a browser says that another site's page sends this; what no browser sends says nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin != f"http://{headers.get('host', '')}"
