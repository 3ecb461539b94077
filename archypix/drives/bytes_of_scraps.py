"""The bytes of files beside the tags: opened to be read, and as what a picture can be made of."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from archypix.drives.models import Scrap
from archypix.storage.interface import ObjectInfo, Storage


class SmallReader:
    """A `Reader` of bytes that were kept in a row."""

    def __init__(self, scrap: Scrap, data: bytes) -> None:
        self.info = ObjectInfo(str(scrap.id), len(data), scrap.sha256.hex(), scrap.modified)
        self._data = data

    async def chunks(self, start: int = 0, stop: int | None = None) -> AsyncGenerator[bytes, None]:
        """The bytes, at once."""
        if piece := self._data[start:stop]:
            yield piece

    async def close(self) -> None:
        """Nothing is held."""


class Stored:
    """Bytes that lie in storage already, as `uploads.content.Content`."""

    def __init__(self, storage: Storage, key: str, size: int, sha256: bytes, head: bytes) -> None:
        self._storage = storage
        self._key = key
        self.size = size
        self.sha256 = sha256
        self.head = head

    async def verify(self) -> None:
        """Nothing to do: they were hashed as they came."""

    async def commit(self, key: str, media_type: str) -> None:  # noqa: ARG002 - a copy is of the type it was kept with
        await self._storage.copy(self._key, key)
