"""Archives on their way to clients: as fast as these take them, broken off when they go, stall, or the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Final

from archypix.core import metrics
from archypix.core.errors import Unavailable
from archypix.storage.answers import Answer
from archypix.storage.disposition import content_disposition
from archypix.storage.receiving import Body, Pace, Receive

SEND_SECONDS: Final = 120.0
# Small pieces (headers of the archive) are gathered to this much before they are sent.
GATHERED: Final = 64 << 10


class ArchiveSender:
    """Sends archives, `most` of them at a time. A client may take no bytes for `send_seconds`."""

    def __init__(self, most: int, send_seconds: float = SEND_SECONDS) -> None:
        self._most = most
        self._send_seconds = send_seconds
        self._under_way: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._stopping = True
        for deadline in self._under_way:
            _end_now(deadline)

    def require_room(self) -> None:
        """`Unavailable` where one more would be too many."""
        if self._stopping or len(self._under_way) >= self._most:
            raise Unavailable("Too many archives are being fetched: try again in a while.", retry_after=30)

    @asynccontextmanager
    async def under_way(self, receive: Receive) -> AsyncIterator[asyncio.Timeout]:
        """The block ends in a TimeoutError when the client goes, or takes nothing for too long, and by `stop`."""
        async with asyncio.timeout(None) as deadline:
            self._under_way.add(deadline)
            watcher = asyncio.create_task(_watch(Body(receive, Pace()), deadline))
            try:
                yield deadline
            finally:
                watcher.cancel()
                self._under_way.discard(deadline)

    async def send(
        self,
        answer: Answer,
        filename: str,
        pieces: AsyncGenerator[bytes, None],
        deadline: asyncio.Timeout,
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        """Send the pieces of an archive as a file of this name. What is broken off lacks its end, and so says of itself
        that it is not whole."""
        disposition = content_disposition(filename, inline=False).encode()
        own = [(b"content-type", b"application/zip"), (b"content-disposition", disposition)]
        await answer.start(200, [*headers, *own])
        gathered: list[bytes] = []
        size = 0
        async with aclosing(pieces):
            async for piece in pieces:
                gathered.append(piece)
                size += len(piece)
                if size >= GATHERED:
                    await self._chunk(gathered, answer, deadline)
                    size = 0
        await self._chunk(gathered, answer, deadline)
        await answer.end()

    async def _chunk(self, gathered: list[bytes], answer: Answer, deadline: asyncio.Timeout) -> None:
        if deadline.when() != 0:
            deadline.reschedule(asyncio.get_running_loop().time() + self._send_seconds)
        data = b"".join(gathered)
        gathered.clear()
        await answer.chunk(data, more=True)
        metrics.served_bytes.inc(len(data))


async def _watch(body: Body, deadline: asyncio.Timeout) -> None:
    await body.gone()
    _end_now(deadline)


def _end_now(deadline: asyncio.Timeout) -> None:
    try:
        deadline.reschedule(0)
    except RuntimeError:
        pass  # it is ending already
