"""All files of a selection in one archive: offered under an address that works once, then sent piece by piece."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
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
from archypix.operations.zipping import Entry, Filed, zipped
from archypix.pictures.faraway import FarArchive, FarArchives, Faraway, FarPicture
from archypix.pictures.names import clean_filename
from archypix.pictures.query import Parameters, Trees, unfold
from archypix.pictures.selection import Selection, compile_selection
from archypix.storage.interface import Storage

PATH: Final = "/api/v1/downloads/"
MOST_PICTURES: Final = 50_000
WAITS: Final = timedelta(minutes=15)
# Pictures looked up at a time: what is kept in memory, and how old their rows may be when their turn comes.
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """Where an archive can be fetched, once, and what is in it: `bytes` of files, without what the archive adds."""

    url: str
    pictures: int
    bytes: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offers:
    """What a selection is offered as: own pictures here, received ones by their owners' servers. `missing` are those of
    which nobody offers anything."""

    own: Offer | None
    far: Sequence[FarArchive]
    missing: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An archive that is being fetched."""

    owner_id: int
    picture_ids: Sequence[UUID]
    filename: str


class DownloadService:
    """Offers selections for download, and reads them."""

    def __init__(self, database: Database, trees: Trees, storage: Storage, faraway: Faraway | None = None) -> None:
        self._database = database
        self._trees = trees
        self._storage = storage
        self._faraway = faraway

    async def offer(self, owner_id: int, selection: Selection, filename: str) -> Offers:
        """Addresses for the originals of the selected pictures, as they are selected now: one for each server.

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
                received = await store.pick_received(connection, chosen, parameters.values, MOST_PICTURES + 1)
                _check_number(len(ids) + len(received))
                if ids:
                    await store.insert(connection, download_id, owner_id, _hash(secret), ids, name, expires_at)
        except TimeoutError as error:
            raise Unavailable("This takes too long: select less at once.", log_detail="download timeout") from error
        own = Offer(f"{PATH}{download_id}?key={secret}", len(ids), size, expires_at) if ids else None
        far = await self._far(owner_id, received, name)
        return Offers(own, far.archives, far.missing)

    async def _far(self, owner_id: int, received: Sequence[FarPicture], filename: str) -> FarArchives:
        if not received or self._faraway is None:
            return FarArchives(missing=len(received))
        return await self._faraway.archives(owner_id, received, filename)

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
        async with aclosing(zipped(self._storage, self._batches(taken))) as pieces:
            async for piece in pieces:
                yield piece

    async def _batches(self, taken: Taken) -> AsyncIterator[list[Entry]]:
        for start in range(0, len(taken.picture_ids), BATCH):
            ids = taken.picture_ids[start : start + BATCH]
            async with self._database.connection() as connection:
                rows = await store.files(connection, taken.owner_id, ids)
            yield [(str(one), _filed(rows[one]) if one in rows else None) for one in ids]


def _filed(row: Row) -> Filed:
    return Filed(row["filename"], row["size"], row["sha256"], row["blob_id"], row["sorted_at"])


def _check_number(count: int) -> None:
    if not 1 <= count <= MOST_PICTURES:
        detail = "No picture is selected." if not count else f"{MOST_PICTURES} pictures are the most."
        raise Invalid("This selection is no download.", faults=(Fault("selection", detail),))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
