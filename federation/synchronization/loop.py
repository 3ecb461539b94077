"""The loop of checks: a few at a time, fewer of one domain, beside other processes that do the same."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import asyncpg

from archypix.core.database import Database
from archypix.core.errors import Unavailable
from federation.documents.origins import neighbourhood
from federation.pace import USUAL, Pace
from federation.synchronization import store
from federation.synchronization.models import DAY, Check, Outcome
from federation.synchronization.repairing import Repairer

logger = logging.getLogger(__name__)

AT_ONCE = 6
# Whoever has a domain can have any number of hosts below it.
AT_ONCE_OF_DOMAIN = 2
LOOK_SECONDS = 1.0
# A share of a hundred thousand pictures is a thousand pages.
STEP_SECONDS = 600.0
LEASE_SECONDS = 60.0
# After a mistake of ours with one share.
AGAIN_SECONDS = 3600.0


class CheckLoop:
    """Works through `share_checks`."""

    def __init__(self, database: Database, repairer: Repairer, *, pace: Pace = USUAL) -> None:
        self._database = database
        self._repairer = repairer
        self._pace = pace
        self._lease = timedelta(seconds=pace.seconds(LEASE_SECONDS, least=5.0))
        self._domains: Counter[str] = Counter()
        self._free = asyncio.Event()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._free.clear()
                check = await self._claim() if self._domains.total() < AT_ONCE else None
                if check is not None:
                    self._domains[neighbourhood(check.host)] += 1
                    tasks.create_task(self._work(check))
                    continue
                try:
                    async with asyncio.timeout(self._pace.seconds(LOOK_SECONDS, least=0.05)):
                        await self._free.wait()
                except TimeoutError:
                    pass

    async def settle(self) -> int:
        """Work until nothing is due; how many steps that took. For tests and the command line."""
        steps = 0
        while (check := await self._claim()) is not None:
            self._domains[neighbourhood(check.host)] += 1
            await self._work(check)
            steps += 1
        return steps

    async def sweep(self) -> int:
        """Make checks for what is held and has none; how many."""
        async with self._database.connection() as connection:
            return await store.seed(connection, timedelta(seconds=self._pace.seconds(DAY)))

    async def _claim(self) -> Check | None:
        full = [domain for domain, busy in self._domains.items() if busy >= AT_ONCE_OF_DOMAIN]
        try:
            async with self._database.connection() as connection:
                return await store.claim(connection, uuid4(), self._lease, full)
        except (Unavailable, asyncpg.PostgresError) as error:
            logger.warning("checks of shares: %r", error)
            return None

    async def _work(self, check: Check) -> None:
        """One step, written down; what fails is tried again, and stands in no other's way."""
        keeper = asyncio.create_task(self._keep(check))
        try:
            await self._close(check, await self._step(check))
        except (Unavailable, asyncpg.PostgresError) as error:
            # The lease ends by itself.
            logger.warning("check of %s: %r", check.share, error)
        finally:
            keeper.cancel()
            self._domains[neighbourhood(check.host)] -= 1
            if not self._domains[neighbourhood(check.host)]:
                del self._domains[neighbourhood(check.host)]
            self._free.set()

    async def _step(self, check: Check) -> Outcome | None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                return await self._repairer.step(check)
        except Unavailable:
            raise
        except Exception as error:
            logger.exception("check of %s", check.share)
            wait = self._pace.seconds(AGAIN_SECONDS)
            return Outcome(wait, attempts=check.attempts, rounds=check.rounds, error=type(error).__name__)

    async def _close(self, check: Check, outcome: Outcome | None) -> None:
        async with self._database.connection() as connection:
            if outcome is None:
                await store.forget(connection, check)
                return
            await store.close(connection, check, outcome)
            if outcome.of_host:
                await store.put_off(connection, check.host, outcome.seconds)

    async def _keep(self, check: Check) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._database.connection() as connection:
                    await store.renew(connection, check, self._lease)
            except (Unavailable, asyncpg.PostgresError) as error:
                logger.warning("check of %s: %r", check.share, error)
