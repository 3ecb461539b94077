"""Content on its way to clients: as fast as they take it, broken off when they go away or stall, and when all stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Final

from archypix.core import metrics
from archypix.storage.answers import Answer
from archypix.storage.interface import Reader
from archypix.storage.receiving import Body

SEND_SECONDS: Final = 120.0
# What fits into one message is sent without watching whether the client is still there.
UNWATCHED: Final = 256 << 10


class Transfers:
    """The transfers of one app. `send_seconds` is how long a client may take no bytes before it is given up."""

    def __init__(self, send_seconds: float = SEND_SECONDS) -> None:
        self._send_seconds = send_seconds
        self._under_way: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """Break off everything under way, at once; whatever comes later is refused."""
        self._stopping = True
        for deadline in self._under_way:
            _end_now(deadline)

    def begin(self, answer: Answer, body: Body, deadline: asyncio.Timeout) -> Transfer:
        """A transfer for one answer, below the deadline that `until_stopped` gave."""
        return Transfer(answer, body, deadline, self._send_seconds)

    @asynccontextmanager
    async def until_stopped(self) -> AsyncIterator[asyncio.Timeout]:
        """A block that ends with `TimeoutError` by `stop`, and when a transfer in it stalls."""
        async with asyncio.timeout(0 if self._stopping else None) as deadline:
            self._under_way.add(deadline)
            try:
                yield deadline
            finally:
                self._under_way.discard(deadline)


class Transfer:
    """Sends the bytes of one answer as fast as the client takes them, until it goes away or stalls."""

    def __init__(self, answer: Answer, body: Body, deadline: asyncio.Timeout, seconds: float) -> None:
        self.answer = answer
        self._body = body
        self._deadline = deadline
        self._seconds = seconds

    async def send(self, reader: Reader, start: int, stop: int) -> None:
        """Bytes `start` to `stop` of the object, to the end of the answer."""
        await self.send_chunks(reader.chunks(start, stop), stop - start)

    async def send_chunks(self, chunks: AsyncGenerator[bytes, None], length: int) -> None:
        """What comes out of `chunks`, `length` bytes, to the end of the answer."""
        watcher = asyncio.create_task(self._watch()) if length > UNWATCHED else None
        try:
            await self._send(chunks, length)
        finally:
            if watcher is not None:
                watcher.cancel()

    async def _send(self, chunks: AsyncGenerator[bytes, None], left: int) -> None:
        clock = asyncio.get_running_loop().time
        async with aclosing(chunks):
            async for chunk in chunks:
                if self._deadline.when() != 0:
                    self._deadline.reschedule(clock() + self._seconds)
                left -= len(chunk)
                await self.answer.chunk(chunk, more=left > 0)
                metrics.served_bytes.inc(len(chunk))

    async def _watch(self) -> None:
        await self._body.gone()
        _end_now(self._deadline)


def _end_now(deadline: asyncio.Timeout) -> None:
    try:
        deadline.reschedule(0)
    except RuntimeError:
        pass  # it is ending already
