"""What accepted activities cause: leased, prepared without a transaction, and applied in one with their end."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from archypix.core.database import Connection, Database
from archypix.core.errors import Unavailable
from federation.actors.service import ActorService
from federation.documents import synchronization
from federation.documents.origins import neighbourhood
from federation.inbox import store
from federation.inbox.locals import references
from federation.inbox.models import Envelope, Leased
from federation.inbox.reading import envelope
from federation.inbox.service import Inbox, inbound_of
from federation.inbox_contract import Denied, Handler, Held, Inbound, Postponed
from federation.outbound.errors import FetchError
from federation.outbound.models import Budget
from federation.pace import USUAL, Pace
from federation.remote.models import RemoteActor
from federation.remote.service import RemoteActors

logger = logging.getLogger(__name__)
_chance = random.SystemRandom()

LEASE_SECONDS = 30.0
# However a wake got lost, nothing waits longer than this.
LOOK_SECONDS = 2.0
CLAIMED_AT_ONCE = 100
GATHER_SECONDS = 0.05
# Actors worked for beside each other, in all about and of the hosts of one domain: what waits for a slow server holds
# such a place, and whoever has a domain has as many hosts as they like.
MOST_LANES = 64
LANES_OF_DOMAIN = 8
# Of them, those that write at a time, since requests need the database too.
WRITERS = 4
PREPARE_SECONDS = 60.0
FIRST_WAIT = 30.0
LONGEST_WAIT = 6 * 3600.0
# With the waits above, the last try is about fifteen hours after the first.
MOST_ATTEMPTS = 8
# Moves hold people for seconds, mostly.
HELD_SECONDS = 2.0
# Of one server, for another try. What its own slowness causes must not fill the disk.
MOST_PUT_OFF = 2_000
CONFLICTS = 3
KEPT = timedelta(days=14)
SWEPT_AT_ONCE = 5_000

_CONFLICTS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)


@dataclass(frozen=True, slots=True)
class Ending:
    """How one try ended: the activity is through (`wait` is None), given up, or tried again after `wait` seconds."""

    wait: float | None = None
    failed: bool = False
    error: str | None = None


class Processor:
    """Works through `inbox_activities`. Any number of processes may do so on one database."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        actors: ActorService,
        remote: RemoteActors,
        *,
        pace: Pace = USUAL,
    ) -> None:
        self._database = database
        self._inbox = inbox
        self._actors = actors
        self._remote = remote
        self._pace = pace
        self._lease = timedelta(seconds=pace.seconds(LEASE_SECONDS, least=3.0))
        self._woken = asyncio.Event()
        # Actors in hand: in all, and by domain.
        self._lanes = 0
        self._domains: Counter[str] = Counter()
        self._writers = asyncio.Semaphore(WRITERS)
        inbox.wake = self._woken.set

    async def run(self) -> None:
        """Process until cancelled. What is slow elsewhere holds up nobody but its own host."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._woken.clear()
                batch = await self._claim()
                if batch is None:
                    await _at_most(self._pace.seconds(LOOK_SECONDS, least=0.2), self._woken.wait())
                    continue
                # A moment for a batch to end lets the next one gather; a slow one is not waited for.
                working = tasks.create_task(self._work(*batch))
                await asyncio.wait({working}, timeout=GATHER_SECONDS)

    async def step(self) -> int:
        """Claim what is due, at most 100 activities, and try each; how many there were."""
        batch = await self._claim()
        if batch is None:
            return 0
        await self._work(*batch)
        return len(batch[1])

    async def settle(self) -> None:
        """Process until nothing is due; for tests and the command line."""
        while await self.step():
            pass

    async def sweep(self) -> None:
        """Forget activities that ended 14 days ago: until then a repetition is recognised, and without any effect."""
        swept = SWEPT_AT_ONCE
        while swept == SWEPT_AT_ONCE:
            async with self._database.connection() as connection:
                swept = await store.sweep(connection, kept=KEPT, limit=SWEPT_AT_ONCE)

    async def _claim(self) -> tuple[UUID, list[Leased]] | None:
        """Activities under a lease; None where nothing is due, or every place is taken."""
        if self._lanes >= MOST_LANES:
            return None
        busy = [domain for domain, lanes in self._domains.items() if lanes >= LANES_OF_DOMAIN]
        lease = uuid4()
        try:
            async with self._database.transaction() as connection:
                items = await store.claim(connection, lease, limit=CLAIMED_AT_ONCE, lasting=self._lease, without=busy)
        except Unavailable as error:
            logger.warning("inbox: %s", error)
            return None
        return (lease, items) if items else None

    async def _work(self, lease: UUID, items: Sequence[Leased]) -> None:
        """Every actor's activities beside those of the others, while the lease is kept."""
        lanes: dict[str, list[Leased]] = {}
        for item in items:
            lanes.setdefault(item.actor_uri, []).append(item)
        keeper = asyncio.create_task(self._keep(lease))
        places = {neighbourhood(item.host): asyncio.Semaphore(LANES_OF_DOMAIN) for item in items}
        try:
            async with asyncio.TaskGroup() as tasks:
                for lane in lanes.values():
                    tasks.create_task(self._lane(lane, places[neighbourhood(lane[0].host)]))
        finally:
            keeper.cancel()

    async def _keep(self, lease: UUID) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._database.connection() as connection:
                    await store.renew(connection, lease, lasting=self._lease)
            except Unavailable as error:
                logger.warning("inbox: %s", error)

    async def _lane(self, items: Sequence[Leased], places: asyncio.Semaphore) -> None:
        """One actor's activities, one after the other, in the order in which they came."""
        domain = neighbourhood(items[0].host)
        self._lanes += 1
        self._domains[domain] += 1
        try:
            async with places:
                for item in items:
                    await self._one(item)
        except Unavailable as error:
            # The lease ends by itself, and then somebody tries again.
            logger.warning("inbox: %s", error)
        finally:
            was_full = self._lanes >= MOST_LANES or self._domains[domain] >= LANES_OF_DOMAIN
            self._lanes -= 1
            self._domains[domain] -= 1
            if not self._domains[domain]:
                del self._domains[domain]
            if was_full:
                self._woken.set()

    async def _one(self, item: Leased) -> None:
        ending = await self._guarded(item)
        if ending is None:
            return
        async with self._database.connection() as connection:
            if (
                ending.wait is not None
                and await store.put_off(connection, item.host, most=MOST_PUT_OFF) >= MOST_PUT_OFF
            ):
                ending = Ending(failed=True, error=f"too much of its server waits already: {ending.error}")
            if ending.wait is None:
                await self._end(connection, item, ending)
            else:
                await store.postpone(connection, item, wait=timedelta(seconds=ending.wait), error=ending.error)

    async def _end(self, connection: Connection, item: Leased, ending: Ending) -> None:
        """Write down an end without effects; what was said beside the activity counts nevertheless."""
        async with connection.transaction():
            state = "failed" if ending.failed else "done"
            if await store.end(connection, item, state=state, error=ending.error):
                await self._hear(connection, item)

    async def _hear(self, connection: Connection, item: Leased) -> None:
        """Pass on what was said of a collection to somebody here."""
        listener = self._inbox.synchronizer
        if listener is None or item.synchronization is None or item.target_id is None:
            return
        said = synchronization.read([item.synchronization])
        target = await self._inbox.locals.by_id(item.target_id)
        if said is not None and target is not None and target.account_id is not None and not target.deleted:
            await listener.heard(connection, item.actor_uri, target.account_id, said)

    async def _guarded(self, item: Leased) -> Ending | None:
        """Try one activity; None where its end is written already, or is somebody else's to write."""
        try:
            return await self._try(item)
        except Held:
            wait = timedelta(seconds=self._pace.seconds(HELD_SECONDS, least=0.2))
            async with self._database.connection() as connection:
                await store.put_back(connection, item, wait=wait)
            return None
        except Denied as error:
            return Ending(error=f"refused: {error.detail}")
        except Postponed as error:
            return self._again(item, error.reason, error.after)
        except FetchError as error:
            if error.retryable:
                return self._again(item, error.detail, error.retry_after)
            return Ending(error=f"not to be had: {error.detail}")
        except TimeoutError:
            return self._again(item, "it took too long", None)
        except Unavailable:
            raise
        except Exception as error:
            # A mistake of ours with one activity must not keep the others, nor lose this one at once.
            logger.exception("inbox: %s of %s", item.activity_id, item.actor_uri)
            return self._again(item, f"{type(error).__name__}: {error}", None)

    def _again(self, item: Leased, error: str, after: float | None) -> Ending:
        """The next try, unless there were enough."""
        if item.attempts >= MOST_ATTEMPTS:
            return Ending(failed=True, error=error)
        wait = self._pace.seconds(min(FIRST_WAIT * 4 ** (item.attempts - 1), LONGEST_WAIT)) * _chance.uniform(0.8, 1.2)
        return Ending(wait=max(wait, min(after or 0.0, LONGEST_WAIT)), error=error)

    async def _try(self, item: Leased) -> Ending | None:
        said = envelope(orjson.loads(item.body))
        handlers = self._inbox.handlers.get(said.type, [])
        sender = await self._sender(item.actor_uri)
        if sender is None:
            return Ending()
        passed, alone = await self._pass_on(item, said, sender)
        if alone:
            return None
        if not handlers:
            return Ending()
        target = await self._inbox.locals.by_id(item.target_id) if item.target_id is not None else None
        said_of = synchronization.read([item.synchronization]) if item.synchronization else None
        inbound = inbound_of(said, sender, sender.id, target, item.received_at, said_of)
        prepared = [await self._prepare(handler, inbound) for handler in handlers]
        for left in range(CONFLICTS, -1, -1):
            try:
                await self._apply(item, said, inbound, list(zip(handlers, prepared, strict=True)), passed)
                break
            except _CONFLICTS:
                if left == 0:
                    raise
                await asyncio.sleep(_chance.uniform(0.01, 0.1))
        if said.is_self_deletion or said.object_id == item.actor_uri:
            self._inbox.forget(item.actor_uri)
        return None

    async def _sender(self, uri: str) -> RemoteActor | None:
        """Who said it: known when the message was accepted, and fetched again if it was swept away since."""
        known = await self._remote.known(uri)
        if known is not None or self._actors.addresses.is_local(uri):
            return known
        return await self._remote.get(uri, budget=Budget())

    async def _prepare(self, handler: Handler, inbound: Inbound) -> Any:
        """What `prepare` returns; a failure is kept until it is known whether this handler is asked at all."""
        if type(handler).prepare is Handler.prepare:
            return None
        try:
            async with asyncio.timeout(PREPARE_SECONDS):
                return await handler.prepare(inbound)
        except (FetchError, Denied, Postponed, TimeoutError) as error:
            return _Failed(error)

    async def _pass_on(self, item: Leased, said: Envelope, sender: RemoteActor) -> tuple[frozenset[int], bool]:
        """Have people who live elsewhere by now told of it: whom, and whether it is through with that."""
        if self._inbox.elsewhere is None:
            return frozenset(), False
        async with self._database.transaction() as connection:
            passed, alone = await self._inbox.elsewhere.take(connection, item, list(references(said)), sender.id)
            if alone:
                await store.end(connection, item)
        return passed, alone

    async def _apply(
        self,
        item: Leased,
        said: Envelope,
        inbound: Inbound,
        steps: Sequence[tuple[Handler, Any]],
        passed: frozenset[int],
    ) -> None:
        """The effects and the end of the activity, together or not at all."""
        async with self._writers, self._database.transaction() as connection:
            if self._inbox.elsewhere is not None:
                named = list(references(said))
                await self._inbox.elsewhere.refuse_held(connection, item, named, inbound.actor_row, passed)
            # Its end first: that locks the row, and tells whether the lease is still ours.
            if await store.end(connection, item):
                await self._first_that_takes_it(connection, inbound, steps)
                await self._hear(connection, item)

    async def _first_that_takes_it(
        self, connection: Connection, inbound: Inbound, steps: Sequence[tuple[Handler, Any]]
    ) -> None:
        for handler, prepared in steps:
            if isinstance(prepared, _Failed):
                raise prepared.error
            if await handler.apply(connection, inbound, prepared):
                return


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


async def _at_most(seconds: float, waiting: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        pass
