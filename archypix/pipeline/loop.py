"""The server's part in running pipelines: it hears of what is dirty from the database, and looks for what it missed."""

from __future__ import annotations

import asyncio
import logging
import time

import asyncpg

from archypix.core.errors import Unavailable
from archypix.core.listening import listen_forever
from archypix.pipeline.models import CHANNEL
from archypix.pipeline.run import Outcome, Runner

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
# When all is done for an owner, marks are left to gather, so that a stream of uploads is taken in bunches: at least so
# long, and so many times as long as the last step took.
REST_SECONDS = 0.3
REST_TIMES = 15.0
LONGEST_REST = 5.0
AFTER_ERROR = 5.0
# Owners whose pipelines one server runs at the same time.
AT_ONCE = 2


class PipelineLoop:
    """Listens for marks, and takes steps for each owner who has any until there are none."""

    def __init__(self, database_url: str, runner: Runner) -> None:
        self._url = database_url
        self._runner = runner
        self._heard: set[int] = set()
        self._busy: set[int] = set()
        self._look = asyncio.Event()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Work until cancelled. What no notification told of is found within five seconds."""
        self._heard, self._busy = set(), set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen_forever(self._url, CHANNEL, self._hear))
            tasks.create_task(self._start_forever(tasks))

    async def _start_forever(self, tasks: asyncio.TaskGroup) -> None:
        looked = 0.0
        while True:
            if time.monotonic() - looked >= LOOK_SECONDS:
                looked = time.monotonic()
                try:
                    self._heard.update(await self._runner.waiting())
                except (Unavailable, asyncpg.PostgresError) as error:
                    logger.warning("pipeline: %s", error)
            for owner_id in self._heard - self._busy:
                self._busy.add(owner_id)
                tasks.create_task(self._work(owner_id))
            self._look.clear()
            try:
                async with asyncio.timeout(max(0.01, LOOK_SECONDS - (time.monotonic() - looked))):
                    await self._look.wait()
            except TimeoutError:
                pass

    async def _work(self, owner_id: int) -> None:
        """Take steps for an owner for as long as there is anything to do."""
        try:
            while owner_id in self._heard:
                self._heard.discard(owner_id)
                await asyncio.sleep(await self._drain(owner_id))
        finally:
            self._busy.discard(owner_id)

    async def _drain(self, owner_id: int) -> float:
        """Take steps until all is done; how many seconds to rest."""
        while True:
            started = time.monotonic()
            try:
                async with self._places:
                    outcome = await self._runner.step(owner_id)
            except (Unavailable, asyncpg.PostgresError, TimeoutError) as error:
                logger.warning("pipeline: a step failed, trying again later: %r", error, extra={"account": owner_id})
                return AFTER_ERROR
            except Exception:
                # A mistake over one owner's services must not end the work for all others.
                logger.exception("pipeline: a step failed, trying again later", extra={"account": owner_id})
                return AFTER_ERROR
            if outcome is not Outcome.MORE:
                took = time.monotonic() - started
                return 0.0 if outcome is Outcome.IDLE else min(LONGEST_REST, max(REST_SECONDS, REST_TIMES * took))

    def _hear(self, text: str) -> None:
        if text.isdigit():
            self._heard.add(int(text))
            self._look.set()
