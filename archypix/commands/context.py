"""What commands that touch libraries stand on: database, storage and ingestion, with or without a running server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from archypix.core.database import Database, migrate
from archypix.core.errors import NotFound
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.services import services
from archypix.core.secrets import derive, master_secret
from archypix.core.settings import Settings
from archypix.storage.factory import open_storage
from archypix.storage.interface import Storage
from archypix.tags.assigning import TagAssigner
from archypix.uploads.ingest import IngestService

CONNECTIONS = 6


@dataclass(frozen=True, slots=True)
class LibraryTools:
    """What a command works with."""

    database: Database
    storage: Storage
    ingest: IngestService
    server_is_running: bool
    master: bytes

    async def account_id(self, name: str) -> int:
        """The account of that name; `NotFound` says that there is none."""
        async with self.database.connection() as connection:
            found = await connection.fetchval(
                "SELECT id FROM accounts WHERE name = $1 AND deleted_at IS NULL", name.strip().lstrip("@").lower()
            )
        if found is None:
            raise NotFound(f"There is no account {name}. Make it with: archypix user create {name}")
        return int(found)

    async def waiting(self, account_id: int, batch_id: UUID) -> int:
        """How many pictures of one import still wait for a worker."""
        async with self.database.connection() as connection:
            return int(
                await connection.fetchval(
                    "SELECT count(*) FROM jobs j JOIN pictures p ON p.id = j.picture_id"
                    " WHERE j.state <> 'failed' AND p.owner_id = $1 AND p.batch_id = $2",
                    account_id,
                    batch_id,
                )
            )

    async def undecodable(self, account_id: int, batch_id: UUID) -> int:
        """How many pictures of one import are kept although nothing could decode them."""
        async with self.database.connection() as connection:
            return int(
                await connection.fetchval(
                    "SELECT count(*) FROM pictures WHERE owner_id = $1 AND batch_id = $2 AND state = 'failed'",
                    account_id,
                    batch_id,
                )
            )


@asynccontextmanager
async def library_tools(settings: Settings) -> AsyncIterator[LibraryTools]:
    """Open everything, start embedded services where no server runs, close it all at the end."""
    data = await asyncio.to_thread(DataDir.open, settings.data)
    async with services(settings) as endpoints:
        await migrate(endpoints.database_url)
        database = await Database.open(endpoints.database_url, size=CONNECTIONS)
        try:
            master = await master_secret(settings, data, database)
            storage = open_storage(settings, derive(master, "files"))
            await storage.start()
            try:
                ingest = IngestService(database, storage, TagAssigner(), max_file_size=settings.max_file_size)
                yield LibraryTools(database, storage, ingest, data.lock("server").is_held(), master)
            finally:
                await storage.stop()
        finally:
            await database.close()
