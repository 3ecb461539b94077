"""Ingest: the one way by which a file becomes a picture, whoever brings it.

The order makes a crash at any point harmless: a row says that bytes are being written, the bytes become durable at
their key, then one transaction makes picture, tags and job. What was left behind between two steps is swept.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from archypix.core import clock, metrics
from archypix.core.database import Connection, Database, Row
from archypix.core.errors import QuotaExceeded, Unavailable
from archypix.core.ids import new_id
from archypix.events.store import emit
from archypix.jobs import store as jobs
from archypix.jobs.models import EXAMINE
from archypix.media.kinds import sniff
from archypix.pictures import blob_store, rows_store
from archypix.pictures.blob_store import Blob
from archypix.pictures.blobs import abandon, claim_blob, kept_from_sweep
from archypix.pictures.dates import order_date
from archypix.pictures.locks import lock_library
from archypix.pictures.names import clean_filename
from archypix.pictures.rows_store import Arrival, Standing
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key
from archypix.tags.assigning import TagAssigner
from archypix.uploads import store
from archypix.uploads.content import Content, open_file
from archypix.uploads.models import Details, Ingested, Witness

# Others may make the same bytes live, or remove them, between two steps; each time it is tried again.
ATTEMPTS = 5


class IngestService:
    """Takes files into libraries."""

    def __init__(self, database: Database, storage: Storage, tags: TagAssigner, *, max_file_size: int) -> None:
        self._database = database
        self._storage = storage
        self._tags = tags
        self.max_file_size = max_file_size

    async def ingest_file(
        self,
        account_id: int,
        path: Path,
        *,
        filename: str,
        tags: Iterable[str] = (),
        tag_source: str = "upload",
        file_date: datetime | None = None,
        source: str = "import",
        batch_id: UUID | None = None,
        sha256: bytes | None = None,
        move: bool = False,
        witness: Witness | None = None,
    ) -> Ingested:
        """Take in a local file; with `move` it is gone afterwards, unless its bytes were there already.

        `file_date` is the file's own date as a naive wall clock, `witness` that of `Details`. Raises OSError when the
        file cannot be read, `Invalid` (codes `empty_file`, `not_a_file`, and for tags), `TooLarge`, `QuotaExceeded`,
        `Conflict` (`file_changed`), `NotFound` for an account without library, `Unavailable`.
        """
        details = Details(
            clean_filename(filename), tuple(tags), tag_source, file_date, source=source, batch_id=batch_id,
            witness=witness,
        )  # fmt: skip
        async with open_file(self._storage, path, max_size=self.max_file_size, sha256=sha256, move=move) as content:
            return await self.take(account_id, content, details)

    async def take(self, account_id: int, content: Content, details: Details) -> Ingested:
        """Take in bytes that are at hand. Raises what `ingest_file` does, and `HashMismatch`."""
        self._tags.check(details.tags)
        own: Blob | None = None
        try:
            for _ in range(ATTEMPTS):
                if own is None:
                    found = await self._prepare(account_id, content, details)
                    if isinstance(found, Ingested):
                        return found
                    if found is None:
                        await content.verify()
                    else:
                        own = found
                        async with kept_from_sweep(self._database, own.id):
                            await content.commit(blob_key(own.sha256, own.id), _media_type(content, details))
                result = await self._settle(account_id, content, details, own)
                if result is not None:
                    own = None
                    metrics.pictures_ingested.labels(details.source).inc()
                    return result
            raise Unavailable("The same file is being stored and removed at this moment. Try again.")
        finally:
            if own is not None:
                await self.abandon(own)

    async def require_room(
        self, connection: Connection, library: Row, size: int, *, upload_id: UUID | None = None
    ) -> None:
        """Return when `size` more bytes fit into the quota of the locked `library`; `QuotaExceeded` otherwise.

        What the upload `upload_id` holds counts as free.
        """
        room = await self.room(connection, library, upload_id=upload_id)
        if room is not None and size > room:
            raise QuotaExceeded(f"This needs {size} bytes, and {max(0, room)} are left of the quota.")

    async def room(self, connection: Connection, library: Row, *, upload_id: UUID | None = None) -> int | None:
        """Bytes left of the quota of the locked `library` (below 0: it is overdrawn); None where there is no limit."""
        if library["quota_bytes"] is None:
            return None
        used = int(library["original_bytes"] + library["version_bytes"] + library["trash_bytes"])
        reserved = await store.reserved(connection, library["account_id"], but=upload_id)
        return int(library["quota_bytes"]) - used - reserved

    async def _prepare(self, account_id: int, content: Content, details: Details) -> Ingested | Blob | None:
        """The picture there is already, or a row for bytes to be written, or None when others' bytes can be shared."""
        blob = Blob(new_id(), content.sha256, content.size)
        async with self._database.connection() as connection:
            if await blob_store.insert_unknown(connection, account_id, blob):
                return blob
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            if standing := await rows_store.find(connection, account_id, sha256=content.sha256):
                return await self._known(connection, standing, details)
            await self.require_room(connection, library, content.size, upload_id=details.upload_id)
            if await blob_store.find_live(connection, content.sha256):
                return None
            await blob_store.insert_writing(connection, blob)
            return blob

    async def _settle(self, account_id: int, content: Content, details: Details, own: Blob | None) -> Ingested | None:
        """The transaction that makes the picture; None when the bytes it counted on are gone."""
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            if standing := await rows_store.find(connection, account_id, sha256=content.sha256):
                if own is not None:
                    await blob_store.condemn_writing(connection, own.id)
                return await self._known(connection, standing, details)
            await self.require_room(connection, library, content.size, upload_id=details.upload_id)
            blob_id = await claim_blob(connection, content.sha256, own)
            return await self._create(connection, account_id, blob_id, content, details) if blob_id else None

    async def _create(
        self, connection: Connection, account_id: int, blob_id: UUID, content: Content, details: Details
    ) -> Ingested:
        media_type = sniff(content.head, details.filename)
        now = clock.now()
        sorted_at, date_source = order_date(None, "", details.file_date, now)
        arrival = Arrival(
            new_id(), account_id, blob_id, content.sha256, content.size, details.filename, media_type.name,
            media_type.kind.value,
            details.file_date, sorted_at, date_source, now, details.batch_id, details.source,
        )  # fmt: skip
        await rows_store.insert(connection, arrival)
        await self._assign(connection, account_id, arrival.id, details)
        await jobs.enqueue(connection, EXAMINE, arrival.id, blob_id, priority=details.priority)
        if details.upload_id is not None:
            await store.finish(connection, details.upload_id, arrival.id, duplicate=False)
        if details.witness is not None:
            await details.witness(connection, arrival.id)
        await emit(connection, account_id, "picture.added", {"id": str(arrival.id)})
        return Ingested(
            arrival.id, False, False, arrival.filename, arrival.sha256, arrival.size, arrival.media_type, arrival.kind,
            "processing", await rows_store.tag_paths(connection, arrival.id) if details.tags else [],
        )  # fmt: skip

    async def _known(self, connection: Connection, standing: Standing, details: Details) -> Ingested:
        """The bytes are there: nothing is stored, but tags that came with them are added."""
        await self._assign(connection, standing.owner_id, standing.id, details)
        if details.upload_id is not None:
            await store.finish(connection, details.upload_id, standing.id, duplicate=True)
        if details.witness is not None:
            await details.witness(connection, standing.id)
        return Ingested(
            standing.id, True, standing.deleted_at is not None, standing.filename, standing.sha256, standing.size,
            standing.media_type, standing.kind, standing.state, await rows_store.tag_paths(connection, standing.id),
        )  # fmt: skip

    async def _assign(self, connection: Connection, account_id: int, picture_id: UUID, details: Details) -> None:
        if details.tags:
            await self._tags.assign(connection, account_id, [picture_id], details.tags, details.tag_source)

    async def abandon(self, blob: Blob) -> None:
        """Bytes that nobody will need: condemned now if the database answers, else by the sweep."""
        await abandon(self._database, blob)


def _media_type(content: Content, details: Details) -> str:
    return sniff(content.head, details.filename).name
