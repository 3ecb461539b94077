"""The quota that a file holds while it is being received in one request, and how many may be received at once."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Database
from archypix.core.errors import ArchypixError, QuotaExceeded, RateLimited, Unavailable
from archypix.core.ids import new_id
from archypix.pictures.locks import lock_library
from archypix.uploads import store
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Upload

logger = logging.getLogger(__name__)

# A server that dies leaves its rows to expire; a living one renews them.
LIFETIME = timedelta(minutes=5)
RENEW_SECONDS = 60.0
# What is held ahead of a body whose length nobody announced.
AHEAD = 16 << 20
OF_ONE_ACCOUNT = 16
OF_ALL = 64


class Turnstile:
    """Lets so many uploads of one account, and of all, be received at once."""

    def __init__(self, of_one: int = OF_ONE_ACCOUNT, of_all: int = OF_ALL) -> None:
        self._of_one = of_one
        self._of_all = of_all
        self._inside: Counter[int] = Counter()

    @contextmanager
    def enter(self, account_id: int) -> Iterator[None]:
        """Be inside for the block; `RateLimited` or `Unavailable` when there are too many already."""
        if self._inside[account_id] >= self._of_one:
            raise RateLimited("Too many uploads of yours run at once.", retry_after=2)
        if self._inside.total() >= self._of_all:
            raise Unavailable("Too many uploads run at once.", retry_after=2)
        self._inside[account_id] += 1
        try:
            yield
        finally:
            self._inside[account_id] -= 1
            if not self._inside[account_id]:
                del self._inside[account_id]


class Hold:
    """Quota held for one body. Without a quota nothing is held and `upload_id` is None."""

    def __init__(self, service: Holding, account_id: int, upload_id: UUID | None, size: int, credit: int) -> None:
        self._service = service
        self._account_id = account_id
        self._credit = credit
        self._renewed = time.monotonic()
        self.upload_id = upload_id
        self.size = size

    async def cover(self, received: int) -> None:
        """See that at least the bytes received are held; `QuotaExceeded` when there is no room for them."""
        if self.upload_id is None:
            return
        if received > self.size or time.monotonic() - self._renewed > RENEW_SECONDS:
            self.size = await self._service.grow(
                self._account_id, self.upload_id, received, self.size, credit=self._credit
            )
            self._renewed = time.monotonic()


class Holding:
    """Holds quota for bodies under way."""

    def __init__(self, database: Database, ingest: IngestService) -> None:
        self._database = database
        self._ingest = ingest

    @asynccontextmanager
    async def hold(
        self, account_id: int, announced: int | None, *, overhead: int = 0, credit: int = 0
    ) -> AsyncIterator[Hold]:
        """Hold quota for a body of `announced` bytes (None: unknown) for the block.

        Of the announced bytes up to `overhead` may not belong to the file; `credit` bytes become free when it is
        stored. `QuotaExceeded` when it cannot fit.
        """
        upload_id, size = await self._open(account_id, announced, overhead, credit)
        try:
            yield Hold(self, account_id, upload_id, size, credit)
        finally:
            if upload_id is not None:
                await self._close(upload_id)

    async def grow(self, account_id: int, upload_id: UUID, received: int, held: int, *, credit: int) -> int:
        """Hold at least `received` bytes and live on; how many are held now."""
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            room = await self._ingest.room(connection, library, upload_id=upload_id)
            size = max(received, held)
            if room is not None:
                room += credit
                if received > room:
                    raise QuotaExceeded("The file does not fit into the quota.")
                size = max(min(size + AHEAD, room), received) if received > held else size
            await store.hold(connection, upload_id, size, LIFETIME)
            return size

    async def _open(
        self, account_id: int, announced: int | None, overhead: int, credit: int
    ) -> tuple[UUID | None, int]:
        async with self._database.connection() as connection:
            if await store.is_unlimited(connection, account_id):
                return None, 0
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            room = await self._ingest.room(connection, library)
            if room is None:
                return None, 0
            room += credit
            if room <= 0 or (announced is not None and announced - overhead > room):
                raise QuotaExceeded(f"The file does not fit: {max(0, room)} bytes are left of the quota.")
            size = min(AHEAD if announced is None else announced, room)
            upload = Upload(
                new_id(), account_id, None, None, size, "", None, (), "open", None, False, clock.now() + LIFETIME
            )
            await store.insert(connection, upload, LIFETIME)
            return upload.id, size

    async def _close(self, upload_id: UUID) -> None:
        try:
            async with self._database.transaction() as connection:
                await store.remove(connection, upload_id)
        except ArchypixError as error:
            logger.warning("left a hold on quota to expire: %s", error)
