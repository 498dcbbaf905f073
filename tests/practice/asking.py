"""Requests to a server, whole ones and broken ones."""

import json
import socket
import subprocess
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Server:
    """A server that runs at a port of this machine."""

    port: int
    process: subprocess.Popen

    def ask(self, method: str, path: str, body: bytes | str | None = None, timeout=20.0, **headers: str) -> Answer:
        """One request; names of headers with _ for -."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = body.encode() if isinstance(body, str) else body
        try:
            connection.request(method, path, body, named)
            reply = connection.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def form(self, fields, **headers: str) -> Answer:
        return self.ask("POST", "/practice", urlencode(fields), **{"Content_Type": FORM, **headers})

    def api(self, what: str, state: object, **headers: str) -> Answer:
        body = state if isinstance(state, (bytes, str)) else json.dumps(state)
        return self.ask("POST", f"/api/{what}", body, **{"Content_Type": "application/json", **headers})

    def raw(self, *pieces: bytes, timeout: float = 20.0) -> bytes:
        """What comes back for bytes that need not be a request."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as link:
            for piece in pieces:
                link.sendall(piece)
            found = b""
            while piece := link.recv(65536):
                found += piece
                head, gap, body = found.partition(b"\r\n\r\n")
                length = [int(h.split(b":")[1]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length")]
                if gap and length and len(body) >= length[0]:
                    break
            return found
