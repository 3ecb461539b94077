"""Events as they happen: one listening connection a server, a bounded queue for each open stream."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from archypix.core import metrics
from archypix.core.errors import RateLimited
from archypix.core.listening import listen_forever
from archypix.events.store import CHANNEL

QUEUE_LENGTH = 500
STREAMS_OF_ONE_ACCOUNT = 20


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: its kind and a small JSON body, already encoded."""

    kind: str
    data: bytes


class Stream:
    """One listener's queue. When it overflows, what it holds is replaced by one `resync`: read the lists again."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE_LENGTH)

    def put(self, event: Event | None) -> None:
        """Add an event; None ends the stream."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(Event("resync", b"{}"))
        self._queue.put_nowait(event)

    async def next(self, *, within: float) -> Event | None:
        """The next event, or None at the end; TimeoutError when none came within so many seconds."""
        async with asyncio.timeout(within):
            return await self._queue.get()


class EventService:
    """Hears notifications of the database and hands each to the streams of its account."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._streams: dict[int, set[Stream]] = defaultdict(set)
        self._closed = False

    async def run(self) -> None:
        """Listen until cancelled, connecting anew whenever the database was away."""
        await listen_forever(self._url, CHANNEL, self._hear, lost=lambda: self._broadcast(Event("resync", b"{}")))

    def _hear(self, payload: str) -> None:
        message: dict[str, Any] = orjson.loads(payload)
        event = Event(message["kind"], orjson.dumps(message["data"]))
        for stream in self._streams.get(message["account"], ()):
            stream.put(event)

    def _broadcast(self, event: Event | None) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.put(event)

    @asynccontextmanager
    async def subscribe(self, account_id: int) -> AsyncIterator[Stream]:
        """A stream of the account's events from now on. At most 20 may be open for one account."""
        streams = self._streams[account_id]
        if len(streams) >= STREAMS_OF_ONE_ACCOUNT:
            raise RateLimited("Too many event streams are open for this account.", retry_after=10)
        stream = Stream()
        streams.add(stream)
        metrics.streams_open.inc()
        if self._closed:
            stream.put(None)
        try:
            yield stream
        finally:
            streams.discard(stream)
            metrics.streams_open.dec()
            if not streams:
                self._streams.pop(account_id, None)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        self._broadcast(None)
