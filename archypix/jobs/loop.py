"""The server's part in waking workers: it hears of due jobs from the database, and looks for missed ones."""

from __future__ import annotations

import asyncio
import logging

import asyncpg

from archypix.core.database import UNREACHABLE
from archypix.core.errors import Unavailable
from archypix.jobs.service import JobService
from archypix.jobs.store import CHANNEL
from archypix.jobs.waker import MOST_WAITING, Waker

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
# Workers that wait at the server take new jobs themselves; only what is left after a moment needs a wake.
GRACE_SECONDS = 0.05


class JobLoop:
    """Listens for new jobs, wakes who waits for them here, and sleeping workers through RQ."""

    def __init__(self, database_url: str, service: JobService, waker: Waker) -> None:
        self._url = database_url
        self._service = service
        self._waker = waker
        self._heard = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled. Jobs whose notification was missed are found within five seconds."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen_forever())
            tasks.create_task(self._wake_forever())

    async def _wake_forever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._heard.wait()
            except TimeoutError:
                pass
            self._heard.clear()
            self._service.wake()
            if self._service.polls:
                await asyncio.sleep(GRACE_SECONDS)
            try:
                if due := await self._service.count_claimable(MOST_WAITING):
                    await self._waker.wake(due)
            except Unavailable as error:
                logger.warning("jobs: %s", error)
            await asyncio.sleep(GRACE_SECONDS)

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (*UNREACHABLE, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("jobs: the database is away, trying again: %r", error)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=10, server_settings={"application_name": "archypix jobs"})
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._heard.set())
            # What came in before the listening began.
            self._heard.set()
            await lost.wait()
        finally:
            connection.terminate()
