"""Taking the body of a PUT from raw ASGI into a writer: bounded in size, in time, and never faster than the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from archypix.core.errors import ArchypixError, TooLarge, Unavailable
from archypix.storage.errors import SizeMismatch
from archypix.storage.interface import Writer

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

DRAINED: Final = 64 << 20
DRAIN_SECONDS: Final = 10.0


class Disconnected(Exception):
    """The client went away."""


class TooSlow(ArchypixError):
    """The body comes too slowly, or not at all."""

    code = "request_timeout"


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow a body may be: about `idle` seconds without a byte, and `rate` bytes/s after `grace` seconds."""

    idle: float = 30.0
    grace: float = 60.0
    rate: int = 1024


class InMemory:
    """A small body in memory, where `Body.write_to` wants a writer."""

    def __init__(self) -> None:
        self.data = bytearray()

    @property
    def size(self) -> int:
        """Bytes so far."""
        return len(self.data)

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self.data += chunk


class Body:
    """The body of one request."""

    def __init__(self, receive: Receive, pace: Pace) -> None:
        self._receive = receive
        self._pace = pace
        self._ended = False
        self._waiting = True

    async def write_to(self, writer: Writer, *, exact: int | None, most: int) -> None:
        """Write all of it to `writer`.

        `TooLarge` as soon as there are more bytes than `most`, `SizeMismatch` when there are fewer than `exact`,
        `TooSlow`, `Disconnected`; `Unavailable` when the storage takes nothing for as long; and what the writer raises.
        """
        try:
            async with asyncio.timeout(self._pace.idle) as limit:
                await self._write_to(writer, most, limit)
        except TimeoutError:
            if self._waiting:
                raise TooSlow("The body stopped coming.") from None
            raise Unavailable("The storage takes too long.") from None
        if exact is not None and writer.size != exact:
            raise SizeMismatch(f"The body has {writer.size} bytes; this address takes exactly {exact}.")

    async def drain(self) -> None:
        """Read on for a while, so that a client that is still sending gets to see the answer."""
        left = DRAINED
        try:
            async with asyncio.timeout(min(DRAIN_SECONDS, self._pace.idle)):
                while not self._ended and left > 0:
                    left -= len(await self._next())
        except (TimeoutError, Disconnected):
            pass

    async def gone(self) -> None:
        """Return when the client goes away; what it still sends is passed over."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _write_to(self, writer: Writer, most: int, limit: asyncio.Timeout) -> None:
        clock = asyncio.get_running_loop().time
        began = armed = clock()
        while not self._ended:
            chunk = await self._next()
            if writer.size + len(chunk) > most:
                raise TooLarge(f"The body is larger than the {most} bytes that this address takes.")
            self._waiting = False
            await writer.write(chunk)
            self._waiting = True
            now = clock()
            late = now - began - self._pace.grace
            if not self._ended and late > 0 and writer.size < late * self._pace.rate:
                raise TooSlow("The body comes too slowly.")
            # A message comes every few hundred microseconds: a timer for each would cost more than the rest.
            if now - armed > self._pace.idle / 8:
                limit.reschedule(now + self._pace.idle)
                armed = now

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] != "http.request":
            self._ended = True
            raise Disconnected
        self._ended = not message.get("more_body", False)
        body: bytes = message.get("body", b"")
        return body
