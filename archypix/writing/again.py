"""Trying again what failed: examining files, and writing into them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, NotFound
from archypix.jobs import store as jobs
from archypix.media.wanted import EMBEDDED
from archypix.pictures.locks import lock_library
from archypix.pictures.query import Parameters, Trees
from archypix.pictures.selection import Selection, compile_selection
from archypix.pictures.trash import tell
from archypix.pictures.trash_store import NAMED, Moved
from archypix.writing import again_store, store
from archypix.writing.models import MOST_PICTURES

# Pictures of one call: their jobs are made in one transaction, which has the library's lock.
MOST_AT_ONCE = 50_000
AT_ONCE = timedelta()


class AgainService:
    """Has files of one library examined or written again."""

    def __init__(self, database: Database, trees: Trees) -> None:
        self._database = database
        self._trees = trees

    async def examine_one(self, owner_id: int, picture_id: UUID) -> None:
        """Have one picture examined again, whatever is known of it. `NotFound`."""
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            await self._require(connection, owner_id, picture_id)
            await self._examine(connection, owner_id, Selection(include=(picture_id,)), everything=True)

    async def examine(
        self, owner_id: int, selection: Selection, *, everything: bool = False, dry_run: bool = False
    ) -> int:
        """Have the selected pictures examined again that could not be shown, or not in full; or with `everything` all.

        How many; at most 50,000 a call, and the next call goes on. `dry_run` counts them all.
        """
        async with self._database.transaction() as connection:
            if dry_run:
                chosen, parameters = await self._chosen(connection, owner_id, selection)
                return await again_store.count_unseen(
                    connection, owner_id, chosen, parameters.values, everything=everything
                )
            await lock_library(connection, owner_id)
            return await self._examine(connection, owner_id, selection, everything=everything)

    async def write_one(self, owner_id: int, picture_id: UUID) -> None:
        """Have what people set written into one picture's file, if it is not. `NotFound`; `Conflict` as in `write`."""
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            await self._require(connection, owner_id, picture_id)
            await self._write(connection, owner_id, Selection(include=(picture_id,)), dry_run=False)

    async def write(self, owner_id: int, selection: Selection, *, dry_run: bool = False) -> int:
        """Have what people set written into the selected pictures' files, wherever it is not; how many.

        At most 50,000 a call, and the next call goes on. `Conflict` in a library that wants no files written.
        """
        async with self._database.transaction() as connection:
            if not dry_run:
                await lock_library(connection, owner_id)
            return await self._write(connection, owner_id, selection, dry_run=dry_run)

    async def _examine(self, connection: Connection, owner_id: int, selection: Selection, *, everything: bool) -> int:
        chosen, parameters = await self._chosen(connection, owner_id, selection)
        found = await again_store.examine(
            connection, owner_id, chosen, parameters.values, everything=everything, limit=MOST_AT_ONCE
        )
        if found:
            await jobs.notify(connection)
            await tell(connection, owner_id, "picture.updated", Moved(len(found), found[: NAMED + 1]))
        return len(found)

    async def _write(self, connection: Connection, owner_id: int, selection: Selection, *, dry_run: bool) -> int:
        if not await store.is_wanted(connection, owner_id):
            raise Conflict("This library wants no files written.", code="files_not_written")
        chosen, parameters = await self._chosen(connection, owner_id, selection)
        found = await again_store.unwritten(connection, owner_id, chosen, parameters.values, limit=MOST_AT_ONCE)
        if found and not dry_run:
            for start in range(0, len(found), MOST_PICTURES):
                some = found[start : start + MOST_PICTURES]
                await store.request(connection, owner_id, some, sorted(EMBEDDED), AT_ONCE)
            await jobs.notify(connection)
            await tell(connection, owner_id, "picture.updated", Moved(len(found), found[: NAMED + 1]))
        return len(found)

    async def _chosen(self, connection: Connection, owner_id: int, selection: Selection) -> tuple[str, Parameters]:
        tree = await self._trees.read(connection, owner_id)
        parameters = Parameters()
        return compile_selection(selection, tree, owner_id, parameters), parameters

    async def _require(self, connection: Connection, owner_id: int, picture_id: UUID) -> None:
        if not await again_store.exists(connection, owner_id, picture_id):
            raise NotFound("There is no picture with this id, but perhaps in the trash.")
