"""The trash: pictures go in, come back whole, and go for good when their time is over."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from archypix.events.store import emit
from archypix.journal import store as journal
from archypix.pictures import blob_store, trash_store, versions_store
from archypix.pictures.locks import lock_library
from archypix.pictures.query import Parameters, Trees
from archypix.pictures.selection import Selection, compile_selection
from archypix.pictures.trash_store import NAMED, Moved

# Removed in one transaction; the library is locked meanwhile.
ROUND = 200
# Found at once where a selection is purged; of more the caller hears that there are more.
MOST_SELECTED = 20_000
ACCOUNTS_A_SWEEP = 50
NO_PICTURE = "There is no such picture."
NOT_IN_TRASH = "There is no such picture in the trash."
PUT_IN = "Put into the trash"
TAKEN_OUT = "Restored from the trash"


@dataclass(frozen=True, slots=True)
class Relocated:
    """How many pictures went into the trash or out, and the operation that this is; None where nothing changed."""

    count: int
    operation: UUID | None = None


class TrashService:
    """Trashes, restores and purges pictures of one library at a time."""

    def __init__(self, database: Database, trees: Trees, *, default_days: int) -> None:
        self._database = database
        self._trees = trees
        self._default_days = default_days

    async def put_in(self, account_id: int, picture_id: UUID) -> UUID | None:
        """Put one picture into the trash; it may be there already. `NotFound` when it is nobody's or another's.

        The operation that this is; None where nothing changed.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            operation = await journal.begin(connection, account_id, "trash", PUT_IN)
            moved = await trash_store.put_in(connection, account_id, [picture_id], operation)
            await self._require(connection, account_id, picture_id, moved)
            await tell(connection, account_id, "picture.trashed", moved)
            return await journal.finish(connection, operation, moved.count)

    async def take_out(self, account_id: int, picture_id: UUID) -> UUID | None:
        """Take one picture out of the trash, tags and all; it may be out already. `NotFound`, and answer, as above."""
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            operation = await journal.begin(connection, account_id, "restore", TAKEN_OUT)
            moved = await trash_store.take_out(connection, account_id, [picture_id], operation)
            await self._require(connection, account_id, picture_id, moved)
            await tell(connection, account_id, "picture.restored", moved)
            return await journal.finish(connection, operation, moved.count)

    async def put_in_selected(self, account_id: int, selection: Selection, *, dry_run: bool = False) -> Relocated:
        """Put the selected pictures into the trash; how many were (with `dry_run`: would be) put there.

        `Invalid` for a selection of pictures in the trash.
        """
        return await self._move(account_id, selection, into=True, dry_run=dry_run)

    async def take_out_selected(self, account_id: int, selection: Selection, *, dry_run: bool = False) -> Relocated:
        """Take the selected pictures out of the trash; how many. A query must say `trash`; ids need none."""
        return await self._move(account_id, selection, into=False, dry_run=dry_run)

    async def _move(self, account_id: int, selection: Selection, *, into: bool, dry_run: bool) -> Relocated:
        async with self._database.transaction() as connection:
            if not dry_run:
                await lock_library(connection, account_id)
            tree = await self._trees.read(connection, account_id)
            parameters = Parameters()
            chosen = compile_selection(selection, tree, account_id, parameters, trash=not into)
            if dry_run:
                return Relocated(await trash_store.count_selected(connection, chosen, parameters.values))
            kind: journal.Kind = "trash" if into else "restore"
            operation = await journal.begin(connection, account_id, kind, PUT_IN if into else TAKEN_OUT)
            moved = await trash_store.move_selected(connection, chosen, parameters.values, operation, into=into)
            await tell(connection, account_id, "picture.trashed" if into else "picture.restored", moved)
            return Relocated(moved.count, await journal.finish(connection, operation, moved.count))

    async def purge(self, account_id: int, picture_ids: Sequence[UUID]) -> int:
        """Remove chosen pictures of the trash for good; how many were there."""
        purged = 0
        for start in range(0, len(picture_ids), ROUND):
            purged += await self._purge(account_id, picture_ids=picture_ids[start : start + ROUND])
        return purged

    async def purge_selected(
        self, account_id: int, selection: Selection, *, dry_run: bool = False, within: float = 15.0
    ) -> tuple[int, bool]:
        """Remove the selected pictures of the trash for good; how many went (with `dry_run`: would), and whether all.

        A query must say `trash`. Received pictures stay hidden there. It stops after `within` seconds.
        """
        deadline = time.monotonic() + within
        async with self._database.connection() as connection:
            tree = await self._trees.read(connection, account_id)
            parameters = Parameters()
            chosen = compile_selection(selection, tree, account_id, parameters, trash=True)
            if dry_run:
                return await trash_store.count_own(connection, account_id, chosen, parameters.values), True
            ids = await trash_store.selected_own(connection, account_id, chosen, parameters.values, MOST_SELECTED)
        purged = 0
        for start in range(0, len(ids), ROUND):
            if time.monotonic() > deadline:
                return purged, False
            purged += await self._purge(account_id, picture_ids=ids[start : start + ROUND])
        return purged, len(ids) < MOST_SELECTED

    async def purge_one(self, account_id: int, picture_id: UUID) -> None:
        """Remove one picture of the trash for good; `NotFound` when it is not there."""
        if not await self._purge(account_id, picture_ids=[picture_id]):
            raise NotFound(NOT_IN_TRASH)

    async def empty(self, account_id: int, *, within: float = 15.0) -> tuple[int, bool]:
        """Remove everything that is in the trash now; how many went, and whether that was all.

        It stops after `within` seconds, so that nobody waits for a large trash longer than that.
        """
        before = clock.now()
        deadline = time.monotonic() + within
        purged = 0
        while count := await self._purge(account_id, before=before):
            purged += count
            if time.monotonic() > deadline:
                return purged, False
        return purged, True

    async def sweep(self) -> int:
        """Remove pictures whose time in the trash is over; how many. At most 200 of each of 50 accounts a call.

        What deleted accounts leave behind goes into their trash first.
        """
        async with self._database.connection() as connection:
            abandoned = await trash_store.abandoned(connection, ACCOUNTS_A_SWEEP)
        for account_id in abandoned:
            async with self._database.transaction() as connection:
                await lock_library(connection, account_id)
                await trash_store.put_in_abandoned(connection, account_id)
        async with self._database.connection() as connection:
            accounts = await trash_store.overdue(connection, self._default_days, ACCOUNTS_A_SWEEP)
        purged = 0
        for account_id, stay in accounts:
            purged += await self._purge(account_id, before=clock.now() - stay)
        return purged

    async def _purge(
        self, account_id: int, *, before: datetime | None = None, picture_ids: Sequence[UUID] | None = None
    ) -> int:
        async with self._database.transaction() as connection:
            await lock_library(connection, account_id)
            doomed = await trash_store.pick(connection, account_id, limit=ROUND, before=before, picture_ids=picture_ids)
            if not doomed.picture_ids:
                return 0
            blob_ids = doomed.blob_ids + await versions_store.blobs_of(connection, doomed.picture_ids)
            await trash_store.remove(connection, account_id, doomed.picture_ids)
            await blob_store.condemn_unreferenced(connection, blob_ids)
            purged = Moved(len(doomed.picture_ids), doomed.picture_ids)
            await tell(connection, account_id, "picture.purged", purged)
        return len(doomed.picture_ids)

    async def _require(self, connection: Connection, account_id: int, picture_id: UUID, moved: Moved) -> None:
        if not moved.count and not await trash_store.exists(connection, account_id, picture_id):
            raise NotFound(NO_PICTURE)


async def tell(connection: Connection, account_id: int, kind: str, moved: Moved) -> None:
    """Tell the account what happened to these pictures; of many only their number."""
    if moved.count == 1:
        await emit(connection, account_id, kind, {"id": str(moved.ids[0])})
    elif 1 < moved.count <= NAMED:
        await emit(connection, account_id, kind, {"ids": [str(picture_id) for picture_id in moved.ids]})
    elif moved.count:
        await emit(connection, account_id, kind, {"count": moved.count})
