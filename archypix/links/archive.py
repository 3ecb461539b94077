"""All that a link shows in one archive, made while it is sent, for as long as the link leads there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from archypix.core.database import Database
from archypix.core.errors import NotFound
from archypix.links import pictures_store, store
from archypix.links.models import OpenLink, Shown
from archypix.operations.archive import Archive, Names
from archypix.pictures.names import clean_filename
from archypix.storage.errors import NoSuchObject
from archypix.storage.interface import Reader, Storage
from archypix.storage.keys import blob_key, thumbnail_key

BATCH: Final = 50


class Revoked(Exception):
    """The link does not lead there any more; what was sent stays without its end."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a guest fetches: the files themselves, or previews."""

    link: OpenLink
    originals: bool

    @property
    def filename(self) -> str:
        """What the archive is called."""
        return clean_filename(f"{self.link.name.replace('/', '-')}.zip")


class LinkArchives:
    """Makes archives of links."""

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    def want(self, link: OpenLink, kind: str) -> Wanted:
        """What the word `kind` stands for; without one the best there is. `NotFound` for what is not shared."""
        if kind not in ("", "originals", "previews") or (kind == "originals" and not link.originals):
            raise NotFound("Only previews of these pictures are shared.")
        return Wanted(link, link.originals and kind != "previews")

    async def pieces(self, wanted: Wanted) -> AsyncGenerator[bytes, None]:
        """The archive, made as fast as it is taken; `Revoked` when the link ends meanwhile.

        Pictures without a preview are left out of an archive of previews, as are those that go before their turn.
        """
        archive, names = Archive(), Names()
        place = None
        while True:
            async with self._database.connection() as connection:
                if not await store.still(connection, wanted.link):
                    raise Revoked
                rows = await pictures_store.page(connection, wanted.link, place, BATCH)
            for shown in rows:
                async with aclosing(self._member(archive, names, shown, originals=wanted.originals)) as pieces:
                    async for piece in pieces:
                        yield piece
            if len(rows) < BATCH:
                break
            place = (rows[-1].sorted_at, rows[-1].id)
        for piece in archive.close():
            yield piece

    async def _member(
        self, archive: Archive, names: Names, shown: Shown, *, originals: bool
    ) -> AsyncGenerator[bytes, None]:
        reader = await self._open(shown, originals=originals)
        if reader is None:
            return
        name = shown.filename if originals else f"{shown.filename.rpartition('.')[0] or shown.filename}.webp"
        try:
            yield archive.begin(names.unique(name), reader.info.size, shown.sorted_at)
            async with aclosing(reader.chunks()) as chunks:
                async for chunk in chunks:
                    yield archive.add(chunk)
            yield archive.end()
        finally:
            await reader.close()

    async def _open(self, shown: Shown, *, originals: bool) -> Reader | None:
        if not originals and not shown.has_thumbnails:
            return None
        key = blob_key(shown.sha256, shown.blob_id) if originals else thumbnail_key(shown.blob_id, "large")
        try:
            return await self._storage.open(key)
        except NoSuchObject:
            return None
