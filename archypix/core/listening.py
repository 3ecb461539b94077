"""Notifications of the database, heard for a server's whole life."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import asyncpg

from archypix.core.database import UNREACHABLE

logger = logging.getLogger(__name__)
RECONNECT_SECONDS = 1.0


def _nothing() -> None:
    """What most do when the listening begins or ends."""


async def listen_forever(
    url: str,
    channel: str,
    name: str,
    hear: Callable[[str], None],
    *,
    begun: Callable[[], None] = _nothing,
    lost: Callable[[], None] = _nothing,
) -> None:
    """Call `hear` with the payload of each notification on `channel`, until cancelled.

    A lost connection is made anew; `begun` is called whenever the listening begins, `lost` when it was interrupted, for
    what came meanwhile is not heard. `name` says in logs, and to the database, who listens.
    """
    while True:
        try:
            await _listen(url, channel, name, hear, begun)
        except (*UNREACHABLE, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            logger.warning("%s: the database is away, trying again: %r", name, error)
        lost()
        await asyncio.sleep(RECONNECT_SECONDS)


async def _listen(url: str, channel: str, name: str, hear: Callable[[str], None], begun: Callable[[], None]) -> None:
    connection = await asyncpg.connect(url, timeout=10, server_settings={"application_name": f"archypix {name}"})
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    try:
        await connection.add_listener(channel, lambda _connection, _pid, _channel, payload: hear(str(payload)))
        begun()
        await ended.wait()
    finally:
        connection.terminate()
