"""The owner's side: for a holder who has proved to be one, addresses of files that work for a minute or some."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from archypix.core.database import Database
from archypix.shares.models import Access
from archypix.storage.interface import Storage
from archypix.storage.keys import VARIANTS, blob_key
from federation.access.models import Decider, Granted, Item, Refusal, Result

# An address lives for at least one step and at most two, and is the same for whoever asks within a step.
ORIGINAL_STEP: Final = 60
THUMBNAIL_STEP: Final = 450
# Questions of others must not take all connections to the database.
AT_A_TIME: Final = 4
UNKNOWN: Final = Refusal(404, "There is no such picture.")


class AccessDesk:
    """Answers holders. `origin` is put before addresses of files that this server serves itself."""

    def __init__(
        self,
        database: Database,
        decider: Decider,
        storage: Storage,
        *,
        origin: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._decider = decider
        self._storage = storage
        self._origin = origin
        self._clock = clock
        self._deciding = asyncio.Semaphore(AT_A_TIME)

    async def answer(self, holder: int, items: Sequence[Item]) -> list[Result]:
        """What that holder (a row of `remote_actors`) gets for each item, in their order; none fails another."""
        asked = [(item.uri, "small" if item.variant == "thumbnails" else item.variant) for item in items]
        async with self._deciding, self._database.connection() as connection:
            found = await self._decider.access(connection, holder, asked)
        expires = -(-(int(self._clock()) + THUMBNAIL_STEP) // THUMBNAIL_STEP) * THUMBNAIL_STEP
        return [self._result(item, access, expires) for item, access in zip(items, found, strict=True)]

    def _result(self, item: Item, access: Access, expires: int) -> Result:
        if access.status != 200:
            return Refusal(access.status, access.detail)
        if access.blob_id is None:
            return UNKNOWN
        if item.variant == "original":
            return self._original(access, access.blob_id, attachment=item.attachment)
        paths = self._storage.thumbnail_urls(access.blob_id, expires)
        names = VARIANTS if item.variant == "thumbnails" else (item.variant,)
        return Granted({name: self._origin + paths[name] for name in names}, expires - self._clock())

    def _original(self, access: Access, blob_id: UUID, *, attachment: bool) -> Result:
        if access.sha256 is None:
            return UNKNOWN
        media_type = access.media_type or "application/octet-stream"
        url = self._storage.presign_get(
            blob_key(access.sha256, blob_id),
            expires_in=ORIGINAL_STEP,
            media_type=media_type,
            filename=access.filename,
            inline=not attachment,
            granularity=ORIGINAL_STEP,
            origin=self._origin,
        )
        return Granted(
            {"original": url},
            float(ORIGINAL_STEP),
            access.sha256,
            access.size,
            media_type,
            access.filename or "",
            blob_id,
        )
