"""Settings of a library: how long its trash keeps pictures, and which earlier files are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.pictures import library_store
from archypix.pictures.locks import lock_library


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """`trash_days` is None where the server's own number of days holds, which is `default_trash_days`."""

    trash_days: int | None
    default_trash_days: int
    version_mode: str


class LibrarySettingsService:
    """Reads and changes a library's settings."""

    def __init__(self, database: Database, *, default_days: int) -> None:
        self._database = database
        self._default_days = default_days

    async def read(self, account_id: int) -> LibrarySettings:
        """The settings of the account's library."""
        async with self._database.connection() as connection:
            return await self._read(connection, account_id)

    async def change(self, account_id: int, values: dict[str, Any]) -> LibrarySettings:
        """Set `trash_days` (0…3650, or None for the server's default) and `version_mode`, whichever are given.

        Fewer days hold for what is in the trash already; files kept as versions stay until somebody removes them.
        """
        async with self._database.transaction() as connection:
            library = await lock_library(connection, account_id)
            await library_store.change(
                connection,
                account_id,
                trash_days=values.get("trash_days", library["trash_days"]),
                version_mode=values.get("version_mode", library["version_mode"]),
            )
            return await self._read(connection, account_id)

    async def _read(self, connection: Connection, account_id: int) -> LibrarySettings:
        row = await library_store.read(connection, account_id)
        if row is None:
            raise NotFound("There is no such library.")
        return LibrarySettings(row["trash_days"], self._default_days, row["version_mode"])
