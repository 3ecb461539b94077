"""Settings of a library: how long its trash keeps pictures, which earlier files are kept, what is written and read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.pictures import library_store
from archypix.pictures.locks import lock_library


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """`trash_days` is None where the server's own number of days holds, which is `default_trash_days`.

    `write_metadata`: what people set is written into files. `keywords_root` is the path of the tag below which keywords
    of files become tags, None where they become none.
    """

    trash_days: int | None
    default_trash_days: int
    version_mode: str
    write_metadata: bool
    keywords_root: str | None


# Makes the tag at a path, if there is none, inside of a transaction that has the library's writer lock; its id.
MakeTag: TypeAlias = Callable[[Connection, int, str], Awaitable[int]]
COLUMNS = ("trash_days", "version_mode", "write_metadata", "keywords_root")


class LibrarySettingsService:
    """Reads and changes a library's settings."""

    def __init__(self, database: Database, *, default_days: int, make_tag: MakeTag | None = None) -> None:
        self._database = database
        self._default_days = default_days
        self._make_tag = make_tag

    async def read(self, account_id: int) -> LibrarySettings:
        """The settings of the account's library."""
        async with self._database.connection() as connection:
            return await self._read(connection, account_id)

    async def change(self, account_id: int, values: dict[str, Any]) -> LibrarySettings:
        """Set `trash_days` (0…3650, or None for the server's default) and the other settings, whichever are given.

        Fewer days hold for what is in the trash already; files kept as versions stay until somebody removes them.
        The tag of `keywords_root` is made where it is missing; `Invalid` for what is no path of a tag.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            columns = {name: values[name] for name in COLUMNS if name in values}
            if columns.get("keywords_root") is not None:
                assert self._make_tag is not None
                columns["keywords_root"] = await self._make_tag(connection, account_id, columns["keywords_root"])
            if columns:
                await library_store.change(connection, account_id, columns)
            return await self._read(connection, account_id)

    async def _read(self, connection: Connection, account_id: int) -> LibrarySettings:
        row = await library_store.read(connection, account_id)
        if row is None:
            raise NotFound("There is no such library.")
        return LibrarySettings(
            row["trash_days"], self._default_days, row["version_mode"], row["write_metadata"], row["keywords_root"]
        )
