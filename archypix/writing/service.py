"""Writing what people set into their files: asked for by edits, done by workers, taken in here."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.core.errors import Conflict, QuotaExceeded, Unavailable
from archypix.core.ids import new_id
from archypix.events.store import emit
from archypix.jobs import store as jobs
from archypix.jobs.leases import hold
from archypix.jobs.models import EXAMINE, Claim, Target
from archypix.media.wanted import EMBEDDED, FIELDS, complete
from archypix.pictures import blob_store, rows_store, versions_store
from archypix.pictures.blob_store import Blob
from archypix.pictures.blobs import abandon, claim_blob, kept_from_sweep
from archypix.pictures.locks import lock_library
from archypix.pictures.rows_store import Standing
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import Part, Storage
from archypix.storage.keys import VARIANTS, blob_key, thumbnail_key
from archypix.writing import store
from archypix.writing.models import (
    CRASHED,
    DUPLICATE,
    EXHAUSTED,
    FAILED,
    MOST_PICTURES,
    NO_ROOM,
    PATIENCE,
    SYNCED,
    UNSUPPORTED,
    UNWRITABLE,
    File,
)

logger = logging.getLogger(__name__)

ADDRESS_SECONDS = 4 * 3600
ATTEMPTS = 3
SAID = {"crashed": CRASHED, "exhausted": EXHAUSTED, "unreadable": UNWRITABLE}


class Room(Protocol):
    """Returns when so many more bytes fit into the quota of the locked library; `QuotaExceeded` otherwise."""

    async def __call__(self, connection: Connection, library: Row, size: int) -> None: ...


async def request(connection: Connection, owner_id: int, picture_ids: Sequence[UUID]) -> None:
    """In a transaction that changed what people set: have the files of these pictures written, after a moment.

    At most 10,000 ids a call; the transaction has the library's writer lock. Pictures of which nothing was ever set,
    and all of a library that wants no files written, are left alone.
    """
    if len(picture_ids) > MOST_PICTURES:
        raise ValueError("too many pictures in one call")
    if await store.is_wanted(connection, owner_id):
        await store.request(connection, owner_id, picture_ids, sorted(EMBEDDED), PATIENCE)
    else:
        await store.withdraw(connection, owner_id, picture_ids)


class WritingService:
    """The server's part of jobs of the kind `write`. `room` says whether bytes fit into a quota."""

    def __init__(self, database: Database, storage: Storage, room: Room) -> None:
        self._database = database
        self._storage = storage
        self._room = room

    # What JobService asks of a kind of jobs.

    async def describe(self, connection: Connection, claims: Sequence[Claim]) -> Mapping[UUID, dict[str, Any]]:
        """By job, what a worker needs beside the file: the values to write."""
        rows = {row["id"]: row for row in await store.values(connection, [claim.picture_id for claim in claims])}
        return {claim.id: {"values": wanted(rows[claim.picture_id])} for claim in claims if claim.picture_id in rows}

    async def give_up(self, connection: Connection, target: Target, why: str) -> None:
        """A job is not tried again: the picture says so, and its file is as it was."""
        await self._say(connection, target, FAILED, SAID[why])

    # What workers call.

    async def parts(self, job_id: UUID, token: UUID, file: File) -> Sequence[Part]:
        """Where to put the written file; nowhere, when the picture has these very bytes.

        Raises `Gone` when the lease was lost, `QuotaExceeded` or `Conflict` where the file cannot be taken.
        """
        async with self._database.transaction() as connection:
            _, target = await hold(connection, job_id, token)
            library = await lock_library(connection, target.owner_id)
            picture = await self._standing(connection, target)
            if picture.sha256 == file.sha256:
                return []
            await self._require(connection, library, picture, file)
        return self._storage.plan_upload(token, file.size, expires_in=ADDRESS_SECONDS)

    async def refuse(self, job_id: UUID, token: UUID, reason: str, *, unsupported: bool = False) -> None:
        """A worker could not, or would not, write a file: the picture says why."""
        async with self._database.transaction() as connection:
            _, target = await hold(connection, job_id, token)
            await self._say(connection, target, UNSUPPORTED if unsupported else FAILED, reason)
            await jobs.finish(connection, job_id)

    async def take(self, job_id: UUID, token: UUID, file: File, metadata: Mapping[str, Any]) -> None:
        """The file that a worker wrote and put becomes the picture's; `metadata` is all that it says of itself.

        Raises `Gone` when the lease was lost, and then nothing is changed; `UploadIncomplete`, `HashMismatch`.
        """
        own: Blob | None = None
        try:
            for _ in range(ATTEMPTS):
                picture, needed = await self._prepare(job_id, token, file)
                if needed and own is None:
                    own = await self._put(token, file, picture)
                thumbnails = await self._copy_thumbnails(picture, own)
                if await self._settle(job_id, token, file, metadata, own, thumbnails=thumbnails):
                    own = None
                    await self._storage.discard(token)
                    return
            raise Unavailable("The same file is being stored and removed at this moment.")
        finally:
            if own is not None:
                await abandon(self._database, own)

    async def discard(self, token: UUID) -> None:
        """What was put for a lease that is over goes."""
        await self._storage.discard(token)

    async def _prepare(self, job_id: UUID, token: UUID, file: File) -> tuple[Standing, bool]:
        """The picture before it changes, and whether the file has to be stored."""
        async with self._database.transaction() as connection:
            _, target = await hold(connection, job_id, token)
            picture = await self._standing(connection, target)
            return picture, await blob_store.find_live(connection, file.sha256) is None

    async def _put(self, token: UUID, file: File, picture: Standing) -> Blob:
        """The parts that the worker put, as a blob that nothing refers to yet."""
        blob = Blob(new_id(), file.sha256, file.size)
        async with self._database.transaction() as connection:
            await blob_store.insert_writing(connection, blob)
        try:
            async with kept_from_sweep(self._database, blob.id):
                await self._storage.assemble(
                    token, blob_key(blob.sha256, blob.id), size=file.size, media_type=picture.media_type,
                    sha256=file.sha256,
                )  # fmt: skip
        except BaseException:
            await abandon(self._database, blob)
            raise
        return blob

    async def _copy_thumbnails(self, picture: Standing, own: Blob | None) -> bool:
        """Whether the new blob has thumbnails: those of the old one, since the pixels are the same."""
        if own is None or not picture.has_thumbnails:
            return False
        try:
            for variant in VARIANTS:
                await self._storage.copy(thumbnail_key(picture.blob_id, variant), thumbnail_key(own.id, variant))
        except NoSuchObject:
            return False
        return True

    async def _settle(
        self, job_id: UUID, token: UUID, file: File, metadata: Mapping[str, Any], own: Blob | None, *, thumbnails: bool
    ) -> bool:
        """The transaction that gives the picture its new file; False when the bytes it counted on are gone."""
        async with self._database.transaction() as connection:
            _, target = await hold(connection, job_id, token)
            library = await lock_library(connection, target.owner_id)
            picture = await self._standing(connection, target)
            if await self._ends_early(connection, job_id, target, library, picture, file):
                if own is not None:
                    await blob_store.condemn_writing(connection, own.id)
                return True
            keeping = await self._keeps(connection, library, picture)
            blob_id = await claim_blob(connection, file.sha256, own)
            if blob_id is None:
                return False
            if keeping:
                await versions_store.keep(connection, picture)
            # Those of the old blob do not do where the file is turned otherwise.
            turned = orientation(metadata) != orientation(await store.metadata(connection, picture.id))
            thumbnails = thumbnails and own is not None and blob_id == own.id and not turned
            columns = _columns(picture, file, blob_id, thumbnails=thumbnails)
            await self._finish(connection, job_id, target, columns)
            await rows_store.put_metadata(connection, picture.id, metadata)
            if columns.get("state") == "processing":
                await jobs.enqueue(connection, EXAMINE, picture.id, blob_id)
            await blob_store.condemn_unreferenced(connection, [picture.blob_id])
            return True

    async def _ends_early(
        self, connection: Connection, job_id: UUID, target: Target, library: Row, picture: Standing, file: File
    ) -> bool:
        """Whether the file is not needed, not yet or not at all; then the job is settled."""
        if not await store.is_examined(connection, picture.id):
            # Whatever examines it holds the present file; this job waits its turn.
            await jobs.put_off(connection, job_id, "the picture is being examined", crashed=False)
            return True
        if picture.sha256 == file.sha256:
            await self._finish(connection, job_id, target, {})
            return True
        try:
            await self._require(connection, library, picture, file)
        except (QuotaExceeded, Conflict) as error:
            await self._say(connection, target, FAILED, NO_ROOM if isinstance(error, QuotaExceeded) else DUPLICATE)
            await jobs.finish(connection, job_id)
            return True
        return False

    async def _finish(self, connection: Connection, job_id: UUID, target: Target, columns: Mapping[str, Any]) -> None:
        """The file says what people set: so say the picture's fields, and the job goes."""
        subject = await store.subject(connection, target.id)
        written = complete(subject.edited_fields & FIELDS) if columns else subject.written_fields
        if columns:
            columns = dict(columns) | {"uploaded_sha256": subject.uploaded_sha256 or columns["uploaded_sha256"]}
            written |= subject.written_fields
        state = {"metadata_state": SYNCED, "metadata_failure": None, "written_fields": sorted(written)}
        await rows_store.update(connection, target.id, {**columns, **state})
        await jobs.finish(connection, job_id)
        await emit(connection, target.owner_id, "picture.updated", {"id": str(target.id)})

    async def _require(self, connection: Connection, library: Row, picture: Standing, file: File) -> None:
        """Return when the file can be taken; `QuotaExceeded` or `Conflict` otherwise."""
        other = await rows_store.find(connection, picture.owner_id, sha256=file.sha256)
        if other is not None and other.id != picture.id:
            raise Conflict(DUPLICATE, code="duplicate")
        freed = 0 if await self._keeps(connection, library, picture) else picture.size
        await self._room(connection, library, file.size - freed)

    async def _keeps(self, connection: Connection, library: Row, picture: Standing) -> bool:
        """Whether the present file is kept.

        One that we wrote ourselves never is: it differs from the next one, and from the upload, by what people set and
        no more.
        """
        if (await store.subject(connection, picture.id)).written_fields:
            return False
        return await versions_store.keeps(connection, library["version_mode"], picture.id)

    async def _say(self, connection: Connection, target: Target, state: str, reason: str) -> None:
        await rows_store.update(connection, target.id, {"metadata_state": state, "metadata_failure": reason})
        await emit(connection, target.owner_id, "picture.updated", {"id": str(target.id)})

    async def _standing(self, connection: Connection, target: Target) -> Standing:
        picture = await rows_store.find(connection, target.owner_id, picture_id=target.id)
        assert picture is not None
        return picture


def wanted(row: Row) -> dict[str, Any]:
    """The values to write of a row of `store.values`, as JSON: of all fields that people set or that were written."""
    fields = complete(frozenset(row["edited_fields"]) | frozenset(row["written_fields"]))
    return {name: _plain(row[name]) for name in sorted(fields)}


def orientation(metadata: Mapping[str, Any]) -> str:
    """How a file says that it is turned, in its metadata as JSON."""
    exif = metadata.get("exif")
    return str(exif.get("Orientation", 1)) if isinstance(exif, Mapping) else "1"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _columns(picture: Standing, file: File, blob_id: UUID, *, thumbnails: bool) -> dict[str, Any]:
    """What of the picture changes with its file. Without thumbnails it is examined once more."""
    columns: dict[str, Any] = {
        "blob_id": blob_id,
        "sha256": file.sha256,
        "size": file.size,
        "version": picture.version + 1,
        "uploaded_sha256": picture.sha256,
    }
    if thumbnails or not picture.has_thumbnails:
        return columns
    return columns | {"has_thumbnails": False, "state": "processing"}
