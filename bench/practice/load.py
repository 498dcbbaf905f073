"""People who practise, all at once: each opens a page, answers cell by cell, is sometimes wrong, asks for hints."""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import defaultdict
from fractions import Fraction
from urllib.parse import urlencode

import backproof as bp
from backproof.arithmetic.array import address
from backproof.record.digits import text_of
from bench.practice.server import Link, Serving

QUESTIONS = {"question-01": "X[0,1]", "question-02": "z[1]"}
RIGHT = re.compile(rb"(\d+) of \d+ numbers right")
THINKING = (0.3, 1.0)
MISTAKES = 0.2


class Tally:
    """What came of all requests."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.faults: list[str] = []

    def report(self, seconds: float) -> str:
        every = sorted(t for times in self.times.values() for t in times)
        lines = [f"{len(every)} requests, {len(every) / seconds:.0f} a second, {len(self.faults)} errors"]
        for name, times in [("all", every), *sorted((n, sorted(t)) for n, t in self.times.items())]:
            at = {"p50": len(times) // 2, "p99": int(0.99 * (len(times) - 1)), "max": len(times) - 1}
            lines.append(
                f"  {name:7} {len(times):6}  " + "  ".join(f"{k} {1000 * times[i]:5.0f} ms" for k, i in at.items())
            )
        return "\n".join([*lines, *self.faults[:5]])


async def load(clients: int, seconds: float, hurry: bool, seed: int) -> None:
    """Print how long the server took to answer so many people for so long."""
    answers = {name: right_answers(name) for name in QUESTIONS}
    tally = Tally()
    with Serving() as serving:
        await Link(serving.port).ask(get("/"))
        before, began, others = serving.memory(), time.monotonic(), os.getloadavg()[0]
        people = [
            person(serving.port, random.Random(seed + n), answers, began + seconds, hurry, tally)
            for n in range(clients)
        ]
        await asyncio.gather(*people)
        took = time.monotonic() - began
        after = serving.memory()
    how = f"{'no' if hurry else THINKING} thinking; load average before: {others:.1f}"
    print(f"{clients} clients for {took:.0f} s on {os.cpu_count()} processors, {how}")
    print(tally.report(took))
    print(
        "memory in MiB:", ", ".join(f"{name} {before.get(name, 0):.0f} to {size:.0f}" for name, size in after.items())
    )


def right_answers(example: str) -> dict[str, str]:
    """The answers to the first part of a question, by address, in the order of the work."""
    record = bp.solve(example).passes[0].record
    return {
        address(name, i): text_of(record.array(name)[i], 6)[0]
        for name in record.names if name in record.made for i in record.array(name).indices()
    }  # fmt: skip


async def person(
    port: int, chance: random.Random, answers: dict[str, dict[str, str]], until: float, hurry: bool, tally: Tally
) -> None:
    """One client until the time is over."""
    link, script = Link(port), chance.random() < 0.8
    if not hurry:
        await asyncio.sleep(chance.uniform(0, 1))

    async def ask(what: str, request: bytes) -> bytes:
        began = time.perf_counter()
        try:
            status, body = await link.ask(request)
        except (OSError, asyncio.IncompleteReadError) as error:
            tally.faults.append(f"{what}: {error!r}")
            return b""
        tally.times[what].append(time.perf_counter() - began)
        if status != 200:
            tally.faults.append(f"{what}: status {status}")
        if not hurry:
            await asyncio.sleep(chance.uniform(*THINKING))
        return body

    while time.monotonic() < until:
        example = chance.choice(sorted(QUESTIONS))
        right, given = answers[example], QUESTIONS[example]
        state = {"example": example, "mode": "practise"}
        await ask("list", get("/"))
        await ask("page", get(f"/q/{example}"))
        await ask(
            "given", form({**state, f"given:{given}": str(chance.randrange(9)), "mode": "read", "do": "apply"}, script)
        )
        typed: dict[str, str] = {}
        for place in right:
            if time.monotonic() > until:
                break
            wrong = mistaken(right, place, chance) if chance.random() < MISTAKES else None
            typed[f"answer:{place}"] = wrong or right[place]
            body = await ask("check", form({**state, **typed, "do": "check"}, script))
            found = RIGHT.search(body)
            expected = sum(same(t, right[name.partition(":")[2]]) for name, t in typed.items())
            if not found or int(found[1]) != expected:
                tally.faults.append(f"{example}: {expected} are right of {typed}, the page says {found and found[0]}")
            if wrong:
                for level in range(chance.randrange(3)):
                    await ask(
                        "hint", form({**state, **typed, f"hint:{place}": str(level), "do": f"hint:{place}"}, script)
                    )
                if chance.random() < 0.8:
                    typed[f"answer:{place}"] = right[place]
        state["mode"] = "read"
        await ask("step", form({**state, **typed, "do": "first"}, script))
        for at in range(3):
            await ask("step", form({**state, **typed, "at": str(at), "do": "next"}, script))
    await link.close()


def mistaken(right: dict[str, str], place: str, chance: random.Random) -> str:
    """Something that is not the right number."""
    value = float(Fraction(right[place]))
    return chance.choice(
        [f"{-value - 1:g}", f"{10 * value + 1:g}", f"{value + 2:g}", "x", f"{chance.randrange(20, 90)}.7"]
    )


def same(typed: str, right: str) -> bool:
    try:
        return Fraction(typed) == Fraction(right)
    except ValueError:
        return False


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def form(fields: dict[str, str], script: bool) -> bytes:
    body = urlencode(fields).encode()
    head = (
        "POST /practice HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    )
    return (head + ("X-Part: main\r\n" if script else "") + "\r\n").encode() + body
