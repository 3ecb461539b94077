"""The body of an upload as it arrives over ASGI: in large pieces, with back-pressure, a limit and an idle time-out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from archypix.core.errors import TooLarge

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]

# Pieces are handed on when they are this large, so that each trip to a thread moves much.
PIECE = 512 << 10
IDLE_SECONDS = 60.0
# After the first minute a body must have come at this rate on the whole, in bytes a second.
GRACE_SECONDS = 60.0
LEAST_RATE = 1024
# What a refused request may still send before its answer, so that its client reads the answer and not a reset.
DRAIN_BYTES = 64 << 20
DRAIN_SECONDS = 5.0


class Disconnected(Exception):
    """The client went away before its body was whole."""


class Stalled(Exception):
    """No byte came for too long, or too few."""


class Body:
    """One request's body, read once. Nothing is read ahead: the client waits until a piece is used."""

    def __init__(self, receive: Receive, *, limit: int, idle_seconds: float = IDLE_SECONDS) -> None:
        self._receive = receive
        self._limit = limit
        self._idle = idle_seconds
        self.received = 0
        self.ended = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body in pieces of half a MiB or more, the last one smaller.

        Raises `TooLarge` beyond the limit, `Stalled` when nothing comes, `Disconnected` when the client is gone.
        """
        held: list[bytes] = []
        size = 0
        began = time.monotonic()
        while not self.ended:
            chunk = await self._next(self._idle)
            if self.received < (time.monotonic() - began - GRACE_SECONDS) * LEAST_RATE:
                raise Stalled
            held.append(chunk)
            size += len(chunk)
            if self.received > self._limit:
                raise TooLarge("The file is larger than this server takes.")
            if size >= PIECE or (self.ended and size):
                yield held[0] if len(held) == 1 else b"".join(held)
                held, size = [], 0

    async def drain(self) -> None:
        """Read and drop what is left, within bounds; never raises."""
        until = self.received + DRAIN_BYTES
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self.ended and self.received < until:
                    await self._next(DRAIN_SECONDS)
        except (TimeoutError, Stalled, Disconnected):
            pass

    async def _next(self, within: float) -> bytes:
        try:
            async with asyncio.timeout(within):
                message = await self._receive()
        except TimeoutError:
            raise Stalled from None
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        self.received += len(chunk)
        self.ended = not message.get("more_body", False)
        return chunk
