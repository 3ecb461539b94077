"""Files of somebody who arrives, brought from the storage of the other backend: row first, verified, each once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Unavailable
from archypix.core.ids import new_id
from archypix.drives.scraps import object_key
from archypix.moving import arrivals_store, scraps_store
from archypix.moving.models import Offer
from archypix.moving.ports import Source
from archypix.pictures import blob_store
from archypix.pictures.blob_store import Blob
from archypix.pictures.blobs import abandon, claim_blob, kept_from_sweep
from archypix.storage.interface import Storage, Writer
from archypix.storage.keys import VARIANTS, blob_key, thumbnail_key

logger = logging.getLogger(__name__)
AT_ONCE: Final = 4
LARGEST_THUMBNAIL: Final = 8 << 20


class Fetcher:
    """Brings files of one move. What is here already is not brought again."""

    def __init__(self, database: Database, storage: Storage, move: UUID, source: Source) -> None:
        self._database = database
        self._storage = storage
        self._move = move
        self._source = source

    async def fetch_all(self, going_on: Callable[[], bool]) -> None:
        """Everything that the other side offers now, while `going_on` says so."""
        after: str | None = None
        while going_on():
            said = await self._source.blobs(after)
            await self._fetch([Offer.from_json(item) for item in said["items"]], going_on)
            after = said["next"]
            if after is None:
                return

    async def _fetch(self, offers: Sequence[Offer], going_on: Callable[[], bool]) -> None:
        async with self._database.connection() as connection:
            here = await arrivals_store.brought(
                connection, self._move, [bytes.fromhex(offer.sha256) for offer in offers]
            )
        known = {sha256.hex(): found for sha256, found in here.items()}
        waiting = {
            offer.sha256: offer
            for offer in offers
            if offer.scrap or offer.sha256 not in known or known[offer.sha256][1] < len(offer.thumbnails)
        }
        queue = iter(waiting.values())

        async def work() -> None:
            for offer in queue:
                if not going_on():
                    return
                if offer.scrap:
                    await self._fetch_scrap(offer)
                elif offer.sha256 in known:
                    await self._thumbnails(offer, known[offer.sha256][0])
                else:
                    await self._fetch_blob(offer)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(waiting))):
                group.create_task(work())

    async def _fetch_blob(self, offer: Offer) -> None:
        sha256 = bytes.fromhex(offer.sha256)
        own: Blob | None = None
        async with self._database.transaction() as connection:
            there = await blob_store.hold_live(connection, sha256)
            if there is None:
                own = Blob(new_id(), sha256, offer.size)
                await blob_store.insert_writing(connection, own)
        try:
            if own is not None:
                async with kept_from_sweep(self._database, own.id):
                    await self._store(offer, offer.url, offer.size, blob_key(sha256, own.id), sha256)
            async with self._database.transaction() as connection:
                blob_id = await claim_blob(connection, sha256, own)
                if blob_id is None:
                    raise Unavailable("A file is being stored and removed at this moment.", retry_after=1.0)
                await arrivals_store.bring(connection, self._move, sha256, blob_id, offer.size)
            own = None
            await self._thumbnails(offer, blob_id)
        finally:
            if own is not None:
                await abandon(self._database, own)

    async def _thumbnails(self, offer: Offer, blob_id: UUID) -> None:
        """Those of a file that was brought and that are not here. They may be made after the file was: see `_fetch`."""
        for variant in VARIANTS:
            thumbnail = offer.thumbnails.get(variant)
            if thumbnail is None or thumbnail.size > LARGEST_THUMBNAIL:
                continue
            key = thumbnail_key(blob_id, variant)
            if await self._storage.stat(key) is None:
                await self._store(offer, thumbnail.url, thumbnail.size, key, None)
        async with self._database.connection() as connection:
            await arrivals_store.note_thumbnails(
                connection, self._move, bytes.fromhex(offer.sha256), len(offer.thumbnails)
            )

    async def _fetch_scrap(self, offer: Offer) -> None:
        """A file beside the tags. Its row comes first and knows its key; it is swept where the move is given up."""
        assert offer.scrap is not None
        key = object_key(UUID(offer.scrap))
        async with self._database.transaction() as connection:
            if not await scraps_store.announce(connection, self._move, offer, key):
                return
        if await self._storage.stat(key) is None:
            await self._store(offer, offer.url, offer.size, key, bytes.fromhex(offer.sha256))

    async def _store(self, offer: Offer, url: str, size: int, key: str, sha256: bytes | None) -> None:
        media_type = offer.media_type if sha256 is not None else "image/webp"
        async with self._storage.open_writer(media_type=media_type, size=size, key=key) as writer:
            taken = await _copy(self._source.fetch(offer, url, size), writer, size)
            found = await writer.finish()
            if taken != size or (sha256 is not None and found != sha256):
                raise Unavailable(
                    "A file came otherwise than it was announced.",
                    log_detail=f"move {self._move}: {url} has {taken} bytes and the hash {found.hex()}",
                )
            await writer.commit(key)


async def _copy(chunks: AsyncIterator[bytes], writer: Writer, most: int) -> int:
    taken = 0
    async for chunk in chunks:
        taken += len(chunk)
        if taken > most:
            break
        await writer.write(chunk)
    return taken
