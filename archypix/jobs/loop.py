"""The server's part in waking workers: it hears of due jobs from the database, and looks for missed ones."""

from __future__ import annotations

import asyncio
import logging

from archypix.core.errors import Unavailable
from archypix.core.listening import listen_forever
from archypix.jobs.service import JobService
from archypix.jobs.store import CHANNEL
from archypix.jobs.waker import MOST_WAITING, Waker

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
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
            tasks.create_task(
                listen_forever(
                    self._url,
                    CHANNEL,
                    lambda _: self._heard.set(),
                    # What came in before the listening began.
                    begun=self._heard.set,
                )
            )
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
