"""Waking workers through RQ: few wakes however much is due, and none lost for long."""

from __future__ import annotations

import asyncio

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from archypix.jobs.names import DRAIN, QUEUE
from archypix.jobs.waker import MOST_WAITING, Waker
from tests.uploads.site import Person, Site, photo


async def test_a_wake_fills_up_what_waits_and_no_more(redis_url: str) -> None:
    waker = Waker(redis_url)
    queue = Queue(QUEUE, connection=redis.Redis.from_url(redis_url), serializer=JSONSerializer)
    assert await waker.wake(1)
    assert queue.count == 1
    assert await waker.wake(3)
    assert queue.count == 3
    for _ in range(5):
        await waker.wake(10_000)
    assert queue.count == MOST_WAITING
    assert {job.func_name for job in queue.jobs} == {DRAIN}
    waker.close()


async def test_a_cache_that_is_away_is_no_error(tmp_path: object) -> None:
    waker = Waker("redis://127.0.0.1:9/0")
    assert await waker.wake(1) is False
    waker.close()


async def test_pictures_that_come_in_leave_wakes_and_a_flush_only_delays(alice: Person, site: Site) -> None:
    cache = redis.Redis.from_url(site.endpoints.redis_url)
    queue = Queue(QUEUE, connection=cache, serializer=JSONSerializer)
    for number in range(15):
        await alice.upload(photo(number))
    async with asyncio.timeout(90):
        while queue.count < MOST_WAITING:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    assert queue.count == MOST_WAITING
    cache.flushdb()
    async with asyncio.timeout(90):
        while queue.count < MOST_WAITING:
            await asyncio.sleep(0.05)
    cache.close()
