"""The server's part in telling of shares: it hears from the database where to look, and looks for what it missed."""

from __future__ import annotations

import asyncio
import logging
import time

import asyncpg

from archypix.core.errors import Unavailable
from archypix.core.listening import listen_forever
from archypix.shares.publishing.models import CHANNEL
from archypix.shares.publishing.publisher import Publisher

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
# Left to gather, so that a stream of uploads is told in bunches; and after work, so many times as long as it took.
REST_SECONDS = 0.2
REST_TIMES = 1.0
LONGEST_REST = 2.0
REMIND_EVERY = 600.0
LEAST_REMIND = 1.0


class PublishingLoop:
    """Takes steps for each account that has any to take, in turns. `scale` is how fast time passes for what waits."""

    def __init__(self, database_url: str, publisher: Publisher, *, scale: float = 1.0) -> None:
        self._url = database_url
        self._publisher = publisher
        self._scale = scale
        self._heard: set[int] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled. What no notification told of is found within five seconds."""
        self._heard = set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen_forever(self._url, CHANNEL, self._hear))
            tasks.create_task(self._work())
            tasks.create_task(self._remind())

    def _hear(self, payload: str) -> None:
        if payload.isdigit():
            self._heard.add(int(payload))
            self._wake.set()

    async def _work(self) -> None:
        looked = -LOOK_SECONDS
        while True:
            began = time.monotonic()
            if began - looked >= LOOK_SECONDS:
                looked = began
                await self._look()
            await self._round()
            took = time.monotonic() - began
            await asyncio.sleep(max(REST_SECONDS, min(REST_TIMES * took, LONGEST_REST)))
            try:
                async with asyncio.timeout(max(0.01, LOOK_SECONDS - (time.monotonic() - looked))):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _look(self) -> None:
        try:
            self._heard.update(await self._publisher.waiting())
        except (Unavailable, asyncpg.PostgresError) as error:
            logger.warning("shares: %r", error)

    async def _round(self) -> None:
        """Take steps for whoever was heard of until there are none; those with much to do take turns."""
        waiting, self._heard = self._heard, set()
        while waiting:
            for account_id in sorted(waiting):
                if not await self._step(account_id):
                    waiting.discard(account_id)
            waiting |= self._heard
            self._heard = set()

    async def _step(self, account_id: int) -> bool:
        """A step whose failure keeps no other account from its own; it is tried again at the next look."""
        try:
            return await self._publisher.step(account_id)
        except (Unavailable, asyncpg.PostgresError, TimeoutError) as error:
            logger.warning("shares: a step failed, trying again later: %r", error, extra={"account": account_id})
        except Exception:
            logger.exception("shares: a step failed, trying again later", extra={"account": account_id})
        return False

    async def _remind(self) -> None:
        while True:
            await asyncio.sleep(max(LEAST_REMIND, REMIND_EVERY * self._scale))
            try:
                await self._publisher.remind(scale=self._scale)
            except (Unavailable, asyncpg.PostgresError) as error:
                logger.warning("shares: %r", error)
