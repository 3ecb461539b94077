"""Another file for a picture that is there: put over it, or brought back from its earlier ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, NotFound, Unavailable
from archypix.core.ids import new_id
from archypix.media.kinds import Kind, sniff
from archypix.pictures import blob_store, rows_store, versions_store
from archypix.pictures.blob_store import Blob
from archypix.pictures.blobs import claim_blob, kept_from_sweep
from archypix.pictures.locks import lock_library
from archypix.pictures.rows_store import Standing
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key
from archypix.uploads.content import Content
from archypix.uploads.ingest import ATTEMPTS, IngestService
from archypix.writing import service as writing
from archypix.writing.refile import NewFile, refile

# Told the picture as it was and its new file, inside the transaction that replaces; what it raises prevents that.
Witness: TypeAlias = Callable[[Connection, Standing, NewFile], Awaitable[None]]
NO_PICTURE = "There is no such picture."
IN_TRASH = "This picture is in the trash: restore it first."
RECEIVED = "This picture is another person's: only they can put another file in its place."


@dataclass(frozen=True, slots=True)
class Replaced:
    """The picture's file now: its `version` number, the picture's `state`, and whether anything `changed`."""

    changed: bool
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class _Putting:
    """A file on its way over another one."""

    file: NewFile
    upload_id: UUID | None
    keep: bool
    witness: Witness | None


class ReplaceService:
    """Gives pictures other files, and keeps those they had as the library's setting says.

    `version_mode` `all` keeps every file, `original` only the first one, `none` none.
    """

    def __init__(self, database: Database, storage: Storage, ingest: IngestService) -> None:
        self._database = database
        self._storage = storage
        self._ingest = ingest

    async def credit(self, account_id: int, picture_id: UUID) -> int:
        """How many bytes of quota become free when the picture gets another file: those of its own, if not kept.

        `NotFound` when the picture is not the account's, `Conflict` when it is in the trash.
        """
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            picture = await _replaceable(connection, account_id, picture_id)
            return 0 if await versions_store.keeps(connection, library["version_mode"], picture.id) else picture.size

    async def replace(
        self,
        account_id: int,
        picture_id: UUID,
        content: Content,
        *,
        file_date: datetime | None = None,
        upload_id: UUID | None = None,
        keep: bool = False,
        witness: Witness | None = None,
    ) -> Replaced:
        """Put a file over a picture's; the same bytes change nothing. With `keep` the present file stays in any mode.

        Raises `NotFound`, `Conflict` (in the trash; or the bytes are another picture of the library, code
        `duplicate`), `QuotaExceeded`, `Unavailable`.
        """
        async with self._database.connection() as connection:
            picture = await _replaceable(connection, account_id, picture_id)
        media_type = sniff(content.head, picture.filename)
        file = NewFile(content.sha256, content.size, media_type.name, media_type.kind.value, file_date)
        putting = _Putting(file, upload_id, keep, witness)
        own: Blob | None = None
        try:
            for _ in range(ATTEMPTS):
                if own is None:
                    found = await self._prepare(account_id, picture_id, putting)
                    if isinstance(found, Replaced):
                        return found
                    if found is None:
                        await content.verify()
                    else:
                        own = found
                        async with kept_from_sweep(self._database, own.id):
                            await content.commit(blob_key(own.sha256, own.id), file.media_type)
                result = await self._settle(account_id, picture_id, putting, own)
                if result is not None:
                    own = None
                    return result
            raise Unavailable("The same file is being stored and removed at this moment. Try again.")
        finally:
            if own is not None:
                await self._ingest.abandon(own)

    async def restore(self, account_id: int, picture_id: UUID, number: int) -> Replaced:
        """Make an earlier file the picture's present one.

        With mode `all` the present one becomes an earlier one in turn; with the others it is given up.
        """
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            picture = await _replaceable(connection, account_id, picture_id)
            version = await versions_store.find(connection, account_id, picture_id, number)
            if version is None:
                raise NotFound("This picture has no such version.")
            await _require_unique(connection, account_id, picture, version.sha256)
            await versions_store.remove(connection, version.id)
            if library["version_mode"] == "all":
                await versions_store.keep(connection, picture)
            file = NewFile(version.sha256, version.size, version.media_type, _kind_of(version.media_type), None)
            return await _swap(connection, picture, file, version.blob_id)

    async def _prepare(self, account_id: int, picture_id: UUID, putting: _Putting) -> Replaced | Blob | None:
        file = putting.file
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            picture = await _replaceable(connection, account_id, picture_id)
            if picture.sha256 == file.sha256:
                return Replaced(False, picture.version, picture.state)
            await _require_unique(connection, account_id, picture, file.sha256)
            await self._require_room(connection, library, picture, putting)
            if await blob_store.find_live(connection, file.sha256):
                return None
            blob = Blob(new_id(), file.sha256, file.size)
            await blob_store.insert_writing(connection, blob)
            return blob

    async def _settle(self, account_id: int, picture_id: UUID, putting: _Putting, own: Blob | None) -> Replaced | None:
        file = putting.file
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            picture = await _replaceable(connection, account_id, picture_id)
            if picture.sha256 == file.sha256:
                if own is not None:
                    await blob_store.condemn_writing(connection, own.id)
                return Replaced(False, picture.version, picture.state)
            await _require_unique(connection, account_id, picture, file.sha256)
            keeping = await self._require_room(connection, library, picture, putting)
            blob_id = await claim_blob(connection, file.sha256, own)
            if blob_id is None:
                return None
            if keeping:
                await versions_store.keep(connection, picture)
            if putting.witness is not None:
                await putting.witness(connection, picture, file)
            replaced = await _swap(connection, picture, file, blob_id)
            # What people set holds for whatever file the picture has; one brought back stays as it was.
            await writing.request(connection, account_id, [picture_id])
            return replaced

    async def _require_room(self, connection: Connection, library: Row, picture: Standing, putting: _Putting) -> bool:
        """Return whether the present file is kept; `QuotaExceeded` when the new one does not fit beside what stays."""
        keeping = putting.keep or await versions_store.keeps(connection, library["version_mode"], picture.id)
        freed = 0 if keeping else picture.size
        await self._ingest.require_room(connection, library, putting.file.size - freed, upload_id=putting.upload_id)
        return keeping


def _kind_of(media_type: str) -> str:
    """The kind that a media type is of; what the worker finds replaces it."""
    if media_type.startswith("video/"):
        return Kind.VIDEO.value
    if media_type.startswith("image/x-"):
        return Kind.RAW.value
    return Kind.IMAGE.value if media_type.startswith("image/") else Kind.OTHER.value


async def _replaceable(connection: Connection, account_id: int, picture_id: UUID) -> Standing:
    picture = await rows_store.find(connection, account_id, picture_id=picture_id)
    if picture is None:
        raise NotFound(NO_PICTURE)
    if picture.origin_uri is not None:
        raise Conflict(RECEIVED, code="received_picture")
    if picture.deleted_at is not None:
        raise Conflict(IN_TRASH, code="in_trash")
    return picture


async def _require_unique(connection: Connection, account_id: int, picture: Standing, sha256: bytes) -> None:
    other = await rows_store.find(connection, account_id, sha256=sha256)
    if other is not None and other.id != picture.id:
        raise Conflict(f"These bytes are another picture of this library: {other.id}.", code="duplicate")


async def _swap(connection: Connection, picture: Standing, file: NewFile, blob_id: UUID) -> Replaced:
    row = await refile(connection, picture, file, blob_id)
    await blob_store.condemn_unreferenced(connection, [picture.blob_id])
    return Replaced(True, row["version"], row["state"])
