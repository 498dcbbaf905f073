"""What the tests of every command need."""

import sys

import pytest

from backproof.cli import main


@pytest.fixture
def run(monkeypatch, capfd):
    """Run the command line in this process: its exit status, what it printed, and what it said on the error stream."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["backproof", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        assert "\x1b" not in out
        return stop.value.code or 0, out, err

    return run
