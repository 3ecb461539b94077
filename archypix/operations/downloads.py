"""All files of a selection in one archive: offered under an address that works once, then sent piece by piece."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from archypix.core import clock
from archypix.core.database import Database, Row
from archypix.core.errors import Fault, Gone, Invalid, Unavailable
from archypix.core.ids import new_id
from archypix.operations import downloads_store as store
from archypix.operations.archive import Archive, Names
from archypix.pictures.names import clean_filename
from archypix.pictures.query import Parameters, Trees, unfold
from archypix.pictures.selection import Selection, compile_selection
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import Reader, Storage
from archypix.storage.keys import blob_key

PATH: Final = "/api/v1/downloads/"
MOST_PICTURES: Final = 50_000
WAITS: Final = timedelta(minutes=15)
# Pictures looked up at a time: what is kept in memory, and how old their rows may be when their turn comes.
BATCH: Final = 100
MISSING: Final = "missing.txt"


@dataclass(frozen=True, slots=True)
class Offer:
    """Where an archive can be fetched, once, and what is in it: `bytes` of files, without what the archive adds."""

    url: str
    pictures: int
    bytes: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """An archive that is being fetched."""

    owner_id: int
    picture_ids: Sequence[UUID]
    filename: str


class DownloadService:
    """Offers selections for download, and reads them."""

    def __init__(self, database: Database, trees: Trees, storage: Storage) -> None:
        self._database = database
        self._trees = trees
        self._storage = storage

    async def offer(self, owner_id: int, selection: Selection, filename: str) -> Offer:
        """An address for the originals of the selected pictures, as they are selected now.

        `Invalid` for none, or for more than 50,000; `Unavailable` when it takes too long to find them.
        """
        name = clean_filename(filename)
        secret, download_id, expires_at = secrets.token_urlsafe(32), new_id(), clock.now() + WAITS
        try:
            async with self._database.transaction() as connection:
                tree = await self._trees.read(connection, owner_id)
                parameters = Parameters()
                trash = selection.query is not None and unfold(selection.query)[0].trash
                chosen = compile_selection(selection, tree, owner_id, parameters, trash=trash)
                ids, size = await store.pick(connection, chosen, parameters.values, MOST_PICTURES + 1)
                _check_number(len(ids))
                await store.insert(connection, download_id, owner_id, _hash(secret), ids, name, expires_at)
        except TimeoutError as error:
            raise Unavailable("This takes too long: select less at once.", log_detail="download timeout") from error
        return Offer(f"{PATH}{download_id}?key={secret}", len(ids), size, expires_at)

    async def take(self, download_id: UUID, secret: str) -> Taken:
        """What the address offers; it offers nothing from then on. `Gone` where it does not (any more)."""
        async with self._database.connection() as connection:
            row = await store.take(connection, download_id, _hash(secret))
        if row is None:
            raise Gone("This address has expired or was used: ask for a new one.", code="link_expired")
        return Taken(row["owner_id"], row["picture_ids"], row["filename"])

    async def pieces(self, taken: Taken) -> AsyncGenerator[bytes, None]:
        """The archive, made as fast as it is taken; one file is open at a time.

        Pictures that are gone meanwhile are named in `missing.txt`. `Unavailable` when the storage fails in the middle
        of a file.
        """
        archive, names = Archive(), Names(MISSING)
        missing: list[str] = []
        for start in range(0, len(taken.picture_ids), BATCH):
            ids = taken.picture_ids[start : start + BATCH]
            async with self._database.connection() as connection:
                rows = await store.files(connection, taken.owner_id, ids)
            for picture_id in ids:
                row = rows.get(picture_id)
                reader = await self._open(row) if row is not None else None
                if row is None or reader is None:
                    missing.append(f"{picture_id}  {row['filename'] if row is not None else ''}".rstrip())
                    continue
                async with aclosing(_member(archive, names.unique(row["filename"]), row, reader)) as pieces:
                    async for piece in pieces:
                        yield piece
        for piece in _ending(archive, missing):
            yield piece

    async def _open(self, row: Row) -> Reader | None:
        """The picture's file; None where it is gone, or is not the one that the row means."""
        try:
            reader = await self._storage.open(blob_key(row["sha256"], row["blob_id"]))
        except NoSuchObject:
            return None
        if reader.info.size == row["size"]:
            return reader
        await reader.close()
        return None


async def _member(archive: Archive, name: str, row: Row, reader: Reader) -> AsyncGenerator[bytes, None]:
    try:
        yield archive.begin(name, row["size"], row["sorted_at"])
        async with aclosing(reader.chunks()) as chunks:
            async for chunk in chunks:
                yield archive.add(chunk)
        yield archive.end()
    finally:
        await reader.close()


def _ending(archive: Archive, missing: Sequence[str]) -> list[bytes]:
    pieces = []
    if missing:
        text = "\n".join(["These pictures were gone before their turn came:", *missing, ""]).encode()
        now = clock.now().replace(tzinfo=None)
        pieces = [archive.begin(MISSING, len(text), now), archive.add(text), archive.end()]
    return pieces + archive.close()


def _check_number(count: int) -> None:
    if not 1 <= count <= MOST_PICTURES:
        detail = "No picture is selected." if not count else f"{MOST_PICTURES} pictures are the most."
        raise Invalid("This selection is no download.", faults=(Fault("selection", detail),))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
