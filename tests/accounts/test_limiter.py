"""Budgets, in the cache and without it."""

from __future__ import annotations

import asyncio
import socket
import time
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from archypix.accounts.limiter import Budget, Limiter, LocalBudgets
from archypix.core.errors import RateLimited

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


@pytest.fixture(params=["cache", "no cache"])
def url(request: pytest.FixtureRequest, redis_url: str) -> str:
    return redis_url if request.param == "cache" else NOWHERE


async def test_a_budget_is_spent_and_grows_back(url: str) -> None:
    limiter = Limiter.open(url, prefix=uuid4().hex)
    budget = Budget("a", 5, 1.0)
    assert await taken(limiter, budget, tries=20) in (5, 6)
    await taken(limiter, budget, tries=2)
    with pytest.raises(RateLimited) as refused:
        await limiter.hit("a", 5, 1.0)
    assert 0 < refused.value.retry_after <= 1
    assert "1 second" in refused.value.detail
    await asyncio.sleep(0.45)
    assert await taken(limiter, budget, tries=20) in (2, 3)
    assert await taken(limiter, Budget("b", 5, 1.0), tries=5) == 5
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


async def test_the_cache_keeps_neither_names_nor_budgets_that_are_whole_again(redis_url: str) -> None:
    prefix = uuid4().hex
    limiter = Limiter.open(redis_url, prefix=prefix)
    await limiter.hit("name:alice:198.51.100.7", 10, 0.5)
    cache = Redis.from_url(redis_url)
    keys = [key async for key in cache.scan_iter(prefix + "*")]
    assert len(keys) == 1
    assert b"alice" not in keys[0]
    assert 0 < await cache.pttl(keys[0]) <= 60
    await limiter.close()
    await cache.aclose()


async def test_a_cache_that_never_answers_costs_little_and_opens_no_door() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = Limiter.open(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        assert await taken(limiter, Budget("a", 3, 600), tries=50) == 3
        assert time.monotonic() - began < 3
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
