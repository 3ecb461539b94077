"""What is left of ended shares and grants, removed a slice at a time, long after the access itself has ended."""

from __future__ import annotations

from archypix.core.database import Database
from archypix.shares import sweep_store

SLICE = 2000
SLICES = 50


class ShareSweeper:
    """Removes rows that nobody asks for any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sweep(self) -> int:
        """Remove what grants covered that have ended, then such grants when they are old; how many rows."""
        done = 0
        for step in (sweep_store.mark_ended, sweep_store.uncover_cut, sweep_store.remove_old):
            for _ in range(SLICES):
                async with self._database.transaction() as connection:
                    count = await step(connection, SLICE)
                done += count
                if count < SLICE:
                    break
        return done
