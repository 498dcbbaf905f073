"""Requests that are no requests: the server answers them, and goes on."""

import asyncio
import random

from bench.practice.fuzz import Outcome, attacked


def test_whatever_comes_is_answered(server):
    outcome = Outcome()
    asyncio.run(attacked(server.port, 300, random.Random(7), outcome))
    assert not outcome.faults
    assert sum(sum(found.values()) for found in outcome.statuses.values()) == 300
    assert outcome.statuses["jsons"]["200"]
    assert server.get("/q/question-01").status == 200
