"""Holds on storage: while one lasts, no object is removed that a row of the database once spoke of."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from archypix.core.database import Database
from archypix.core.errors import Conflict, Unavailable
from archypix.core.ids import new_id

logger = logging.getLogger(__name__)

# True, as a condition in SQL, when nothing may be removed. Sweeps ask for it in the statement that chooses what goes.
HELD: Final = "EXISTS (SELECT 1 FROM storage_holds WHERE ends_at > clock_timestamp())"
# A hold outlasts its holder by this much at most.
LASTS_SECONDS: Final = 600
RENEW_SECONDS: Final = 60.0


class Hold:
    """A hold that is kept up until its block ends; `require` says whether it has lasted without a gap."""

    def __init__(self, database: Database, hold_id: UUID) -> None:
        self._database = database
        self._id = hold_id

    async def renew(self) -> None:
        """Let it last as long again; `Conflict` where it had ended meanwhile."""
        async with self._database.connection() as connection:
            kept = await connection.fetchval(
                "UPDATE storage_holds SET ends_at = clock_timestamp() + make_interval(secs => $2)"
                " WHERE id = $1 AND ends_at > clock_timestamp() RETURNING true",
                self._id, float(LASTS_SECONDS),
            )  # fmt: skip
        if not kept:
            raise Conflict("Storage was not held all the time: files may have been removed meanwhile. Try again.")

    require = renew


@asynccontextmanager
async def storage_held(database: Database, purpose: str) -> AsyncIterator[Hold]:
    """Keep everything in storage until the block ends, and for some minutes where this process dies in it.

    What a snapshot refers to that is taken inside the block stays: a sweep that did not see the hold chose before it
    was there, and so among rows that the snapshot does not count as live.
    """
    hold_id = new_id()
    async with database.connection() as connection:
        await connection.execute("DELETE FROM storage_holds WHERE ends_at < now()")
        await connection.execute(
            "INSERT INTO storage_holds (id, purpose, ends_at)"
            " VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))",
            hold_id, purpose, float(LASTS_SECONDS),
        )  # fmt: skip
    hold = Hold(database, hold_id)
    renewing = asyncio.create_task(_keep(hold), name="keep storage held")
    try:
        yield hold
    finally:
        renewing.cancel()
        await _release(database, hold_id)


async def _keep(hold: Hold) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await hold.renew()
        except Unavailable as error:
            logger.warning("a hold on storage could not be renewed: %s", error)
        except Conflict:
            return  # `require` tells whoever relies on it


async def _release(database: Database, hold_id: UUID) -> None:
    try:
        async with database.connection() as connection:
            await connection.execute("DELETE FROM storage_holds WHERE id = $1", hold_id)
    except Unavailable as error:
        logger.warning("a hold on storage is left to its end: %s", error)
