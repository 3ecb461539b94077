"""A library with files in storage, written to by a device as drives do it, and looked at as the device sees it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from archypix.core.errors import Conflict
from archypix.hierarchies.models import File, Folder, Hierarchy, Missing
from archypix.hierarchies.writing.keeping import NameKeeper
from archypix.hierarchies.writing.models import By
from archypix.hierarchies.writing.service import Writer
from archypix.operations.service import OperationService, UndoneSeveral
from archypix.pipeline.hooks import ServiceFollower
from archypix.pipeline.run import Runner
from archypix.pipeline.service import Draft, PipelineService
from archypix.storage.local import LocalStorage
from archypix.storage.signing import Signer
from archypix.tags.service import TagService
from archypix.uploads.content import InMemory
from archypix.uploads.ingest import IngestService
from archypix.uploads.models import Details
from archypix.uploads.replace import ReplaceService
from archypix.writing.hooks import RootFollower
from tests.hierarchies.cabinet import Cabinet, open_cabinet

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
FOLLOWERS = (ServiceFollower(), RootFollower(), NameKeeper())
PHONE = By(1, "Phone")
LAPTOP = By(2, "Laptop")


@dataclass
class Study:
    """Alice's library, its hierarchy `hierarchy`, and who writes."""

    cabinet: Cabinet
    hierarchy: Hierarchy
    storage: LocalStorage
    writer: Writer
    ingest: IngestService
    replace: ReplaceService
    operations: OperationService
    by: By = PHONE

    @property
    def alice(self) -> int:
        return self.cabinet.shelf.alice.id

    async def find(self, path: str) -> Folder | File | Missing:
        return await self.cabinet.find(self.hierarchy, *_parts(path))

    async def file(self, path: str) -> File:
        found = await self.find(path)
        assert isinstance(found, File), (path, found)
        return found

    async def folder(self, path: str) -> Folder:
        found = await self.find(path)
        assert isinstance(found, Folder), (path, found)
        return found

    # What a device does.

    async def put(self, path: str, data: bytes) -> UUID:
        """As the verb does it: a new picture, a new version, or one that is known, under this name."""
        target = await self.find(path)
        assert not isinstance(target, Folder)
        async with self.cabinet.shelf.database.connection() as connection:
            await self.writer.may_put(connection, self.hierarchy, target)
            over = isinstance(target, File) and await self.writer.overwrites(connection, self.hierarchy, target)
        content = InMemory(self.storage, data, hashlib.sha256(data).digest())
        if isinstance(target, File) and over:
            witness = self.writer.replaced(self.hierarchy, target, self.by)
            try:
                await self.replace.replace(self.alice, target.picture_id, content, keep=True, witness=witness)
                return target.picture_id
            except Conflict as error:
                if error.code != "duplicate":
                    raise
        return await self.put_into(target, data)

    async def put_into(self, target: File | Missing, data: bytes) -> UUID:
        """A new picture, or one that is known, under a name as it was found some time ago."""
        content = InMemory(self.storage, data, hashlib.sha256(data).digest())
        folder = target.folder if isinstance(target, File) else target.parent
        assert folder is not None

        async def witness_new(connection: Any, picture_id: UUID) -> None:
            await self.writer.placed(connection, self.hierarchy, folder, target.name, picture_id, self.by)

        details = Details(target.name, source="webdav", witness=witness_new)
        return (await self.ingest.take(self.alice, content, details)).id

    async def standing(self) -> str:
        """How the library stands, as the door of drives tells it."""
        async with self.cabinet.shelf.database.connection() as connection:
            return str(await connection.fetchval("SELECT library_state($1, $2)", self.alice, self.hierarchy.revision))

    async def move(self, old: str, new: str) -> bool:
        state: str | None = await self.standing()
        target, source = await self.find(new), await self.file(old)
        assert not isinstance(target, Folder)
        if isinstance(target, File) and target.picture_id == source.picture_id:
            state = None
        return await self.writer.move(self.hierarchy, source, _called(target, new), self.by, state=state)

    async def copy(self, old: str, new: str) -> bool:
        state, target = await self.standing(), await self.find(new)
        assert not isinstance(target, Folder)
        return await self.writer.copy(self.hierarchy, await self.file(old), target, self.by, state=state)

    async def delete(self, path: str) -> None:
        await self.writer.delete(self.hierarchy, await self.file(path), self.by)

    async def make_folder(self, path: str) -> None:
        target = await self.find(path)
        assert isinstance(target, Missing)
        await self.writer.make_folder(self.hierarchy, target, self.by)

    async def move_folder(self, old: str, new: str) -> None:
        target = await self.find(new)
        assert not isinstance(target, File)
        await self.writer.move_folder(self.hierarchy, await self.folder(old), target, self.by)

    async def copy_folder(self, old: str, new: str, *, deep: bool = True) -> None:
        target = await self.find(new)
        assert not isinstance(target, File)
        await self.writer.copy_folder(self.hierarchy, await self.folder(old), target, self.by, deep=deep)

    async def delete_folder(self, path: str) -> None:
        await self.writer.delete_folder(self.hierarchy, await self.folder(path), self.by)

    async def undo_all(self, by: By | None = None) -> UndoneSeveral:
        """Take back everything that a device ever did."""
        token = (by or self.by).token_id
        assert token is not None
        return await self.operations.undo_of(self.alice, token, LONG_AGO)

    async def undo_last(self) -> None:
        (latest,) = (await self.operations.page(self.alice, 1)).items
        await self.operations.undo(self.alice, latest.id)

    # What there is to be seen.

    async def tree(self) -> dict[str, bytes | None]:
        """Files with their bytes, and folders (with a slash at the end) with None."""
        found: dict[str, bytes | None] = {}
        waiting = [await self.folder("/")]
        async with self.cabinet.shelf.database.connection() as connection:
            while waiting:
                folder = waiting.pop()
                for file in await self.cabinet.resolver.files(connection, self.hierarchy, folder):
                    assert file.blob_key is not None
                    parts = [part async for part in self.storage.read(file.blob_key)]
                    found["/" + "/".join((*folder.path, file.name))] = b"".join(parts)
                for inner in await self.cabinet.resolver.folders(connection, self.hierarchy, folder):
                    found["/" + "/".join(inner.path) + "/"] = None
                    waiting.append(inner)
        return found

    async def kept(self) -> set[bytes]:
        """SHA-256 of all bytes that are somewhere: in a picture, in the trash, or as a version; each is in storage."""
        async with self.cabinet.shelf.database.connection() as connection:
            rows = await connection.fetch(
                "SELECT b.id, b.sha256 FROM blobs b WHERE b.state = 'live' AND (EXISTS (SELECT FROM pictures p"
                " WHERE p.blob_id = b.id) OR EXISTS (SELECT FROM versions v WHERE v.blob_id = b.id))"
            )
        return {row["sha256"] for row in rows}

    async def trash(self) -> set[bytes]:
        """SHA-256 of what is in the trash."""
        async with self.cabinet.shelf.database.connection() as connection:
            rows = await connection.fetch("SELECT sha256 FROM pictures WHERE deleted_at IS NOT NULL")
        return {row["sha256"] for row in rows}

    async def state(self) -> dict[str, Any]:
        """What an undo brings back: pictures with their bytes, file names and tags, the tree of tags."""
        async with self.cabinet.shelf.database.connection() as connection:
            pictures = await connection.fetch(
                "SELECT id, sha256, filename, deleted_at IS NOT NULL AS trashed, tag_ids, tag_closure FROM pictures"
                " WHERE deleted_at IS NULL ORDER BY id"
            )
            tags = await connection.fetch(
                "SELECT id, parent_id, name, lineage, count, total FROM tags WHERE owner_id = $1 ORDER BY id",
                self.alice,
            )
        return {"pictures": [dict(row) for row in pictures], "tags": [dict(row) for row in tags]}

    async def rule(self, name: str, when: Any, tag: str) -> int:
        """A rule that has done what it does; its service's id."""
        services = PipelineService(self.cabinet.shelf.database)
        draft = Draft("rule", name, {"rules": [{"when": when, "tag": tag}]})
        made = (await services.create(self.alice, draft)).service.id
        await self.settle()
        return made

    async def settle(self) -> None:
        """Let pictures be examined, as far as rules care, and services do what they have to do."""
        await self.cabinet.shelf.sql("UPDATE pictures SET state = 'ready' WHERE state = 'processing'")
        await Runner(self.cabinet.shelf.database).settle(self.alice)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _called(target: File | Missing, path: str) -> File | Missing:
    """A target under the name that the client wrote, in the case it wrote it in."""
    name = _parts(path)[-1]
    return target.called(name) if isinstance(target, File) else target


@asynccontextmanager
async def open_study(database_url: str, folder: Path) -> AsyncIterator[Study]:
    """A study on a fresh database, with its files in this folder."""
    async with open_cabinet(database_url) as cabinet:
        database = cabinet.shelf.database
        storage = LocalStorage(folder, Signer(bytes(32)))
        await storage.start()
        try:
            tags = TagService(database, cabinet.shelf.trees, followers=FOLLOWERS)
            cabinet.shelf.tags = tags
            ingest = IngestService(database, storage, tags, max_file_size=1 << 20)
            yield Study(
                cabinet,
                await cabinet.library(),
                storage,
                Writer(database, cabinet.resolver, FOLLOWERS),
                ingest,
                ReplaceService(database, storage, ingest),
                OperationService(database, days=30, followers=FOLLOWERS),
            )
        finally:
            await storage.stop()
