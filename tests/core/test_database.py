"""Migrations, transactions, and what a database that is away looks like."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from archypix.core.database import Database, migrate, migrations
from archypix.core.errors import StartupError, Unavailable


async def test_migrating_again_does_nothing_and_many_at_once_do_it_once(database_url: str) -> None:
    assert await migrate(database_url) == []
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    applied = await asyncio.gather(*(migrate(database_url) for _ in range(5)))
    assert sorted(map(len, applied)) == [0, 0, 0, 0, len(migrations())]


async def test_a_database_of_a_newer_or_another_version_is_refused(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("INSERT INTO migrations (number, name, digest) VALUES (9999, '9999_future.sql', 'x')")
    with pytest.raises(StartupError, match="newer version"):
        await migrate(database_url)
    await connection.execute("DELETE FROM migrations WHERE number = 9999; UPDATE migrations SET digest = 'x'")
    with pytest.raises(StartupError, match="another 0001_library"):
        await migrate(database_url)
    await connection.close()


async def test_nobody_listening_is_said_plainly(tmp_path: object) -> None:
    with pytest.raises(StartupError, match="cannot be reached"):
        await migrate(f"postgresql://archypix@/archypix?host={tmp_path}")
    with pytest.raises(StartupError, match="cannot be reached"):
        await Database.open("postgresql://archypix@127.0.0.1:1/archypix", size=2)


async def test_a_transaction_commits_or_leaves_nothing(database_url: str) -> None:
    database = await Database.open(database_url, size=2)
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO accounts (name) VALUES ('kept')")
    with pytest.raises(RuntimeError):
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO accounts (name) VALUES ('dropped')")
            raise RuntimeError
    async with database.connection() as connection:
        assert [row["name"] for row in await connection.fetch("SELECT name FROM accounts")] == ["kept"]
    await database.close()


async def test_a_lost_connection_is_unavailable_and_the_next_one_works(database_url: str, postgres_url: str) -> None:
    database = await Database.open(database_url, size=1)
    admin = await asyncpg.connect(postgres_url)
    with pytest.raises(Unavailable):
        async with database.transaction() as connection:
            own = await connection.fetchval("SELECT pg_backend_pid()")
            await admin.execute("SELECT pg_terminate_backend($1)", own)
            await connection.fetchval("SELECT pg_sleep(1)")
    await database.ping()
    await admin.close()
    await database.close()


async def test_mistakes_in_a_statement_stay_visible(database_url: str) -> None:
    database = await Database.open(database_url, size=1)
    with pytest.raises(asyncpg.InterfaceError):
        async with database.connection() as connection:
            await connection.fetchval("SELECT $1::integer", 1, 2)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.connection() as connection:
            await connection.execute("INSERT INTO accounts (name) VALUES ('a'), ('a')")
    await database.close()
