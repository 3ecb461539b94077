"""Loops that keep the memory of backends and of names true: what changed is told by the database."""

from __future__ import annotations

import asyncio
import logging
import time

from archypix.core.listening import listen_forever
from resolver import metrics
from resolver.backends.service import Backends
from resolver.backends.store import CHANNEL
from resolver.names.service import Names

logger = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
# What the database told may have been lost on the way: nothing is believed for longer.
FORGET_SECONDS = 600.0


class Watching:
    """Hears what this and other Resolvers on one database change, and notices who is silent."""

    def __init__(self, url: str, backends: Backends, names: Names, *, heartbeat_seconds: float) -> None:
        self._url = url
        self._backends = backends
        self._names = names
        self._seconds = min(LOOK_SECONDS, heartbeat_seconds)
        self._changed = asyncio.Event()
        self._up: dict[int, bool] = {}
        self._forgot = time.monotonic()

    async def listen(self) -> None:
        """Hear changes, for ever."""
        await listen_forever(self._url, CHANNEL, self._hear, begun=self._names.begun, lost=self._names.lost)

    async def look(self) -> None:
        """Read the backends anew whenever they change, and now and then, for ever."""
        while True:
            self._changed.clear()
            await self._backends.load()
            self._notice()
            if time.monotonic() - self._forgot > FORGET_SECONDS:
                self._forgot = time.monotonic()
                self._names.forget()
            try:
                async with asyncio.timeout(self._seconds):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _hear(self, payload: str) -> None:
        for line in payload.split("\n"):
            kind, _, name = line.partition(" ")
            if kind == "name":
                self._names.changed(name)
            else:
                self._changed.set()

    def _notice(self) -> None:
        counts = {"up": 0, "down": 0, "pending": 0, "refused": 0}
        for backend in self._backends.all():
            up = self._backends.up(backend.id)
            counts[("up" if up else "down") if backend.admitted else backend.state] += 1
            if backend.admitted and self._up.get(backend.id, up) != up:
                logger.warning("%s %s", backend.origin, "is up again" if up else "is down: its heartbeats do not come")
            self._up[backend.id] = up
        for state, number in counts.items():
            metrics.backends.labels(state).set(number)
