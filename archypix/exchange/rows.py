"""The rows of an export: one snapshot of the database, written as JSON, and a place for every file."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from archypix.core.database import Connection, Database, Row
from archypix.exchange import describing, store
from archypix.exchange.layout import ACCOUNT, AVATAR, LISTS, PICTURES, list_file
from archypix.exchange.ledger import Ledger, month, split
from archypix.hierarchies.service import HierarchyService
from archypix.pipeline.service import PipelineService
from archypix.search.service import SearchService
from archypix.tags.trees import TagTrees


@dataclass(slots=True)
class Written:
    """What was written: how many lines of each kind, and the SHA-256 (hex) of each file by its name."""

    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class _Lines:
    """A file that is not there before it is whole. Its methods block."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.count = 0
        self._path = folder / name
        self._part = folder / f"{name}.part"
        self._digest = hashlib.sha256()
        self._file: BinaryIO = self._part.open("wb")

    def add(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            self._file.write(line)
            self._digest.update(line)
        self.count += len(lines)

    def finish(self) -> str:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self._part, self._path)
        return self._digest.hexdigest()

    def drop(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)


class Rows:
    """Writes the rows of one account into a folder."""

    def __init__(
        self, database: Database, ledger: Ledger, folder: Path, account_id: int, *, domain: str, trash: bool
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._folder = folder
        self._account_id = account_id
        self._domain = domain
        self._trash = trash
        self._written = Written()

    async def write(self) -> Written:
        """All of it, as of one moment but for services, hierarchies and searches, which are as of the one before."""
        await self._kept()
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await self._account(connection)
            for name in LISTS:
                if name in store.LISTS:
                    await self._list(connection, name)
            await self._pictures(connection)
        return self._written

    async def _save(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        lines = await asyncio.to_thread(_Lines, self._folder, list_file(name))
        await asyncio.to_thread(lines.add, [describing.line(row) for row in rows])
        await self._finish(name, lines)

    async def _finish(self, name: str, lines: _Lines) -> None:
        self._written.files[lines.name] = await asyncio.to_thread(lines.finish)
        self._written.counts[name] = lines.count

    async def _kept(self) -> None:
        """What people have set up, with tags by their present paths."""
        listing = await PipelineService(self._database).services(self._account_id)
        services = [
            {
                "kind": shown.service.kind,
                "name": shown.service.name,
                "enabled": shown.service.enabled,
                "requires": list(shown.requires),
                "excludes": list(shown.excludes),
                "config": shown.config,
            }
            for shown in listing.services
        ]
        await self._save("services", services)
        hierarchies = await HierarchyService(self._database).hierarchies(self._account_id)
        await self._save("hierarchies", [{key: one[key] for key in ("slug", "name", "config")} for one in hierarchies])
        searches = await SearchService(self._database, TagTrees()).searches(self._account_id)
        await self._save("searches", [{"name": one.name, "query": one.query} for one in searches])

    async def _account(self, connection: Connection) -> None:
        row = await store.account(connection, self._account_id)
        lines = await asyncio.to_thread(_Lines, self._folder, ACCOUNT)
        await asyncio.to_thread(lines.add, [describing.line(describing.account(row, domain=self._domain))])
        self._written.files[ACCOUNT] = await asyncio.to_thread(lines.finish)
        if row["avatar"] is not None:
            portrait = await asyncio.to_thread(_Lines, self._folder, AVATAR)
            await asyncio.to_thread(portrait.add, [row["avatar"]])
            self._written.files[AVATAR] = await asyncio.to_thread(portrait.finish)

    async def _list(self, connection: Connection, name: str) -> None:
        lines = await asyncio.to_thread(_Lines, self._folder, list_file(name))
        try:
            async for rows in store.rows(connection, name, self._account_id):
                await asyncio.to_thread(lines.add, [describing.line(dict(row)) for row in rows])
        except BaseException:
            lines.drop()
            raise
        await self._finish(name, lines)

    async def _pictures(self, connection: Connection) -> None:
        paths = await store.tag_paths(connection, self._account_id)
        lines = await asyncio.to_thread(_Lines, self._folder, PICTURES)
        try:
            async for rows in store.pictures(connection, self._account_id, trash=self._trash):
                ids = [row["id"] for row in rows]
                reasons = await store.reasons(connection, ids)
                versions = await store.versions(connection, ids, trash=self._trash)
                await asyncio.to_thread(self._add, lines, rows, reasons, versions, paths)
        except BaseException:
            lines.drop()
            raise
        await self._finish("pictures", lines)

    def _add(
        self,
        lines: _Lines,
        rows: Sequence[Row],
        reasons: Mapping[UUID, Sequence[Row]],
        versions: Mapping[UUID, Sequence[Row]],
        paths: Mapping[int, str],
    ) -> None:
        with self._ledger.together():
            said = [
                describing.picture(
                    row,
                    file=self._place(row),
                    tags=[_reason(each, paths[each["tag_id"]]) for each in reasons.get(row["id"], ())],
                    versions=[self._version(row, each) for each in versions.get(row["id"], ())],
                )
                for row in rows
            ]
        lines.add([describing.line(each) for each in said])

    def _place(self, row: Row) -> str:
        top = "pictures" if row["deleted_at"] is None else "trash"
        return self._ledger.place(str(row["id"]), f"{top}/{month(row['sorted_at'])}", row["filename"])

    def _version(self, row: Row, version: Row) -> dict[str, Any]:
        """An earlier file; one file for all that have the same bytes, none where a picture has them."""
        said = {name: version[name] for name in ("number", "filename", "media_type", "size", "sha256", "created_at")}
        if version["same_as"] is not None:
            return said | {"file": None, "same_as": version["same_as"]}
        stem, extension = split(version["filename"])
        thing, name = f"version {version['sha256'].hex()}", f"{stem} v{version['number']}{extension}"
        file = self._ledger.place(thing, f"versions/{month(row['sorted_at'])}", name)
        return said | {"file": file, "same_as": None}


def _reason(row: Row, path: str) -> dict[str, Any]:
    said = {"path": path, "source": row["source"], "since": row["created_at"]}
    return said | ({"service": row["service"]} if row["service"] is not None else {})
