"""Locks of clients: rows that all server processes share, each with an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from archypix.core.database import Connection, Database
from archypix.core.errors import Conflict, Invalid, NotFound
from archypix.drives import locks_store as store
from archypix.drives import paths, tokens_store
from archypix.drives.models import Drive, Lock, path_key

LONGEST = 3600
MOST_LOCKS = 10_000
LONGEST_OWNER = 4_000


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock and the name of the device that holds it."""

    lock: Lock
    device: str


class Locks:
    """Locks of class 2. Paths are segments; the connection's transaction decides what is kept."""

    async def covering(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> list[Lock]:
        """The locks that hold for a path: those on it, and the deep ones on folders above."""
        return await store.covering(connection, hierarchy_id, path_key(segments), paths.ancestors(segments))

    async def below(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> list[Lock]:
        """The locks on what lies below a path, at any depth."""
        return await store.between(connection, hierarchy_id, *paths.below(path_key(segments)))

    async def children(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> list[Lock]:
        """The locks that hold for a folder, and those on what lies directly in it."""
        depth = len(segments) + 1
        found = [lock for lock in await self.below(connection, hierarchy_id, segments) if _depth(lock) == depth]
        return [*await self.covering(connection, hierarchy_id, segments), *found]

    async def find(self, connection: Connection, hierarchy_id: UUID, lock_id: UUID) -> Lock | None:
        """The lock with this id, whosever it is."""
        return await store.find(connection, hierarchy_id, lock_id)

    async def acquire(
        self,
        connection: Connection,
        drive: Drive,
        segments: Sequence[str],
        *,
        deep: bool,
        shared: bool,
        owner: str = "",
        seconds: int | None = None,
    ) -> Lock:
        """Take a lock for at most an hour (None: an hour), if none stands against it: one of two at once gets it.

        `Conflict` (`locked`, or `too_many_locks`); `Invalid` where `owner` or path are too long.
        """
        if len(owner) > LONGEST_OWNER or any(one == "\0" or "\ud800" <= one <= "\udfff" for one in owner):
            raise Invalid("The owner of a lock is told in at most 4000 characters.")
        key = paths.kept_key(segments)
        async with connection.transaction():
            await store.serialize(connection, drive.hierarchy_id)
            if other := await self._against(connection, drive.hierarchy_id, segments, deep=deep, shared=shared):
                raise Conflict(f"/{other.shown} is locked by another program.", code="locked")
            if await store.count(connection, drive.hierarchy_id) >= MOST_LOCKS:
                raise Conflict("There are too many locks here.", code="too_many_locks")
            return await store.insert(
                connection, uuid4(), drive.hierarchy_id, drive.token_id, path=key,
                shown="/".join(segments), deep=deep, shared=shared, owner=owner, seconds=lifetime(seconds),
            )  # fmt: skip

    async def refresh(
        self, connection: Connection, drive: Drive, lock_id: UUID, seconds: int | None = None
    ) -> Lock | None:
        """Let a lock of this device's last for so long from now; None where it has none with this id."""
        return await store.extend(connection, drive.hierarchy_id, lock_id, drive.token_id, lifetime(seconds))

    async def release(self, connection: Connection, drive: Drive, lock_id: UUID) -> bool:
        """Give a lock of this device's back; False where it has none with this id."""
        return await store.remove(connection, drive.hierarchy_id, lock_id, drive.token_id)

    async def remove_below(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> None:
        """What was at this path is gone, and the locks on it and on all below with it."""
        key = path_key(segments)
        await store.remove_between(connection, hierarchy_id, key, *paths.below(key))

    async def _against(
        self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str], *, deep: bool, shared: bool
    ) -> Lock | None:
        """A lock beside which the wanted one cannot be."""
        found = await self.covering(connection, hierarchy_id, segments)
        if deep:
            found += await self.below(connection, hierarchy_id, segments)
        return next((lock for lock in found if not (shared and lock.shared)), None)


class LockService:
    """Locks as the owner of the library sees them in the application."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, account_id: int, hierarchy_id: UUID) -> list[HeldLock]:
        """The locks of a hierarchy, by path; `NotFound`."""
        async with self._database.connection() as connection:
            await _require_hierarchy(connection, account_id, hierarchy_id)
            rows = await store.of_hierarchy(connection, account_id, hierarchy_id, MOST_LOCKS)
        return [HeldLock(Lock(*tuple(row)[:-1]), row["device"]) for row in rows]

    async def break_lock(self, account_id: int, hierarchy_id: UUID, lock_id: UUID) -> None:
        """End a lock, whichever device holds it; `NotFound`."""
        async with self._database.transaction() as connection:
            await _require_hierarchy(connection, account_id, hierarchy_id)
            if not await store.remove(connection, hierarchy_id, lock_id, None):
                raise NotFound("There is no lock with this id.")

    async def sweep(self) -> None:
        """Forget locks whose time is over."""
        async with self._database.connection() as connection:
            await store.sweep(connection)


def lifetime(seconds: int | None) -> int:
    """How long a lock lasts that was asked for so many seconds (None: for ever)."""
    return LONGEST if seconds is None else max(1, min(seconds, LONGEST))


async def _require_hierarchy(connection: Connection, account_id: int, hierarchy_id: UUID) -> None:
    if await tokens_store.find_hierarchy(connection, account_id, hierarchy_id) is None:
        raise NotFound("There is no hierarchy with this id.")


def _depth(lock: Lock) -> int:
    return lock.path.count("/") + 1 if lock.path else 0
