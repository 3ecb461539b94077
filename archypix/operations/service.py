"""The log of what people changed, and taking changes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Fault, Invalid, NotFound
from archypix.events.store import emit
from archypix.journal import store as journal
from archypix.operations import store
from archypix.operations.files_undo import undo_files
from archypix.operations.models import Operation, OperationPage, Undone
from archypix.operations.tags_undo import undo_tags
from archypix.pictures import editing_store, trash_store
from archypix.pictures.cursor import Position, decode_cursor, encode_cursor, fingerprint
from archypix.pictures.editing import Written, finish_edit
from archypix.pictures.locks import lock_library
from archypix.pictures.trash import tell
from archypix.tags.followers import Follower
from archypix.tags.service import CHANGED

# Taken back in one transaction, during which nobody else writes to the library.
MOST_AT_ONCE = 1_000
# Of what a device did, taken back in one transaction before others may write again.
ROUND = 100
NO_OPERATION = "There is no operation with this id."
UNDID, REDID = "Undid: ", "Redid: "
MOVED = (
    "SELECT p.id FROM operation_items i CROSS JOIN LATERAL unnest(i.picture_ids) AS x (id)"
    " JOIN pictures p ON p.id = x.id WHERE i.operation_id = $1 AND i.kind = $3 AND p.owner_id = $2"
)


@dataclass(frozen=True, slots=True)
class Refused:
    """An operation that was not taken back, and why."""

    id: UUID
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class UndoneSeveral:
    """What became of several operations, in the order in which they were taken back: the newest first."""

    done: Sequence[Undone]
    refused: Sequence[Refused]


class OperationService:
    """Reads the log, and undoes. Operations are forgotten after `days` days.

    `written` is told whose metadata changed, as in `EditService`, and `followers` what becomes of tags.
    """

    def __init__(
        self, database: Database, *, days: int, written: Written | None = None, followers: Sequence[Follower] = ()
    ) -> None:
        self._database = database
        self._days = days
        self._written = written
        self._followers = followers

    async def page(self, owner_id: int, limit: int, cursor: str | None = None) -> OperationPage:
        """The owner's operations, the newest first. `Invalid` for what is no cursor of this list."""
        mark = fingerprint({"operations": owner_id})
        before = decode_cursor(cursor, mark, "i").key if cursor is not None else None
        assert before is None or isinstance(before, int)
        async with self._database.connection() as connection:
            found = await store.page(connection, owner_id, limit + 1, before)
        items = found[:limit]
        more = len(found) > limit
        return OperationPage(items, encode_cursor(Position(items[-1].number, items[-1].id), mark) if more else None)

    async def undo(self, owner_id: int, operation_id: UUID) -> Undone:
        """Put back what an operation changed, wherever it still is as that left it.

        `NotFound`; `Conflict` (`already_undone`, `not_undoable`, or what a tag's place says).
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            found = await store.find(connection, owner_id, [operation_id])
            if not found:
                raise NotFound(NO_OPERATION)
            return await self._undo(connection, owner_id, found[0])

    async def undo_several(
        self, owner_id: int, operation_ids: Sequence[UUID] = (), *, since: datetime | None = None
    ) -> UndoneSeveral:
        """Undo these operations, or everything that was done since a time, the newest first, in one transaction.

        One that cannot be undone is passed over and named. `Invalid` for more than 1,000.
        """
        async with self._database.transaction() as connection:
            await lock_library(connection, owner_id)
            if since is None:
                found = await store.find(connection, owner_id, operation_ids)
            else:
                found = await store.since(connection, owner_id, since, MOST_AT_ONCE + 1)
            if max(len(found), len(operation_ids)) > MOST_AT_ONCE:
                fault = Fault("since", f"{MOST_AT_ONCE} operations are the most at once.")
                raise Invalid("These are too many operations.", faults=(fault,))
            known = {operation.id for operation in found}
            refused = [Refused(one, "not_found", NO_OPERATION) for one in operation_ids if one not in known]
            done: list[Undone] = []
            await self._undo_each(connection, owner_id, found, done, refused)
            return UndoneSeveral(done, refused)

    async def undo_of(self, owner_id: int, drive_token: int, since: datetime) -> UndoneSeveral:
        """Undo everything that one device did since a time, the newest first, however much that is.

        One that cannot be undone is passed over and named. Others may write to the library between rounds of 100.
        """
        done: list[Undone] = []
        refused: list[Refused] = []
        below: int | None = None
        while True:
            async with self._database.transaction() as connection:
                await lock_library(connection, owner_id)
                found = await store.of_drive(connection, owner_id, drive_token, since, below, ROUND)
                await self._undo_each(connection, owner_id, found, done, refused)
            if len(found) < ROUND:
                return UndoneSeveral(done, refused)
            below = found[-1].number

    async def _undo_each(
        self,
        connection: Connection,
        owner_id: int,
        found: Sequence[Operation],
        done: list[Undone],
        refused: list[Refused],
    ) -> None:
        for operation in found:
            try:
                async with connection.transaction():
                    (current,) = await store.find(connection, owner_id, [operation.id])
                    done.append(await self._undo(connection, owner_id, current))
            except Conflict as error:
                refused.append(_refusal(operation.id, error))

    async def sweep(self) -> int:
        """Forget operations whose time is over; how many."""
        async with self._database.connection() as connection:
            return await store.expire(connection, self._days)

    async def _undo(self, connection: Connection, owner_id: int, undone: Operation) -> Undone:
        if undone.undone_at is not None:
            raise Conflict("This operation was undone already.", code="already_undone")
        if not undone.undoable:
            raise Conflict("This operation cannot be undone.", code="not_undoable")
        kind: journal.Kind = _OPPOSITE[undone.kind]
        operation = await journal.begin(
            connection, owner_id, kind, _summary(undone.summary), undoes=undone.id, units=undone.units
        )
        concerned = undone.count
        if undone.kind == "tags":
            concerned = await store.touched(connection, undone.id)
            affected, kept = await self._undo_tags(connection, owner_id, undone, operation)
        elif undone.kind == "metadata":
            affected, kept = await self._undo_metadata(connection, owner_id, undone, operation)
        elif undone.kind == "drive":
            concerned = await store.touched(connection, undone.id)
            affected, kept = await self._undo_drive(connection, owner_id, undone, operation)
        else:
            affected, kept = await self._undo_move(connection, owner_id, undone, operation)
        await store.chain(connection, owner_id, undone.id)
        return Undone(undone.id, kept, affected, max(0, concerned - affected))

    async def _undo_tags(
        self, connection: Connection, owner_id: int, undone: Operation, operation: UUID
    ) -> tuple[int, UUID | None]:
        reshaped, moved = await undo_tags(connection, owner_id, undone, operation, self._followers)
        affected = await store.touched(connection, operation, moved)
        if affected or reshaped:
            await emit(connection, owner_id, CHANGED, {"pictures": affected} if affected else {})
        return affected, await journal.finish(connection, operation, affected, empty=reshaped)

    async def _undo_metadata(
        self, connection: Connection, owner_id: int, undone: Operation, operation: UUID
    ) -> tuple[int, UUID | None]:
        moved = await editing_store.put_back(
            connection, owner_id, undone.id, undone.units, edited_at=clock.now(), operation=operation
        )
        await tell(connection, owner_id, "picture.updated", moved)
        return moved.count, await finish_edit(connection, owner_id, operation, moved.count, self._written)

    async def _undo_drive(
        self, connection: Connection, owner_id: int, undone: Operation, operation: UUID
    ) -> tuple[int, UUID | None]:
        """Take back one deed of a device: tags, names, files, and what went into the trash or out of it."""
        reshaped, moved_tags = await undo_tags(connection, owner_id, undone, operation, self._followers)
        if undone.units:
            await editing_store.put_back(
                connection, owner_id, undone.id, undone.units, edited_at=clock.now(), operation=operation
            )
        await undo_files(connection, owner_id, undone.id, operation)
        for into in (False, True):
            await self._move_back(connection, owner_id, undone, operation, into=into)
        affected = await store.touched(connection, operation, moved_tags)
        if affected or reshaped:
            await emit(connection, owner_id, CHANGED, {"pictures": affected} if affected else {})
        return affected, await journal.finish(connection, operation, affected, empty=reshaped)

    async def _move_back(
        self, connection: Connection, owner_id: int, undone: Operation, operation: UUID, *, into: bool
    ) -> None:
        was: journal.Move = "restored" if into else "trashed"
        moved = await trash_store.move_selected(
            connection, MOVED, [undone.id, owner_id, was], operation, into=into,
            kept_as="trashed" if into else "restored",
        )  # fmt: skip
        await tell(connection, owner_id, "picture.trashed" if into else "picture.restored", moved)

    async def _undo_move(
        self, connection: Connection, owner_id: int, undone: Operation, operation: UUID
    ) -> tuple[int, UUID | None]:
        into = undone.kind == "restore"
        moved = await trash_store.move_selected(connection, MOVED, [undone.id, owner_id, "moved"], operation, into=into)
        await tell(connection, owner_id, "picture.trashed" if into else "picture.restored", moved)
        return moved.count, await journal.finish(connection, operation, moved.count)


_OPPOSITE: dict[str, journal.Kind] = {
    "tags": "tags", "metadata": "metadata", "trash": "restore", "restore": "trash", "drive": "drive",
}  # fmt: skip


def _summary(undone: str) -> str:
    """What taking back `undone` is called."""
    if undone.startswith(UNDID):
        return REDID + undone.removeprefix(UNDID)
    return UNDID + undone.removeprefix(REDID)


def _refusal(operation_id: UUID, error: ArchypixError) -> Refused:
    return Refused(operation_id, error.code, error.detail)
