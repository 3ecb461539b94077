"""Originals of others, read from where their owners keep them."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from archypix.core.errors import Unavailable
from archypix.storage.interface import Storage
from archypix.storage.keys import blob_key
from federation.access.models import Granted
from federation.outbound.client import Outbound
from federation.outbound.errors import FetchError, Unreachable

IDLE_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 60.0
# Bytes a second, on the whole, after that.
SLOWEST: Final = 32 << 10


@dataclass(slots=True)
class Stream:
    """`Source` of bytes that come over the network, or from our own storage."""

    size: int
    sha256: bytes
    media_type: str
    filename: str
    _chunks: AsyncIterator[bytes]

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in self._chunks:
                yield chunk
        except FetchError as error:
            raise _stopped(error) from error


class Sources:
    """Opens what an owner gave an address of."""

    def __init__(self, outbound: Outbound, storage: Storage) -> None:
        self._outbound = outbound
        self._storage = storage

    @asynccontextmanager
    async def open(self, granted: Granted) -> AsyncIterator[Stream]:
        """The original; `Unavailable` where it cannot be read now, or its owner does not say which bytes it has."""
        if granted.sha256 is None or granted.size is None:
            raise Unavailable("The owner's server does not say which file this is.")
        known = (granted.size, granted.sha256, granted.media_type, granted.filename)
        if granted.blob_id is not None:
            yield Stream(*known, self._own(granted.sha256, granted.blob_id))
            return
        try:
            async with self._outbound.stream(granted.urls["original"], idle=IDLE_SECONDS) as chunks:
                yield Stream(*known, _paced(chunks))
        except FetchError as error:
            raise _stopped(error) from error

    def _own(self, sha256: bytes, blob_id: UUID) -> AsyncIterator[bytes]:
        return self._storage.read(blob_key(sha256, blob_id))


async def _paced(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same, as long as they come fast enough: who sends drop by drop would hold a place for weeks."""
    began, size = time.monotonic(), 0
    async for chunk in chunks:
        size += len(chunk)
        if size < (time.monotonic() - began - GRACE_SECONDS) * SLOWEST:
            raise Unreachable("the file comes too slowly")
        yield chunk


def _stopped(error: FetchError) -> Unavailable:
    return Unavailable("The file cannot be got from its owner's storage now.", log_detail=error.detail)
