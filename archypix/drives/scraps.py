"""Files beside the tags: what systems and programs leave or write for a while, and what is no picture."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from archypix.core.database import Connection, Database
from archypix.core.errors import ArchypixError, Conflict, Forbidden, NotFound, QuotaExceeded
from archypix.core.ids import new_id
from archypix.drives import paths
from archypix.drives import scraps_store as store
from archypix.drives.bytes_of_scraps import SmallReader, Stored
from archypix.drives.litter import litter_kind
from archypix.drives.models import Drive, Scrap, ScrapKind, name_key, path_key
from archypix.media.kinds import HEAD_BYTES
from archypix.storage.interface import Reader, Storage
from archypix.uploads.content import Content, InMemory

logger = logging.getLogger(__name__)

MOST = 10_000
MOST_BYTES = 200 << 20
# Files under way, which will be renamed to what is meant.
MOST_SCRATCH_BYTES = 8 << 30
LIFETIMES: dict[ScrapKind, int] = {"placeholder": 3600, "litter": 604_800, "scratch": 604_800, "folder": 604_800}
# What is no larger is a value in its row.
SMALL = HEAD_BYTES
UNKNOWN_TYPE = "application/octet-stream"
NOTHING = hashlib.sha256(b"").digest()
AT_ONCE = "Something else was done here at the same moment. Try again."
GONE = "This file is gone."


class Scraps:
    """Scraps of every drive. They count for no quota, have bounds for each device, and a life time.

    Methods that take a connection belong to its transaction. Paths are segments, the last of them the name.
    """

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def find(self, connection: Connection, drive: Drive, segments: Sequence[str]) -> Scrap | None:
        """What this device sees at a path."""
        if not segments:
            return None
        folder, name = paths.parent_and_name(segments)
        return await store.find(connection, drive.hierarchy_id, drive.token_id, folder, name_key(name))

    async def listed(self, connection: Connection, drive: Drive, segments: Sequence[str]) -> list[Scrap]:
        """What this device sees in a folder."""
        return await store.listed(connection, drive.hierarchy_id, drive.token_id, path_key(segments))

    async def inside(self, connection: Connection, drive: Drive, segments: Sequence[str]) -> Scrap | None:
        """The innermost folder of scraps that a path lies in, if it lies in one."""
        keys = [name_key(segment) for segment in segments[:-1]]
        places = [("/".join(keys[:count]), key) for count, key in enumerate(keys)]
        found = await store.folders(connection, drive.hierarchy_id, drive.token_id, places)
        return found[-1] if found else None

    async def put(
        self,
        drive: Drive,
        folder: Sequence[str],
        name: str,
        content: Content,
        kind: ScrapKind,
        media_type: str = UNKNOWN_TYPE,
    ) -> Scrap:
        """Keep bytes under a name in a folder, in place of what this device had there; whole or not at all.

        `QuotaExceeded` over 10,000 files, 200 MiB of litter or 8 GiB of files under way; `Invalid` for a path that is
        too long; `Forbidden` where the token was revoked; `Unavailable`, `OutOfSpace`.
        """
        row = _row(drive, folder, name, kind, content.size, content.sha256, media_type)
        if content.size <= SMALL:
            await content.verify()
            return await self._keep_small(drive, row | {"content": content.head[: content.size]})
        row["key"] = object_key(row["id"])
        async with self._database.transaction() as connection:
            await _require_room(connection, drive, row)
            await store.insert(connection, row | {"state": "writing"}, LIFETIMES[kind])
        try:
            await content.commit(row["key"], media_type)
            return await self._show(drive, row)
        except BaseException:
            await self._abandon(row["id"])
            raise

    async def make_folder(self, drive: Drive, folder: Sequence[str], name: str) -> Scrap:
        """A folder for scraps in a folder; raises as `put`."""
        row = _row(drive, folder, name, "folder", 0, NOTHING, UNKNOWN_TYPE)
        return await self._keep_small(drive, row | {"content": b""})

    async def open(self, scrap: Scrap) -> Reader:
        """Its bytes, to be closed by the caller; `NotFound` where it has gone meanwhile."""
        if scrap.key is not None:
            return await self._storage.open(scrap.key)
        return SmallReader(scrap, await self._small(scrap))

    async def content(self, scrap: Scrap) -> Content:
        """Its bytes as what a picture can be made of; `NotFound` where it has gone meanwhile."""
        if scrap.key is None:
            return InMemory(self._storage, await self._small(scrap), scrap.sha256)
        pieces = [piece async for piece in self._storage.read(scrap.key, 0, HEAD_BYTES)]
        return Stored(self._storage, scrap.key, scrap.size, scrap.sha256, b"".join(pieces))

    async def remove(self, connection: Connection, scrap: Scrap) -> None:
        """One goes, and where it is a folder all of the same device's in it."""
        await store.condemn(connection, scrap.id)
        if scrap.kind == "folder":
            await _remove_below(connection, scrap.hierarchy_id, scrap.token_id, _inner(scrap))

    async def forget_placeholders(self, connection: Connection, hierarchy_id: UUID, segments: Sequence[str]) -> None:
        """There is a picture at this path now."""
        folder, name = paths.parent_and_name(segments)
        await store.clear(connection, hierarchy_id, None, folder, name_key(name), placeholders=True)

    async def move(self, drive: Drive, scrap: Scrap, folder: Sequence[str], name: str) -> Scrap:
        """Let one lie elsewhere, in place of what this device had there; folders go with all in them.

        `Invalid` for a path that is too long, or for a folder that would go into itself; `Forbidden` where the token
        was revoked; `NotFound` where it has gone meanwhile.
        """
        inner, key = _inner(scrap), paths.kept_key([*folder, name])
        if scrap.kind == "folder":
            paths.require_apart(inner, key)
        async with self._database.transaction() as connection:
            await _require_token(connection, drive)
            if inner != key:
                await _make_way(connection, drive, path_key(folder), name)
                if scrap.kind == "folder":
                    await _move_below(connection, drive.hierarchy_id, drive.token_id, inner, key)
            moved = await store.rename(
                connection, scrap.id, path_key(folder), name_key(name), name, _kind_there(scrap, name)
            )
        if moved is None:
            raise NotFound(GONE)
        return moved

    async def copy(self, drive: Drive, scrap: Scrap, folder: Sequence[str], name: str) -> Scrap:
        """The same once more elsewhere, in place of what this device had there; folders with all in them.

        Raises as `put` and `move`.
        """
        if scrap.kind != "folder":
            content = await self.content(scrap)
            return await self.put(drive, folder, name, content, _kind_there(scrap, name), scrap.media_type)
        paths.require_apart(_inner(scrap), paths.kept_key([*folder, name]))
        async with self._database.connection() as connection:
            inside = await store.listed(connection, drive.hierarchy_id, drive.token_id, _inner(scrap))
        made = await self.make_folder(drive, folder, name)
        for one in inside:
            await self.copy(drive, one, [*folder, name], one.name)
        return made

    async def remove_below(self, connection: Connection, drive: Drive, segments: Sequence[str]) -> None:
        """The folder at this path is gone, and all scraps in it and below, whosever they are."""
        await _remove_below(connection, drive.hierarchy_id, None, path_key(segments))

    async def move_below(
        self, connection: Connection, drive: Drive, source: Sequence[str], target: Sequence[str]
    ) -> None:
        """The folder at `source` is at `target` now, with all scraps in it and below."""
        key, other = path_key(source), path_key(target)
        if key == other:
            return
        paths.require_apart(key, other)
        await _remove_below(connection, drive.hierarchy_id, None, other)
        await _move_below(connection, drive.hierarchy_id, None, key, other)

    async def sweep(self) -> int:
        """Remove those whose time is over, with their bytes; how many. Harmless from any number of servers at once."""
        removed = 0
        while True:
            async with self._database.connection() as connection:
                await store.condemn_over(connection)
                some = await store.gone(connection)
            if not some:
                return removed
            await self._storage.delete([key for _, key in some if key is not None])
            async with self._database.connection() as connection:
                await store.forget(connection, [scrap_id for scrap_id, _ in some])
            removed += len(some)

    async def _keep_small(self, drive: Drive, row: dict[str, Any]) -> Scrap:
        async with self._database.transaction() as connection:
            await _require_room(connection, drive, row)
            await _clear(connection, drive, row)
            return await store.insert(connection, row | {"state": "ready"}, LIFETIMES[row["kind"]])

    async def _show(self, drive: Drive, row: dict[str, Any]) -> Scrap:
        """The bytes are there: let them take their place."""
        async with self._database.transaction() as connection:
            await _require_token(connection, drive)
            await _clear(connection, drive, row)
            ready = await store.make_ready(connection, row["id"])
        if ready is None:
            raise NotFound(GONE)
        return ready

    async def _small(self, scrap: Scrap) -> bytes:
        async with self._database.connection() as connection:
            data = await store.content(connection, scrap.id)
        if data is None:
            raise NotFound(GONE)
        return data

    async def _abandon(self, scrap_id: UUID) -> None:
        try:
            async with self._database.connection() as connection:
                await store.condemn(connection, scrap_id)
        except ArchypixError as error:
            logger.warning("left a half-written file to the sweep: %s", error)


def _row(
    drive: Drive, folder: Sequence[str], name: str, kind: ScrapKind, size: int, sha256: bytes, media_type: str
) -> dict[str, Any]:
    """The columns of a new scrap; `Invalid` where its path is too long."""
    paths.kept_key([*folder, name])
    return {
        "id": new_id(), "hierarchy_id": drive.hierarchy_id, "token_id": drive.token_id, "kind": kind,
        "folder": path_key(folder), "name_key": name_key(name), "name": name, "size": size,
        "media_type": media_type[:200], "sha256": sha256,
    }  # fmt: skip


def object_key(scrap_id: UUID) -> str:
    """Where the bytes of a file beside the tags lie in storage."""
    name = scrap_id.hex
    return f"scraps/{name[-2:]}/{name}"


def _inner(scrap: Scrap) -> str:
    """The key of the path of a scrap, which is that of what lies in it where it is a folder."""
    return f"{scrap.folder}/{name_key(scrap.name)}" if scrap.folder else name_key(scrap.name)


def _kind_there(scrap: Scrap, name: str) -> ScrapKind:
    """What a scrap is under another name."""
    return scrap.kind if scrap.kind in ("folder", "placeholder") else litter_kind(name) or "scratch"


async def _require_token(connection: Connection, drive: Drive) -> None:
    if not await store.lock(connection, drive.token_id):
        raise Forbidden("This token was revoked.", code="token_revoked")


async def _require_room(connection: Connection, drive: Drive, row: dict[str, Any]) -> None:
    await _require_token(connection, drive)
    many, litter, scratch = await store.room(connection, drive.token_id)
    used, most = (scratch, MOST_SCRATCH_BYTES) if row["kind"] == "scratch" else (litter, MOST_BYTES)
    if many >= MOST or used + row["size"] > most:
        raise QuotaExceeded(
            "This device keeps too many files that are no pictures: delete some, or wait for a week.",
            code="too_many_scraps",
        )


async def _clear(connection: Connection, drive: Drive, row: dict[str, Any]) -> None:
    """Take away what stands at the place of a new scrap: this device's, and placeholders of all others."""
    await store.clear(
        connection, drive.hierarchy_id, drive.token_id, row["folder"], row["name_key"],
        placeholders=row["kind"] != "placeholder",
    )  # fmt: skip


async def _make_way(connection: Connection, drive: Drive, folder: str, name: str) -> None:
    """Take away what this device has under a name, and all in it."""
    await store.clear(connection, drive.hierarchy_id, drive.token_id, folder, name_key(name), placeholders=False)
    key = f"{folder}/{name_key(name)}" if folder else name_key(name)
    await _remove_below(connection, drive.hierarchy_id, drive.token_id, key)


async def _remove_below(connection: Connection, hierarchy_id: UUID, token_id: int | None, key: str) -> None:
    await store.condemn_below(connection, hierarchy_id, token_id, key, *paths.below(key))


async def _move_below(connection: Connection, hierarchy_id: UUID, token_id: int | None, key: str, target: str) -> None:
    try:
        async with connection.transaction():
            await store.move_below(connection, hierarchy_id, token_id, key, *paths.below(key), target)
    except asyncpg.UniqueViolationError:
        raise Conflict(AT_ONCE) from None
