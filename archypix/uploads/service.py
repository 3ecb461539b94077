"""Uploads in the batch form: announced with their hashes, put in parts into storage, completed; resumable."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Fault, Gone, Invalid, NotFound, RateLimited
from archypix.core.ids import new_id
from archypix.jobs.models import INTERACTIVE
from archypix.pictures import rows_store
from archypix.pictures.locks import lock_library
from archypix.pictures.names import clean_filename
from archypix.storage.errors import NoSuchObject, UploadIncomplete
from archypix.storage.interface import Part, Storage
from archypix.storage.parts import part_sizes
from archypix.tags.assigning import TagAssigner
from archypix.uploads import store
from archypix.uploads.content import Staged
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Announced, Details, Ingested, Upload
from archypix.uploads.threads import in_thread

logger = logging.getLogger(__name__)

LIFETIME = timedelta(hours=24)
MOST_FILES = 500
MOST_OPEN = 5000
# Each part is a signed address in the answer; one file may have more of them than this.
MOST_PARTS = 2000
SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Known:
    """An announced file that the library has already."""

    picture_id: UUID
    in_trash: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """An announced file that is to be put, part by part. `received` are the numbers of those already there."""

    upload: Upload
    parts: Sequence[Part]
    received: frozenset[int]


class UploadService:
    """Announces, resumes, completes and cancels uploads."""

    def __init__(self, database: Database, storage: Storage, tags: TagAssigner, ingest: IngestService) -> None:
        self._database = database
        self._storage = storage
        self._tags = tags
        self._ingest = ingest

    async def announce(
        self, account_id: int, files: Sequence[Announced], *, batch_id: UUID | None = None
    ) -> list[Known | Planned]:
        """What is to be done for each file, in order. A file announced before and not completed is resumed.

        Tags announced for a file that is there already are added to it. Raises `Invalid` that names files which are
        empty, too large, or have wrong tags, `QuotaExceeded` when not all of them fit, `RateLimited` with 5000 open.
        """
        self._require_sane(files)
        digests = list({file.sha256 for file in files})
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            known = await rows_store.known(connection, account_id, digests)
            resumed = await store.find_open(connection, account_id, digests)
            await self._tag_known(connection, account_id, files, known)
            for file in files:
                if file.sha256 in resumed:
                    _require_same_size(resumed[file.sha256], file)
                    await store.add_tags(connection, resumed[file.sha256].id, file.tags, LIFETIME)
            new = _new_uploads(account_id, batch_id or new_id(), files, known.keys() | resumed.keys())
            await self._ingest.require_room(connection, library, sum(upload.size for upload in new.values()))
            if new and await store.count_open(connection, account_id) + len(new) > MOST_OPEN:
                raise RateLimited("Too many uploads are open: complete or cancel some.", retry_after=60)
            for upload in new.values():
                await store.insert(connection, upload, LIFETIME)
        planned = {digest: await self._plan(upload, fresh=False) for digest, upload in resumed.items()}
        planned |= {digest: await self._plan(upload, fresh=True) for digest, upload in new.items()}
        return [Known(*known[file.sha256]) if file.sha256 in known else planned[file.sha256] for file in files]

    async def status(self, account_id: int, upload_id: UUID) -> Planned:
        """How far an upload is: which parts are there, and addresses for those that are not."""
        return await self._plan(await self._find(account_id, upload_id), fresh=False)

    async def complete(self, account_id: int, upload_id: UUID) -> Ingested:
        """Make the picture once all parts are there. Called again, it answers with the same picture.

        Raises `UploadIncomplete` with the missing parts, `HashMismatch`, `QuotaExceeded`, `Gone` when the picture was
        purged since.
        """
        upload = await self._find(account_id, upload_id)
        if upload.state == "done":
            return await self._done(upload)
        assert upload.sha256 is not None
        details = Details(
            upload.filename, upload.tags, "upload", upload.file_date, "upload", upload.batch_id, upload.id, INTERACTIVE
        )
        try:
            content = await Staged.open(self._storage, upload.id, upload.size, upload.sha256)
            result = await self._ingest.take(account_id, content, details)
        except (NoSuchObject, UploadIncomplete) as error:
            # Another `complete` may have been quicker, and has taken the parts away.
            upload = await self._find(account_id, upload_id)
            if upload.state == "done":
                return await self._done(upload)
            raise UploadIncomplete(await self._missing(upload)) from error
        await self._discard(upload.id)
        return result

    async def cancel(self, account_id: int, upload_id: UUID) -> None:
        """Forget an upload; its parts go, the quota it held is free. A picture that it became stays."""
        upload = await self._find(account_id, upload_id)
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            await store.remove(connection, upload.id)
        await self._discard(upload.id)

    async def sweep_expired(self) -> int:
        """Discard the parts of expired uploads and forget them; how many. At most 100 a call."""
        async with self._database.connection() as connection:
            found = await store.expired(connection, SWEPT_AT_ONCE)
        for upload_id, announced in found:
            if announced:
                await self._storage.discard(upload_id)
        if not found:
            return 0
        async with self._database.transaction() as connection:
            return await store.remove_expired(connection, [upload_id for upload_id, _ in found])

    def _require_sane(self, files: Sequence[Announced]) -> None:
        faults = []
        for number, file in enumerate(files):
            if file.size < 1:
                faults.append(Fault(f"files.{number}.size", "The file is empty."))
            elif file.size > self._ingest.max_file_size:
                faults.append(Fault(f"files.{number}.size", "The file is larger than this server takes."))
        if not 1 <= len(files) <= MOST_FILES:
            faults.append(Fault("files", f"Between 1 and {MOST_FILES} files."))
        if faults:
            raise Invalid("These files cannot be announced.", faults=tuple(faults[:50]))
        if len(files) > 1 and sum(len(part_sizes(file.size)) for file in files) > MOST_PARTS:
            raise Invalid("These files have too many parts together: announce fewer at once.")
        for file in files:
            self._tags.check(file.tags)

    async def _tag_known(
        self,
        connection: Connection,
        account_id: int,
        files: Sequence[Announced],
        known: Mapping[bytes, tuple[UUID, bool]],
    ) -> None:
        for file in files:
            if file.tags and file.sha256 in known:
                await self._tags.assign(connection, account_id, [known[file.sha256][0]], file.tags, "upload")

    async def _find(self, account_id: int, upload_id: UUID) -> Upload:
        async with self._database.connection() as connection:
            upload = await store.find(connection, account_id, upload_id)
        if upload is None:
            raise NotFound("There is no such upload, or it has expired.")
        return upload

    async def _done(self, upload: Upload) -> Ingested:
        async with self._database.connection() as connection:
            picture = await rows_store.find(connection, upload.account_id, picture_id=upload.picture_id)
            if picture is None:
                raise Gone("The picture of this upload was removed.")
            tags = await rows_store.tag_paths(connection, picture.id)
        return Ingested(
            picture.id, upload.duplicate, picture.deleted_at is not None, picture.filename, picture.sha256,
            picture.size, picture.media_type, picture.kind, picture.state, tags,
        )  # fmt: skip

    async def _plan(self, upload: Upload, *, fresh: bool) -> Planned:
        if upload.state == "done":
            return Planned(upload, (), frozenset())
        seconds = max(1, int((upload.expires_at - clock.now()).total_seconds()))
        parts = await in_thread(self._storage.plan_upload, upload.id, upload.size, expires_in=seconds)
        present = {} if fresh else await self._storage.uploaded_parts(upload.id)
        return Planned(upload, parts, frozenset(part.number for part in parts if present.get(part.number) == part.size))

    async def _missing(self, upload: Upload) -> list[int]:
        present = await self._storage.uploaded_parts(upload.id)
        return [number for number, size in enumerate(part_sizes(upload.size), 1) if present.get(number) != size]

    async def _discard(self, upload_id: UUID) -> None:
        try:
            await self._storage.discard(upload_id)
        except ArchypixError as error:
            logger.warning("left the parts of an upload to the sweep: %s", error)


def _new_uploads(account_id: int, batch_id: UUID, files: Sequence[Announced], there: Set[bytes]) -> dict[bytes, Upload]:
    """An upload for each hash that is not `there`; a file announced twice is one, with the tags of both."""
    new: dict[bytes, Upload] = {}
    for file in files:
        if file.sha256 in there:
            continue
        if upload := new.get(file.sha256):
            _require_same_size(upload, file)
            new[file.sha256] = replace(upload, tags=tuple(dict.fromkeys(upload.tags + file.tags)))
        else:
            new[file.sha256] = Upload(
                new_id(), account_id, batch_id, file.sha256, file.size, clean_filename(file.filename), file.file_date,
                file.tags, "open", None, False, clock.now() + LIFETIME,
            )  # fmt: skip
    return new


def _require_same_size(upload: Upload, file: Announced) -> None:
    if upload.size != file.size:
        raise Invalid("A file with this SHA-256 was announced with another size.", code="size_mismatch")
