"""What administrators see and do about what waits to be delivered; and the sweep of what has had its day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from archypix.accounts.models import Actor
from archypix.accounts.store import audit
from archypix.core.database import Connection, Database
from archypix.core.errors import NotFound
from federation.outbox import hosts_store, metrics, queues_store, store
from federation.outbox.answers import PATIENCE_SECONDS
from federation.outbox.models import Ended, Queue
from federation.pace import USUAL, Pace

# What is not public can be looked up by others for so long.
ACTIVITIES_KEPT = timedelta(days=30)
# For hosts that cannot be reached, and for those that are blocked, which may be by mistake.
UNREACHABLE_KEPT = timedelta(days=30)
BLOCKED_KEPT = timedelta(days=1)
# What a digest makes up for when the host is back.
REPAIRABLE_KEPT_SECONDS = PATIENCE_SECONDS
GONE_KEPT = timedelta(days=30)
HOSTS_KEPT = timedelta(days=90)
AT_ONCE = 5_000
LONGEST_HOST = 300


class QueueService:
    """Queues by host. Whether the caller may is decided before."""

    def __init__(self, database: Database, *, pace: Pace = USUAL) -> None:
        self._database = database
        self._repairable_kept = timedelta(seconds=pace.seconds(REPAIRABLE_KEPT_SECONDS))

    async def page(self, *, after: str = "", limit: int) -> list[Queue]:
        """At most `limit` hosts behind `after` for which something waits or which are in trouble, by name."""
        async with self._database.connection() as connection:
            return await queues_store.page(connection, after=after, limit=limit)

    async def retry(self, actor: Actor, host: str) -> Queue:
        """Try everything that waits for a host now, whatever came before; `NotFound`."""
        async with self._database.transaction() as connection:
            await self._known(connection, host)
            await queues_store.retry(connection, host)
            await hosts_store.hasten(connection, host)
            await store.wake(connection, [host])
            await audit.record(connection, actor, "queue.retried", host)
            return (await queues_store.queues(connection, [host]))[0]

    async def drop(self, actor: Actor, host: str) -> int:
        """Forget everything that waits for a host; how many deliveries. `NotFound`."""
        async with self._database.connection() as connection:
            await self._known(connection, host)
        dropped = await self._in_batches(lambda connection: queues_store.drop(connection, host, AT_ONCE))
        async with self._database.transaction() as connection:
            await audit.record(connection, actor, "queue.dropped", host, {"deliveries": dropped})
        metrics.ended.labels(Ended.DROPPED).inc(dropped)
        return dropped

    async def _known(self, connection: Connection, host: str) -> None:
        if (
            len(host) > LONGEST_HOST
            or not host.isascii()
            or "\0" in host
            or not await queues_store.known(connection, host)
        ):
            raise NotFound("Nothing was ever to be sent to this server.")

    async def sweep(self) -> None:
        """Drop what waited too long for lost hosts, and what was said to all who were to hear it."""
        lost = await self._in_batches(
            lambda connection: queues_store.drop_of_lost_hosts(connection, "unreachable", UNREACHABLE_KEPT, AT_ONCE)
        )
        lost += await self._in_batches(
            lambda connection: queues_store.drop_repairable(connection, self._repairable_kept, AT_ONCE)
        )
        blocked = await self._in_batches(
            lambda connection: queues_store.drop_of_lost_hosts(connection, "blocked", BLOCKED_KEPT, AT_ONCE)
        )
        metrics.ended.labels(Ended.EXPIRED).inc(lost)
        metrics.ended.labels(Ended.BLOCKED).inc(blocked)
        await self._in_batches(lambda connection: store.drop_passed(connection, ACTIVITIES_KEPT, AT_ONCE))
        async with self._database.connection() as connection:
            await queues_store.forget_gone(connection, GONE_KEPT)
            await queues_store.forget_hosts(connection, HOSTS_KEPT)

    async def _in_batches(self, step: Callable[[Connection], Awaitable[int]]) -> int:
        done = 0
        while True:
            async with self._database.transaction() as connection:
                count = await step(connection)
            done += count
            if count < AT_ONCE:
                return done

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        async with self._database.connection() as connection:
            waiting, oldest, unreachable = await queues_store.measure(connection)
        metrics.waiting.set(waiting)
        metrics.oldest.set(oldest)
        metrics.unreachable.set(unreachable)
