"""The delivery loop: takes turns on the lanes of hosts, beside other server processes that do the same."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from functools import partial
from uuid import UUID

import asyncpg

from archypix.core.database import Database
from archypix.core.errors import Unavailable
from archypix.core.ids import new_id
from archypix.core.listening import listen_forever
from federation.outbox import hosts_store
from federation.outbox.answers import Fate, Verdict
from federation.outbox.courier import Contents, Courier
from federation.outbox.ledger import Ledger
from federation.outbox.models import CHANNEL, Content, Due, Lane, Report
from federation.outbox.turn import Turn
from federation.outbox.waiting import Places, WaitingLanes
from federation.pace import USUAL, Pace

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
# A look may take this part of the time.
LOOK_SHARE = 20.0
# Longer than a turn and an attempt after its end can take.
LEASE_SECONDS = 45.0
MOST_FETCHED = 200
# A host that failed is tried with one; the rest is fetched when it has answered.
FETCHED_OF_SUSPECTS = 10
MOST_BEGUN = 16
GRACE_SECONDS = 0.3
# How long a lane in which all waits for its next attempt is not looked at, unless something new is said.
LONGEST_QUIET = 60.0


class DeliveryLoop:
    """Delivers what is queued, until cancelled. Any number of processes share the work: each lane has one at a time."""

    def __init__(
        self,
        database_url: str,
        database: Database,
        courier: Courier,
        *,
        lease: timedelta | None = None,
        pace: Pace = USUAL,
    ) -> None:
        self._url = database_url
        self._database = database
        self._courier = courier
        self._pace = pace
        self._lease = lease or timedelta(seconds=pace.seconds(LEASE_SECONDS, least=6.0))
        self._look_seconds = pace.seconds(LOOK_SECONDS, least=0.2)
        self._contents = Contents()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._token: UUID = new_id()
        self._ledger = Ledger(self._database, self._token)
        self._waiting = WaitingLanes()
        self._places = Places()
        self._turns: dict[str, Turn] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Lanes that were taken out of the queue, until their turn is over; and those of them of which there is news.
        self._busy: set[str] = set()
        self._again: set[str] = set()
        self._stir = asyncio.Event()
        self._look_at = 0.0

    async def run(self) -> None:
        """Work until cancelled; leases are given back at the end. What no notification told of is found in seconds."""
        self._begin_anew()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(listen_forever(self._url, CHANNEL, self._hear, begun=partial(self._hear, "")))
                tasks.create_task(self._work_forever())
                tasks.create_task(self._ledger.run())
        finally:
            await self._end_turns()
            await self._give_back()

    def _hear(self, host: str) -> None:
        if not host:
            self._look_at = 0.0
        elif host in self._busy:
            self._again.add(host)
        else:
            self._waiting.add(host)
        self._stir.set()

    async def _work_forever(self) -> None:
        while True:
            self._stir.clear()
            try:
                if time.monotonic() >= self._look_at:
                    await self._look()
                while hosts := self._waiting.take(self._places, MOST_BEGUN):
                    await self._begin(hosts)
            except (Unavailable, asyncpg.PostgresError) as error:
                logger.warning("deliveries: %r", error)
                self._look_at = time.monotonic() + self._look_seconds
            try:
                async with asyncio.timeout(max(0.01, self._look_at - time.monotonic())):
                    await self._stir.wait()
            except TimeoutError:
                pass

    async def _look(self) -> None:
        """Find lanes that nobody told of: missed notifications, pauses that are over, leases that were lost."""
        began = time.monotonic()
        async with self._database.connection() as connection:
            found = await hosts_store.waiting(connection, self._token, self._waiting.room)
        for host, suspect in found:
            if host not in self._busy:
                self._waiting.add(host, suspect=suspect, looked=True)
        took = time.monotonic() - began
        self._look_at = began + max(self._look_seconds, LOOK_SHARE * took)

    async def _begin(self, hosts: list[str]) -> None:
        """Lease these lanes, fetch what is due on them, and start their turns."""
        self._busy.update(hosts)
        try:
            await self._begin_turns(hosts)
        finally:
            for host in hosts:
                if host not in self._turns:
                    self._leave(host)

    async def _begin_turns(self, hosts: list[str]) -> None:
        async with self._database.connection() as connection:
            lanes = await hosts_store.claim(connection, self._token, hosts, self._lease)
            most = [FETCHED_OF_SUSPECTS if lane.attempts or lane.suspect else MOST_FETCHED for lane in lanes]
            dues = await hosts_store.due(connection, [lane.host for lane in lanes], most) if lanes else []
            contents = await self._contents.load(connection, [due.activity_id for due in dues]) if dues else {}
            by_host: dict[str, list[Due]] = {}
            for due in dues:
                by_host.setdefault(due.host, []).append(due)
            if idle := [lane.host for lane in lanes if lane.host not in by_host]:
                await hosts_store.release(connection, self._token, idle)
        for lane, limit in zip(lanes, most, strict=True):
            if mine := by_host.get(lane.host):
                self._start(lane, mine, contents, full=len(mine) == limit)

    def _leave(self, host: str) -> None:
        """A lane is free again; where there was news meanwhile it lines up anew."""
        self._busy.discard(host)
        if host in self._again:
            self._again.discard(host)
            self._waiting.add(host)
            self._stir.set()

    def _start(self, lane: Lane, dues: list[Due], contents: dict[int, Content], *, full: bool) -> None:
        self._places.occupy(lane.host, suspect=lane.suspect)
        carry = partial(self._carry, contents)
        blocked = self._courier.blocked(dues[0])
        turn = Turn(lane, dues, carry, self._ledger.end, blocked=blocked, pace=self._pace)
        self._turns[lane.host] = turn
        task = asyncio.create_task(self._take(lane.host, turn, full=full))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry(self, contents: dict[int, Content], due: Due) -> Verdict:
        content = contents.get(due.activity_id)
        # Without its activity the delivery is gone too.
        return await self._courier.carry(due, content) if content else Verdict(Fate.REFUSED)

    async def _take(self, host: str, turn: Turn, *, full: bool) -> None:
        """Take a turn, write down what it came to, and line up again where more is to do."""
        try:
            await turn.run()
            await self._ledger.close(turn.close())
        except Exception:
            # A mistake over one host must not end the work for all others; its lease ends by itself.
            logger.exception("deliveries: a turn failed", extra={"host": host})
            full = False
        del self._turns[host]
        self._places.leave(host)
        self._line_up(host, turn.report, more=full or turn.left)
        self._leave(host)
        self._stir.set()

    def _line_up(self, host: str, report: Report, *, more: bool) -> None:
        self._waiting.judge(host, suspect=report.suspect)
        if report.pause is not None:
            self._again.discard(host)
        elif more:
            self._again.add(host)
        elif report.put_off:
            self._waiting.quieten(host, min(LONGEST_QUIET, min(one.seconds for one in report.put_off)))

    async def _end_turns(self) -> None:
        """Let what is in flight arrive for a moment, and cut the rest short."""
        for turn in self._turns.values():
            turn.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)

    async def _give_back(self) -> None:
        """Write down what the turns under way have come to, and end all leases of this process."""
        reports = [turn.report for turn in self._turns.values()]
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                await self._ledger.write(leaving=reports)
        except (Unavailable, TimeoutError, asyncpg.PostgresError) as error:
            logger.warning("deliveries: leases could not be given back, they end by themselves: %r", error)
