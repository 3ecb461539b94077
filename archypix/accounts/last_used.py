"""Times of last use, written behind the requests that used a session or token."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from uuid import UUID

import asyncpg

from archypix.accounts.models import Caller
from archypix.accounts.store import credentials
from archypix.core.database import Database
from archypix.core.errors import Unavailable

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.5
MOST_WAITING = 1000


class LastUsed:
    """Gathers what was used for half a second and writes it in one go; what is lost in a crash costs nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sessions: set[UUID] = set()
        self._tokens: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def note(self, caller: Caller) -> None:
        """This caller's session or token was used just now. Never waits."""
        if len(self._sessions) + len(self._tokens) >= MOST_WAITING:
            return
        if caller.session_id is not None:
            self._sessions.add(caller.session_id)
        if caller.token_id is not None:
            self._tokens.add(caller.token_id)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_soon())

    async def close(self) -> None:
        """Write what waits, when what is being written has been."""
        self._closing.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self._write()

    async def _write_soon(self) -> None:
        while self._sessions or self._tokens:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), GATHER_SECONDS)
            await self._write()

    async def _write(self) -> None:
        sessions, tokens = list(self._sessions), list(self._tokens)
        self._sessions.clear()
        self._tokens.clear()
        if not sessions and not tokens:
            return
        try:
            async with self._database.connection() as connection:
                await credentials.note_use(connection, sessions, tokens)
        except (Unavailable, asyncpg.PostgresError) as error:
            logger.warning("times of last use are lost: %r", error)
