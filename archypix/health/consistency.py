"""The consistency check behind `archypix doctor`: do database and storage agree, and are derived values right?"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.drives import recount as drives
from archypix.duplicates import recount as duplicates
from archypix.health import sequences, store
from archypix.pictures import recount as picture_counts
from archypix.pictures.recount import Mismatch
from archypix.pipeline import recount as service_counts
from archypix.shares import recount as grants
from archypix.shares.publishing import recount as shares
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import ObjectInfo, Storage
from archypix.storage.keys import blob_key, thumbnail_keys
from archypix.tags import recount as tag_counts
from archypix.timeline import recount as timeline

AT_ONCE = 8
BATCH = 500

RECOUNTS: dict[str, Callable[[Connection], Awaitable[list[Mismatch]]]] = {
    "a counter of a library that is wrong": picture_counts.library_mismatches,
    "a picture that searches see as it is not": picture_counts.document_mismatches,
    "tags of a picture that do not follow from its assignments": tag_counts.array_mismatches,
    "a counter of a tag that is wrong": tag_counts.tag_mismatches,
    "a place in a list of a tag that is wrong": tag_counts.place_mismatches,
    "a tag that is in the wrong place of its tree": tag_counts.tree_mismatches,
    "a tag of a picture that does not follow from a tagging service": service_counts.service_mismatches,
    "a count of the timeline that is wrong": timeline.timeline_mismatches,
    "a group of duplicates that is wrong": duplicates.duplicate_mismatches,
    "a grant that has more than it may": grants.grant_mismatches,
    "a count of what a drive keeps that is wrong": drives.property_mismatches,
    "a share whose digest is not that of what was told": shares.share_mismatches,
    "a sequence that is behind its table": sequences.sequence_mismatches,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One inconsistency: what kind, of what, and what exactly."""

    kind: str
    subject: str
    detail: str


class Consistency:
    """Checks everything; nothing is changed. Safe beside a running server, where what comes and goes is no finding."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def totals(self) -> dict[str, int]:
        """How much there is of everything."""
        async with self._database.connection() as connection:
            waiting = await service_counts.waiting_accounts(connection)
            return {**await store.totals(connection), "accounts_with_services_at_work": waiting}

    async def findings(self, *, deep: bool = False) -> AsyncIterator[Finding]:
        """Every inconsistency, at most 100 of each kind that the database tells. `deep` reads and hashes every file."""
        async for finding in self._of_database():
            yield finding
        async for finding in self._of_blobs(deep=deep):
            yield finding
        async for finding in self._of_objects():
            yield finding
        async for finding in self._of_scraps():
            yield finding

    async def _of_database(self) -> AsyncIterator[Finding]:
        for kind in store.STATEMENTS:
            async with self._database.connection() as connection:
                rows = await store.contradictions(connection, kind)
            for row in rows:
                yield Finding(kind, row["subject"], row["detail"])
        for kind, recount in RECOUNTS.items():
            # One snapshot for stored and counted values, whatever is written meanwhile.
            async with self._database.connection() as connection, connection.transaction(isolation="repeatable_read"):
                mismatches = await recount(connection)
            for each in mismatches:
                yield Finding(kind, f"{each.what}, {each.subject}", f"stored {each.stored}, counted {each.counted}")

    async def _of_blobs(self, *, deep: bool) -> AsyncIterator[Finding]:
        """Rows whose object is missing, has another size, or (`deep`) other bytes."""
        async for rows in _in_batches(store.live_blobs(self._database)):
            limit = asyncio.Semaphore(AT_ONCE)

            async def check(row: Row, limit: asyncio.Semaphore = limit) -> list[Finding]:
                async with limit:
                    return await self._check_blob(row, deep=deep)

            for found in await asyncio.gather(*map(check, rows)):
                for finding in found:
                    if await self._still_live(row_id=UUID(finding.subject)):
                        yield finding

    async def _check_blob(self, row: Row, *, deep: bool) -> list[Finding]:
        subject = str(row["id"])
        key = blob_key(row["sha256"], row["id"])
        info = await self._storage.stat(key)
        if info is None:
            return [Finding("a stored file that is missing", subject, key)]
        found = []
        if info.size != row["size"]:
            found.append(Finding("a stored file of the wrong size", subject, f"{info.size}, not {row['size']} bytes"))
        elif deep and await self._hash(key) != row["sha256"]:
            found.append(Finding("a stored file with the wrong bytes", subject, key))
        if row["has_thumbnails"]:
            for thumbnail in thumbnail_keys(row["id"]):
                if await self._storage.stat(thumbnail) is None:
                    found.append(Finding("a thumbnail that is missing", subject, thumbnail))
        return found

    async def _hash(self, key: str) -> bytes | None:
        digest = hashlib.sha256()
        try:
            async with aclosing(self._storage.read(key)) as chunks:
                async for chunk in chunks:
                    await asyncio.to_thread(digest.update, chunk)
        except NoSuchObject:
            return None
        return digest.digest()

    async def _still_live(self, row_id: UUID) -> bool:
        async with self._database.connection() as connection:
            return await store.is_live(connection, row_id)

    async def _of_objects(self) -> AsyncIterator[Finding]:
        """Objects that no row knows."""
        async for batch in _in_batches(self._storage.list("blobs/")):
            keys = {info.key: _parts_of(info) for info in batch}
            async with self._database.connection() as connection:
                known = await store.known_tails(connection, [sha256 for sha256, _ in keys.values()])
            for key, parts in keys.items():
                if parts not in known:
                    yield Finding("an object in storage that no row knows", key, "an original")
        async for batch in _in_batches(self._storage.list("thumbs/")):
            owners = {info.key: UUID(info.key.split("/")[3]) for info in batch}
            async with self._database.connection() as connection:
                rows = await store.known_blobs(connection, list(set(owners.values())))
            for key, owner in owners.items():
                if owner not in rows:
                    yield Finding("an object in storage that no row knows", key, "a thumbnail")

    async def _of_scraps(self) -> AsyncIterator[Finding]:
        """Files beside the tags whose object is missing or has another size, and objects of none."""
        async for scrap_id, key, size in drives.stored(self._database):
            info = await self._storage.stat(key)
            if info is not None and info.size == size:
                continue
            async with self._database.connection() as connection:
                if await drives.is_ready(connection, scrap_id):
                    yield Finding("a stored file that is missing or of the wrong size", str(scrap_id), key)
        async for batch in _in_batches(self._storage.list("scraps/")):
            owners = {info.key: UUID(info.key.rpartition("/")[2]) for info in batch}
            async with self._database.connection() as connection:
                rows = await drives.known(connection, list(owners.values()))
            for key, owner in owners.items():
                if owner not in rows:
                    yield Finding("an object in storage that no row knows", key, "a file beside the tags")


def _parts_of(info: ObjectInfo) -> tuple[bytes, str]:
    digest, _, tail = info.key.rpartition("/")[2].partition("-")
    return bytes.fromhex(digest), tail


async def _in_batches(source: AsyncIterator[Any]) -> AsyncIterator[list[Any]]:
    batch = []
    async for item in source:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
