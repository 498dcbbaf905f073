"""A desk for work done in this process, and one server, started as people start it, for all tests that need one."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from backproof.practice import work
from backproof.practice.questions import shelf_of
from backproof.practice.worked import Memory
from practice.asking import Server


@pytest.fixture(autouse=True)
def _desk(monkeypatch):
    monkeypatch.setattr(work.Desk, "shelf", shelf_of())
    monkeypatch.setattr(work.Desk, "memory", Memory())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with started("--limit", "2") as found:
        yield found


class started:
    """`backproof practice` on a free port, for as long as the block lasts; stopped as Ctrl-C stops it.

    Bytecode is kept beside the files, as it is where people install it: folders of templates then hold other files, too.
    """

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "backproof", "practice", "--port", "0", "--no-browser", *options]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**environment, "PYTHONUNBUFFERED": "1"}
        )  # fmt: skip

    def __enter__(self) -> Server:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r":(\d+)/", line)
        assert found, (line, self.process.stderr.read() if self.process.stderr else "")
        return Server(int(found[1]), self.process)

    def __exit__(self, *what: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
