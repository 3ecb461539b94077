"""Libraries for tests: accounts, and pictures put on the shelf by SQL, without files."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from archypix.core.database import Connection, Database
from archypix.core.ids import new_id
from archypix.pictures.locks import lock_library
from archypix.pictures.recount import Mismatch, document_mismatches, library_mismatches
from archypix.pictures.service import Owner, PictureService
from archypix.tags import recount
from archypix.tags.service import TagService
from archypix.tags.trees import TagTrees

NOON = datetime(2020, 6, 15, 12)


def thumbnail_urls(blob_id: UUID) -> Mapping[str, str]:
    return {size: f"/files/{blob_id}/{size}" for size in ("small", "medium", "large")}


@dataclass
class Shelf:
    """Two people, Alice and Bob, on one database, and the services that read and tag."""

    database: Database
    trees: TagTrees
    tags: TagService
    pictures: PictureService
    alice: Owner
    bob: Owner
    blobs: dict[UUID, UUID] = field(default_factory=dict)

    async def add(self, owner: Owner | None = None, *, tags: tuple[str, ...] = (), **columns: Any) -> UUID:
        """A picture; `columns` say what is special about it."""
        owner = owner or self.alice
        picture_id, blob_id, sha256 = new_id(), new_id(), os.urandom(32)
        size = columns.setdefault("size", 1000)
        values: dict[str, Any] = {
            "id": picture_id,
            "owner_id": owner.id,
            "blob_id": blob_id,
            "sha256": sha256,
            "filename": "picture.jpg",
            "media_type": "image/jpeg",
            "kind": "image",
            "state": "ready",
            "date_source": "exif",
            "sorted_at": columns.get("captured_at") or NOON,
            "source": "upload",
            **columns,
        }
        names = ", ".join(values)
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        async with self.database.transaction() as connection:
            await lock_library(connection, owner.id)
            await connection.execute("INSERT INTO blobs VALUES ($1, $2, $3, 'live')", blob_id, sha256, size)
            await connection.execute(f"INSERT INTO pictures ({names}) VALUES ({places})", *values.values())
            if tags:
                await self.tags.assign(connection, owner.id, [picture_id], tags, "manual")
        self.blobs[picture_id] = blob_id
        return picture_id

    async def sql(self, statement: str, *values: Any) -> Any:
        """Do something that no service does; the first value it returns."""
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)

    async def waiting(self) -> int:
        """How many transactions wait for a lock, on this database alone: other tests run on the same server."""
        sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        found: int = await self.sql(sql)
        return found

    async def trash(self, *picture_ids: UUID, restore: bool = False) -> None:
        moment = "NULL" if restore else "now()"
        await self.sql(f"UPDATE pictures SET deleted_at = {moment} WHERE id = ANY ($1)", list(picture_ids))

    async def paths(self, owner: Owner | None = None) -> dict[str, tuple[int, int]]:
        """All tags by path, with their counts (assigned, with descendants)."""
        return {tag.path: (tag.assigned, tag.total) for tag in await self.tags.tags((owner or self.alice).id)}

    async def mismatches(self) -> list[Mismatch]:
        """Whatever is derived and differs from a count from scratch."""
        async with self.database.connection() as connection:
            return await all_mismatches(connection)


async def all_mismatches(connection: Connection) -> list[Mismatch]:
    """Everything that `doctor` would find wrong in pictures and tags."""
    found = await library_mismatches(connection) + await document_mismatches(connection)
    for check in (recount.array_mismatches, recount.place_mismatches, recount.tag_mismatches, recount.tree_mismatches):
        found += await check(connection)
    return found


@asynccontextmanager
async def open_shelf(database_url: str, *, size: int = 8) -> AsyncIterator[Shelf]:
    """A shelf on a fresh database."""
    database = await Database.open(database_url, size=size)
    try:
        async with database.connection() as connection:
            ids = await connection.fetch("INSERT INTO accounts (name) VALUES ('alice'), ('bob') RETURNING id, name")
        alice, bob = (Owner(row["id"], row["name"]) for row in ids)
        trees = TagTrees()
        pictures = PictureService(database, trees, thumbnail_urls, domain="a.test")
        yield Shelf(database, trees, TagService(database, trees), pictures, alice, bob)
    finally:
        await database.close()
