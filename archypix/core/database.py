"""PostgreSQL: the connection pool, transactions, and migrations under a lock."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeAlias

import asyncpg
import orjson

from archypix.core.errors import BeingMoved, OutOfSpace, StartupError, Unavailable

Connection: TypeAlias = asyncpg.Connection
Row: TypeAlias = asyncpg.Record

OLDEST_POSTGRESQL = 150000
MIGRATION_LOCK = 0x61726368  # "arch": the advisory lock that all servers on one database share
SERVER = "archypix.core"  # whose migrations make the database of a server
RESTING = "AX001"  # what `refuse_resting` raises
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

# What asyncpg raises when the server is away: refused or lost sockets, shutdown, crash recovery, too many clients.
UNREACHABLE = (
    ConnectionError,
    FileNotFoundError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    # What asyncpg says when the server dies in the middle of a call.
    asyncpg.InternalClientError,
)


class Database:
    """A pool of connections. Statements run on a connection that `connection` or `transaction` hands out."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str, *, size: int) -> Database:
        """A pool of at most `size` connections; `StartupError` when the server cannot be reached."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                init=_prepare,
                reset=_leave,
                command_timeout=60,
                timeout=10,
                server_settings={"application_name": "archypix", "jit": "off"},
            )
        except UNREACHABLE as error:
            raise StartupError(f"The database cannot be reached: {error}.") from error
        except asyncpg.PostgresError as error:
            raise StartupError(f"The database refuses the connection: {error}.") from error
        return cls(pool)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for statements that stand alone; `Unavailable` when the database is away or all are busy.

        `OutOfSpace` when its disk is full.
        """
        try:
            connection = await self._pool.acquire(timeout=10)
            try:
                yield connection
            except asyncpg.InterfaceError as error:
                # The same class tells of mistakes in a call; those must stay visible.
                if not _is_gone(connection):
                    raise
                raise Unavailable("The database cannot be reached.", log_detail=repr(error)) from error
            finally:
                await self._pool.release(connection)
        except TimeoutError as error:
            raise Unavailable("The database is too busy.", log_detail=f"pool or statement timeout: {error}") from error
        except asyncpg.DiskFullError as error:
            raise OutOfSpace("The disk that holds the database is full.", log_detail=repr(error)) from error
        except UNREACHABLE as error:
            raise Unavailable("The database cannot be reached.", log_detail=repr(error)) from error
        except asyncpg.PostgresError as error:
            if error.sqlstate == RESTING:
                raise BeingMoved from error
            raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection inside a transaction that commits when the block ends and rolls back when it raises."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def ping(self) -> None:
        """Return when the database answers; `Unavailable` when it does not."""
        async with self.connection() as connection:
            await connection.fetchval("SELECT 1")

    async def close(self, *, within: float = 2.0) -> None:
        """Close the pool; connections still busy after `within` seconds are cut."""
        try:
            async with asyncio.timeout(within):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


def _is_gone(connection: Connection) -> bool:
    """Whether a connection was lost; the pool takes one back at once when its server ends it."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


async def _prepare(connection: Connection) -> None:
    """JSON columns speak orjson; times without a zone and with one arrive as datetimes."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_encode_json, decoder=orjson.loads, format="text"
        )


async def _leave(connection: Connection) -> None:
    """Given back, a connection needs no more than the end of its transaction: nothing is ever set for a session."""


def _encode_json(value: Any) -> str:
    return orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, its file's name, its SQL and the SQL's SHA-256."""

    number: int
    name: str
    sql: str
    digest: bytes


def migrations(package: str = SERVER) -> list[Migration]:
    """The steps that ship with this version in the folder `migrations` of `package`, in order."""
    steps = []
    for file in resources.files(package).joinpath("migrations").iterdir():
        if match := FILE_NAME.fullmatch(file.name):
            sql = file.read_text("utf-8")
            steps.append(Migration(int(match[1]), file.name, sql, hashlib.sha256(sql.encode()).digest()))
    return sorted(steps, key=lambda step: step.number)


async def migrate(url: str, package: str = SERVER) -> list[str]:
    """Bring the database at `url` to this version's schema, as `package` has it; names of the steps that were applied.

    All servers on one database take the same advisory lock, so that one migrates and the others find it done. Each
    step is a transaction together with its row in `migrations`. Raises `StartupError` where the database is too old
    (PostgreSQL 15 is the least), newer than this version, or was migrated by steps that differ from these.
    """
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (*UNREACHABLE, TimeoutError, asyncpg.PostgresError) as error:
        raise StartupError(f"The database cannot be reached: {error}.") from error
    try:
        number = int(await connection.fetchval("SELECT current_setting('server_version_num')"))
        if number < OLDEST_POSTGRESQL:
            raise StartupError(f"PostgreSQL 15 or newer is needed; this one is {number // 10000}.")
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        return await apply_steps(connection, migrations(package))
    finally:
        await connection.close()


async def apply_steps(connection: Connection, steps: list[Migration]) -> list[str]:
    """Apply those of these steps that are missing, for the holder of `MIGRATION_LOCK`; raises as `migrate`."""
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL, digest bytea NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    done = {row["number"]: row for row in await connection.fetch("SELECT number, name, digest FROM migrations")}
    if unknown := sorted(set(done) - {step.number for step in steps}):
        raise StartupError(f"The database was made by a newer version of Archypix (step {unknown[-1]}).")
    applied = []
    for step in steps:
        if row := done.get(step.number):
            if row["digest"] != step.digest:
                raise StartupError(f"The database was made with another {step.name} than this version's.")
            continue
        async with connection.transaction():
            await connection.execute(step.sql)
            await connection.execute(
                "INSERT INTO migrations (number, name, digest) VALUES ($1, $2, $3)", step.number, step.name, step.digest
            )
        applied.append(step.name)
    return applied
