"""Removing stored originals that nothing needs any more, and what was left half written."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Unavailable
from archypix.pictures import blob_store
from archypix.pictures.blob_store import Blob
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key, thumbnail_keys

logger = logging.getLogger(__name__)

ROUND = 200
ROUNDS = 20
STALE_WRITING_SECONDS = 3600
TOUCH_SECONDS = 600.0


@asynccontextmanager
async def kept_from_sweep(database: Database, blob_id: UUID) -> AsyncIterator[None]:
    """While the block puts a blob's bytes, its row does not grow stale, however long that takes."""

    async def touch() -> None:
        while True:
            await asyncio.sleep(TOUCH_SECONDS)
            try:
                async with database.transaction() as connection:
                    await blob_store.touch_writing(connection, blob_id)
            except Unavailable as error:
                logger.warning("a blob being written could not be touched: %s", error)

    touching = asyncio.create_task(touch())
    try:
        yield
    finally:
        touching.cancel()


async def claim_blob(connection: Connection, sha256: bytes, own: Blob | None) -> UUID | None:
    """The one live blob with these bytes, kept from going: our own, now live, or another; None when there is none.

    Where another is taken, our own is condemned.
    """
    if own is not None and await blob_store.make_live(connection, own.id):
        return own.id
    other = await blob_store.hold_live(connection, sha256)
    if other is not None and own is not None:
        await blob_store.condemn_writing(connection, own.id)
    return other


async def abandon(database: Database, blob: Blob) -> None:
    """Bytes that nobody will need: condemned now if the database answers, else by the sweep."""
    try:
        async with database.transaction() as connection:
            await blob_store.condemn_writing(connection, blob.id)
    except ArchypixError as error:
        logger.warning("left a half-written file to the sweep: %s", error)


class BlobSweeper:
    """Finishes what transactions decided: objects go after their rows say so, rows go after their objects."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def sweep_stale(self) -> int:
        """Condemn rows that have been `writing` for an hour: their writer is dead. At most 200 a call."""
        async with self._database.transaction() as connection:
            return await blob_store.condemn_stale_writing(connection, STALE_WRITING_SECONDS, ROUND)

    async def sweep_condemned(self) -> int:
        """Remove the objects and thumbnails of condemned blobs, then their rows; how many. At most 4000 a call.

        Removing an object twice is harmless and keys are never used again, so several servers may do this at once.
        """
        removed = 0
        for _ in range(ROUNDS):
            count = await self._remove_some()
            removed += count
            if count < ROUND:
                break
        return removed

    async def _remove_some(self) -> int:
        async with self._database.connection() as connection:
            blobs = await blob_store.condemned(connection, ROUND)
        if not blobs:
            return 0
        keys = [blob_key(blob.sha256, blob.id) for blob in blobs]
        keys += [key for blob in blobs for key in thumbnail_keys(blob.id)]
        await self._storage.delete(keys)
        async with self._database.transaction() as connection:
            await blob_store.forget(connection, [blob.id for blob in blobs])
        return len(blobs)
