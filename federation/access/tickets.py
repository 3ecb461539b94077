"""The owner's side of archives: a holder gets the address of one, and whether each picture may be in it is asked anew
when it is sent."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import Gone, RateLimited
from archypix.core.ids import new_id
from archypix.operations.zipping import Entry, Filed, zipped
from archypix.shares.models import Access, Variant
from archypix.storage.interface import Storage
from federation.access import tickets_store as store
from federation.access.models import MOVED, Decider

PATH: Final = "/access/archives/"
ELSEWHERE: Final = "The owner has moved to another server of the domain: read the actor anew."
MOST: Final = 10_000
WAITS: Final = timedelta(minutes=10)
BATCH: Final = 100
# Archives that one holder fetches at a time.
OF_HOLDER: Final = 4
AT_A_TIME: Final = 2


@dataclass(frozen=True, slots=True)
class Ticket:
    """An archive as it waits: where it is fetched, which only the answer that makes it says, and what is in it."""

    id: UUID
    url: str | None
    pictures: int
    bytes: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """An archive that is being fetched."""

    holder: int
    uris: Sequence[str]
    filename: str


class Tickets:
    """Makes archives for holders. `origin` is that of this server."""

    def __init__(self, database: Database, decider: Decider, storage: Storage, *, origin: str) -> None:
        self._database = database
        self._decider = decider
        self._storage = storage
        self._origin = origin
        self._sending: Counter[int] = Counter()
        # What others ask must not take all connections to the database.
        self._making = asyncio.Semaphore(AT_A_TIME)

    async def offer(self, holder: int, uris: Sequence[str], filename: str, onto: UUID | None = None) -> Ticket | None:
        """An archive of those pictures that the holder may have, or as many more in the archive `onto`.

        None where they are none, or where `onto` is not one of the holder's that waits, or is full. `Gone` (`moved`)
        where all of them have moved to another server.
        """
        secret, ticket_id, expires_at = secrets.token_urlsafe(32), onto or new_id(), clock.now() + WAITS
        async with self._making, self._database.transaction() as connection:
            asked = await self._ask(connection, holder, uris)
            if all(one.status == MOVED for one in asked):
                raise Gone(ELSEWHERE, code="moved")
            found = [one for one in asked if one.status == 200]
            names = [one.uri for one in found]
            if not names:
                return None
            if onto is None:
                await store.insert(connection, ticket_id, holder, _hash(secret), names, filename, expires_at)
            elif not await store.extend(connection, ticket_id, holder, names, MOST):
                return None
        url = f"{self._origin}{PATH}{ticket_id}?key={secret}" if onto is None else None
        return Ticket(ticket_id, url, len(names), sum(one.size or 0 for one in found), expires_at)

    async def take(self, ticket_id: UUID, secret: str) -> Taken:
        """What the address offers; it offers nothing from then on. `Gone` where it does not (any more), `RateLimited`,
        and nothing is taken, where the holder is fetching others."""
        async with self._database.transaction() as connection:
            row = await store.take(connection, ticket_id, _hash(secret))
            if row is not None and self._sending[row["holder_id"]] >= OF_HOLDER:
                raise RateLimited("Wait until your other archives have come.", retry_after=30)
        if row is None:
            raise Gone("This address has expired or was used: ask for a new one.", code="link_expired")
        return Taken(row["holder_id"], row["uris"], row["filename"])

    async def pieces(self, taken: Taken) -> AsyncGenerator[bytes, None]:
        """The archive. What the holder may not have (any more) is named in `missing.txt`."""
        self._sending[taken.holder] += 1
        try:
            async with aclosing(zipped(self._storage, self._batches(taken))) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._sending[taken.holder] -= 1
            if not self._sending[taken.holder]:
                del self._sending[taken.holder]

    async def sweep(self) -> None:
        """Forget what nobody fetched in time."""
        async with self._database.connection() as connection:
            await store.sweep(connection)

    async def _batches(self, taken: Taken) -> AsyncIterator[list[Entry]]:
        for start in range(0, len(taken.uris), BATCH):
            async with self._database.connection() as connection:
                found = await self._ask(connection, taken.holder, taken.uris[start : start + BATCH])
            yield [(one.uri, _filed(one)) for one in found]

    async def _ask(self, connection: Connection, holder: int, uris: Sequence[str]) -> list[Access]:
        items: list[tuple[str, Variant]] = [(uri, "original") for uri in uris]
        return await self._decider.access(connection, holder, items)


def _filed(access: Access) -> Filed | None:
    if access.status != 200 or access.blob_id is None or access.sha256 is None or access.size is None:
        return None
    modified = clock.now().replace(tzinfo=None)
    return Filed(access.filename or "unnamed", access.size, access.sha256, access.blob_id, modified)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
