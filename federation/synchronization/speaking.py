"""What is said of a share beside a delivery: the digest of what its receiver should hold at that moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from archypix.core.database import Connection, Database
from federation.documents.synchronization import Synchronization
from federation.outbound.cache import Cache
from federation.sharing import ids
from federation.synchronization import speaking_store

# A share that has ended is told to thousands, each of whom has nothing to compare any more.
ENDED_SECONDS = 5.0
MOST_ENDED = 1_000

# (digest, number of pictures) of what a row of `remote_actors` should hold by a share; None: nothing, or no more.
Digest: TypeAlias = Callable[[Connection, UUID, int], Awaitable[tuple[bytes, int] | None]]


class Speaker:
    """An `outbox.models.Synchronizing`."""

    def __init__(self, database: Database, digest: Digest) -> None:
        self._database = database
        self._digest = digest
        self._ended: Cache[UUID, bool] = Cache(MOST_ENDED, ENDED_SECONDS)

    async def __call__(self, collection: str, inbox: str, actor_uri: str) -> Synchronization | None:
        """The digest for whoever has `inbox`; None for what is no living share of the actor, or none of theirs."""
        place = ids.read_share(collection)
        if place is None or place[0] != actor_uri or self._ended.get(place[1]):
            return None
        async with self._database.connection() as connection:
            rows = await speaking_store.receivers(connection, place[1], inbox)
            if rows is None:
                self._ended.put(place[1], True)
                return None
            for row in rows:
                if (found := await self._digest(connection, place[1], row)) is not None:
                    return Synchronization(collection, collection, found[0])
        return None
