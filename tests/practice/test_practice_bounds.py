"""The server: what a request may take, of time, memory and room."""

import asyncio
import os
import signal
import socket
import threading
import time

import pytest
import uvicorn
from starlette.exceptions import HTTPException
from starlette.requests import Request

from backproof.practice import bodies, connections, work
from backproof.practice.app import busy
from backproof.practice.server import bound
from backproof.practice.workers import Busy, Stopped, Workers
from practice.asking import FORM
from practice.pages import parsed, text
from practice.problems import PROBLEM, layers


def test_large_bodies_are_refused_before_they_are_read(server):
    for head in (
        b"POST /practice HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 10000000\r\n\r\n",
        b"POST /practice HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        chunks = [b"10000\r\n" + b"a" * 65536 + b"\r\n"] * 5
        assert b" 413 " in server.raw(head % FORM.encode(), *(chunks if b"chunked" in head else [])).split(b"\r\n")[0]


def request(pieces: list[bytes], wait: float) -> Request:
    """A request whose body comes in pieces, with a pause before each."""
    left = list(pieces)

    async def receive():
        await asyncio.sleep(wait)
        return {"type": "http.request", "body": left.pop(0) if left else b"", "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)


def test_a_body_that_drips_is_cut_off(monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE", 0.2)
    assert asyncio.run(bodies.body_of(request([b"a", b"b"], 0.01))) == b"ab"
    with pytest.raises(HTTPException) as error:
        asyncio.run(bodies.body_of(request([b"a"] * 100, 0.05)))
    assert error.value.status_code == 408


def test_connections_have_an_end(monkeypatch):
    monkeypatch.setattr(connections, "LONGEST", 0.3)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 10**7})

    listening = bound("127.0.0.1", 0)
    config = uvicorn.Config(app, http=connections.Connection, ws="none", lifespan="off", log_level="critical")
    runner = uvicorn.Server(config)
    thread = threading.Thread(target=runner.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        port = listening.getsockname()[1]
        for begun in (b"", b"GET / HTT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
                link.sendall(begun)
                if b"POST" not in begun:
                    assert link.recv(10) == b""
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            link.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(1)
            assert not runner.server_state.connections
        monkeypatch.setattr(connections, "MOST", 0)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            assert b" 503 " in link.recv(100)
    finally:
        runner.should_exit = True
        thread.join()
        listening.close()


BOMBS = {
    "too many layers": ('[[layers]]\nrule="ReLU"\n' * 1500, "at most 64"),
    "too many parameters": ('[data]\nx=[1,2]\nt=1\n[[layers]]\nrule="Linear"\nout_features=1000000000\ninput="x"\n[loss]\nrule="MSELoss"', "at most 50,000"),
    "too many digits": (f'data={{x=[{"9" * 5000}],t=1}}', "digits"),
    "too many digits to the base of 16": (PROBLEM.replace("[1, 2]", f"[1, 0x{'f' * 40_000}]"), "too many digits"),
    "too large an exponent": ("data={x=[1e999999999],t=1}", "exponent"),
    "nested too deeply": ("a=" + "[" * 20_000, "nested too deeply"),
    "a key of many parts": ("a" + ".a" * 20_000 + "=1", "more memory|longer than"),
    "too much work": (layers(200, 20), "longer than 2 s"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_problems_that_would_take_too_much(server, bomb):
    problem, says = BOMBS[bomb]
    began = time.monotonic()
    reply = server.form({"problem": problem, "mode": "practise"})
    assert reply.status == 422
    assert any(one in text(parsed(reply.body)) for one in says.split("|"))
    assert time.monotonic() - began < 6
    assert server.get("/q/question-01").status == 200


def test_workers_are_bounded_and_replaced(tmp_path):
    async def tried() -> None:
        workers = Workers(count=1, limit=1.0, most=2)
        try:
            await workers.ready()
            with pytest.raises(MemoryError):
                await workers.run(bytearray, 2 << 30)
            with pytest.raises(Stopped):
                await workers.run(time.sleep, 60)
            with pytest.raises(Stopped):
                await workers.run(os._exit, 3)
            with pytest.raises(OSError, match="too large"):
                await workers.run(written, str(tmp_path / "must-not-be-written"))
            first, second = (asyncio.create_task(workers.run(time.sleep, 0.3)) for _ in range(2))
            await asyncio.sleep(0.05)
            with pytest.raises(Busy):
                await workers.run(time.sleep, 0)
            await asyncio.gather(first, second)
            assert (await workers.run(work.index, True)).status == 200
        finally:
            workers.stop()

    asyncio.run(tried())


@pytest.mark.parametrize("path", ["/practice", "/api/check"])
def test_who_comes_when_all_are_busy_is_told_to_come_again(path):
    reply = asyncio.run(busy(Request({"type": "http", "path": path, "headers": []}), Busy("too many")))
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")
    assert b"Too many. Try again in a moment." in reply.body


def written(path: str) -> None:
    with open(path, "wb", buffering=0) as file:
        os.unlink(path)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        file.write(b"x")
