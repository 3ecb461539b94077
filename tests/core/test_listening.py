"""One connection for all who listen to a database in a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from archypix.core.listening import NAME, listen_forever

CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()"
CUT = CONNECTIONS.replace("count(*)", "count(pg_terminate_backend(pid))")


class Listener:
    """Somebody who listens, and all that they were told."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[str] = asyncio.Queue()

    @asynccontextmanager
    async def on(self, url: str, channel: str, hear: Callable[[str], None] | None = None) -> AsyncIterator[Listener]:
        task = asyncio.create_task(
            listen_forever(
                url,
                channel,
                hear or self.told.put_nowait,
                begun=lambda: self.told.put_nowait("begun"),
                lost=lambda: self.told.put_nowait("lost"),
            )
        )
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def next(self) -> str:
        async with asyncio.timeout(60):
            return await self.told.get()


@pytest.fixture
async def admin(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_many_share_a_connection_and_each_hears_its_own(database_url: str, admin: asyncpg.Connection) -> None:
    async with Listener().on(database_url, "one") as one, Listener().on(database_url, "two") as two:
        assert [await one.next(), await two.next()] == ["begun", "begun"]
        async with Listener().on(database_url, "one") as later:
            assert await later.next() == "begun"
            assert await admin.fetchval(CONNECTIONS, NAME) == 1
            await admin.execute("NOTIFY one, 'a'; NOTIFY two, 'b'; NOTIFY one, 'c'")
            assert [await one.next(), await one.next(), await two.next()] == ["a", "c", "b"]
            assert [await later.next(), await later.next()] == ["a", "c"]
        await admin.execute("NOTIFY one, 'd'")
        assert await one.next() == "d"
    async with asyncio.timeout(60):
        while await admin.fetchval(CONNECTIONS, NAME):
            await asyncio.sleep(0.02)


async def test_all_are_told_of_a_lost_connection_and_of_the_next_one(
    database_url: str, admin: asyncpg.Connection
) -> None:
    async with Listener().on(database_url, "one") as one, Listener().on(database_url, "two") as two:
        assert [await one.next(), await two.next()] == ["begun", "begun"]
        assert await admin.fetchval(CUT, NAME) == 1
        for listener in (one, two):
            assert [await listener.next(), await listener.next()] == ["lost", "begun"]
        await admin.execute("NOTIFY two, 'again'")
        assert await two.next() == "again"


async def test_a_listener_that_fails_is_nothing_to_the_others(
    database_url: str, admin: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: str) -> None:
        raise ValueError("of its own")

    async with Listener().on(database_url, "one", fails) as bad, Listener().on(database_url, "one") as good:
        assert [await bad.next(), await good.next()] == ["begun", "begun"]
        await admin.execute("NOTIFY one, 'a'; NOTIFY one, 'b'")
        assert [await good.next(), await good.next()] == ["a", "b"]
    assert [type(record.exc_info[1]) for record in caplog.records if record.exc_info] == [ValueError, ValueError]


async def test_who_comes_while_the_database_is_away_hears_when_it_is_back(
    database_url: str, admin: asyncpg.Connection
) -> None:
    async with Listener().on(database_url, "one") as one:
        assert await one.next() == "begun"
        assert await admin.fetchval(CUT, NAME) == 1
        assert await one.next() == "lost"
        async with Listener().on(database_url, "two") as two:
            assert await two.next() == "begun"
            assert await one.next() == "begun"
            assert await admin.fetchval(CONNECTIONS, NAME) == 1
