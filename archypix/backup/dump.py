"""The database into files: every table by COPY, all of them and the list of objects in one snapshot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from archypix.backup import entries, schema
from archypix.backup.disk import Packed, explained
from archypix.backup.models import Entry, Kind, Part, Step, Table
from archypix.core.database import UNREACHABLE, Connection
from archypix.core.errors import StartupError, Unavailable
from archypix.storage.keys import blob_key, thumbnail_keys

WANTED: Final = "wanted.gz"
BATCH: Final = 1000
# Of these tables the backup has no rows: secrets go where they can be sealed, holds are of the moment.
LEFT_OUT: Final = frozenset({"migrations", "shared_secrets", "storage_holds"})
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Dumped:
    """What a dump put into the folder of a backup."""

    made_at: datetime
    kind: Kind
    postgresql: int
    steps: list[Step]
    tables: list[Table]
    sequences: dict[str, int]
    shared: dict[str, bytes]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """A connection of its own, without limits of time; `StartupError`, `Unavailable` where the database is away."""
    try:
        connection = await asyncpg.connect(
            url, timeout=10, server_settings={"application_name": "archypix backup", "jit": "off"}
        )
    except (*UNREACHABLE, TimeoutError, asyncpg.PostgresError) as error:
        raise StartupError(f"The database cannot be reached: {error}.") from error
    try:
        yield connection
    except UNREACHABLE as error:
        raise Unavailable("The database went away.", log_detail=repr(error)) from error
    finally:
        connection.terminate()


async def require_whole(connection: Connection) -> Kind:
    """Whose database it is; `StartupError` for one that is empty or of another version of Archypix."""
    kind = await schema.kind(connection)
    await schema.require_present(connection, kind)
    return kind


async def dump(connection: Connection, folder: Path, say: Callable[[str], None]) -> Dumped:
    """Write all rows, and the list of objects that they refer to, into `folder`; one state, whatever is written
    meanwhile. Memory does not grow with the library.

    `StartupError` for a database that is empty or of another version of Archypix; `OutOfSpace`.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        made_at = await connection.fetchval("SELECT clock_timestamp()")
        kind = await require_whole(connection)
        tables = []
        for name in await schema.tables(connection):
            if name not in LEFT_OUT:
                say(f"database: {name}")
                tables.append(await _table(connection, folder, name))
        shared = {}
        if await connection.fetchval("SELECT to_regclass('shared_secrets') IS NOT NULL"):
            rows = await connection.fetch("SELECT name, value FROM shared_secrets ORDER BY name")
            shared = {row["name"]: row["value"] for row in rows}
        await _wanted(connection, folder, kind)
    number = int(await connection.fetchval("SELECT current_setting('server_version_num')"))
    # Read after the rows: what a sequence gave meanwhile is skipped, never given twice.
    steps = await schema.applied(connection)
    return Dumped(made_at, kind, number, steps, tables, await schema.sequences(connection), shared)


async def _table(connection: Connection, folder: Path, name: str) -> Table:
    if not _NAME.fullmatch(name):
        raise StartupError(f"The database has a table that is not of Archypix: {name}.")
    columns = await schema.columns(connection, name)
    with explained(folder):
        packed = await asyncio.to_thread(Packed, folder, f"tables/{name}.gz")
        try:

            async def take(data: bytes) -> None:
                await asyncio.to_thread(packed.write, data)

            done: str = await connection.copy_from_table(name, columns=columns, output=take)
        finally:
            await asyncio.to_thread(packed.close)
    return Table(name, columns, int(done.rpartition(" ")[2]), packed.part)


async def _wanted(connection: Connection, folder: Path, kind: Kind) -> Part:
    with explained(folder):
        packed = await asyncio.to_thread(Packed, folder, WANTED)
        try:
            if kind == "server":
                async for batch in _objects(connection):
                    await asyncio.to_thread(entries.add, packed, batch)
        finally:
            await asyncio.to_thread(packed.close)
    return packed.part


async def _objects(connection: Connection) -> AsyncIterator[list[Entry]]:
    """What the rows of this snapshot refer to, in the order of the keys."""
    async for rows in _batches(
        connection,
        "SELECT id, sha256, size FROM blobs WHERE state = 'live'"
        " ORDER BY sha256, right(replace(id::text, '-', ''), 8) COLLATE \"C\"",
    ):
        yield [Entry(blob_key(row["sha256"], row["id"]), row["size"], row["sha256"].hex()) for row in rows]
    async for rows in _batches(
        connection,
        "SELECT key, size, sha256 FROM drive_scraps WHERE state = 'ready' AND key IS NOT NULL"
        ' ORDER BY key COLLATE "C"',
    ):
        yield [Entry(row["key"], row["size"], row["sha256"].hex()) for row in rows]
    async for rows in _batches(
        connection,
        "SELECT b.id FROM blobs b WHERE b.state = 'live'"
        " AND EXISTS (SELECT 1 FROM pictures p WHERE p.blob_id = b.id AND p.has_thumbnails)"
        " ORDER BY right(b.id::text, 4) COLLATE \"C\", replace(b.id::text, '-', '') COLLATE \"C\"",
    ):
        yield [Entry(key) for row in rows for key in _thumbnails(row["id"])]


def _thumbnails(blob_id: UUID) -> list[str]:
    return sorted(thumbnail_keys(blob_id))


async def _batches(connection: Connection, statement: str) -> AsyncIterator[list[asyncpg.Record]]:
    cursor = await connection.cursor(statement)
    while rows := await cursor.fetch(BATCH):
        yield rows
