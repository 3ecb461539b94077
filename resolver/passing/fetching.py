"""What anybody may read of people, fetched from where they live or taken from what is kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from archypix.core.errors import Unavailable
from resolver.backends.models import Backend
from resolver.backends.service import Backends
from resolver.names.models import Where
from resolver.passing.keeping import LONGEST, Keeper, Kept, Key, fresh_seconds
from resolver.passing.wire import backward
from resolver.reaching import BackendAway, Reach, Response

# For a whole answer, to clients that read it slowly.
SECONDS = 300.0
# While one request fetches, others for the same wait for it no longer than this.
FLIGHT_SECONDS = 5.0
TROUBLE = frozenset({500, 502, 503, 504})

# What is done with an answer that is not kept: the bytes are those that were read of it already.
Otherwise: TypeAlias = Callable[[Response, bytes], Awaitable[None]]


class Fetcher:
    """GETs without signatures. The same address is fetched once at a time, and kept as long as its backend says.

    While the backend does not answer, or is in trouble, what was kept stands for it.
    """

    def __init__(self, backends: Backends, reach: Reach, keeper: Keeper) -> None:
        self._backends = backends
        self._reach = reach
        self._keeper = keeper
        self._flights: dict[Key, asyncio.Event] = {}

    def kept(self, key: Key, where: Where | None) -> Kept | None:
        """What is kept and still new."""
        found = self._keeper.get(key, where)
        return found if found is not None and found.fresh else None

    async def get(
        self,
        key: Key,
        where: Where | None,
        backend: Backend,
        target: str,
        headers: Sequence[tuple[str, str]],
        *,
        host: str,
        otherwise: Otherwise,
    ) -> Kept | None:
        """The answer of `backend` to `target`, kept by now; None where it may not be, and `otherwise` had it.

        Raises `Unavailable` where there is none, not even an old one.
        """
        await self._wait(key)
        old = self._keeper.get(key, where)
        if old is not None and (old.fresh or not self._backends.up(backend.id)):
            return old
        if not backend.admitted:
            raise Unavailable("The server of this person is not part of the domain at the moment.", retry_after=60)
        flight = self._flights.setdefault(key, asyncio.Event())
        began: list[bool] = []

        async def answered(response: Response, read: bytes) -> None:
            began.append(True)
            self._land(key, flight)
            await otherwise(response, read)

        try:
            return await self._fetch(key, where, backend, target, headers, host, old, answered)
        except BackendAway:
            if old is None or began:
                raise
            return old
        finally:
            self._land(key, flight)

    async def _fetch(
        self,
        key: Key,
        where: Where | None,
        backend: Backend,
        target: str,
        headers: Sequence[tuple[str, str]],
        host: str,
        old: Kept | None,
        otherwise: Otherwise,
    ) -> Kept | None:
        async with self._reach.request(
            backend.origin, "GET", target, headers=headers, host=host, seconds=SECONDS
        ) as response:
            if response.status in TROUBLE and old is not None:
                return old
            seconds = fresh_seconds(response.status, response.headers)
            body, whole = await _read(response) if seconds is not None else (b"", False)
            if seconds is None or not whole:
                await otherwise(response, body)
                return None
            made = Kept(
                where, response.status, tuple(backward(response.headers.items())), body, time.monotonic() + seconds
            )
        self._keeper.put(key, made)
        return made

    async def _wait(self, key: Key) -> None:
        flight = self._flights.get(key)
        if flight is None:
            return
        try:
            async with asyncio.timeout(FLIGHT_SECONDS):
                await flight.wait()
        except TimeoutError:
            pass

    def _land(self, key: Key, flight: asyncio.Event) -> None:
        flight.set()
        if self._flights.get(key) is flight:
            del self._flights[key]


async def _read(response: Response) -> tuple[bytes, bool]:
    """What was read of an answer, and whether that is all: longer ones are not kept."""
    if (response.content_length or 0) > LONGEST:
        return b"", False
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LONGEST:
            return bytes(body), False
    return bytes(body), True
