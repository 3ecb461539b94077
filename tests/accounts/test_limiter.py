"""Budgets, in the cache and without it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from archypix.accounts import limiter as limits
from archypix.accounts.limiter import Budget, Limiter, LocalBudgets
from archypix.core.errors import RateLimited
from tests.accounts.relay import Relay, open_relay

NOWHERE = "unix:///nonexistent/valkey.sock"


async def taken(limiter: Limiter, *budgets: Budget, tries: int) -> int:
    """How many of so many tries are taken."""
    count = 0
    for _ in range(tries):
        try:
            await limiter.take(*budgets)
        except RateLimited:
            continue
        count += 1
    return count


@pytest_asyncio.fixture
async def relay(redis_url: str) -> AsyncIterator[Relay]:
    """A way to the cache on which things go wrong; whoever meets that asks again at once."""
    async with open_relay(redis_url) as opened:
        yield opened


@pytest.fixture(params=["cache", "no cache"])
def url(request: pytest.FixtureRequest, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    # Whoever does not wait for a cache counts without it.
    monkeypatch.setattr(limits, "CACHE_TIMEOUT", 60.0)
    return redis_url if request.param == "cache" else NOWHERE


async def test_a_budget_that_is_spent_says_when_to_come_again(url: str) -> None:
    limiter = Limiter.open(url, prefix=uuid4().hex)
    assert await taken(limiter, Budget("a", 5, 3600), tries=20) == 5
    with pytest.raises(RateLimited) as refused:
        await limiter.hit("a", 5, 3600)
    assert 600 < refused.value.retry_after <= 720
    assert "minutes" in refused.value.detail
    assert await taken(limiter, Budget("b", 5, 3600), tries=5) == 5
    await limiter.close()


async def test_a_budget_grows_back_evenly(url: str) -> None:
    limiter = Limiter.open(url, prefix=uuid4().hex)
    budget, began = Budget("a", 5, 1.0), time.monotonic()
    count = await taken(limiter, budget, tries=20)
    await asyncio.sleep(0.45)
    more = await taken(limiter, budget, tries=20)
    grown = (time.monotonic() - began) / 0.2
    assert count >= 5
    assert more >= 2
    assert count + more <= 5 + grown + 1
    await limiter.close()


async def test_either_all_budgets_take_a_hit_or_none(url: str) -> None:
    limiter = Limiter.open(url, prefix=uuid4().hex)
    narrow, wide = Budget("narrow", 2, 600), Budget("wide", 10, 600)
    assert await taken(limiter, wide, narrow, tries=30) == 2
    assert await taken(limiter, wide, tries=30) == 8
    await limiter.close()


async def test_hits_given_back_can_be_taken_again(url: str) -> None:
    limiter = Limiter.open(url, prefix=uuid4().hex)
    budget = Budget("a", 3, 600)
    for _ in range(20):
        await limiter.take(budget)
        await limiter.give_back(budget)
    await limiter.give_back(budget)
    assert await taken(limiter, budget, tries=10) == 3
    await limiter.close()


async def test_of_many_at_once_only_as_many_as_allowed_are_taken(url: str) -> None:
    limiters = [Limiter.open(url, prefix="race" + uuid4().hex)] * 4
    if url != NOWHERE:
        prefix = uuid4().hex
        limiters = [Limiter.open(url, prefix=prefix) for _ in range(4)]
    results = await asyncio.gather(
        *(limiter.hit("a", 7, 600) for limiter in limiters for _ in range(20)), return_exceptions=True
    )
    assert sum(result is None for result in results) == 7
    assert sum(isinstance(result, RateLimited) for result in results) == 73
    for limiter in limiters:
        await limiter.close()


@pytest.mark.parametrize("url", ["cache"], indirect=True)
async def test_the_cache_keeps_neither_names_nor_budgets_that_are_whole_again(url: str) -> None:
    prefix = uuid4().hex
    limiter = Limiter.open(url, prefix=prefix)
    await limiter.hit("name:alice:198.51.100.7", 10, 600)
    cache = Redis.from_url(url)
    keys = [key async for key in cache.scan_iter(prefix + "*")]
    assert len(keys) == 1
    assert b"alice" not in keys[0]
    # A hit of ten in ten minutes has grown back after one.
    assert 0 < await cache.pttl(keys[0]) <= 60_000
    await limiter.close()
    await cache.aclose()


async def test_a_cache_that_never_answers_opens_no_door_and_is_not_waited_for_each_time() -> None:
    asked = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        limiter = Limiter.open(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
        assert await taken(limiter, Budget("a", 3, 3600), tries=50) == 3
        assert asked < 10
        await limiter.close()


async def test_a_cache_that_answers_too_late_is_not_asked_to_count_again(
    relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CACHE_PAUSE", 0.0)
    limiter = Limiter.open(relay.url, prefix=uuid4().hex)
    relay.answers = False
    async with asyncio.timeout(60):
        while not relay.counts:
            await limiter.hit(uuid4().hex, 5, 3600)
    assert relay.counts == 1
    await limiter.close()


async def test_hits_count_although_the_cache_was_away_meanwhile(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CACHE_PAUSE", 0.0)
    limiter, budget = Limiter.open(relay.url, prefix=uuid4().hex), Budget("a", 5, 3600)
    assert await taken(limiter, budget, tries=2) == 2
    await relay.cut()
    assert await taken(limiter, budget, tries=2) == 2
    await relay.mend()
    assert await taken(limiter, budget, tries=20) == 1
    await limiter.give_back(budget)
    assert await taken(limiter, budget, tries=20) == 1
    await limiter.close()


def test_budgets_in_memory_are_bounded_and_those_under_attack_stay() -> None:
    budgets = LocalBudgets(most=100)
    attacked = Budget("name:alice", 5, 3600)
    refused = 0
    for number in range(2000):
        refused += budgets.take([attacked, Budget(f"address:{number}", 5, 3600)]) > 0
        budgets.take([Budget(f"other:{number}", 5, 3600)])
        assert len(budgets) <= 100
    assert refused >= 1990
