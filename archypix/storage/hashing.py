"""SHA-256 of streams, computed in threads."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Final

from archypix.storage.threads import Threads

AT_ONCE: Final = 1 << 20


class Hasher:
    """Gathers chunks and has them hashed a megabyte at a time."""

    def __init__(self, threads: Threads) -> None:
        self.size = 0
        self._threads = threads
        self._digest = hashlib.sha256()
        self._pending: list[bytes] = []
        self._held = 0

    async def add(self, chunk: bytes) -> None:
        """Take more bytes."""
        self._pending.append(chunk)
        self._held += len(chunk)
        self.size += len(chunk)
        if self._held >= AT_ONCE:
            await self._threads.run(self._hash)

    async def add_all(self, chunks: AsyncIterator[bytes]) -> None:
        """Take a whole stream."""
        async for chunk in chunks:
            await self.add(chunk)

    async def digest(self) -> bytes:
        """The hash (32 bytes) of everything so far."""
        await self._threads.run(self._hash)
        return self._digest.digest()

    def _hash(self) -> None:
        for chunk in self._pending:
            self._digest.update(chunk)
        self._pending.clear()
        self._held = 0
