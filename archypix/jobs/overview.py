"""What administrators see and do about slow work: how much waits, what failed and why, and trying that again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.database import Database
from archypix.jobs import overview_store, store
from archypix.jobs.models import Count, Row
from archypix.pictures.locks import lock_library
from archypix.pictures.trash import tell
from archypix.pictures.trash_store import NAMED, Moved

# Jobs that one call has tried again; the next call goes on.
MOST_RETRIED = 1000


class OverviewService:
    """Jobs of all people. Whether the caller may is decided before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counts(self) -> list[Count]:
        """How many jobs there are of each kind, in each state."""
        async with self._database.connection() as connection:
            return await overview_store.counts(connection)

    async def failed(self, *, before: tuple[datetime, UUID] | None, limit: int) -> list[Row]:
        """At most `limit` jobs that were given up before this one, the newest first."""
        async with self._database.connection() as connection:
            return await overview_store.failed(connection, before=before, limit=limit)

    async def next(self, *, limit: int) -> list[Row]:
        """The jobs that are being done or are done next, in this order."""
        async with self._database.connection() as connection:
            return await overview_store.waiting(connection, limit=limit)

    async def retry(self, actor: Actor, chosen: Sequence[UUID] | None) -> int:
        """Have the chosen failed jobs, or all, tried again as if for the first time; how many, at most 1,000 a call."""
        async with self._database.connection() as connection:
            found = await overview_store.to_retry(connection, chosen, MOST_RETRIED)
        done = 0
        for owner_id, jobs in groupby(found, key=lambda item: item[0]):
            async with self._database.transaction() as connection:
                await lock_library(connection, owner_id)
                pictures = await overview_store.retry(connection, owner_id, [job_id for _, job_id in jobs])
                if pictures:
                    await store.notify(connection)
                    await tell(connection, owner_id, "picture.updated", Moved(len(pictures), pictures[: NAMED + 1]))
                done += len(pictures)
        if done:
            async with self._database.transaction() as connection:
                await audit.record(connection, actor, "jobs.retried", "", {"jobs": done})
        return done
