"""The server: how it begins, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bench.practice.server import descendants

from backproof.errors import BackproofError
from backproof.practice import work
from backproof.practice.server import bound
from practice.conftest import started
from practice.pages import cells, parsed, text
from practice.problems import PROBLEM, layers


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_all_that_it_started(how):
    running = started()
    with running as server:
        assert server.get("/q/question-01").status == 200
        processes = descendants(running.process.pid)
        assert len(processes) >= 3
        running.process.send_signal(how)
        _, told = running.process.communicate(timeout=10)
    assert running.process.returncode == {signal.SIGINT: 0}.get(how, -how)
    assert told == "" or how == signal.SIGKILL
    until = time.monotonic() + 5
    while any(Path(f"/proc/{p}").exists() for p in processes) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [p for p in processes if Path(f"/proc/{p}").exists()]


def test_what_is_being_worked_on_ends_quietly():
    running = started()
    with running as server, socket.create_connection(("127.0.0.1", server.port)) as link:
        assert server.get("/").status == 200
        body = json.dumps({"problem": layers(100, 31)}).encode()
        head = "POST /api/solve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        link.sendall(f"{head}{len(body)}\r\n\r\n".encode() + body)
        time.sleep(0.5)
        running.process.send_signal(signal.SIGINT)
        _, told = running.process.communicate(timeout=10)
    assert (running.process.returncode, told) == (0, "")


def test_a_port_that_is_taken():
    with bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BackproofError, match=f"127.0.0.1, port {port} is taken; --port 0"):
            bound("127.0.0.1", port)
    with pytest.raises(BackproofError, match="no address of this machine; --host"):
        bound("no.such.host.invalid", 0)


def command(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "backproof", "practice", *options], capture_output=True, text=True)


def test_a_file_of_ones_own_is_offered(tmp_path):
    path = tmp_path / "mine & yours.toml"
    path.write_text(PROBLEM)
    with started(str(path)) as server:
        reply = server.get("/q/mine%20%26%20yours")
        assert cells(parsed(reply.body))["y"] == "11"
        assert "Mine" in text(parsed(server.get("/").body))
        path.write_text(PROBLEM.replace("[3, 4]", "[3, 5]"))
        assert cells(parsed(server.get("/q/mine%20%26%20yours").body))["y"] == "13"
        path.write_text("title =")
        reply = server.get("/q/mine%20%26%20yours")
        assert reply.status == 422
        assert str(tmp_path).encode() not in reply.body


def test_faults_are_told_on_the_command_line(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text("title =")
    assert f"{path}: this is not TOML" in command(str(path)).stderr
    assert "there is no such file" in command("nothing.toml").stderr
    missing = (
        "import sys; sys.modules['uvicorn'] = None; from backproof.cli import main; sys.argv[1:] = ['practice']; main()"
    )
    done = subprocess.run([sys.executable, "-c", missing], capture_output=True, text=True)
    assert (done.returncode, 'pip install "backproof[web]"' in done.stderr) == (2, True)


def test_an_error_of_its_own_is_told_without_a_traceback(monkeypatch, capsys):
    monkeypatch.setattr(work, "view", lambda *_: 1 / 0)
    reply = work.page(work.State(example="question-01"), "", True)
    assert reply.status == 500
    assert "ZeroDivisionError" in text(parsed(reply.text))
    assert "Traceback" not in reply.text.decode()
    assert "Traceback" in capsys.readouterr().err
