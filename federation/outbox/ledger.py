"""What deliveries came to, written down at once for all lanes: what ended meanwhile goes into one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from archypix.core.database import Connection, Database
from archypix.core.errors import Unavailable
from federation.outbox import hosts_store, metrics
from federation.outbox.models import Ended, Report

logger = logging.getLogger(__name__)

# So long what has arrived may go unwritten: a crash repeats what arrived in this time.
GAP_SECONDS = 0.02
# While the database is away nothing is forgotten, and as turns wait for their end, little gathers.
AGAIN_SECONDS = 1.0
# Rows that others have locked are tried again so often before the ends of turns are written without them.
PATIENCE = 50


@dataclass(slots=True)
class _Page:
    """What goes into one transaction."""

    ended: list[tuple[int, Ended]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    done: list[asyncio.Future[None]] = field(default_factory=list)


class Ledger:
    """Takes what ended; while one page is being written the next one fills."""

    def __init__(self, database: Database, token: UUID) -> None:
        self._database = database
        self._token = token
        self._page = _Page()
        self._stir = asyncio.Event()
        self._urgent = asyncio.Event()
        self._patience = PATIENCE

    def end(self, delivery_id: int, how: Ended) -> None:
        """A delivery has arrived, or never will."""
        self._page.ended.append((delivery_id, how))
        self._stir.set()

    async def close(self, report: Report) -> None:
        """A turn is over; return when that, and all that ended before, is written."""
        done = asyncio.get_running_loop().create_future()
        self._page.reports.append(report)
        self._page.done.append(done)
        self._stir.set()
        self._urgent.set()
        await done

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._stir.wait()
            try:
                await self.write()
            except (Unavailable, asyncpg.PostgresError) as error:
                logger.warning("deliveries: results could not be written, trying again: %r", error)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            try:
                async with asyncio.timeout(GAP_SECONDS):
                    await self._urgent.wait()
            except TimeoutError:
                pass

    async def write(self, *, leaving: Sequence[Report] | None = None) -> None:
        """Write what has gathered. With the reports of turns that are cut short, all leases of the process end too."""
        page, self._page = self._page, _Page()
        self._stir.clear()
        self._urgent.clear()
        try:
            async with self._database.transaction() as connection:
                await hosts_store.relax(connection)
                held = set(await hosts_store.end(connection, [one for one, _ in page.ended])) if page.ended else set()
                if waiting := bool(held) and leaving is None and self._patience > 0:
                    self._patience -= 1
                else:
                    self._patience = PATIENCE
                    await _effects(connection, [*page.reports, *_others(leaving or (), page.reports)])
                    await hosts_store.close_turns(connection, self._token, page.reports)
                if leaving is not None:
                    await hosts_store.release(connection, self._token)
        except BaseException:
            self._put_back(page)
            raise
        _count(one for one in page.ended if one[0] not in held)
        if waiting:
            # A lane that were free now would deliver them once more.
            self._put_back(_Page([one for one in page.ended if one[0] in held], page.reports, page.done))
            return
        for done in page.done:
            if not done.done():
                done.set_result(None)

    def _put_back(self, page: _Page) -> None:
        page.ended += self._page.ended
        page.reports += self._page.reports
        page.done += self._page.done
        self._page = page
        self._stir.set()


def _others(leaving: Sequence[Report], closed: Sequence[Report]) -> list[Report]:
    """Of the turns that are cut short, those that had not come to their end."""
    ended = {id(report) for report in closed}
    return [report for report in leaving if id(report) not in ended]


async def _effects(connection: Connection, reports: Sequence[Report]) -> None:
    if put_off := [one for report in reports for one in report.put_off]:
        metrics.failed.inc(len(put_off))
        await hosts_store.put_off(
            connection,
            [one.id for one in put_off],
            [one.seconds for one in put_off],
            [one.error for one in put_off],
        )
    if gone := [(inbox, report.host) for report in reports for inbox in report.gone]:
        dropped = await hosts_store.mark_gone(connection, [inbox for inbox, _ in gone], [host for _, host in gone])
        metrics.ended.labels(Ended.GONE).inc(dropped)


def _count(ended: Iterable[tuple[int, Ended]]) -> None:
    for how, count in Counter(how for _, how in ended).items():
        metrics.ended.labels(how).inc(count)
