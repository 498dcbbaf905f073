"""Ctrl-C during training: heard at once, obeyed where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Interruption:
    """Whether the run has been asked to stop."""

    asked: bool = False


@contextmanager
def interruptions() -> Generator[Interruption]:
    """Ctrl-C asks, the second one insists. Outside of the main thread, and where somebody else listens, nothing changes."""
    interruption = Interruption()
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield interruption
        return

    def heard(number: int, frame: Any) -> None:
        if interruption.asked:
            raise KeyboardInterrupt
        interruption.asked = True

    before = signal.signal(signal.SIGINT, heard)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
