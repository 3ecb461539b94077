"""The work of moves at a backend: bringing files and rows of those who come, clearing away what is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from uuid import UUID, uuid4

from archypix.core.database import Database, Row
from archypix.core.errors import ArchypixError, Conflict, Forbidden, Invalid, NotFound, Unavailable
from archypix.moving import arrivals_store, purging, purging_store, scraps_store
from archypix.moving import arrivals_store as store
from archypix.moving.arriving import Arriving
from archypix.moving.models import Arrival
from archypix.moving.ports import Keys, Relations, Source
from archypix.pictures import blob_store
from archypix.storage.interface import Storage

logger = logging.getLogger(__name__)
LEASE_SECONDS: Final = 60.0
RENEW_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 1.0
LONGEST_WAIT: Final = 300.0
AT_ONCE: Final = 1000
# What another try would not change.
FINAL: Final = (Conflict, Forbidden, Invalid, NotFound)


class ArrivalLoop:
    """Works at arrivals, one at a time for each server. `source_for` gives the other backend of one."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        *,
        relations: Relations,
        keys: Keys,
        source_for: Callable[[Arrival], Source],
        days: int = 7,
    ) -> None:
        self._database = database
        self._storage = storage
        self._relations = relations
        self._keys = keys
        self._source_for = source_for
        self._days = days

    async def run(self) -> None:
        """Work at what is due, for ever."""
        while True:
            if not await self.step():
                await asyncio.sleep(LOOK_SECONDS)

    async def step(self) -> bool:
        """Work at one arrival that is due until it is through or cannot go on; whether there was one."""
        lease = uuid4()
        async with self._database.transaction() as connection:
            row = await store.claim(connection, lease, LEASE_SECONDS)
        if row is None:
            return False
        await self._work(row, lease)
        return True

    async def _work(self, row: Row, lease: UUID) -> None:
        held = True

        async def renew() -> None:
            nonlocal held
            while held:
                await asyncio.sleep(RENEW_SECONDS)
                # Without an answer the lease is ours as far as anybody knows.
                with suppress(Unavailable):
                    async with self._database.transaction() as connection:
                        held = await store.renew(connection, row["move"], lease, LEASE_SECONDS)

        renewing = asyncio.create_task(renew())
        arriving = Arriving(
            self._database,
            self._storage,
            store.arrival(row),
            self._source_for(store.arrival(row)),
            relations=self._relations,
            keys=self._keys,
            going_on=lambda: held,
        )
        try:
            await (arriving.copy() if row["state"] == "copying" else arriving.take())
        except* FINAL as group:
            await self._end(row["move"], _first(group))
        except* ArchypixError as group:
            await self._put_off(row, lease, _first(group))
        finally:
            renewing.cancel()

    async def _end(self, move: UUID, error: ArchypixError) -> None:
        logger.warning("move %s cannot go on: %s", move, error)
        async with self._database.transaction() as connection:
            row = await store.lock(connection, move)
            if row is not None and row["state"] in ("copying", "taking"):
                await store.set_state(connection, move, "failed", error=error.detail)

    async def _put_off(self, row: Row, lease: UUID, error: ArchypixError) -> None:
        logger.warning("move %s waits: %s", row["move"], error)
        wait = error.retry_after if isinstance(error, Unavailable) else 5.0
        wait = min(wait * 2 ** min(row["attempts"], 10), LONGEST_WAIT)
        async with self._database.transaction() as connection:
            await store.put_off(connection, row["move"], lease, wait, error.detail)

    async def tidy(self) -> None:
        """Clear away what is over: files that were kept for moves, people who did not come, and who left long ago."""
        async with self._database.connection() as connection:
            over = await store.over(connection)
        for row in over:
            if row["state"] == "dropped" and row["account_id"] is not None:
                await purging.purge(self._database, row["account_id"], lasting=False)
            await self._let_go(row["move"])
        await self._clear_departed()

    async def _clear_departed(self) -> None:
        async with self._database.connection() as connection:
            left = await purging_store.to_sever(connection, AT_ONCE)
        for move, account_id in left:
            await purging.sever(self._database, account_id)
            async with self._database.transaction() as connection:
                await purging_store.severed(connection, move)
        async with self._database.connection() as connection:
            gone = await purging_store.due(connection, self._days, AT_ONCE)
        for move, account_id in gone:
            await purging.purge(self._database, account_id, lasting=True)
            async with self._database.transaction() as connection:
                await purging_store.purged(connection, move)

    async def _let_go(self, move: UUID) -> None:
        while True:
            async with self._database.transaction() as connection:
                await scraps_store.let_go(connection, move)
                blobs = await arrivals_store.let_go(connection, move, AT_ONCE)
                if blobs:
                    await blob_store.condemn_unreferenced(connection, blobs)
            if len(blobs) < AT_ONCE:
                return


def _first(group: BaseExceptionGroup[ArchypixError]) -> ArchypixError:
    """One of the errors that several tasks may have met."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    assert isinstance(found, ArchypixError)
    return found
