"""Notifications of the database, heard for a server's whole life by all who want them, over one connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import asyncpg

from archypix.core.database import UNREACHABLE

logger = logging.getLogger(__name__)
RECONNECT_SECONDS = 1.0
NAME = "archypix listening"


def _nothing() -> None:
    """What most do when the listening begins or ends."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ear:
    channel: str
    hear: Callable[[str], None]
    begun: Callable[[], None]
    lost: Callable[[], None]


async def listen_forever(
    url: str,
    channel: str,
    hear: Callable[[str], None],
    *,
    begun: Callable[[], None] = _nothing,
    lost: Callable[[], None] = _nothing,
) -> None:
    """Call `hear` with the payload of each notification on `channel`, until cancelled.

    A lost connection is made anew; `begun` is called whenever the listening begins, `lost` when it was interrupted, for
    what came meanwhile is not heard. Who listens to the same database in the same event loop shares a connection.
    """
    loop = asyncio.get_running_loop()
    posts = _posts.setdefault(loop, {})
    post = posts.setdefault(url, _Post(url))
    ear = _Ear(channel, hear, begun, lost)
    work = post.join(ear)
    try:
        await asyncio.shield(work)
    finally:
        if post.leave(ear):
            posts.pop(url, None)
            work.cancel()
            await asyncio.wait({work})


class _Post:
    """One connection and who listens on it; it is there as long as somebody does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ears: dict[_Ear, None] = {}
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def join(self, ear: _Ear) -> asyncio.Task[None]:
        """What goes on until the last one leaves, and ends earlier only by a mistake of ours."""
        self._ears[ear] = None
        self._news.set()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        return self._work

    def leave(self, ear: _Ear) -> bool:
        """Whether that was the last one."""
        del self._ears[ear]
        return not self._ears

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (*UNREACHABLE, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("the database is away, trying to listen again: %r", error)
            for ear in tuple(self._ears):
                ear.lost()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=10, server_settings={"application_name": NAME})
        connection.add_termination_listener(lambda _: self._news.set())
        served: set[_Ear] = set()
        channels: set[str] = set()
        try:
            while not connection.is_closed():
                self._news.clear()
                for ear in tuple(self._ears):
                    if ear not in served:
                        await self._serve(connection, ear, channels)
                        served.add(ear)
                await self._news.wait()
        finally:
            connection.terminate()

    async def _serve(self, connection: asyncpg.Connection, ear: _Ear, channels: set[str]) -> None:
        if ear.channel not in channels:
            await connection.add_listener(ear.channel, self._heard)
            channels.add(ear.channel)
        if ear in self._ears:
            ear.begun()

    def _heard(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        for ear in tuple(self._ears):
            if ear.channel != channel:
                continue
            try:
                ear.hear(str(payload))
            except Exception:
                # What one of them raises is nothing to the others.
                logger.exception("a notification on %s was not understood", channel)


_posts: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Post]] = WeakKeyDictionary()
