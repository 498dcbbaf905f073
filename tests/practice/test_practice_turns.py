"""Turns: everybody gets theirs, and nobody's many requests hold up another's few."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.practice.turns import Turns

PEOPLE = st.lists(st.sampled_from("abc"), max_size=30)


@settings(max_examples=60)
@given(PEOPLE, st.sets(st.integers(0, 29)), st.integers(1, 4), st.integers(1, 4))
def test_all_who_wait_are_served_within_the_bounds(people, leaving, count, each):
    turns, served, most = Turns(count, each), [], []

    async def one(number, who):
        await turns.take(who)
        held = count - turns.free
        most.append((held, turns.held[who]))
        try:
            await asyncio.sleep(0)
            served.append(number)
        finally:
            turns.give_back(who)

    async def tried():
        tasks = [asyncio.create_task(one(n, who)) for n, who in enumerate(people)]
        await asyncio.sleep(0)
        for n in leaving & set(range(len(tasks))):
            tasks[n].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(tried())
    assert set(served) >= set(range(len(people))) - leaving
    assert all(held <= count and of_one <= each for held, of_one in most)
    assert (turns.free, dict(turns.held), dict(turns.queues)) == (count, {}, {})


@pytest.mark.parametrize("flood", [1, 5, 50])
def test_one_request_waits_for_no_more_than_one_of_a_flood(flood):
    served = []

    async def one(turns, who):
        await turns.take(who)
        await asyncio.sleep(0)
        served.append(who)
        turns.give_back(who)

    async def tried():
        turns = Turns(1, 1)
        await asyncio.gather(*(one(turns, "many") for _ in range(flood)), one(turns, "few"))

    asyncio.run(tried())
    assert served.index("few") <= 1
