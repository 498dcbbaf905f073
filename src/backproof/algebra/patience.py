"""A limit on how long one question may take to decide; what takes longer is undecided."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import perf_counter

UNTIL: ContextVar[float] = ContextVar("until", default=inf)


class TooLarge(Exception):
    """An expression that would take too long to work out, or too much room."""


@contextmanager
def patience(seconds: float) -> Generator[None]:
    """Within this, `tick` raises `TooLarge` once the time is over."""
    token = UNTIL.set(perf_counter() + seconds)
    try:
        yield
    finally:
        UNTIL.reset(token)


def tick() -> None:
    """Called wherever long work passes by."""
    if perf_counter() > UNTIL.get():
        raise TooLarge
