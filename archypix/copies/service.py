"""Asking for a copy, and making it: the file streams from its owner's storage into ours, as any file comes in."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from archypix.copies import store
from archypix.copies.models import Copy
from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Forbidden, NotFound, RateLimited, Unavailable
from archypix.core.ids import new_id
from archypix.events.store import emit
from archypix.media.kinds import HEAD_BYTES
from archypix.pictures import provenance
from archypix.pictures.faraway import Faraway, Source
from archypix.pictures.locks import lock_library
from archypix.pictures.names import clean_filename
from archypix.storage.errors import HashMismatch
from archypix.storage.interface import Storage, Writer
from archypix.tags.assigning import TagAssigner
from archypix.uploads.content import Written, check_size
from archypix.uploads.holding import Hold, Holding
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Details

logger = logging.getLogger(__name__)

SOURCE: Final = "copy"
MOST_WAITING: Final = 1_000
AT_A_TIME: Final = 3
LEASE: Final = timedelta(minutes=3)
RENEW_SECONDS: Final = 45.0
# Fifteen seconds, a minute, four minutes, and so on, for about four days.
MOST_ATTEMPTS: Final = 14
FIRST_WAIT: Final = 15.0
LONGEST_WAIT: Final = 12 * 3600.0
GONE: Final = "You do not have this picture any more, or may not copy it."


class CopyService:
    """Copies received pictures. `faraway` reads them where their owners keep them; what fails in passing is tried again
    after `first_wait` seconds, and then more and more."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        ingest: IngestService,
        tags: TagAssigner,
        faraway: Faraway,
        *,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._database = database
        self._storage = storage
        self._ingest = ingest
        self._holding = Holding(database, ingest)
        self._tags = tags
        self._faraway = faraway
        self._first_wait = first_wait
        self._asked = asyncio.Event()

    async def ask(self, account_id: int, picture_id: UUID, tags: tuple[str, ...]) -> Copy:
        """A copy of a received picture, to be made soon; one that waits or is there already is that one.

        Raises `NotFound`, `Conflict` (`own_picture`), `Forbidden` (`copy_not_allowed`), `QuotaExceeded`, `Invalid` for
        tags, `RateLimited` with a thousand waiting.
        """
        self._tags.check(tags)
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            row = await store.received(connection, account_id, picture_id)
            if row is None:
                raise NotFound("There is no picture with this id.")
            if row["origin_uri"] is None:
                raise Conflict("This picture is yours.", code="own_picture")
            owner = await _allowed(connection, picture_id)
            if owner is None:
                raise Forbidden("The owner of this picture does not let you copy it.", code="copy_not_allowed")
            known = await store.newest(connection, account_id, row["origin_uri"])
            if known is not None and (known.state == "waiting" or known.copy_id or known.same_id):
                return known
            if await store.waiting(connection, account_id) >= MOST_WAITING:
                raise RateLimited("Wait until some of your copies are made.", retry_after=60)
            await self._ingest.require_room(connection, library, row["size"])
            copy = await store.insert(
                connection, new_id(), account_id, picture_id, row["origin_uri"], row["origin_owner_id"], owner, tags
            )
        self._asked.set()
        return copy

    async def of(self, account_id: int, picture_id: UUID) -> Copy:
        """What became of the copy of a received picture; `NotFound` where none was asked for."""
        async with self._database.connection() as connection:
            row = await store.received(connection, account_id, picture_id)
            if row is not None and row["origin_uri"] is not None:
                copy = await store.newest(connection, account_id, row["origin_uri"])
                if copy is not None:
                    return copy
        raise NotFound("No copy of this picture was asked for.")

    async def run(self) -> None:
        """Make copies, a few at a time, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_A_TIME):
                tasks.create_task(self._work())

    async def _work(self) -> None:
        while True:
            self._asked.clear()
            while await self.step():
                pass
            async with self._database.connection() as connection:
                due = await store.next_due(connection)
            try:
                async with asyncio.timeout(60.0 if due is None else min(60.0, max(1.0, due))):
                    await self._asked.wait()
            except TimeoutError:
                pass

    async def step(self) -> bool:
        """Make one copy, if one is due."""
        token = uuid4()
        async with self._database.connection() as connection:
            copy = await store.lease(connection, token, LEASE)
        if copy is None:
            return False
        try:
            await self._make(copy, token)
        except (Unavailable, OSError) as error:
            await self._put_off(copy, token, str(error))
        except ArchypixError as error:
            # A file that is another than was said may have been changed at this moment.
            if isinstance(error, HashMismatch) and copy.attempts < 3:
                await self._put_off(copy, token, error.detail)
            else:
                await self._fail(copy, token, error.detail)
        except Exception as error:
            # A mistake of ours with one copy must not end the others that are being made.
            logger.exception("a copy failed")
            if copy.attempts < 3:
                await self._put_off(copy, token, type(error).__name__)
            else:
                await self._fail(copy, token, "It cannot be copied.")
        return True

    async def _make(self, copy: Copy, token: UUID) -> None:
        async def witness(connection: Connection, picture_id: UUID) -> None:
            await _finish(connection, copy, token, picture_id)

        if copy.source_id is None or copy.owner_id is None:
            raise Forbidden(GONE)
        async with self._database.connection() as connection:
            if await _allowed(connection, copy.source_id) is None:
                raise Forbidden(GONE)
        async with self._faraway.original(copy.account_id, (copy.uri, copy.owner_id)) as source:
            check_size(source.size, self._ingest.max_file_size)
            async with self._holding.hold(copy.account_id, source.size) as hold, self._writer(source) as writer:
                content = await self._read(source, writer, hold, token)
                details = Details(
                    clean_filename(source.filename), copy.tags, source=SOURCE, upload_id=hold.upload_id, witness=witness
                )
                await self._ingest.take(copy.account_id, content, details)

    @asynccontextmanager
    async def _writer(self, source: Source) -> AsyncIterator[Writer]:
        async with self._storage.open_writer(media_type="application/octet-stream", size=source.size) as writer:
            yield writer

    async def _read(self, source: Source, writer: Writer, hold: Hold, token: UUID) -> Written:
        """All bytes, which must be those that the owner says they are; `HashMismatch` otherwise."""
        head, renewed = bytearray(), time.monotonic()
        async for chunk in source.chunks():
            if writer.size + len(chunk) > source.size:
                raise HashMismatch
            if len(head) < HEAD_BYTES:
                head += chunk[: HEAD_BYTES - len(head)]
            await writer.write(chunk)
            await hold.cover(writer.size)
            if time.monotonic() - renewed > RENEW_SECONDS:
                renewed = time.monotonic()
                await self._renew(token)
        digest = await writer.finish()
        if writer.size != source.size or digest != source.sha256:
            raise HashMismatch
        return Written(writer, digest, bytes(head))

    async def _renew(self, token: UUID) -> None:
        async with self._database.connection() as connection:
            if not await store.renew(connection, token, LEASE):
                raise Conflict("Somebody else makes this copy.")

    async def _fail(self, copy: Copy, token: UUID, failure: str) -> None:
        async with self._database.transaction() as connection:
            await lock_library(connection, copy.account_id)
            if await store.fail(connection, token, failure[:500]):
                said = {"id": str(copy.source_id), "state": "failed", "picture": None}
                await emit(connection, copy.account_id, "picture.copied", said)

    async def _put_off(self, copy: Copy, token: UUID, why: str) -> None:
        if copy.attempts >= MOST_ATTEMPTS:
            await self._fail(copy, token, "The owner's server did not give the file for days.")
            return
        logger.info("a copy waits: %s", why)
        wait = min(self._first_wait * 4 ** (copy.attempts - 1), LONGEST_WAIT)
        async with self._database.connection() as connection:
            await store.put_off(connection, token, timedelta(seconds=wait))


async def _finish(connection: Connection, copy: Copy, token: UUID, picture_id: UUID) -> None:
    """Write down what the copy is, in the transaction in which the picture comes in or is found to be there."""
    is_copy = await store.is_unclaimed_copy(connection, picture_id)
    same = None if is_copy else picture_id
    if not await store.finish(connection, token, copy_id=picture_id if is_copy else None, same_id=same):
        raise Conflict("Somebody else makes this copy.")
    said = {"id": str(copy.source_id), "state": "done", "picture": str(picture_id)}
    await emit(connection, copy.account_id, "picture.copied", said)


async def _allowed(connection: Connection, picture_id: UUID) -> str | None:
    """The owner's handle, where the shares by which a picture came allow to copy it."""
    found = (await provenance.of_pictures(connection, [picture_id])).get(picture_id)
    return found.owner if found is not None and found.copy and found.originals else None
