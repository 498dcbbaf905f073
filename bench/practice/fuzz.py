"""Requests that are no requests, and problems that are no problems: what the server answers, and what it keeps of them."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from backproof.examples import FOLDER
from bench.practice.server import Serving

AT_ONCE = 8
LONGEST = 40.0
"""Seconds after which an answer is taken for none."""
Chance: TypeAlias = random.Random
EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml"))]
NASTY = [
    "", " ", "0", "-0", "1", "-1", "1/3", "1/0", "1e2000", "-1e-2000", "1e999999999", "nan", "inf", "9" * 190, "0." + "0" * 180 + "1",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${7*7}", "../../etc/passwd", "/etc/passwd",
    "file:///etc/passwd", "\x00", "\x1b[31m", "\u202e1", "１２", "٣", "−0,5", "a" * 1000, "'; DROP TABLE", "%s%n", "\ud7ff", "\U0001f4a9",
    "__import__('os')", "1_000", "0x10", "1,5", "1e5", "e", "+", "[", "]", "null", "true",
]  # fmt: skip
PLACES = [
    "U[0,0]",
    "y",
    "L",
    "X[0,1]",
    "t",
    "W[1,1]",
    "dL/dX[3,3]",
    "dL/dW[0,1]",
    "p[2]",
    "z[0]",
    "U",
    "U[9,9]",
    "U[-1,0]",
    "U[0,0",
    "x" * 300,
    "",
]
OUTSIDE = re.compile(rb"root:.*:0:0:|import annotations|Traceback|site-packages|/usr/lib/python")


@dataclass
class Outcome:
    """What the server answered, by the kind of request; and what it should not have."""

    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __str__(self) -> str:
        lines = [
            f"{name:10} {', '.join(f'{status}: {n}' for status, n in sorted(found.items()))}"
            for name, found in self.statuses.items()
        ]
        return "\n".join(
            [*lines, f"the slowest took {self.slowest:.1f} s; {len(self.faults)} faults", *self.faults[:10]]
        )


async def fuzz(requests: int, seed: int) -> None:
    """Print the statuses of so many requests, and the memory of the server on the way."""
    outcome, chance = Outcome(), random.Random(seed)
    with Serving() as serving:
        for begin in range(0, requests, max(1, requests // 5)):
            await attacked(serving.port, min(requests - begin, max(1, requests // 5)), chance, outcome)
            told = ", ".join(f"{name} {size:.0f}" for name, size in serving.memory().items())
            print(f"after {begin + max(1, requests // 5):,} requests, MiB in memory: {told}", flush=True)
    print(outcome)


async def attacked(port: int, requests: int, chance: Chance, outcome: Outcome) -> None:
    """Send so many requests, of all kinds in turn."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(kind: Callable[[Chance], bytes], request: bytes) -> None:
        async with gate:
            began = time.perf_counter()
            status, answer = await sent(port, request, kind in (broken, cut))
            outcome.slowest = max(outcome.slowest, time.perf_counter() - began)
        outcome.statuses[kind.__name__][status] += 1
        if status.startswith("5") or status == "late" or OUTSIDE.search(answer):
            outcome.faults.append(f"{kind.__name__}: {status} for {request[:300]!r}")

    kinds = [broken, paths, forms, jsons, bad_jsons, uploads, problems, methods, cut]
    chosen = [kinds[n % len(kinds)] for n in range(requests)]
    await asyncio.gather(*(one(kind, kind(random.Random(chance.random()))) for kind in chosen))


async def sent(port: int, request: bytes, end: bool) -> tuple[str, bytes]:
    """The status of what comes back, `closed` where nothing does, and what comes back; `end`: no more is sent."""
    try:
        async with asyncio.timeout(LONGEST):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(request)
                if end:
                    writer.write_eof()
                answer = await reader.read()
            finally:
                writer.close()
    except TimeoutError:
        return "late", b""
    except OSError:
        return "closed", b""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return (found[1].decode() if found else "closed"), answer


def request(method: str, path: str, body: bytes = b"", kind: str = "", close: bool = True, **headers: str) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", *([f"Content-Type: {kind}"] if kind else [])]
    head += [f"Content-Length: {len(body)}"] if body else []
    head += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()] + (
        ["Connection: close"] if close else []
    )
    return "\r\n".join([*head, "", ""]).encode("utf-8", "replace") + body


def damaged(content: bytes, chance: Chance) -> bytes:
    """The same with some bytes changed, gone or doubled."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        if not found:
            break
        at = chance.randrange(len(found))
        match chance.randrange(4):
            case 0:
                found[at] = chance.randrange(256)
            case 1:
                del found[at : at + chance.randint(1, 20)]
            case 2:
                found[at:at] = found[at : at + chance.randint(1, 200)]
            case _:
                del found[at:]
    return bytes(found)


def broken(chance: Chance) -> bytes:
    """No HTTP, or only nearly."""
    whole = request("POST", "/practice", b"example=question-01", "application/x-www-form-urlencoded")
    return chance.choice([
        lambda: chance.randbytes(chance.randint(1, 400)),
        lambda: damaged(whole, chance),
        lambda: whole.replace(b"Content-Length", b"Content-Length: 3\r\nContent-Length"),
        lambda: whole.replace(b"Connection: close", b"Transfer-Encoding: chunked"),
        lambda: request("GET", "/", **{f"X{n}": "a" * 100 for n in range(chance.randint(1, 400))}),
        lambda: request("GET", "/" + "a" * chance.randint(1, 40_000)),
        lambda: request("GET", "/", Upgrade="websocket", Connection="Upgrade"),
    ])()  # fmt: skip


def paths(chance: Chance) -> bytes:
    """Paths that try to lead elsewhere."""
    parts = [
        "..",
        "%2e%2e",
        "%252e",
        ".",
        "etc",
        "passwd",
        "static",
        "q",
        "question-01",
        "practice.css",
        "\\",
        "%5c",
        "%00",
        "//",
        "~",
        "%ff",
    ]
    path = "/" + "/".join(chance.choice(parts) for _ in range(chance.randint(1, 8)))
    return request(
        chance.choice(["GET", "HEAD"]),
        path + chance.choice(["", "?part=" + quote(chance.choice(NASTY)), "?mode=practise"]),
    )


def state(chance: Chance) -> dict[str, Any]:
    """A state as the schema has it, with values that nobody expects."""

    def some(values: Callable[[], Any]) -> dict[str, Any]:
        return {chance.choice(PLACES): values() for _ in range(chance.randrange(6))}

    found = {
        "example": chance.choice(["question-01", "question-01", "question-02", "digits", chance.choice(NASTY)]),
        "part": chance.choice([0, 0, 1, 2, 999]), "mode": chance.choice(["read", "practise"]), "at": chance.choice([None, 0, 3, 1000]),
        "given": some(lambda: chance.choice(NASTY)), "answers": some(lambda: chance.choice(NASTY)), "hints": some(lambda: chance.randrange(6)),
    }  # fmt: skip
    return {key: value for key, value in found.items() if chance.random() < 0.8}


def fields(chance: Chance) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in state(chance).items():
        short = {"answers": "answer", "hints": "hint"}.get(key, key)
        if isinstance(value, dict):
            found += [(f"{short}:{place}", str(typed)) for place, typed in value.items()]
        else:
            found.append((key, "" if value is None else str(value)))
    does = ["check", "next", "back", "reset", "restore", "cover", "uncover", "part:1", "hint:y", "hint:", *NASTY[:30]]
    found.append(("do", chance.choice(does)))
    return found * chance.choice([1, 1, 1, 2, 300])


def forms(chance: Chance) -> bytes:
    """Forms with anything in their fields, many times over, damaged or in another encoding."""
    body = urlencode(fields(chance)).encode("utf-8", "replace")
    body = chance.choice([body, body, damaged(body, chance), body.replace(b"%", b"\xff"), body * 3])
    return request("POST", "/practice", body, "application/x-www-form-urlencoded", X_Part=chance.choice(["main", "x"]))


def jsons(chance: Chance) -> bytes:
    """JSON as the schema has it."""
    return request(
        "POST", chance.choice(["/api/check", "/api/solve"]), json.dumps(state(chance)).encode(), "application/json"
    )


def bad_jsons(chance: Chance) -> bytes:
    """JSON as it should not be."""
    good = json.dumps(state(chance)).encode()
    deep = chance.randint(10, 60_000)
    body = chance.choice([
        lambda: damaged(good, chance),
        lambda: b"[" * deep + b"]" * deep,
        lambda: b'{"given":' * deep,
        lambda: b'{"given": {"t": 1' + b"0" * deep + b"}}",
        lambda: good[:-1] + b"," + good[1:],
        lambda: json.dumps({chance.choice(["example", "given", "at", "part", "x"]): chance.choice([None, 1, -1e300, [], {}, "x", True])}).encode(),
        lambda: good.decode().encode("utf-16"),
        lambda: json.dumps({"example": "question-01", "given": {f"X[{n},0]": "1" for n in range(deep % 9_000)}}).encode(),
    ])()  # fmt: skip
    return request(
        "POST",
        chance.choice(["/api/check", "/api/solve"]),
        body,
        chance.choice(["application/json", "application/json", "text/plain"]),
    )


def uploads(chance: Chance) -> bytes:
    """Files in parts, whole and damaged."""
    edge = "edge"
    name = chance.choice(["file", "problem", "x", "do", "\r\nX: y"])
    part = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{chance.choice(NASTY[:20])}"\r\n\r\n'
    body = (part.encode("utf-8", "replace") + changed(chance) + b"\r\n") * chance.choice(
        [1, 1, 2, 100]
    ) + f"--{edge}--\r\n".encode()
    body = chance.choice([body, body, damaged(body, chance)])
    return request(
        "POST",
        "/practice",
        body,
        f"multipart/form-data; boundary={chance.choice([edge, edge, 'other', '', 'x' * 300])}",
    )


def changed(chance: Chance) -> bytes:
    """A problem that ships, with some of its numbers, words and lines changed."""
    text = chance.choice(EXAMPLES)
    extremes = [
        "0",
        "-1",
        "1000000",
        "999999999999",
        "1e300",
        "1e-300",
        "nan",
        "inf",
        "0.1",
        "[]",
        "[[]]",
        '""',
        "true",
        "2",
    ]
    words = [
        "Linear",
        "Conv2d",
        "MaxPool2d",
        "Softmax",
        "LayerNorm",
        "Dropout",
        "Add",
        "CrossEntropyLoss",
        "Adam",
        "file",
        "__class__",
    ]
    for _ in range(chance.randint(1, 5)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                text = replaced(r"-?\d[\d.]*", text, chance.choice(extremes), chance)
            case 1:
                text = replaced(r'"[^"]*"', text, f'"{chance.choice(words)}"', chance)
            case 2:
                text = "\n".join(lines[:at] + lines[at + 1 :])
            case 3:
                text = "\n".join(lines[:at] + lines[at : at + 4] * chance.randint(1, 30) + lines[at:])
            case _:
                text = damaged(text.encode(), chance).decode("utf-8", "replace")
    return text.encode()


def replaced(pattern: str, text: str, new: str, chance: Chance) -> str:
    """One of the places where the pattern fits, changed."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    match = chance.choice(found)
    return text[: match.start()] + new + text[match.end() :]


def problems(chance: Chance) -> bytes:
    """Problems of somebody's own."""
    told = {"problem": changed(chance), "mode": chance.choice(["read", "practise"]), "answer:y": chance.choice(NASTY)}
    return request("POST", "/practice", urlencode(told).encode(), "application/x-www-form-urlencoded")


def methods(chance: Chance) -> bytes:
    """Other methods, types, names and origins."""
    headers = {
        "Origin": chance.choice(["null", "http://localhost", "http://evil.example"]),
        "Sec_Fetch_Site": chance.choice(["cross-site", "none"]),
    }
    kind = chance.choice(
        [
            "text/html",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data",
            "",
            "application/json",
            "a/b;" * 50,
        ]
    )
    method = chance.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "CONNECT", "BREW"])
    path = chance.choice(["/", "/practice", "/api/check", "/openapi.json", "/static/practice.js", "/q/digits"])
    found = request(method, path, b"example=question-01", kind, **({} if chance.random() < 0.5 else headers))
    return (
        found
        if chance.random() < 0.7
        else found.replace(
            b"Host: localhost", chance.choice([b"Host: evil.example", b"X: y", b"Host: [", b"Host: a\r\nHost: b"])
        )
    )


def cut(chance: Chance) -> bytes:
    """Requests that end before they are over."""
    whole = chance.choice([forms, jsons, uploads])(chance)
    return whole[: chance.randint(1, len(whole))]
