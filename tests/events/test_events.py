"""Events reach those they concern, once what they tell of is committed, and never without a bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

from archypix.core.database import Database
from archypix.core.errors import RateLimited
from archypix.events.service import QUEUE_LENGTH, STREAMS_OF_ONE_ACCOUNT, Event, EventService, Stream
from archypix.events.store import emit

ALICE, BOB = 1, 2


@asynccontextmanager
async def listening(database_url: str) -> AsyncIterator[tuple[EventService, Database]]:
    service = EventService(database_url)
    database = await Database.open(database_url, size=2)
    task = asyncio.create_task(service.run())
    try:
        async with asyncio.timeout(90), service.subscribe(99) as probe:
            while True:
                async with database.transaction() as connection:
                    await emit(connection, 99, "probe", {})
                try:
                    await probe.next(within=0.2)
                    break
                except TimeoutError:
                    continue
        yield service, database
    finally:
        task.cancel()
        await asyncio.wait([task])
        await database.close()


async def test_an_event_is_heard_by_its_account_after_the_commit_and_by_nobody_else(database_url: str) -> None:
    async with (
        listening(database_url) as (service, database),
        service.subscribe(ALICE) as alice,
        service.subscribe(ALICE) as other,
        service.subscribe(BOB) as bob,
    ):
        async with database.transaction() as connection:
            await emit(connection, ALICE, "picture.ready", {"id": "x"})
            with pytest.raises(TimeoutError):
                await alice.next(within=0.2)
        assert await alice.next(within=60) == Event("picture.ready", b'{"id":"x"}')
        assert await other.next(within=60) == Event("picture.ready", b'{"id":"x"}')
        with pytest.raises(TimeoutError):
            await bob.next(within=0.2)


async def test_what_is_rolled_back_is_never_told(database_url: str) -> None:
    async with listening(database_url) as (service, database), service.subscribe(ALICE) as alice:
        with pytest.raises(RuntimeError):
            async with database.transaction() as connection:
                await emit(connection, ALICE, "picture.ready", {})
                raise RuntimeError
        async with database.transaction() as connection:
            await emit(connection, ALICE, "picture.added", {})
        event = await alice.next(within=60)
        assert event is not None
        assert event.kind == "picture.added"


async def test_after_the_connection_was_lost_listeners_are_told_to_read_again(
    database_url: str, postgres_url: str
) -> None:
    async with listening(database_url) as (service, database), service.subscribe(ALICE) as alice:
        admin = await asyncpg.connect(postgres_url)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'archypix listening'"
            " AND datname = $1",
            urlsplit(database_url).path[1:],
        )
        await admin.close()
        event = await alice.next(within=60)
        assert event == Event("resync", b"{}")
        async with asyncio.timeout(90):
            while True:
                async with database.transaction() as connection:
                    await emit(connection, ALICE, "picture.added", {})
                try:
                    assert await alice.next(within=0.3) == Event("picture.added", b"{}")
                    break
                except TimeoutError:
                    continue


async def test_a_listener_that_does_not_read_is_told_to_read_again_instead_of_filling_memory() -> None:
    stream = Stream()
    for number in range(3 * QUEUE_LENGTH):
        stream.put(Event("picture.ready", str(number).encode()))
    first = await stream.next(within=60)
    assert first == Event("resync", b"{}")
    stream.put(None)
    kinds = []
    while (event := await stream.next(within=60)) is not None:
        kinds.append(event.kind)
    assert len(kinds) <= QUEUE_LENGTH


async def test_streams_of_one_account_are_bounded_and_close_ends_them(database_url: str) -> None:
    service = EventService(database_url)
    open_streams = [service.subscribe(ALICE) for _ in range(STREAMS_OF_ONE_ACCOUNT)]
    streams = [await stream.__aenter__() for stream in open_streams]
    with pytest.raises(RateLimited):
        async with service.subscribe(ALICE):
            pass
    async with service.subscribe(BOB):
        pass
    service.close()
    for stream in streams:
        assert await stream.next(within=60) is None
    for stream in open_streams:
        await stream.__aexit__(None, None, None)
    async with service.subscribe(ALICE) as late:
        assert await late.next(within=60) is None


async def test_an_event_too_large_to_send_is_a_mistake_of_the_caller(database_url: str) -> None:
    database = await Database.open(database_url, size=1)
    async with database.connection() as connection:
        with pytest.raises(ValueError, match="too large"):
            await emit(connection, ALICE, "picture.ready", {"text": "x" * 8000})
    await database.close()
