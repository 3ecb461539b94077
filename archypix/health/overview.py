"""What administrators are told of the server as a whole."""

from __future__ import annotations

from archypix.backup import records
from archypix.backup.records import Record
from archypix.core.database import Database
from archypix.health import totals_store
from archypix.health.models import Facts, Totals


class ServerService:
    """Knows what the server is made of. Whether the caller may is decided before."""

    def __init__(self, database: Database, facts: Facts) -> None:
        self._database = database
        self.facts = facts

    async def totals(self) -> Totals:
        """What all people have together."""
        async with self._database.connection() as connection:
            return await totals_store.totals(connection)

    async def backups(self) -> list[Record]:
        """The backups that were made, the newest first."""
        async with self._database.connection() as connection:
            return await records.newest(connection)
